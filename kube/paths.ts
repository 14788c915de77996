/** Where things live under the API server's URL; see "API concepts" of the Kubernetes reference. */
import type { Resource } from "./api.ts";

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** The path of a resource's collection: in one namespace, or in all when none is named. */
export function collectionPath(resource: Resource, namespace?: string): string {
  const { group, version, plural, namespaced } = resource;
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const scope = namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${root}${scope}/${plural}`;
}

/**
 * The path of one object.
 *
 * @throws {TypeError} when the namespace is missing, or either name would change the path
 */
export function objectPath(
  resource: Resource,
  namespace: string | undefined,
  name: string,
  subresource?: string,
): string {
  if (resource.namespaced && !namespace) {
    throw new TypeError(`${resource.kind} ${JSON.stringify(name)} needs a namespace`);
  }
  if (name === "" || name === "." || name === "..") {
    throw new TypeError(`${resource.kind}: ${JSON.stringify(name)} is not a name`);
  }
  const path = `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

/** Path and query in one; entries that are undefined or "" are left out. */
export function withQuery(path: string, query: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") params.set(name, String(value));
  }
  const text = params.toString();
  return text === "" ? path : `${path}?${text}`;
}

/** `apiVersion` as objects of the resource carry it. */
export function apiVersionOf({ group, version }: Resource): string {
  return group === "" ? version : `${group}/${version}`;
}
