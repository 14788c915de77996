/** Who manages which fields: `metadata.managedFields` for creates, updates and patches. */
import { changedFields, type FieldSet, fieldsOf, fromFieldsV1, toFieldsV1 } from "./field_set.ts";
import { type ApiObject, isObject, type ManagedFieldsEntry } from "./json.ts";
import { apiVersionOf, type KindInfo } from "./kinds.ts";

/** Who writes through which door. */
export interface Manager {
  readonly name: string;
  readonly subresource: string;
  /** RFC 3339. */
  readonly time: string;
}

/** Is this entry that of a manager and operation? */
export function isSame(entry: ManagedFieldsEntry, manager: Manager, operation: "Apply" | "Update"): boolean {
  return entry.manager === manager.name && entry.operation === operation &&
    (entry.subresource ?? "") === manager.subresource;
}

/** An entry without some fields; undefined when nothing is left. */
export function without(entry: ManagedFieldsEntry, gone: FieldSet): ManagedFieldsEntry | undefined {
  const own = fromFieldsV1(entry.fieldsV1);
  const kept = new Set([...own].filter((path) => !gone.has(path)));
  if (kept.size === own.size) return entry;
  return kept.size === 0 ? undefined : { ...entry, fieldsV1: toFieldsV1(kept) };
}

/** A new entry. */
export function entryOf(
  info: KindInfo,
  manager: Manager,
  operation: "Apply" | "Update",
  fields: FieldSet,
): ManagedFieldsEntry {
  return {
    manager: manager.name,
    operation,
    apiVersion: apiVersionOf(info),
    time: manager.time,
    fieldsType: "FieldsV1",
    fieldsV1: toFieldsV1(fields),
    ...(manager.subresource === "" ? {} : { subresource: manager.subresource }),
  };
}

/** The entries to go on from: those of the stored object, unless the request itself brought other ones. */
function baseEntries(old: Readonly<ApiObject> | undefined, next: ApiObject): ManagedFieldsEntry[] {
  const brought = next.metadata.managedFields;
  const entries = brought ?? old?.metadata.managedFields ?? [];
  return entries.filter((entry) => isObject(entry.fieldsV1));
}

/** Writes the managedFields of an object after a create, update or patch. */
export function trackUpdate(
  info: KindInfo,
  old: Readonly<ApiObject> | undefined,
  next: ApiObject,
  manager: Manager,
): void {
  const base = baseEntries(old, next);
  const changed = old === undefined ? fieldsOf(info, next) : changedFields(info, old, next);
  const removed = old === undefined ? new Set<string>() : changedFields(info, next, old);
  if (info.status && manager.subresource === "") {
    // What the main endpoint does to the status isn't the client's wish.
    for (const path of changed) if (path.startsWith("f:status")) changed.delete(path);
  }
  let entries = base;
  if (changed.size > 0 || removed.size > 0) {
    const gone: FieldSet = new Set([...changed, ...removed]);
    const mine = base.find((entry) => isSame(entry, manager, "Update"));
    const others = base.filter((entry) => entry !== mine).map((entry) => without(entry, gone));
    const kept = mine === undefined
      ? []
      : [...fromFieldsV1(mine.fieldsV1)].filter((path) => !removed.has(path));
    const own: FieldSet = new Set([...kept, ...changed]);
    entries = others.filter((entry) => entry !== undefined);
    if (own.size > 0) entries.push(entryOf(info, manager, "Update", own));
  }
  setEntries(next, entries);
}

/** Writes the entries into an object; none at all leave no trace. */
export function setEntries(object: ApiObject, entries: ManagedFieldsEntry[]): void {
  if (entries.length > 0) object.metadata.managedFields = entries;
  else delete object.metadata.managedFields;
}
