/** What the API server says when it says no; see Kubernetes `metav1.Status`. */
import { KubeApiError } from "./api.ts";

/** The part of a Status that is read here. */
interface StatusBody {
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly retryAfterSeconds?: number };
}

/** Text that isn't a Status is shown in part: proxies answer with pages. */
const shownChars = 200;

/**
 * @param asked what was asked, as in `GET /api/v1/nodes`
 * @param body the answer's body
 */
export function errorOfResponse(
  asked: string,
  status: number,
  retryAfter: string | null,
  body: string,
  wallMs: number,
): KubeApiError {
  const parsed = parseStatus(body);
  const said = parsed?.message || body.slice(0, shownChars).trim() || "no explanation given";
  const retryAfterMs = retryAfterToMs(retryAfter, wallMs);
  return new KubeApiError(
    status,
    parsed?.reason || usualReasons.get(status) || "Unknown",
    `${asked}: ${status}: ${said}`,
    retryAfterMs,
  );
}

/** For the `object` of a watch event of type ERROR. */
export function errorOfStatus(asked: string, object: unknown): KubeApiError {
  const { code, reason, message, details } = (isRecord(object) ? object : {}) as StatusBody;
  const status = code ?? 500;
  const seconds = details?.retryAfterSeconds;
  return new KubeApiError(
    status,
    reason || usualReasons.get(status) || "Unknown",
    `${asked}: ${status}: ${message || "no explanation given"}`,
    seconds === undefined ? undefined : seconds * 1000,
  );
}

/** Retry-After (RFC 9110, section 10.2.3): seconds or a date, in milliseconds from now, at most five minutes. */
export function retryAfterToMs(value: string | null, wallMs: number): number | undefined {
  if (value === null || value.trim() === "") return undefined;
  const ms = /^\s*\d+\s*$/.test(value) ? Number(value) * 1000 : Date.parse(value) - wallMs;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), 300_000);
}

/** Where a server gives only the code; names as in `metav1.StatusReason`. */
const usualReasons: ReadonlyMap<number, string> = new Map([
  [400, "BadRequest"],
  [401, "Unauthorized"],
  [403, "Forbidden"],
  [404, "NotFound"],
  [405, "MethodNotAllowed"],
  [409, "Conflict"],
  [410, "Expired"],
  [413, "RequestEntityTooLarge"],
  [415, "UnsupportedMediaType"],
  [422, "Invalid"],
  [429, "TooManyRequests"],
  [500, "InternalError"],
  [503, "ServiceUnavailable"],
  [504, "Timeout"],
]);

function parseStatus(body: string): StatusBody | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return isRecord(parsed) && parsed["kind"] === "Status" ? parsed as StatusBody : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
