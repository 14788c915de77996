/** Structural schemas: removing fields that they don't know, and setting defaults. */
import { clone, isObject, type JsonObject, objectOr } from "./json.ts";

/** The path of a member. */
export function child(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

/** Members that every object may have beside those of its schema. */
const ROOT_MEMBERS = new Set(["apiVersion", "kind", "metadata"]);

/** Removes members that the schema doesn't know, and calls back with the path of each. */
export function prune(
  value: unknown,
  schema: JsonObject,
  onUnknown: (path: string) => void,
  path = "",
): void {
  if (Array.isArray(value)) {
    const items = objectOr(schema["items"]);
    value.forEach((item, i) => prune(item, items, onUnknown, `${path}[${i}]`));
    return;
  }
  if (!isObject(value)) return;
  if (schema["x-kubernetes-embedded-resource"] !== true && schema["x-kubernetes-int-or-string"] === true) {
    return;
  }
  const properties = objectOr(schema["properties"]);
  const additional = schema["additionalProperties"];
  const preserve = schema["x-kubernetes-preserve-unknown-fields"] === true || additional === true;
  const atRoot = path === "" || schema["x-kubernetes-embedded-resource"] === true;
  for (const name of Object.keys(value)) {
    if (isObject(properties[name])) {
      if (!(atRoot && name === "metadata")) {
        prune(value[name], objectOr(properties[name]), onUnknown, child(path, name));
      }
    } else if (isObject(additional)) prune(value[name], additional, onUnknown, child(path, name));
    else if (!preserve && !(atRoot && ROOT_MEMBERS.has(name))) {
      delete value[name];
      onUnknown(child(path, name));
    }
  }
}

/** Sets the defaults of members that are missing, also inside of what was defaulted. */
export function setDefaults(value: unknown, schema: JsonObject): void {
  if (Array.isArray(value)) {
    for (const item of value) setDefaults(item, objectOr(schema["items"]));
    return;
  }
  if (!isObject(value)) return;
  const properties = objectOr(schema["properties"]);
  for (const [name, sub] of Object.entries(properties)) {
    if (!isObject(sub)) continue;
    const missing = value[name] === undefined || (value[name] === null && sub["nullable"] !== true);
    if (missing && sub["default"] !== undefined) value[name] = clone(sub["default"]);
    setDefaults(value[name], sub);
  }
  const additional = schema["additionalProperties"];
  if (!isObject(additional)) return;
  for (const name of Object.keys(value)) if (!(name in properties)) setDefaults(value[name], additional);
}
