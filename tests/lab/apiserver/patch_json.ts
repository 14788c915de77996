/** JSON Patch (RFC 6902) and JSON Merge Patch (RFC 7386). */
import { clone, equal, isObject, type JsonObject } from "./json.ts";
import { ApiError, badRequest } from "./status.ts";

/** RFC 7386: null removes, objects merge, anything else replaces. Neither argument is changed. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return clone(patch);
  const result: JsonObject = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = mergePatch(result[name], value);
  }
  return result;
}

/** The patch doesn't fit the object: 422. */
export class UnfitPatchError extends ApiError {
  /** `detail` is for tests and people who debug; a real API server answers without it. */
  constructor(readonly detail: string) {
    super(422, "Invalid", "the server rejected our request due to an error in our request", {});
  }
}

function unfit(detail: string): UnfitPatchError {
  return new UnfitPatchError(detail);
}

/** RFC 6901 section 3: `~1` is `/`, `~0` is `~`. */
function parsePointer(pointer: unknown): string[] {
  if (typeof pointer !== "string" || (pointer !== "" && !pointer.startsWith("/"))) {
    throw badRequest(`JSON patch: ${JSON.stringify(pointer)} is not a JSON pointer`);
  }
  return pointer.split("/").slice(1).map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function indexIn(list: readonly unknown[], token: string, appending: boolean): number {
  if (token === "-" && appending) return list.length;
  const index = /^(0|[1-9]\d*)$/.test(token) ? Number(token) : NaN;
  if (Number.isNaN(index) || index > list.length - (appending ? 0 : 1)) {
    throw unfit(`JSON patch: array index ${JSON.stringify(token)} is out of bounds`);
  }
  return index;
}

function read(root: unknown, path: readonly string[]): unknown {
  let here = root;
  for (const token of path) {
    if (Array.isArray(here)) here = here[indexIn(here, token, false)];
    else if (isObject(here) && Object.hasOwn(here, token)) here = here[token];
    else throw unfit(`JSON patch: there is nothing at /${path.join("/")}`);
  }
  return here;
}

function add(root: unknown, path: readonly string[], value: unknown): unknown {
  const last = path.at(-1);
  if (last === undefined) return value;
  const parent = read(root, path.slice(0, -1));
  if (Array.isArray(parent)) parent.splice(indexIn(parent, last, true), 0, value);
  else if (isObject(parent)) parent[last] = value;
  else throw unfit(`JSON patch: /${path.join("/")} is inside of a plain value`);
  return root;
}

function remove(root: unknown, path: readonly string[]): unknown {
  const last = path.at(-1);
  if (last === undefined) return null;
  read(root, path);
  const parent = read(root, path.slice(0, -1));
  if (Array.isArray(parent)) parent.splice(indexIn(parent, last, false), 1);
  else if (isObject(parent)) delete parent[last];
  return root;
}

function step(root: unknown, operation: JsonObject): unknown {
  const path = parsePointer(operation["path"]);
  switch (operation["op"]) {
    case "add":
      return add(root, path, clone(operation["value"]));
    case "remove":
      return remove(root, path);
    case "replace":
      read(root, path);
      return path.length === 0
        ? clone(operation["value"])
        : add(removeFor(root, path), path, clone(operation["value"]));
    case "move": {
      const from = parsePointer(operation["from"]);
      const value = read(root, from);
      return add(remove(root, from), path, value);
    }
    case "copy":
      return add(root, path, clone(read(root, parsePointer(operation["from"]))));
    case "test":
      if (equal(read(root, path), operation["value"])) return root;
      throw unfit(`JSON patch: the test of ${operation["path"]} failed`);
    default:
      throw unfit(`JSON patch: unknown operation ${JSON.stringify(operation["op"])}`);
  }
}

/** Makes room for a replacement: only items of lists have to go first. */
function removeFor(root: unknown, path: readonly string[]): unknown {
  return Array.isArray(read(root, path.slice(0, -1))) ? remove(root, path) : root;
}

/** RFC 6902. The target is not changed. @throws ApiError 400 for what is no patch, 422 for one that doesn't fit */
export function jsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw badRequest("JSON patch: the patch must be a list of operations");
  let result = clone(target);
  for (const operation of patch) {
    if (!isObject(operation)) throw badRequest("JSON patch: an operation must be an object");
    result = step(result, operation);
  }
  return result;
}
