/** How long to wait before trying again. */

/** Waits grow from `baseMs` by doubling, up to `maxMs`. */
export interface BackoffPolicy {
  readonly baseMs: number;
  readonly maxMs: number;
}

/**
 * Full jitter: a random share of a span that doubles with each failure, so that many clients that failed together do not
 * come back together.
 *
 * @param failures how many attempts failed in a row, 1 or more
 * @param random uniform in [0, 1)
 * @param leastMs what the other side asked for, as in Retry-After; the jitter comes on top of it
 * @returns milliseconds
 */
export function backoffMs(policy: BackoffPolicy, failures: number, random: number, leastMs = 0): number {
  const doublings = Math.min(Math.max(failures, 1) - 1, 52);
  const spanMs = Math.min(policy.maxMs, policy.baseMs * 2 ** doublings);
  return leastMs + Math.round(random * spanMs);
}
