/**
 * Makes lazily imported parts of a bundle really lazy. Deno reads every import whose name is a plain string before it
 * runs anything: the library for a kubeconfig's exec plugins, 1.4 MB, would cost each start 40 MB that it never gives
 * back. A name that has to be computed is read only when it is imported. (`deno compile` reads all of them at build time.)
 */

/** As minifiers write them. */
const plainImport = /\bimport\(("\.\/[\w.-]+")\)/g;

/** Rewrites the files of a bundle's folder. */
export async function deferLazyParts(folder: string): Promise<void> {
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (!isFile || !name.endsWith(".js")) continue;
    const path = `${folder}/${name}`;
    const text = await Deno.readTextFile(path);
    const deferred = text.replaceAll(plainImport, "import($1.slice())");
    if (deferred !== text) await Deno.writeTextFile(path, deferred);
  }
}
