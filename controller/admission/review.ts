/** Kubernetes `admission.k8s.io/v1 AdmissionReview`: the question read, the answer written. */
import { keyOf } from "../../core/meta.ts";
import type { Problem } from "../../core/problem.ts";
import { apiGroup } from "../../crds/kind.ts";
import type { RawObject } from "../../crds/rawobject.ts";
import { describe, isMapping, type Mapping, quote } from "../../crds/values.ts";

/** What the API server asks. */
export interface AdmissionRequest {
  /** Comes back with the answer. */
  readonly uid: string;
  /** `CREATE`, `UPDATE`, `DELETE` or `CONNECT`. */
  readonly operation: string;
  /** "" for the object itself. */
  readonly subresource: string;
  /** null when it is deleted. */
  readonly object: RawObject | null;
  /** null when it is created. */
  readonly oldObject: RawObject | null;
}

/** What is answered. */
export interface Verdict {
  /** Errors for which it is refused; none: it is allowed. */
  readonly refusals: readonly Problem[];
  /** What the user should know all the same, a sentence each. */
  readonly warnings: readonly string[];
}

/** The body is no review; the message says what is missing. The API server takes it as a failure of the webhook. */
export class ReviewError extends Error {
  override readonly name = "ReviewError";
}

/**
 * Reads the body of a request.
 *
 * @throws {ReviewError} when it isn't an AdmissionReview
 */
export function readAdmissionReview(body: unknown): AdmissionRequest {
  const { request } = reviewOf(body, "AdmissionReview");
  const { uid, operation, subResource, object, oldObject } = request;
  if (typeof operation !== "string") throw new ReviewError("AdmissionReview: request.operation must be text");
  return {
    uid: uidOf("AdmissionReview", uid),
    operation,
    subresource: typeof subResource === "string" ? subResource : "",
    object: objectIn("request.object", object),
    oldObject: objectIn("request.oldObject", oldObject),
  };
}

/** The mapping that both kinds of reviews are, and the question in it. */
export function reviewOf(
  body: unknown,
  kind: "AdmissionReview" | "ConversionReview",
): { readonly apiVersion: string; readonly request: Mapping } {
  if (!isMapping(body) || body["kind"] !== kind) {
    const found = isMapping(body) ? `one of kind ${describe(body["kind"])}` : describe(body);
    throw new ReviewError(`the body must be an object of kind ${kind}, not ${found}`);
  }
  const { apiVersion, request } = body;
  if (typeof apiVersion !== "string") throw new ReviewError(`${kind}: apiVersion must be text`);
  if (!isMapping(request)) throw new ReviewError(`${kind}: request must be a mapping`);
  return { apiVersion, request };
}

/** @throws {ReviewError} when there is none */
export function uidOf(kind: string, uid: unknown): string {
  if (typeof uid === "string" && uid !== "") return uid;
  throw new ReviewError(`${kind}: request.uid must be text`);
}

function objectIn(path: string, value: unknown): RawObject | null {
  if (value === undefined || value === null) return null;
  if (isMapping(value) && isMapping(value["metadata"])) return value as unknown as RawObject;
  throw new ReviewError(`AdmissionReview: ${path} must be an object with metadata`);
}

/** The whole answer, as JSON takes it. A refusal has a cause for each problem, which kubectl prints with its field. */
export function admissionReviewOf(request: AdmissionRequest, { refusals, warnings }: Verdict): unknown {
  return {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    response: {
      uid: request.uid,
      allowed: refusals.length === 0,
      ...(refusals.length === 0 ? {} : { status: statusOf(request, refusals) }),
      ...(warnings.length === 0 ? {} : { warnings }),
    },
  };
}

/** See Kubernetes `metav1.Status`. What may not be deleted is forbidden, what may not be stored is invalid. */
function statusOf({ operation }: AdmissionRequest, refusals: readonly Problem[]): unknown {
  const [first] = refusals;
  const texts = refusals.map(({ field, message }) => `${field}: ${message}`);
  const isDeletion = operation === "DELETE";
  return {
    status: "Failure",
    message: `${first?.kind} ${quote(first === undefined ? "" : keyOf(first))}: ${
      texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`
    }`,
    reason: isDeletion ? "Forbidden" : "Invalid",
    code: isDeletion ? 403 : 422,
    details: {
      name: first?.name,
      group: apiGroup,
      kind: first?.kind,
      causes: refusals.map(({ field, message }) => ({ reason: "FieldValueInvalid", message, field })),
    },
  };
}
