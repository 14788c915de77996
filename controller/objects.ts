/** Maps of objects by `namespace/name`, brought up to date by what is told of them. */
import { keyOf, type Meta } from "../core/meta.ts";
import { isNewer } from "../core/resourceversion.ts";
import type { Labels } from "../core/selector.ts";

/**
 * What is told of one kind of object. synced: all there are. changed, deleted: by the watch, in its order. reread: got
 * outside of the watch, so it may come too late: it only counts for an object that is known, and when it is newer.
 */
export type ChangeOf<Kind extends string, T> =
  | { readonly kind: Kind; readonly type: "synced"; readonly items: readonly T[] }
  | { readonly kind: Kind; readonly type: "changed" | "deleted" | "reread"; readonly object: T };

/** One object before and after; undefined where there is none. */
export interface Difference<T> {
  readonly key: string;
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** Brings a map up to date and says what is new, different or gone. */
export function applyChange<T extends Meta>(
  known: Map<string, T>,
  change: ChangeOf<string, T>,
): readonly Difference<T>[] {
  if (change.type === "synced") {
    const present = new Set(change.items.map(keyOf));
    const gone = [...known.keys()].filter((key) => !present.has(key));
    return [
      ...gone.flatMap((key) => remove(known, key)),
      ...change.items.flatMap((object) => replace(known, object)),
    ];
  }
  const { object } = change;
  const key = keyOf(object);
  const before = known.get(key);
  switch (change.type) {
    case "deleted":
      return before?.uid === object.uid ? remove(known, key) : [];
    case "changed":
      return before !== undefined && follows(before, object) ? [] : replace(known, object);
    case "reread":
      return before?.uid === object.uid && follows(object, before) ? replace(known, object) : [];
  }
}

/** Whether labels, or there being an object at all, differ. */
export function labelsDiffer({ before, after }: Difference<Meta>): boolean {
  return before === undefined || after === undefined || !sameLabels(before.labels, after.labels);
}

/** Whether a configuration object may work in another way than before; its status doesn't count. */
export function specDiffers({ before, after }: Difference<Meta & { readonly spec: unknown }>): boolean {
  return before === undefined || after === undefined || before.uid !== after.uid ||
    before.createdMs !== after.createdMs || !sameLabels(before.labels, after.labels) ||
    JSON.stringify(before.spec) !== JSON.stringify(after.spec);
}

function remove<T extends Meta>(known: Map<string, T>, key: string): readonly Difference<T>[] {
  const before = known.get(key);
  known.delete(key);
  return [{ key, before, after: undefined }];
}

function replace<T extends Meta>(known: Map<string, T>, object: T): readonly Difference<T>[] {
  const key = keyOf(object);
  const before = known.get(key);
  known.set(key, object);
  const isSame = before?.uid === object.uid && before.resourceVersion === object.resourceVersion;
  return isSame ? [] : [{ key, before, after: object }];
}

function follows(a: Meta, b: Meta): boolean {
  return isNewer(a.resourceVersion, b.resourceVersion);
}

function sameLabels(a: Labels, b: Labels): boolean {
  const entries = Object.entries(a);
  return entries.length === Object.keys(b).length &&
    entries.every(([key, value]) => Object.hasOwn(b, key) && b[key] === value);
}
