/** Refusals as a Kubernetes API server words them: an HTTP status with a `metav1.Status` body. */
import type { JsonObject } from "./json.ts";

/** One thing that is wrong with a field; becomes a `metav1.StatusCause`. */
export interface FieldProblem {
  readonly reason:
    | "FieldValueRequired"
    | "FieldValueInvalid"
    | "FieldValueNotSupported"
    | "FieldValueForbidden"
    | "FieldValueDuplicate"
    | "FieldValueTypeInvalid"
    | "FieldValueTooLong"
    | "FieldValueTooMany"
    | "NamespaceTerminating";
  readonly field: string;
  /** With the kind of problem in front, as in `Required value: …`. */
  readonly message: string;
}

/** What a Status says about the object concerned; see `metav1.StatusDetails`. */
export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: { reason?: string; message?: string; field?: string }[];
  retryAfterSeconds?: number;
}

/** An answer that isn't 2xx. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    readonly code: number,
    readonly reason: string,
    message: string,
    readonly details?: StatusDetails,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }

  /** The `metav1.Status` to send. */
  body(): JsonObject {
    return {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: this.message,
      ...(this.reason === "" ? {} : { reason: this.reason }),
      ...(this.details === undefined ? {} : { details: this.details }),
      code: this.code,
    };
  }
}

/** Names a resource in messages: `services`, `ipaddresspools.metallb.io`. */
export interface Names {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
}

function qualified(group: string, word: string): string {
  return group === "" ? word : `${word}.${group}`;
}

function detailsOf(group: string, kind: string, name: string): StatusDetails {
  return { ...(name === "" ? {} : { name }), ...(group === "" ? {} : { group }), kind };
}

export function notFound(of: Names, name: string): ApiError {
  const text = `${qualified(of.group, of.plural)} ${JSON.stringify(name)} not found`;
  return new ApiError(404, "NotFound", text, detailsOf(of.group, of.plural, name));
}

/** Nothing is served under a path: the answer is plain text, as from a real API server. */
export class NoSuchPathError extends Error {
  override readonly name = "NoSuchPathError";
}

/** The group and version are served, but not this resource. */
export function noSuchPath(): ApiError {
  return new ApiError(404, "NotFound", "the server could not find the requested resource", {});
}

export function alreadyExists(of: Names, name: string): ApiError {
  const text = `${qualified(of.group, of.plural)} ${JSON.stringify(name)} already exists`;
  return new ApiError(409, "AlreadyExists", text, detailsOf(of.group, of.plural, name));
}

export function conflict(of: Names, name: string, why: string): ApiError {
  const text = `Operation cannot be fulfilled on ${qualified(of.group, of.plural)} ${
    JSON.stringify(name)
  }: ${why}`;
  return new ApiError(409, "Conflict", text, detailsOf(of.group, of.plural, name));
}

/** Why a write with an old resourceVersion is refused. */
export const STALE =
  "the object has been modified; please apply your changes to the latest version and try again";

export function forbidden(of: Names, name: string, why: string, causes?: readonly FieldProblem[]): ApiError {
  const subject = qualified(of.group, of.plural) + (name === "" ? "" : ` ${JSON.stringify(name)}`);
  const details = detailsOf(of.group, of.plural, name);
  if (causes !== undefined) details.causes = [...causes];
  return new ApiError(403, "Forbidden", `${subject} is forbidden: ${why}`, details);
}

/** 422 with one cause for each problem. */
export function invalid(of: Names, name: string, problems: readonly FieldProblem[]): ApiError {
  const texts = problems.map((problem) => `${problem.field}: ${problem.message}`);
  const list = texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`;
  const text = `${qualified(of.group, of.kind)} ${JSON.stringify(name)} is invalid: ${list}`;
  const details = detailsOf(of.group, of.kind, name);
  details.causes = problems.map(({ reason, message, field }) => ({ reason, message, field }));
  return new ApiError(422, "Invalid", text, details);
}

export function badRequest(message: string): ApiError {
  return new ApiError(400, "BadRequest", message);
}

/** The history that was asked for is gone: list again. */
export function expired(message: string): ApiError {
  return new ApiError(410, "Expired", message);
}

export function methodNotAllowed(): ApiError {
  return new ApiError(
    405,
    "MethodNotAllowed",
    "the server does not allow this method on the requested resource",
    {},
  );
}

export function internal(message: string): ApiError {
  return new ApiError(500, "InternalError", `Internal error occurred: ${message}`, { causes: [{ message }] });
}

/** What a successful DELETE that removed the object answers. */
export function deleted(of: Names, name: string, uid: string): JsonObject {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: { ...detailsOf(of.group, of.plural, name), uid },
  };
}

export function required(field: string, more = ""): FieldProblem {
  return {
    reason: "FieldValueRequired",
    field,
    message: more === "" ? "Required value" : `Required value: ${more}`,
  };
}

export function invalidValue(field: string, value: unknown, why: string): FieldProblem {
  const shown = typeof value === "object"
    ? JSON.stringify(value)
    : typeof value === "string"
    ? JSON.stringify(value)
    : String(value);
  return { reason: "FieldValueInvalid", field, message: `Invalid value: ${shown}: ${why}` };
}

export function unsupported(field: string, value: unknown, allowed: readonly string[]): FieldProblem {
  const list = allowed.map((one) => JSON.stringify(one)).join(", ");
  return {
    reason: "FieldValueNotSupported",
    field,
    message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${list}`,
  };
}

export function forbiddenValue(field: string, why: string): FieldProblem {
  return { reason: "FieldValueForbidden", field, message: `Forbidden: ${why}` };
}
