/** LIST: selection, and pages of one consistent snapshot. See Kubernetes "Retrieving large results sets in chunks". */
import type { RequestInfo } from "./request.ts";
import type { KindInfo } from "./kinds.ts";
import { checkFieldTerms, objectTest, parseFieldSelector, parseLabelSelector } from "./selectors.ts";
import { ApiError, badRequest, expired } from "./status.ts";
import type { Entry, Store } from "./store.ts";
import type { ApiObject } from "./json.ts";

/** Snapshots that are kept for continue tokens; the oldest goes first. */
const SNAPSHOTS = 256;

/** One page. */
export interface Page {
  readonly entries: readonly Entry[];
  readonly revision: number;
  readonly continueToken: string;
  /** Not said when a selector is used, as with a real API server. */
  readonly remaining: number | undefined;
}

interface Snapshot {
  readonly storage: string;
  readonly entries: readonly Entry[];
  readonly revision: number;
}

/** The selection of a request, as a test of stored objects. @throws ApiError 400 */
export function selection(
  info: KindInfo,
  namespace: string,
  query: URLSearchParams,
): (object: Readonly<ApiObject>) => boolean {
  const terms = parseFieldSelector(query.get("fieldSelector") ?? "");
  checkFieldTerms(terms, info.selectable, info.namespaced);
  const stored = terms.map((term) => ({ ...term, path: storedPath(info, term.path) }));
  const test = objectTest(parseLabelSelector(query.get("labelSelector") ?? ""), stored);
  if (namespace === "") return test;
  return (object) => object.metadata.namespace === namespace && test(object);
}

/** Events of events.k8s.io are kept as core Events, whose fields have other names. */
function storedPath(info: KindInfo, path: string): string {
  if (info.group !== "events.k8s.io") return path;
  return path.replace(/^regarding\./, "involvedObject.").replace("reportingController", "reportingComponent");
}

/** Is anything selected beside the namespace? */
function selects(query: URLSearchParams): boolean {
  return (query.get("labelSelector") ?? "") !== "" || (query.get("fieldSelector") ?? "") !== "";
}

function nonNegative(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? "";
  if (text === "") return 0;
  if (!/^\d+$/.test(text)) throw badRequest(`${name}: ${JSON.stringify(text)} is not a number`);
  return Number(text);
}

/** Answers lists and remembers their snapshots. */
export class Lister {
  readonly #snapshots = new Map<string, Snapshot>();
  readonly #now: () => number;
  constructor(readonly store: Store, nowMs: () => number) {
    this.#now = nowMs;
  }

  /** @throws ApiError 400, 410 for a token or revision that is too old, 504 for a revision yet to come */
  list(info: KindInfo, namespace: string, { query }: RequestInfo): Page {
    const limit = nonNegative(query, "limit");
    const token = query.get("continue") ?? "";
    const test = selection(info, namespace, query);
    if (token !== "") return this.#next(info, token, limit, test, selects(query));
    this.#checkRevision(query);
    const all = this.store.list(info.storage);
    const chosen = namespace === "" && !selects(query) ? all : all.filter((entry) => test(entry.object));
    return this.#page(
      { storage: info.storage, entries: chosen, revision: this.store.revision },
      0,
      limit,
      selects(query),
    );
  }

  #checkRevision(query: URLSearchParams): void {
    const wanted = nonNegative(query, "resourceVersion");
    const match = query.get("resourceVersionMatch") ?? "";
    if (wanted > this.store.revision) {
      const message = `Timeout: Too large resource version: ${wanted}, current: ${this.store.revision}`;
      const cause = { reason: "ResourceVersionTooLarge", message: "Too large resource version" };
      throw new ApiError(504, "Timeout", message, { causes: [cause], retryAfterSeconds: 1 });
    }
    if (match === "Exact" && wanted !== this.store.revision) {
      throw expired("The resourceVersion for the provided list is too old.");
    }
  }

  #page(snapshot: Snapshot, start: number, limit: number, selected: boolean, known?: string): Page {
    const { entries, revision } = snapshot;
    const end = limit === 0 ? entries.length : Math.min(entries.length, start + limit);
    const page = start === 0 && end === entries.length ? entries : entries.slice(start, end);
    if (end >= entries.length) return { entries: page, revision, continueToken: "", remaining: undefined };
    const id = known ?? crypto.randomUUID();
    this.#snapshots.set(id, snapshot);
    const oldest = this.#snapshots.keys().next().value;
    if (this.#snapshots.size > SNAPSHOTS && oldest !== undefined) this.#snapshots.delete(oldest);
    const continueToken = btoa(
      JSON.stringify({ v: "pewter-lab/v1", id, rv: revision, start: end, at: this.#now() }),
    );
    return { entries: page, revision, continueToken, remaining: selected ? undefined : entries.length - end };
  }

  #next(
    info: KindInfo,
    token: string,
    limit: number,
    test: (object: Readonly<ApiObject>) => boolean,
    selected: boolean,
  ): Page {
    const { id, start } = parseToken(token);
    const snapshot = this.#snapshots.get(id);
    if (snapshot === undefined || snapshot.revision < this.store.oldest(info.storage)) {
      throw expired(
        "The provided continue parameter is too old to display a consistent list result. You must start a new list " +
          "without the continue parameter.",
      );
    }
    if (snapshot.storage !== info.storage) {
      throw badRequest("continue key is not valid: it is of another list");
    }
    const entries = snapshot.entries.every((entry) => test(entry.object)) ? snapshot.entries : undefined;
    if (entries === undefined) throw badRequest("continue key is not valid: it is of another selection");
    return this.#page(snapshot, start, limit, selected, id);
  }
}

function parseToken(token: string): { id: string; start: number } {
  try {
    const { v, id, start } = JSON.parse(atob(token)) as Record<string, unknown>;
    if (v === "pewter-lab/v1" && typeof id === "string" && typeof start === "number") return { id, start };
  } catch {
    // Falls through to the refusal: what is no token of ours is refused whatever is wrong with it.
  }
  throw badRequest("continue key is not valid: it is not one that this server gave");
}
