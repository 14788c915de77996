/** Where the repository is. */

const root = decodeURIComponent(new URL("../../", import.meta.url).pathname);

/** A file's path from the repository's root, with slashes; a relative path is one already. */
export function relativePath(filename: string): string {
  const path = filename.startsWith("file://") ? decodeURIComponent(new URL(filename).pathname) : filename;
  return path.startsWith(root) ? path.slice(root.length) : path.replace(/^\.\//, "");
}
