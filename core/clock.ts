/**
 * The port through which everything asks for the time. Pure code takes `nowMs` as an argument; shells take a Clock.
 */
export interface Clock {
  /** Monotonic time in milliseconds; only differences mean anything. */
  nowMs(): number;
  /** Wall-clock time in milliseconds since the Unix epoch, for what other machines read. */
  wallMs(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `fn` once after `ms` milliseconds unless cancelled. */
  timer(ms: number, fn: () => void): Timer;
}

/** A timer that has not necessarily fired yet. */
export interface Timer {
  cancel(): void;
}
