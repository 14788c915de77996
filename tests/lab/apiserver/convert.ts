/** Between the version in which an object is kept and the one that a request speaks. */
import type { ApiObject, JsonObject } from "./json.ts";
import { apiVersionOf, type KindInfo } from "./kinds.ts";

/** Fields of a core Event and their names in events.k8s.io/v1. */
const EVENT_FIELDS: readonly (readonly [core: string, events: string])[] = [
  ["involvedObject", "regarding"],
  ["message", "note"],
  ["source", "deprecatedSource"],
  ["firstTimestamp", "deprecatedFirstTimestamp"],
  ["lastTimestamp", "deprecatedLastTimestamp"],
  ["count", "deprecatedCount"],
  ["reportingComponent", "reportingController"],
];

function rename(object: JsonObject, from: 0 | 1): JsonObject {
  const names = new Map(EVENT_FIELDS.map((pair) => [pair[from], pair[1 - from] ?? ""]));
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [names.get(name) ?? name, value]));
}

/** True when objects of this kind are sent as they are kept. */
export function isStored(info: KindInfo): boolean {
  return info.version === info.storageVersion && info.group !== "events.k8s.io";
}

/** The object as it is kept. CustomResourceDefinitions only get another apiVersion (conversion strategy None). */
export function toStorage(info: KindInfo, object: ApiObject): ApiObject {
  if (info.group === "events.k8s.io") return { ...rename(object, 1), apiVersion: "v1" } as ApiObject;
  const apiVersion = apiVersionOf({ group: info.group, version: info.storageVersion });
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}

/** The object as this kind and version shows it. */
export function fromStorage(info: KindInfo, object: Readonly<ApiObject>): ApiObject {
  if (info.group === "events.k8s.io") {
    return { ...rename(object, 0), apiVersion: apiVersionOf(info) } as ApiObject;
  }
  const apiVersion = apiVersionOf(info);
  return object.apiVersion === apiVersion ? object as ApiObject : { ...object, apiVersion } as ApiObject;
}
