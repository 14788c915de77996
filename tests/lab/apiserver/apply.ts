/** Server-side apply: merging an applied configuration, its conflicts, and what it leaves in managedFields. */
import {
  changedFields,
  type FieldSet,
  fieldsOf,
  fromFieldsV1,
  itemElement,
  showPath,
  splitPath,
} from "./field_set.ts";
import {
  type ApiObject,
  arrayOr,
  clone,
  equal,
  isObject,
  type JsonObject,
  type ManagedFieldsEntry,
  objectOr,
} from "./json.ts";
import type { KindInfo } from "./kinds.ts";
import { appliedList, type Step } from "./list_keys.ts";
import { entryOf, isSame, type Manager, setEntries, without } from "./managed.ts";
import { ApiError } from "./status.ts";

function mergeApplied(info: KindInfo, live: unknown, applied: unknown, steps: readonly Step[]): unknown {
  if (isObject(applied)) {
    const result: JsonObject = isObject(live) ? { ...live } : {};
    for (const [name, value] of Object.entries(applied)) {
      result[name] = mergeApplied(info, result[name], value, [...steps, name]);
    }
    return result;
  }
  const rule = Array.isArray(applied) ? appliedList(info, steps) : undefined;
  if (rule === undefined || !Array.isArray(live)) return clone(applied);
  const result: unknown[] = [...live];
  for (const item of arrayOr(applied)) {
    const element = itemElement(item, rule.keys);
    const index = result.findIndex((one) => itemElement(one, rule.keys) === element);
    if (index < 0) result.push(clone(item));
    else result[index] = mergeApplied(info, result[index], item, [...steps, "*"]);
  }
  return result;
}

/** Removes what a path names, and the objects around it that become empty by that. */
function removePath(value: unknown, path: readonly string[]): void {
  const [element = "", ...rest] = path;
  if (isObject(value) && element.startsWith("f:")) {
    const name = element.slice(2);
    if (rest.length === 0) delete value[name];
    else {
      removePath(value[name], rest);
      const inner = value[name];
      if (isObject(inner) && Object.keys(inner).length === 0) delete value[name];
      if (Array.isArray(inner) && inner.length === 0) delete value[name];
    }
  } else if (Array.isArray(value)) {
    const index = value.findIndex((item) => names(element, item));
    if (index < 0) return;
    if (rest.length === 0 || rest[0] === ".") value.splice(index, 1);
    else removePath(value[index], rest);
  }
}

function names(element: string, item: unknown): boolean {
  const wanted: unknown = JSON.parse(element.slice(2));
  if (element.startsWith("v:")) return equal(wanted, item);
  return Object.entries(objectOr(wanted)).every(([key, value]) =>
    equal(objectOr(item)[key] ?? (key === "protocol" ? "TCP" : undefined), value)
  );
}

/** What server-side apply makes of a live object; see {@link recordApply} for the second half. */
export interface Applied {
  readonly object: ApiObject;
  readonly fields: FieldSet;
  /** Fields taken from other managers by force. */
  readonly taken: FieldSet;
}

/** Merges an applied configuration into the live object. @throws ApiError 409 with a cause for each conflict */
export function applyConfiguration(
  info: KindInfo,
  live: Readonly<ApiObject> | undefined,
  configuration: ApiObject,
  manager: Manager,
  force: boolean,
): Applied {
  const fields = fieldsOf(info, configuration);
  if (live === undefined) return { object: clone(configuration), fields, taken: new Set() };
  const entries = live.metadata.managedFields ?? [];
  const others = entries.filter((entry) => !isSame(entry, manager, "Apply"));
  const object = mergeApplied(info, live, configuration, []) as ApiObject;
  const changed = changedFields(info, live, object);
  const conflicts = others.map((entry) => ({
    entry,
    paths: [...fromFieldsV1(entry.fieldsV1)].filter((path) => fields.has(path) && changed.has(path)),
  })).filter(({ paths }) => paths.length > 0);
  if (conflicts.length > 0 && !force) throw conflictError(conflicts);
  const mine = entries.find((entry) => isSame(entry, manager, "Apply"));
  const owned = new Set(others.flatMap((entry) => [...fromFieldsV1(entry.fieldsV1)]));
  const copy = clone(object);
  if (mine !== undefined) {
    for (const path of fromFieldsV1(mine.fieldsV1)) {
      if (!fields.has(path) && !owned.has(path)) removePath(copy, splitPath(path));
    }
  }
  return { object: copy, fields, taken: new Set(conflicts.flatMap(({ paths }) => paths)) };
}

/** A manager in messages: those who update are named with their version, since they didn't declare what they want. */
function shown({ manager, operation, apiVersion, subresource }: ManagedFieldsEntry): string {
  const through = subresource === undefined ? "" : ` with subresource "${subresource}"`;
  return `"${manager}"${through}${operation === "Update" ? ` using ${apiVersion}` : ""}`;
}

function conflictError(conflicts: readonly { entry: ManagedFieldsEntry; paths: string[] }[]): ApiError {
  const causes = conflicts.flatMap(({ entry, paths }) =>
    paths.map((path) => ({
      reason: "FieldManagerConflict",
      message: `conflict with ${shown(entry)}`,
      field: showPath(path),
    }))
  );
  const count = causes.length;
  const text = conflicts.map(({ entry, paths }) => {
    const head = `with ${shown(entry)}:`;
    if (paths.length === 1) return `conflict ${head} ${showPath(paths[0] ?? "")}`;
    return `conflicts ${head}\n${paths.map((path) => `- ${showPath(path)}`).join("\n")}`;
  }).join("\n");
  const message = `Apply failed with ${count} conflict${count === 1 ? "" : "s"}: ${text}`;
  return new ApiError(409, "Conflict", message, { causes });
}

/** Writes the managedFields of an object after a server-side apply. */
export function recordApply(
  info: KindInfo,
  live: Readonly<ApiObject> | undefined,
  next: ApiObject,
  applied: Applied,
  manager: Manager,
): void {
  const before = live?.metadata.managedFields ?? [];
  const mine = before.find((entry) => isSame(entry, manager, "Apply"));
  const others = before.filter((entry) => entry !== mine)
    .map((entry) => without(entry, applied.taken)).filter((entry) => entry !== undefined);
  const entry = entryOf(info, manager, "Apply", applied.fields);
  if (mine !== undefined && equal(mine.fieldsV1, entry.fieldsV1)) entry.time = mine.time ?? manager.time;
  setEntries(next, [...others, entry]);
}
