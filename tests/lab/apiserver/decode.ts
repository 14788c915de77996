/** From a request's body to an object in the form in which it is kept. */
import { toStorage } from "./convert.ts";
import { type ApiObject, clone, isObject, type JsonObject, objectOr, textOr } from "./json.ts";
import { apiVersionOf, type KindInfo } from "./kinds.ts";
import { prune, setDefaults } from "./prune.ts";
import { schemaProblems } from "./schema.ts";
import type { WriteContext } from "./state.ts";
import { badRequest } from "./status.ts";

/** Checks the envelope, prunes and defaults by the schema, and converts. The input may be changed. @throws ApiError 400 */
export function decodeObject(
  info: KindInfo,
  body: unknown,
  context: WriteContext,
  options: { readonly defaults: boolean } = { defaults: true },
): ApiObject {
  if (!isObject(body)) throw badRequest("the object provided is unrecognized: it is not a JSON object");
  const apiVersion = apiVersionOf(info);
  // In this order, which Entry.json relies on.
  const given = {
    kind: textOr(body["kind"]) || info.kind,
    apiVersion: textOr(body["apiVersion"]) || apiVersion,
  };
  if (given.apiVersion !== apiVersion || given.kind !== info.kind) {
    const text =
      `${given.kind} in version ${JSON.stringify(given.apiVersion)} cannot be handled as a ${info.kind}: ` +
      `expected ${info.kind} in version ${JSON.stringify(apiVersion)}`;
    throw badRequest(text);
  }
  const { kind: _kind, apiVersion: _apiVersion, metadata, ...rest } = body;
  const object = { ...given, metadata: { ...objectOr(metadata) }, ...rest } as unknown as ApiObject;
  checkMetadata(info, object);
  if (info.custom !== undefined) {
    const unknown: string[] = [];
    prune(object, info.custom.schema, (path) => unknown.push(path));
    reportUnknown(info, unknown, context);
    if (options.defaults) setDefaults(object, info.custom.schema);
  }
  return toStorage(info, object);
}

/** Types that the rest of the server relies on. */
function checkMetadata(info: KindInfo, { metadata }: ApiObject): void {
  const fail = (field: string, wanted: string): never => {
    throw badRequest(
      `${info.kind} in version ${JSON.stringify(apiVersionOf(info))} cannot be handled as a ${info.kind}: ` +
        `metadata.${field} must be ${wanted}`,
    );
  };
  for (const field of ["name", "generateName", "namespace", "uid", "resourceVersion"] as const) {
    const value: unknown = metadata[field];
    if (value === null || value === "") delete (metadata as unknown as Record<string, unknown>)[field];
    else if (value !== undefined && typeof value !== "string") fail(field, "a string");
  }
  for (const field of ["labels", "annotations"] as const) {
    const value: unknown = metadata[field];
    if (value === null) delete metadata[field];
    else if (value !== undefined && !isObject(value)) fail(field, "an object");
  }
  for (const field of ["finalizers", "ownerReferences", "managedFields"] as const) {
    const value: unknown = metadata[field];
    if (value === null || (Array.isArray(value) && value.length === 0 && field !== "managedFields")) {
      delete metadata[field];
    } else if (value !== undefined && !Array.isArray(value)) fail(field, "a list");
  }
}

function reportUnknown(info: KindInfo, unknown: readonly string[], context: WriteContext): void {
  if (unknown.length === 0 || context.fieldValidation === "Ignore") return;
  const texts = unknown.map((path) => `unknown field ${JSON.stringify(path)}`);
  if (context.fieldValidation === "Warn") {
    context.warnings.push(...texts);
    return;
  }
  throw badRequest(
    `${info.kind} in version ${JSON.stringify(info.version)} cannot be handled as a ${info.kind}: ` +
      `strict decoding error: ${texts.join(", ")}`,
  );
}

/**
 * Refuses fields that a built-in kind doesn't have, and values of a wrong type (fieldValidation=Strict, which kubectl
 * asks for). @throws ApiError 400
 */
export function checkBuiltIn(info: KindInfo, body: unknown, schema: JsonObject): void {
  const copy = clone(body);
  const problems: string[] = [];
  prune(copy, schema, (path) => path.includes("$") || problems.push(`unknown field ${JSON.stringify(path)}`));
  const texts = problems.length > 0
    ? [`strict decoding error: ${problems.join(", ")}`]
    : schemaProblems(copy, schema)
      .filter((problem) => problem.reason === "FieldValueTypeInvalid").map((problem) => problem.message);
  if (texts.length === 0) return;
  const version = JSON.stringify(info.version);
  throw badRequest(
    `${info.kind} in version ${version} cannot be handled as a ${info.kind}: ${texts.join(", ")}`,
  );
}
