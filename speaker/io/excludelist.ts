/** The interfaces that are never announced on: MetalLB's file, mounted from a ConfigMap. */

/** Where the ConfigMap `metallb-excludel2` is mounted. */
export const excludeListPath = "/etc/metallb/excludel2.yaml";

/** The file is there and can't be used; the message names it and says what is wrong. */
export class ExcludeListError extends Error {
  override readonly name = "ExcludeListError";
}

/**
 * The expressions of `announcedInterfacesToExclude`, or null when there is no such file.
 *
 * @throws {ExcludeListError}
 */
export async function readExcludeList(path: string): Promise<readonly string[] | null> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new ExcludeListError(`${path} can't be read: ${messageOf(error)}`, { cause: error });
  }
  // Only a speaker that has such a list needs a reader for it.
  const { parseYaml, YamlError } = await import("../../kube/yaml.ts");
  let document: unknown;
  try {
    document = parseYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new ExcludeListError(`${path} is ${error.message}`, { cause: error });
  }
  return expressionsOf(document, path);
}

function expressionsOf(document: unknown, path: string): readonly string[] {
  if (document === null || document === undefined) return [];
  const field = "announcedInterfacesToExclude";
  const list = typeof document === "object" && Object.hasOwn(document, field)
    ? (document as Record<string, unknown>)[field]
    : [];
  if (list === null) return [];
  if (Array.isArray(list) && list.every((item) => typeof item === "string")) return list;
  throw new ExcludeListError(`${path}: ${field} is not a list of regular expressions`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
