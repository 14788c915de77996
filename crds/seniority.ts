/** Which of several objects came first: where two claim the same thing, the older one keeps it. */
import type { Meta } from "../core/meta.ts";
import type { Problem } from "../core/problem.ts";
import { reportInto } from "./problems.ts";
import { quote } from "./values.ts";

/**
 * Oldest first: by creationTimestamp, then name, then namespace. An object without a creationTimestamp does not exist
 * yet, so it is the youngest.
 */
export function bySeniority(a: Meta, b: Meta): number {
  const age = (object: Meta) => object.createdMs === 0 ? Number.MAX_SAFE_INTEGER : object.createdMs;
  if (age(a) !== age(b)) return age(a) - age(b);
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.namespace < b.namespace ? -1 : a.namespace > b.namespace ? 1 : 0;
}

/** Ascending by name. */
export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** Oldest first, without those that have the name of an older one, which is a problem of theirs. */
export function oldestOfEachName<T extends Meta>(
  kind: string,
  objects: readonly T[],
  problems: Problem[],
): T[] {
  const names = new Set<string>();
  return [...objects].sort(bySeniority).filter((object) => {
    if (!names.has(object.name)) {
      names.add(object.name);
      return true;
    }
    reportInto(problems, kind, object)(
      "error",
      "metadata.name",
      `an older ${kind} is named ${quote(object.name)} too; this one has no effect until it is renamed`,
    );
    return false;
  });
}
