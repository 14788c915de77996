/** Waits for a condition, with a bound. */

export class TimeoutError extends Error {
  override readonly name = "TimeoutError";
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Tries `check` again and again until it returns something other than undefined. What it throws is kept: the last
 * error is the reason in the {@link TimeoutError} after `withinMs`.
 */
export async function until<T>(
  what: string,
  withinMs: number,
  check: () => Promise<T | undefined> | T | undefined,
  everyMs = 50,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  let reason = "";
  for (;;) {
    try {
      const value = await check();
      if (value !== undefined) return value;
      reason = "";
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    if (performance.now() >= deadline) {
      throw new TimeoutError(`${what}: not within ${withinMs / 1000} s${reason === "" ? "" : `: ${reason}`}`);
    }
    await sleep(everyMs);
  }
}
