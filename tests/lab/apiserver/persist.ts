/** The last part of a write: what the server sets, the kind's rules, optimistic concurrency, and the store. */
import { type Applied, recordApply } from "./apply.ts";
import { type ApiObject, clone, equal, type JsonObject, objectOr, rfc3339 } from "./json.ts";
import type { KindInfo } from "./kinds.ts";
import { type Manager, trackUpdate } from "./managed.ts";
import { metadataProblems } from "./names.ts";
import type { ServerState, WriteContext } from "./state.ts";
import { alreadyExists, ApiError, badRequest, conflict, invalid, invalidValue, STALE } from "./status.ts";
import { keyOf } from "./store.ts";
import { checkNamespace, runStrategy } from "./strategies.ts";

/** Which object, through which door. */
export interface Target {
  readonly info: KindInfo;
  /** "" for what has no namespace. */
  readonly namespace: string;
  /** "" when the object brings its name. */
  readonly name: string;
  /** "" or "status". */
  readonly subresource: string;
  /** The object is made of the stored one by a patch. */
  readonly patched?: boolean;
}

/** What a write answers: the object in its stored form, and whether it is new. */
export interface Written {
  readonly object: Readonly<ApiObject>;
  readonly created: boolean;
}

/** Under which name the fields of this write are managed. */
export function managerOf(state: ServerState, context: WriteContext, subresource: string): Manager {
  return { name: context.manager, subresource, time: rfc3339(state.now()) };
}

/** Five characters that can't spell much, as Kubernetes appends them to generateName. */
function suffix(): string {
  const letters = "bcdfghjklmnpqrstvwxz2456789";
  return [...crypto.getRandomValues(new Uint8Array(5))].map((byte) => letters[byte % letters.length]).join(
    "",
  );
}

/** Name and namespace of the object and of the request must agree; what the object lacks, it gets. @throws ApiError 400 */
export function checkPlace(target: Target, object: ApiObject): void {
  const { metadata } = object;
  if (target.info.namespaced) {
    if ((metadata.namespace ?? target.namespace) !== target.namespace) {
      throw badRequest(
        "the namespace of the provided object does not match the namespace sent on the request",
      );
    }
    metadata.namespace = target.namespace;
  } else delete metadata.namespace;
  if (target.name === "") return;
  if ((metadata.name ?? target.name) !== target.name) {
    throw badRequest(
      `the name of the object (${metadata.name}) does not match the name on the URL (${target.name})`,
    );
  }
  metadata.name = target.name;
}

/** Events are core Events in messages, whichever API they came through. */
function errorNames(info: KindInfo): KindInfo {
  return info.group === "events.k8s.io" ? { ...info, group: "" } : info;
}

/** Stores a new object. @throws ApiError */
export function insert(
  state: ServerState,
  target: Target,
  object: ApiObject,
  context: WriteContext,
  applied?: Applied,
): Written {
  const { info } = target;
  checkPlace(target, object);
  const { metadata } = object;
  if (metadata.resourceVersion !== undefined) {
    throw new ApiError(500, "", "resourceVersion should not be set on objects to be created");
  }
  if (metadata.name === undefined && metadata.generateName !== undefined) {
    metadata.name = metadata.generateName + suffix();
  }
  if (info.namespaced) checkNamespace(state, info, target.namespace, metadata.name ?? "");
  metadata.uid = crypto.randomUUID();
  metadata.creationTimestamp = rfc3339(state.now());
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.selfLink;
  delete metadata.generation;
  if (info.generation) metadata.generation = 1;
  const problems = [
    ...metadataProblems(info, object),
    ...runStrategy({ state, info, next: object, old: undefined, subresource: "" }),
  ];
  if (problems.length > 0) throw invalid(errorNames(info), metadata.name ?? "", problems);
  const key = keyOf(metadata.namespace, metadata.name);
  if (state.store.get(info.storage, key) !== undefined) throw alreadyExists(info, metadata.name);
  const manager = managerOf(state, context, "");
  if (applied === undefined) trackUpdate(info, undefined, object, manager);
  else recordApply(info, undefined, object, applied, manager);
  if (context.dryRun) return { object, created: true };
  return { object: state.store.put(info.storage, key, object).object, created: true };
}

/** Keeps what a write may not change, by the door it came through. */
function carryOver(target: Target, old: Readonly<ApiObject>, next: ApiObject): ApiObject {
  const { info } = target;
  let result = next;
  if (target.subresource === "status") {
    const metadata = info.custom === undefined ? next.metadata : {
      ...clone(old.metadata),
      ...(next.metadata.managedFields && { managedFields: next.metadata.managedFields }),
    };
    result = { ...clone(old), metadata } as ApiObject;
    if (next.status === undefined) delete result.status;
    else result.status = next.status;
  } else if (info.status) {
    if (old.status === undefined) delete result.status;
    else result.status = clone(old.status);
  }
  const { metadata } = result;
  const kept = [
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "generateName",
  ];
  const members = metadata as unknown as JsonObject;
  for (const field of kept) {
    const value = objectOr(old.metadata)[field];
    if (value === undefined) delete members[field];
    else members[field] = value;
  }
  delete metadata.selfLink;
  return result;
}

/** Does a difference between the two count for `metadata.generation`? */
function specChanged(info: KindInfo, old: Readonly<ApiObject>, next: ApiObject): boolean {
  const names = new Set([...Object.keys(old), ...Object.keys(next)]);
  for (const name of names) {
    if (
      name === "metadata" || name === "apiVersion" || name === "kind" || (info.status && name === "status")
    ) continue;
    if (!equal(old[name], next[name])) return true;
  }
  return false;
}

/** Stores an object in the place of `old`, if it may be. @throws ApiError */
export function replace(
  state: ServerState,
  target: Target,
  old: Readonly<ApiObject>,
  wanted: ApiObject,
  context: WriteContext,
  applied?: Applied,
): Written {
  const { info, subresource } = target;
  const { uid, resourceVersion } = wanted.metadata;
  if (uid !== undefined && uid !== old.metadata.uid) {
    if (target.patched === true) {
      throw invalid(info, target.name, [invalidValue("metadata.uid", uid, "field is immutable")]);
    }
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`;
    throw conflict(info, target.name, why);
  }
  if (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion) {
    throw conflict(info, target.name, STALE);
  }
  const next = carryOver(target, old, wanted);
  const problems = [
    ...metadataProblems(info, next),
    ...runStrategy({ state, info, next, old, subresource }),
  ];
  if (problems.length > 0) throw invalid(errorNames(info), target.name, problems);
  if (info.generation && subresource === "" && specChanged(info, old, next)) {
    next.metadata.generation = (old.metadata.generation ?? 0) + 1;
  }
  if (old.metadata.resourceVersion !== undefined) {
    next.metadata.resourceVersion = old.metadata.resourceVersion;
  }
  const manager = managerOf(state, context, subresource);
  if (applied === undefined) trackUpdate(info, old, next, manager);
  else recordApply(info, old, next, applied, manager);
  if (context.dryRun || equal(old, next)) return { object: next, created: false };
  const key = keyOf(next.metadata.namespace, target.name);
  const done = next.metadata.deletionTimestamp !== undefined && next.metadata.finalizers === undefined &&
    info.storage !== "/namespaces";
  if (done) {
    const last = state.store.remove(info.storage, key);
    return {
      object: last === undefined
        ? next
        : { ...next, metadata: { ...next.metadata, resourceVersion: String(last.revision) } },
      created: false,
    };
  }
  return { object: state.store.put(info.storage, key, next).object, created: false };
}
