/** `deno task generate` writes the generated files; with `--check` it only says whether they are in step. */
import { generate, type GeneratedFile } from "./generate.ts";

const root = new URL("../", import.meta.url);

async function inStep({ path, text }: GeneratedFile): Promise<boolean> {
  try {
    return await Deno.readTextFile(new URL(path, root)) === text;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The generated CRDs that no kind stands behind any more. */
async function leftovers(files: readonly GeneratedFile[]): Promise<string[]> {
  const found: string[] = [];
  const folder = "deploy/manifests/";
  for await (const { name } of Deno.readDir(new URL(folder, root))) {
    const path = folder + name;
    if (name.startsWith("10-crd-") && !files.some((file) => file.path === path)) found.push(path);
  }
  return found;
}

async function main(args: readonly string[]): Promise<number> {
  const unknown = args.find((arg) => arg !== "--check");
  if (unknown !== undefined) {
    console.error(`generate: ${unknown} is not an option; there is only --check`);
    return 2;
  }
  const files = generate();
  await Deno.mkdir(new URL("deploy/manifests/", root), { recursive: true });
  const stale = await leftovers(files);
  for (const file of files) {
    if (!await inStep(file)) stale.push(file.path);
  }
  if (args.includes("--check")) {
    for (const path of stale) console.error(`${path} is out of step with crds/; run "deno task generate"`);
    if (stale.length === 0) console.log(`${files.length} generated files are in step`);
    return stale.length === 0 ? 0 : 1;
  }
  for (const path of stale) {
    const file = files.find((file) => file.path === path);
    if (file === undefined) await Deno.remove(new URL(path, root));
    else await Deno.writeTextFile(new URL(path, root), file.text);
    console.log(`${file === undefined ? "removed" : "wrote"} ${path}`);
  }
  console.log(`${files.length} generated files are in step`);
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
