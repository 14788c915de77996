/** DELETE: at once, or a deletionTimestamp that waits for finalizers. */
import {
  type ApiObject,
  arrayOr,
  clone,
  isObject,
  type JsonObject,
  objectOr,
  rfc3339,
  textOr,
} from "./json.ts";
import type { KindInfo } from "./kinds.ts";
import type { ServerState, WriteContext } from "./state.ts";
import { badRequest, conflict, deleted, notFound } from "./status.ts";
import { type Entry, keyOf } from "./store.ts";
import type { Target } from "./persist.ts";

/** Names of the finalizers that the propagation policies put on an object. */
const FOREGROUND = "foregroundDeletion";
const ORPHAN = "orphan";

/** Kinds whose DELETE answers with the object that is gone, rather than a Status. */
const RETURNED = new Set(["/pods", "/serviceaccounts", "/services"]);

/** See Kubernetes `metav1.DeleteOptions`. */
export interface Deletion {
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly propagation: "Background" | "Foreground" | "Orphan";
}

/** Reads DeleteOptions from a body or, where there is none, from the query. @throws ApiError 400 */
export function parseDeletion(body: unknown, query: URLSearchParams): Deletion {
  const options = objectOr(body);
  const preconditions = objectOr(options["preconditions"]);
  const policy = textOr(options["propagationPolicy"]) || query.get("propagationPolicy") ||
    (options["orphanDependents"] === true ? "Orphan" : "Background");
  if (policy !== "Background" && policy !== "Foreground" && policy !== "Orphan") {
    throw badRequest(`propagationPolicy ${JSON.stringify(policy)} is none of Background, Foreground, Orphan`);
  }
  const uid = textOr(preconditions["uid"]);
  const resourceVersion = textOr(preconditions["resourceVersion"]);
  return {
    ...(uid === "" ? {} : { uid }),
    ...(resourceVersion === "" ? {} : { resourceVersion }),
    propagation: policy,
  };
}

function checkPreconditions(info: KindInfo, name: string, entry: Entry, deletion: Deletion): void {
  const { uid, resourceVersion } = entry.object.metadata;
  if (deletion.uid !== undefined && deletion.uid !== uid) {
    const why = `the UID in the precondition (${deletion.uid}) does not match the UID in record (${uid}). ` +
      "The object might have been deleted and then recreated";
    throw conflict({ ...info, plural: info.kind }, name, why);
  }
  if (deletion.resourceVersion !== undefined && deletion.resourceVersion !== resourceVersion) {
    const why = `the ResourceVersion in the precondition (${deletion.resourceVersion}) does not match the ` +
      `ResourceVersion in record (${resourceVersion}). The object might have been modified`;
    throw conflict({ ...info, plural: info.kind }, name, why);
  }
}

function finalizersFor(entry: Entry, info: KindInfo, deletion: Deletion): string[] {
  const finalizers = [...arrayOr(entry.object.metadata.finalizers).map(textOr)];
  const add = deletion.propagation === "Foreground"
    ? FOREGROUND
    : deletion.propagation === "Orphan"
    ? ORPHAN
    : undefined;
  if (add !== undefined && !finalizers.includes(add)) finalizers.push(add);
  if (info.plural === "customresourcedefinitions") {
    const cleanup = "customresourcecleanup.apiextensions.k8s.io";
    if (!finalizers.includes(cleanup)) finalizers.push(cleanup);
  }
  return finalizers;
}

/**
 * Deletes one object. Answers the object when it waits for finalizers (a Namespace always does), and else a Status.
 * A Pod goes at once, since there is no kubelet that could end it. @throws ApiError 404 or 409
 */
export function remove(
  state: ServerState,
  target: Target,
  deletion: Deletion,
  context: WriteContext,
): JsonObject {
  const { info, name } = target;
  const key = keyOf(info.namespaced ? target.namespace : undefined, name);
  const entry = state.store.get(info.storage, key);
  if (entry === undefined) throw notFound(info, name);
  checkPreconditions(info, name, entry, deletion);
  const { metadata } = entry.object;
  const finalizers = finalizersFor(entry, info, deletion);
  const waits = finalizers.length > 0 || info.storage === "/namespaces";
  if (!waits) {
    const gone = context.dryRun ? entry : state.store.remove(info.storage, key);
    if (RETURNED.has(info.storage) && gone !== undefined) return gone.object as JsonObject;
    return deleted(info, name, metadata.uid ?? "");
  }
  if (metadata.deletionTimestamp !== undefined) return entry.object as JsonObject;
  const next: ApiObject = clone(entry.object);
  next.metadata.deletionTimestamp = rfc3339(state.now());
  next.metadata.deletionGracePeriodSeconds = 0;
  if (next.metadata.generation !== undefined) next.metadata.generation++;
  if (finalizers.length > 0) next.metadata.finalizers = finalizers;
  if (info.storage === "/namespaces") {
    delete next.metadata.deletionGracePeriodSeconds;
    next.status = { ...next.status, phase: "Terminating" };
  }
  if (context.dryRun) return next;
  return state.store.put(info.storage, key, next).object as JsonObject;
}

/** Is the answer of {@link remove} a Status, rather than an object? */
export function isStatus(answer: JsonObject): boolean {
  return answer["kind"] === "Status" && isObject(answer["details"]);
}
