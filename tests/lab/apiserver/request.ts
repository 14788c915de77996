/** What a request asks for, read from its method and path. See Kubernetes "API concepts", resource URIs. */

/** A request for a resource, or for a path that is none (`group` is undefined then). */
export interface RequestInfo {
  /** get, list, watch, create, update, patch, delete, deletecollection; for other paths the lower-case method. */
  readonly verb: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly resource?: {
    readonly group: string;
    readonly version: string;
    readonly plural: string;
    readonly namespace: string;
    readonly name: string;
    readonly subresource: string;
  };
}

const COLLECTION_VERBS: Readonly<Record<string, string>> = {
  GET: "list",
  HEAD: "list",
  POST: "create",
  DELETE: "deletecollection",
};

const OBJECT_VERBS: Readonly<Record<string, string>> = {
  GET: "get",
  HEAD: "get",
  POST: "create",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
};

/** Subresources of a Namespace; any other word after its name is a resource inside it. */
const NAMESPACE_SUBRESOURCES = new Set(["status", "finalize"]);

function isTrue(value: string | null): boolean {
  return value === "true" || value === "1";
}

/** Reads a request line; `target` is the path with its query. */
export function parseRequest(method: string, target: string): RequestInfo {
  const mark = target.indexOf("?");
  const pathname = mark < 0 ? target : target.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? "" : target.slice(mark));
  const path = pathname.length > 1 && pathname.endsWith("/") ? pathname.slice(0, -1) : pathname;
  const parts = path.split("/").slice(1).map(decodeURIComponent);
  const plain: RequestInfo = { verb: method.toLowerCase(), path, query };
  let rest: string[];
  let group = "";
  let version: string;
  if (parts[0] === "api" && parts.length > 2) {
    version = parts[1] ?? "";
    rest = parts.slice(2);
  } else if (parts[0] === "apis" && parts.length > 3) {
    group = parts[1] ?? "";
    version = parts[2] ?? "";
    rest = parts.slice(3);
  } else return plain;
  let namespace = "";
  if (rest[0] === "namespaces" && rest.length > 1) {
    namespace = rest[1] ?? "";
    if (rest.length > 2 && !NAMESPACE_SUBRESOURCES.has(rest[2] ?? "")) rest = rest.slice(2);
  }
  const [plural = "", name = "", subresource = ""] = rest;
  let verb = (name === "" ? COLLECTION_VERBS : OBJECT_VERBS)[method] ?? "";
  if (verb === "list" && isTrue(query.get("watch"))) verb = "watch";
  return { verb, path, query, resource: { group, version, plural, namespace, name, subresource } };
}
