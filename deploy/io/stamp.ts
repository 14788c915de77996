/** What a build was made from, so that it is known whether it is still what the sources say. */

/** Everything that ends up in a program. */
const sources = [
  ...["core", "crds", "kube", "ffi", "controller", "speaker", "deploy"],
  ...["main.ts", "deno.json", "deno.lock"],
];

/** Lies in the output folder, as `build.json`. */
export interface Stamp {
  readonly fingerprint: string;
  readonly form: "compiled" | "bundle";
  /** Why it isn't compiled, when that was tried. */
  readonly reason: string | null;
}

export async function writeStamp(out: string, stamp: Stamp): Promise<void> {
  await Deno.writeTextFile(`${out}/build.json`, `${JSON.stringify(stamp)}\n`);
}

/** The stamp of what lies there; null when there is none that can be read. */
export async function readStamp(out: string): Promise<Stamp | null> {
  try {
    return JSON.parse(await Deno.readTextFile(`${out}/build.json`));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Differs when a source, Deno or the machine's architecture does. */
export async function fingerprintOf(root: string): Promise<string> {
  const files = (await Promise.all(sources.map((source) => filesAt(root, source)))).flat().sort();
  const parts: string[] = [Deno.version.deno, Deno.build.arch];
  for (const file of files) parts.push(file, await Deno.readTextFile(`${root}${file}`));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(parts)));
  return new Uint8Array(digest).toHex();
}

async function filesAt(root: string, path: string): Promise<string[]> {
  if (/\.(ts|json|lock)$/.test(path)) return [path];
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${root}${path}`)) {
    if (isDirectory || name.endsWith(".ts")) files.push(...await filesAt(root, `${path}/${name}`));
  }
  return files;
}
