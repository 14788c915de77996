/** Strategic merge patch, for built-in kinds: lists with a merge key are merged item by item. */
import { arrayOr, clone, equal, isObject, type JsonObject, objectOr } from "./json.ts";
import type { KindInfo } from "./kinds.ts";
import { type Step, strategicList } from "./list_keys.ts";
import { badRequest } from "./status.ts";

const DIRECTIVE = "$patch";
const DELETE_ITEMS = "$deleteFromPrimitiveList/";
const ORDER = "$setElementOrder/";
const RETAIN = "$retainKeys";

function mergeObject(info: KindInfo, target: unknown, patch: JsonObject, path: readonly Step[]): unknown {
  if (patch[DIRECTIVE] === "replace") return withoutDirectives(patch);
  if (patch[DIRECTIVE] === "delete") return {};
  const result: JsonObject = isObject(target) ? { ...target } : {};
  const retained = patch[RETAIN];
  if (Array.isArray(retained)) {
    for (const name of Object.keys(result)) if (!retained.includes(name)) delete result[name];
  }
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith(DELETE_ITEMS)) {
      const member = name.slice(DELETE_ITEMS.length);
      result[member] = arrayOr(result[member]).filter((item) =>
        !arrayOr(value).some((gone) => equal(gone, item))
      );
    } else if (name.startsWith("$")) continue;
    else if (value === null) delete result[name];
    else if (Array.isArray(value)) result[name] = mergeList(info, result[name], value, [...path, name]);
    else if (isObject(value)) result[name] = mergeObject(info, result[name], value, [...path, name]);
    else result[name] = value;
  }
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith(ORDER)) {
      reorder(
        info,
        result,
        name.slice(ORDER.length),
        arrayOr(value),
        path,
        arrayOr(objectOr(target)[name.slice(ORDER.length)]),
      );
    }
  }
  return result;
}

function withoutDirectives(patch: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(clone(patch)).filter(([name]) => !name.startsWith("$")));
}

function mergeList(info: KindInfo, target: unknown, patch: unknown[], path: readonly Step[]): unknown[] {
  const rule = strategicList(info, path);
  const items = patch.filter((item) =>
    !(isObject(item) && item[DIRECTIVE] === "replace" && onlyDirective(item))
  );
  if (rule === undefined || items.length < patch.length) return clone(items);
  const live = arrayOr(target);
  const key = rule.keys[0];
  const kept = [...live];
  const patched: unknown[] = [];
  for (const item of items) {
    if (key !== undefined && objectOr(item)[key] === undefined) {
      throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
    }
    const index = kept.findIndex((one) => isSame(one, item, key));
    const [before] = index < 0 ? [{}] : kept.splice(index, 1);
    if (key === undefined) patched.push(clone(item));
    else if (objectOr(item)[DIRECTIVE] !== "delete") {
      patched.push(mergeObject(info, before, objectOr(item), [...path, "*"]));
    }
  }
  return interleave(kept, patched, live, key);
}

/** Are these two the same item of a list: by the merge key, or (without one) as a whole? */
function isSame(a: unknown, b: unknown, key: string | undefined): boolean {
  return key === undefined ? equal(a, b) : objectOr(a)[key] === objectOr(b)[key];
}

/**
 * Joins the items that only the live list has with those of the patch. Both keep their own order; an item of the live
 * list comes before one of the patch only where the live list had the two in that order.
 */
function interleave(
  kept: readonly unknown[],
  patched: readonly unknown[],
  live: readonly unknown[],
  key: string | undefined,
): unknown[] {
  const place = (item: unknown) => live.findIndex((one) => isSame(one, item, key));
  const result: unknown[] = [];
  let next = 0;
  for (const item of patched) {
    const at = place(item);
    while (next < kept.length && at >= 0 && place(kept[next]) < at) result.push(kept[next++]);
    result.push(item);
  }
  return [...result, ...kept.slice(next)];
}

function onlyDirective(item: JsonObject): boolean {
  return Object.keys(item).length === 1;
}

/** Puts the listed items into the listed order; the others keep their places among them. */
function reorder(
  info: KindInfo,
  parent: JsonObject,
  name: string,
  order: unknown[],
  path: readonly Step[],
  live: readonly unknown[],
): void {
  const rule = strategicList(info, [...path, name]);
  const list = parent[name];
  if (rule === undefined || !Array.isArray(list)) return;
  const key = rule.keys[0];
  const rank = (item: unknown): number => order.findIndex((one) => isSame(one, item, key));
  const listed = list.filter((item) => rank(item) >= 0).sort((a, b) => rank(a) - rank(b));
  parent[name] = interleave(list.filter((item) => rank(item) < 0), listed, live, key);
}

/** Applies a strategic merge patch; the target is not changed. @throws ApiError 400 */
export function strategicPatch(info: KindInfo, target: JsonObject, patch: unknown): unknown {
  if (!isObject(patch)) throw badRequest("strategic merge patch: the patch must be an object");
  return mergeObject(info, target, patch, []);
}
