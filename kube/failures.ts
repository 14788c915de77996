/** What an error means for whoever asked. */
import { KubeApiError, KubeUnreachableError } from "./api.ts";

/** 409: the object changed, or another has its name. */
export function isConflict(error: unknown): error is KubeApiError {
  return error instanceof KubeApiError && error.status === 409;
}

/** 410: what a watch or a page goes on from is forgotten. */
export function isExpired(error: unknown): error is KubeApiError {
  return error instanceof KubeApiError && error.status === 410;
}

export function isNotFound(error: unknown): error is KubeApiError {
  return error instanceof KubeApiError && error.status === 404;
}

/** Whether the same request may be accepted later: the server was busy, broken or out of reach, or a token ran out. */
export function mayWorkLater(error: unknown): boolean {
  if (error instanceof KubeUnreachableError) return true;
  return error instanceof KubeApiError &&
    (error.status === 429 || error.status >= 500 || error.status === 401);
}

/** What the server asked for in Retry-After, in milliseconds; 0 when it didn't. */
export function askedWaitMs(error: unknown): number {
  return error instanceof KubeApiError ? error.retryAfterMs ?? 0 : 0;
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
