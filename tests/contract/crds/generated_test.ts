/** `deno task generate`, and whether what it wrote is in step. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { parse } from "yaml";
import { generate, kinds } from "../../../crds/generate.ts";
import { customResourceDefinition } from "../../../crds/kind.ts";

const root = new URL("../../../", import.meta.url).pathname;

Deno.test("the generated YAML says what the kinds say", () => {
  assertEquals(generate().map(({ text }) => parse(text)), kinds.map(customResourceDefinition));
});

Deno.test("the generated files in the repository are in step", async () => {
  for (const { path, text } of generate()) assertEquals(await Deno.readTextFile(root + path), text, path);
});

/** Runs a copy of crds/main.ts, so that the repository's own files stay as they are. */
async function generator(folder: string, ...args: string[]): Promise<{ code: number; said: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-lock",
      "--no-check",
      "--config",
      `${root}deno.json`,
      `${folder}/crds/main.ts`,
      ...args,
    ],
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder();
  return { code, said: text.decode(stdout) + text.decode(stderr) };
}

async function copy(folder: string, name: string): Promise<void> {
  await Deno.mkdir(`${folder}/${name}`);
  for await (const file of Deno.readDir(root + name)) {
    if (file.isFile) await Deno.copyFile(`${root}${name}/${file.name}`, `${folder}/${name}/${file.name}`);
  }
}

Deno.test("generate writes what is missing or old and removes what is left over; --check only tells", async () => {
  const folder = await Deno.makeTempDir({ prefix: "pewter-generate-" });
  try {
    await copy(folder, "crds");
    await copy(folder, "core");
    const first = await generator(folder, "--check");
    assertEquals(first.code, 1, first.said);
    assertEquals((await generator(folder)).code, 0);
    assertEquals((await generator(folder, "--check")).code, 0);

    const changed = `${folder}/${generate()[0]?.path}`;
    const leftOver = `${folder}/deploy/manifests/10-crd-nothings.yaml`;
    await Deno.writeTextFile(changed, "# edited\n", { append: true });
    await Deno.writeTextFile(leftOver, "");
    const { code, said } = await generator(folder, "--check");
    assertEquals(code, 1);
    assertStringIncludes(said, generate()[0]?.path ?? "");
    assertStringIncludes(said, "10-crd-nothings.yaml");

    assertEquals((await generator(folder)).code, 0);
    assertEquals(await Deno.readTextFile(changed), generate()[0]?.text);
    assertEquals((await generator(folder, "--check")).code, 0);
    assertEquals((await generator(folder, "--what")).code, 2);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
