/** A {@link Clock} that tests drive by hand, so that no test waits for real time. */
import { setImmediate } from "node:timers";
import type { Clock, Timer } from "../../core/clock.ts";

interface Entry {
  readonly dueMs: number;
  readonly order: number;
  readonly fn: () => void;
}

/** Time stands still until {@link FakeClock.advance} is called. */
export class FakeClock implements Clock {
  #nowMs: number;
  #wallMs: number;
  #order = 0;
  readonly #entries = new Set<Entry>();

  /** Where the monotonic clock and the wall clock start. */
  constructor(nowMs = 0, wallMs: number = Date.UTC(2030, 0, 1)) {
    this.#nowMs = nowMs;
    this.#wallMs = wallMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#wallMs;
  }

  /** How many timers and sleeps are waiting. */
  get pending(): number {
    return this.#entries.size;
  }

  /** When the next timer is due, on the monotonic clock; undefined when none waits. */
  get nextDueMs(): number | undefined {
    return this.#next(Infinity)?.dueMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = () => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = this.timer(ms, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
    return promise;
  }

  timer(ms: number, fn: () => void): Timer {
    const entry: Entry = { dueMs: this.#nowMs + Math.max(0, ms), order: this.#order++, fn };
    this.#entries.add(entry);
    return { cancel: () => void this.#entries.delete(entry) };
  }

  /**
   * Moves time forward by `ms`, firing what falls due in order, each at its own time; what the fired functions start
   * and what waits for promises runs before the next one. Timers that are set on the way count too.
   */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settle();
    for (let entry = this.#next(untilMs); entry !== undefined; entry = this.#next(untilMs)) {
      this.#moveTo(Math.max(entry.dueMs, this.#nowMs));
      this.#entries.delete(entry);
      entry.fn();
      await settle();
    }
    this.#moveTo(untilMs);
  }

  /** Like {@link advance} for code without promises: nothing runs but the timers themselves. */
  advanceSync(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (let entry = this.#next(untilMs); entry !== undefined; entry = this.#next(untilMs)) {
      this.#moveTo(entry.dueMs);
      this.#entries.delete(entry);
      entry.fn();
    }
    this.#moveTo(untilMs);
  }

  /** Moves time forward as a pause of the process does: what falls due meanwhile fires later, when time moves again. */
  pause(ms: number): void {
    this.#moveTo(this.#nowMs + ms);
  }

  /** Sets the wall clock alone, as NTP or an operator would. */
  setWall(wallMs: number): void {
    this.#wallMs = wallMs;
  }

  #moveTo(nowMs: number): void {
    this.#wallMs += nowMs - this.#nowMs;
    this.#nowMs = nowMs;
  }

  #next(untilMs: number): Entry | undefined {
    let next: Entry | undefined;
    for (const entry of this.#entries) {
      if (entry.dueMs > untilMs) continue;
      if (next === undefined || entry.dueMs < next.dueMs) next = entry;
      else if (entry.dueMs === next.dueMs && entry.order < next.order) next = entry;
    }
    return next;
  }
}

/** Lets everything run that waits for settled promises only; takes no time on a {@link FakeClock}. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
