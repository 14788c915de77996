/** Sets of field paths, and their form in `metadata.managedFields` (FieldsV1). */
import { arrayOr, equal, isObject, type JsonObject, objectOr } from "./json.ts";
import type { KindInfo } from "./kinds.ts";
import { appliedList, type Step } from "./list_keys.ts";

/** `f:name` for a member, `k:{…}` for an item of a map list, `v:…` for an item of a set, as in FieldsV1. */
export type PathElement = string;

/** Paths, each as its elements joined by this separator; a path to an object or item itself ends with "." */
export type FieldSet = Set<string>;

/** Can't occur in a member's name or in JSON text. */
const SEPARATOR = "\u0000";

/** Members of metadata that the server owns: nobody manages them. */
const UNMANAGED = new Set([
  "name",
  "namespace",
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "managedFields",
  "selfLink",
]);

export function splitPath(path: string): PathElement[] {
  return path.split(SEPARATOR);
}

/** The element that names an item of a merged list. */
export function itemElement(item: unknown, keys: readonly string[]): PathElement {
  if (keys.length === 0) return `v:${JSON.stringify(item)}`;
  const values = [...keys].sort().map((
    key,
  ) => [key, objectOr(item)[key] ?? (key === "protocol" ? "TCP" : undefined)]);
  return `k:${JSON.stringify(Object.fromEntries(values))}`;
}

/** Walks the fields of an object that somebody can manage. */
class Walker {
  constructor(readonly info: KindInfo, readonly into: FieldSet) {}

  /** Adds all leaves of a value. */
  leaves(value: unknown, path: readonly PathElement[], steps: readonly Step[]): void {
    if (isObject(value)) {
      const names = Object.keys(value);
      if (names.length === 0) this.into.add(path.join(SEPARATOR));
      for (const name of names) this.leaves(value[name], [...path, `f:${name}`], [...steps, name]);
      return;
    }
    const rule = Array.isArray(value) ? appliedList(this.info, steps) : undefined;
    if (rule === undefined) {
      this.into.add(path.join(SEPARATOR));
      return;
    }
    for (const item of arrayOr(value)) {
      const here = [...path, itemElement(item, rule.keys)];
      this.into.add((rule.keys.length > 0 ? [...here, "."] : here).join(SEPARATOR));
      if (rule.keys.length > 0) this.leaves(item, here, [...steps, "*"]);
    }
  }

  /** Adds the leaves of `after` that `before` lacks or has otherwise. */
  changes(before: unknown, after: unknown, path: readonly PathElement[], steps: readonly Step[]): void {
    if (equal(before, after)) return;
    if (isObject(before) && isObject(after)) {
      for (const name of Object.keys(after)) {
        if (steps.length === 1 && steps[0] === "metadata" && UNMANAGED.has(name)) continue;
        this.changes(before[name], after[name], [...path, `f:${name}`], [...steps, name]);
      }
      return;
    }
    const rule = Array.isArray(before) && Array.isArray(after) ? appliedList(this.info, steps) : undefined;
    if (rule === undefined) return this.leaves(after, path, steps);
    const known = new Map(arrayOr(before).map((item) => [itemElement(item, rule.keys), item]));
    for (const item of arrayOr(after)) {
      const element = itemElement(item, rule.keys);
      const here = [...path, element];
      if (!known.has(element)) this.into.add((rule.keys.length > 0 ? [...here, "."] : here).join(SEPARATOR));
      if (rule.keys.length > 0) this.changes(known.get(element) ?? {}, item, here, [...steps, "*"]);
    }
  }
}

function managed(object: JsonObject): JsonObject {
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...rest } = object;
  const kept = Object.entries(objectOr(metadata)).filter(([name]) => !UNMANAGED.has(name));
  return kept.length === 0 ? rest : { metadata: Object.fromEntries(kept), ...rest };
}

/** All fields of an object. */
export function fieldsOf(info: KindInfo, object: JsonObject): FieldSet {
  const into: FieldSet = new Set();
  new Walker(info, into).changes({}, managed(object), [], []);
  return into;
}

/** Fields that are new or different in `after`. */
export function changedFields(info: KindInfo, before: JsonObject, after: JsonObject): FieldSet {
  const into: FieldSet = new Set();
  new Walker(info, into).changes(managed(before), managed(after), [], []);
  return into;
}

/** To FieldsV1. */
export function toFieldsV1(fields: FieldSet): JsonObject {
  const root: JsonObject = {};
  for (const path of fields) {
    let here = root;
    for (const element of splitPath(path)) {
      const next = here[element];
      here = isObject(next) ? next : here[element] = {};
    }
  }
  return root;
}

/** From FieldsV1. */
export function fromFieldsV1(
  tree: JsonObject,
  prefix: readonly PathElement[] = [],
  into: FieldSet = new Set(),
): FieldSet {
  for (const [element, sub] of Object.entries(tree)) {
    const path = [...prefix, element];
    if (isObject(sub) && Object.keys(sub).length > 0) fromFieldsV1(sub, path, into);
    else into.add(path.join(SEPARATOR));
  }
  return into;
}

/** The path as a person reads it: `.spec.ports[port=80,protocol="TCP"].name`. */
export function showPath(path: string): string {
  return splitPath(path).filter((element) => element !== ".").map((element) => {
    if (element.startsWith("f:")) return `.${element.slice(2)}`;
    if (element.startsWith("v:")) return `[=${element.slice(2)}]`;
    const keys = Object.entries(JSON.parse(element.slice(2)) as JsonObject);
    return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(",")}]`;
  }).join("");
}
