/** That `deno task lint` itself refuses what the rules refuse: in a small tree with our deno.json and our plugin. */
import { assert, assertEquals } from "@std/assert";

const root = decodeURIComponent(new URL("../../../", import.meta.url).pathname);

Deno.test("lint: the task fails for a forbidden import and for an effect in a pure file, and passes without", async () => {
  const tree = await Deno.makeTempDir({ prefix: "pewter-lint-" });
  try {
    await Deno.mkdir(`${tree}/tests/lint`, { recursive: true });
    for await (const { name } of Deno.readDir(`${root}tests/lint`)) {
      await Deno.copyFile(`${root}tests/lint/${name}`, `${tree}/tests/lint/${name}`);
    }
    // The small tree needs none of our packages, so it has no lockfile to be held to.
    const { links: _links, lock: _lock, ...config } = JSON.parse(await Deno.readTextFile(`${root}deno.json`));
    await Deno.writeTextFile(`${tree}/deno.json`, JSON.stringify(config));
    for (const folder of ["core", "kube"]) await Deno.mkdir(`${tree}/${folder}`);
    await Deno.writeTextFile(`${tree}/kube/now.ts`, "export const now = () => Date.now();\n");
    assertEquals(await lint(tree), { code: 0, rules: [] });

    const lines = ['import { now } from "../kube/now.ts";', "export const then = now() + Math.random();", ""];
    await Deno.writeTextFile(`${tree}/core/then.ts`, lines.join("\n"));
    assertEquals(await lint(tree), { code: 1, rules: ["pewter/imports", "pewter/world"] });
  } finally {
    await Deno.remove(tree, { recursive: true });
  }
});

async function lint(cwd: string): Promise<{ readonly code: number; readonly rules: readonly string[] }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "lint", "--json"],
    cwd,
    env: { DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  const text = decoder.decode(stdout);
  assert(text.startsWith("{"), text + decoder.decode(stderr));
  const { diagnostics } = JSON.parse(text) as { diagnostics: readonly { readonly code: string }[] };
  return { code, rules: diagnostics.map((one) => one.code).sort() };
}
