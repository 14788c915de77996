/** Create, update and patch: from a request's body to the object that shall be stored. */
import { applyConfiguration } from "./apply.ts";
import { fromStorage } from "./convert.ts";
import { decodeObject } from "./decode.ts";
import { type ApiObject, clone, objectOr, textOr } from "./json.ts";
import type { KindInfo } from "./kinds.ts";
import { jsonPatch, mergePatch } from "./patch_json.ts";
import { strategicPatch } from "./patch_strategic.ts";
import { checkPlace, insert, managerOf, replace, type Target, type Written } from "./persist.ts";
import type { ServerState, WriteContext } from "./state.ts";
import { ApiError, badRequest, invalid, notFound } from "./status.ts";
import { keyOf } from "./store.ts";

/** POST. @throws ApiError */
export function create(state: ServerState, target: Target, body: unknown, context: WriteContext): Written {
  return insert(state, target, decodeObject(target.info, body, context), context);
}

/** PUT. @throws ApiError */
export function update(state: ServerState, target: Target, body: unknown, context: WriteContext): Written {
  const { info } = target;
  const next = decodeObject(info, body, context);
  checkPlace(target, next);
  const entry = state.store.get(info.storage, keyOf(next.metadata.namespace, target.name));
  if (entry === undefined) {
    if (info.createOnUpdate && target.subresource === "") {
      delete next.metadata.resourceVersion;
      return insert(state, target, next, context);
    }
    throw notFound(info, target.name);
  }
  if (next.metadata.resourceVersion === undefined && !info.unconditionalUpdate) {
    const message = "Invalid value: 0: must be specified for an update";
    const names = { ...info, kind: info.plural };
    throw invalid(names, target.name, [{
      reason: "FieldValueInvalid",
      field: "metadata.resourceVersion",
      message,
    }]);
  }
  return replace(state, target, entry.object, next, context);
}

/** The kinds of patch by their content type. */
export type PatchKind = "json" | "merge" | "strategic" | "apply";

/** PATCH, all kinds but apply. @throws ApiError */
function patchExisting(
  state: ServerState,
  target: Target,
  kind: "json" | "merge" | "strategic",
  patch: unknown,
  context: WriteContext,
): Written {
  const { info } = target;
  const key = keyOf(info.namespaced ? target.namespace : undefined, target.name);
  const entry = state.store.get(info.storage, key);
  if (entry === undefined) throw notFound(info, target.name);
  const current = clone(fromStorage(info, entry.object));
  let patched: unknown;
  if (kind === "json") patched = jsonPatch(current, patch);
  else if (kind === "merge") patched = mergePatch(current, patch);
  else if (info.custom !== undefined) {
    throw new ApiError(
      415,
      "UnsupportedMediaType",
      "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml",
    );
  } else patched = strategicPatch(info, current, patch);
  const next = decodeObject(info, patched, context);
  checkPlace(target, next);
  return replace(state, { ...target, patched: true }, entry.object, next, context);
}

/** PATCH with server-side apply. @throws ApiError */
function applyPatch(
  state: ServerState,
  target: Target,
  body: unknown,
  context: WriteContext,
  force: boolean,
): Written {
  const { info } = target;
  const configuration = decodeConfiguration(info, body, context);
  checkPlace(target, configuration);
  if (configuration.metadata.managedFields !== undefined) {
    throw badRequest("metadata.managedFields must be nil");
  }
  const entry = state.store.get(info.storage, keyOf(configuration.metadata.namespace, target.name));
  if (entry === undefined && target.subresource !== "") throw notFound(info, target.name);
  const manager = managerOf(state, context, target.subresource);
  const applied = applyConfiguration(info, entry?.object, configuration, manager, force);
  const object = decodeObject(info, fromStorage(info, applied.object), context);
  if (entry === undefined) return insert(state, target, object, context, applied);
  return replace(state, target, entry.object, object, context, applied);
}

/** What is applied is taken as it was written: without defaults, since those are nobody's fields. */
function decodeConfiguration(info: KindInfo, body: unknown, context: WriteContext): ApiObject {
  if (textOr(objectOr(body)["apiVersion"]) === "" || textOr(objectOr(body)["kind"]) === "") {
    throw badRequest("an applied configuration must have apiVersion and kind");
  }
  return clone(decodeObject(info, body, context, { defaults: false }));
}

/** PATCH. @throws ApiError */
export function patch(
  state: ServerState,
  target: Target,
  kind: PatchKind,
  body: unknown,
  context: WriteContext,
  force: boolean,
): Written {
  if (kind === "apply") return applyPatch(state, target, body, context, force);
  return patchExisting(state, target, kind, body, context);
}
