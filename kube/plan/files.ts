/** Manifests from files, folders and standard input. */
import { parseManifests } from "./documents.ts";
import { InputError, type Manifest } from "../../core/plan/manifest.ts";

const extensions = [".yaml", ".yml", ".json"];
const standardInput = "-";

/**
 * Reads all of them in the order given, a folder's files in the order of their paths.
 *
 * @throws {InputError} when one can't be read
 */
export async function readManifestFiles(paths: readonly string[]): Promise<Manifest[]> {
  const manifests: Manifest[] = [];
  // There is only one, however often it is named.
  const piped = paths.includes(standardInput) ? await readStandardInput() : [];
  for (const path of paths) {
    if (path === standardInput) manifests.push(...piped);
    else {for (const file of await filesOf(path)) {
        manifests.push(...parseManifests(await readText(file), file));
      }}
  }
  return manifests;
}

async function readStandardInput(): Promise<Manifest[]> {
  return parseManifests(await new Response(Deno.stdin.readable).text(), "standard input");
}

/** The file itself, or the manifests below a folder. */
async function filesOf(path: string): Promise<readonly string[]> {
  if (!(await stat(path)).isDirectory) return [path];
  const files = (await manifestsBelow(path)).sort((a, b) => a < b ? -1 : 1);
  if (files.length > 0) return files;
  throw new InputError(
    { source: path, line: null },
    `this folder has no file that ends in ${extensions.join(", ")}`,
  );
}

async function manifestsBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const { name, isDirectory, isSymlink } of await entriesOf(folder)) {
    const path = `${folder.replace(/\/+$/, "")}/${name}`;
    if (isDirectory) {
      found.push(...await manifestsBelow(path));
      continue;
    }
    const isManifest = extensions.some((extension) => name.endsWith(extension));
    // A link to a folder could lead back here.
    if (isManifest && !(isSymlink && (await stat(path)).isDirectory)) found.push(path);
  }
  return found;
}

async function entriesOf(folder: string): Promise<Deno.DirEntry[]> {
  return await orInputError(folder, () => Array.fromAsync(Deno.readDir(folder)));
}

async function stat(path: string): Promise<Deno.FileInfo> {
  return await orInputError(path, () => Deno.stat(path));
}

async function readText(path: string): Promise<string> {
  return await orInputError(path, () => Deno.readTextFile(path));
}

async function orInputError<T>(source: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound
      ? "there is no such file or folder"
      : error instanceof Error
      ? error.message
      : String(error);
    throw new InputError({ source, line: null }, reason, { cause: error });
  }
}
