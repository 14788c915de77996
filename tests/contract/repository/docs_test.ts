/** What the documents say about the code, held against the code. */
import { assert, assertEquals } from "@std/assert";

const root = decodeURIComponent(new URL("../../../", import.meta.url).pathname);
const programs = ["core", "crds", "kube", "ffi", "controller", "speaker"];

Deno.test("docs: the list of RFCs is the list of those that the code cites", async () => {
  const cited = new Set<number>();
  for (const path of await filesBelow(programs)) {
    for (const match of (await read(path)).matchAll(/\bRFC (\d+)/g)) cited.add(Number(match[1]));
  }
  const listed = [...(await read("docs/rfcs.md")).matchAll(/^\| \[RFC (\d+)\]/gm)].map((match) =>
    Number(match[1])
  );
  assert(listed.length > 0);
  assertEquals(listed, [...cited].sort((a, b) => a - b));
});

Deno.test("docs: files and links that are named exist", async () => {
  let checked = 0;
  for (const file of ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/rfcs.md"]) {
    const text = await read(file);
    const paths = [
      ...[...text.matchAll(/`((?:core|crds|kube|ffi|controller|speaker|deploy|tests|docs)\/[\w./-]*)`/g)]
        .map((match) => `${root}${match[1]}`),
      ...[...text.matchAll(/\]\((?!\w+:|#)([^)#]+)[^)]*\)/g)]
        .map((match) => decodeURIComponent(new URL(match[1] ?? "", `file://${root}${file}`).pathname)),
    ];
    for (const path of paths) {
      assert(await exists(path), `${file} names ${path.slice(root.length)}, which isn't there`);
      checked++;
    }
  }
  assert(checked > 10);
});

Deno.test("docs: the tasks that are named are the tasks that there are", async () => {
  const { tasks } = JSON.parse(await read("deno.json"));
  const documented = [...(await read("CONTRIBUTING.md")).matchAll(/^\| `(\w+)` +\|/gm)].map((match) =>
    match[1]
  );
  assertEquals(documented.sort(), Object.keys(tasks).filter((name) => name !== "demo").sort());
  for (const file of ["README.md", "CONTRIBUTING.md"]) {
    for (const match of (await read(file)).matchAll(/\btask (\w+)/g)) {
      assert(Object.hasOwn(tasks, match[1] ?? ""), `${file} names the task ${match[1]}`);
    }
  }
});

async function filesBelow(folders: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const folder of folders) {
    for await (const { name, isDirectory } of Deno.readDir(root + folder)) {
      if (isDirectory) files.push(...await filesBelow([`${folder}/${name}`]));
      else files.push(`${folder}/${name}`);
    }
  }
  return files;
}

function read(path: string): Promise<string> {
  return Deno.readTextFile(root + path);
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
