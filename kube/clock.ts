/** The machine's clocks and timers. */
import type { Clock, Timer } from "../core/clock.ts";

/** setTimeout fires at once for more than this. */
const longestTimerMs = 2 ** 31 - 1;

/** The real {@link Clock}; waits are cut to 24.8 days. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  sleep,
  timer,
};

function timer(ms: number, fn: () => void): Timer {
  const id = setTimeout(fn, Math.min(Math.max(0, ms), longestTimerMs));
  return { cancel: () => clearTimeout(id) };
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.reject(signal.reason);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = () => {
    waiting.cancel();
    reject(signal?.reason);
  };
  const waiting = timer(ms, () => {
    signal?.removeEventListener("abort", onAbort);
    resolve();
  });
  signal?.addEventListener("abort", onAbort, { once: true });
  return promise;
}
