/** Kubeconfigs in the built controller, and that it doesn't so much as read the Kubernetes library for a plain one. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ensureBuilt } from "../../../deploy/io/ensure.ts";
import { skippable } from "../../support/skip.ts";

const root = decodeURIComponent(new URL("../../../", import.meta.url).pathname);
const dist = `${root}dist`;
const isBundle = (await ensureBuilt(root)).form === "bundle";
const onlyBundle = isBundle ? null : "this is the compiled form, which can't be taken apart";

/** Nothing listens there. */
const server = "https://127.0.0.1:1";

function kubeconfig(user: string): string {
  return `current-context: lab
contexts: [{name: lab, context: {cluster: c, user: u, namespace: somewhere}}]
clusters: [{name: c, cluster: {server: "${server}"}}]
users: [{name: u, user: ${user}}]
`;
}

/** The first line that the controller prints, and on which stream; it is ended then. */
async function firstLine(controller: string, config: string): Promise<string> {
  const path = await Deno.makeTempFile({ prefix: "pewter-kubeconfig-" });
  await Deno.writeTextFile(path, config);
  await using child = new Deno.Command(controller, {
    args: [`--kubeconfig=${path}`, "--health-probe-port=0", "--port=0"],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(20_000),
  }).spawn();
  const ended = Promise.all([textOf(child.stderr), child.status]);
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes("\n")) break;
  }
  if (text !== "") child.kill();
  const [errors] = await ended;
  await Deno.remove(path);
  return (text || errors).split("\n")[0]?.replace(path, "FILE") ?? "";
}

async function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  return await new Response(stream).text();
}

/** The built controller in a folder of its own, where the module with the library is missing. */
async function withoutLibrary(folder: string): Promise<string> {
  await Deno.mkdir(`${folder}/bin`);
  await Deno.mkdir(`${folder}/bundle/controller`, { recursive: true });
  await Deno.symlink(`${dist}/bundle/deno`, `${folder}/bundle/deno`);
  await Deno.copyFile(`${dist}/bin/controller`, `${folder}/bin/controller`);
  let left = 0;
  for await (const { name } of Deno.readDir(`${dist}/bundle/controller`)) {
    const path = `bundle/controller/${name}`;
    if (name.startsWith("kubeconfigplugin-")) left++;
    else await Deno.copyFile(`${dist}/${path}`, `${folder}/${path}`);
  }
  assertEquals(left, 1);
  return `${folder}/bin/controller`;
}

Deno.test("build: the controller starts with a plain kubeconfig, and says what is wrong with another", async () => {
  const controller = `${dist}/bin/controller`;
  const { event, apiServer, namespace } = JSON.parse(await firstLine(controller, kubeconfig("{token: t}")));
  assertEquals([event, apiServer, namespace], ["starting", server, "somewhere"]);
  assertEquals(
    await firstLine(controller, "users: [{name: a, user: {token: hidden}]"),
    "controller: kubeconfig FILE can't be used: not YAML: bad indent, line 1, column 40",
  );
  assertEquals(
    await firstLine(controller, kubeconfig("{exec: {command: /bin/true}}")),
    "controller: user u of context lab: the exec plugin /bin/true failed: " +
      "this program may not run others; the `pewter` command may",
  );
});

Deno.test({
  ...skippable("build: the Kubernetes library is read for an exec plugin only", onlyBundle),
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "pewter-without-library-" });
    try {
      const controller = await withoutLibrary(folder);
      assertEquals(JSON.parse(await firstLine(controller, kubeconfig("{token: t}"))).event, "starting");
      const line = await firstLine(controller, kubeconfig("{exec: {command: /bin/true}}"));
      assertStringIncludes(line, "Module not found");
      assert(line.includes("kubeconfigplugin-"), line);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
