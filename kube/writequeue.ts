/** Writes to the API server, side by side over keys and one at a time for each key. */
import { backoffMs } from "../core/backoff.ts";
import type { Clock, Timer } from "../core/clock.ts";
import type { Logger } from "../core/log.ts";
import type { KubeApiError } from "./api.ts";
import { kubeLog } from "./catalogue.ts";
import { asError, askedWaitMs, isConflict, mayWorkLater } from "./failures.ts";
import { type KeyedWrite, together } from "./keyedwrite.ts";

export interface WriteQueueOptions {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  /** How many keys are written side by side, asked before each; 32 when not given. See {@link WriteQueue.resume}. */
  readonly concurrency?: () => number;
  /** Called when a write has come to an end, or waits for its next attempt. */
  readonly rested?: () => void;
}

const usualConcurrency = () => 32;
const backoff = { baseMs: 200, maxMs: 20_000 };
/** Conflicts in a row after which the next attempt waits, so that two writers don't race without end. */
const freeConflicts = 3;

/** What is going on with one key. It is forgotten when it has nothing to do. */
interface Slot {
  readonly key: string;
  /** Goes out next. */
  next: KeyedWrite | undefined;
  /** queued: in line; sending: in flight; waiting: for its back-off to pass. */
  phase: "queued" | "sending" | "waiting";
  failures: number;
  conflicts: number;
  /** Ends the phase "waiting". */
  timer: Timer | undefined;
}

export class WriteQueue {
  readonly #options: WriteQueueOptions;
  readonly #concurrency: () => number;
  readonly #slots = new Map<string, Slot>();
  readonly #stop = new AbortController();
  /** In the order of arrival. */
  readonly #line = new Set<Slot>();
  #sending = 0;
  #draining = false;
  /** What is in flight is not sent again. */
  #finishing = false;
  /** A write was given up of which it isn't known whether the server has it. */
  #unsure = false;
  #idle = Promise.withResolvers<void>();

  constructor(options: WriteQueueOptions) {
    this.#options = options;
    this.#concurrency = options.concurrency ?? usualConcurrency;
  }

  /** Wants this written for the key; takes the place of what waits for the same key, never of what is in flight. */
  put(key: string, write: KeyedWrite): void {
    if (this.#draining) return write.onDone?.({ type: "abandoned" });
    const slot = this.#slots.get(key);
    if (slot === undefined) {
      const fresh: Slot = { key, next: write, phase: "queued", failures: 0, conflicts: 0, timer: undefined };
      this.#slots.set(key, fresh);
      this.#line.add(fresh);
      return this.#fill();
    }
    slot.next?.onDone?.({ type: "superseded" });
    slot.next = write;
  }

  /** Takes back what waits for the key. */
  withdraw(key: string): void {
    const slot = this.#slots.get(key);
    slot?.next?.onDone?.({ type: "abandoned" });
    if (slot === undefined) return;
    slot.next = undefined;
    if (slot.phase !== "sending") this.#forget(slot);
  }

  /** Whether a write for the key has yet to be sent, or to be sent again. */
  waits(key: string): boolean {
    return this.#slots.get(key)?.next !== undefined;
  }

  /** Keys that wait or are in flight. */
  get size(): number {
    return this.#slots.size;
  }

  /** Keys that are in line or in flight: without those that wait for their back-off to pass. */
  get load(): number {
    return this.#line.size + this.#sending;
  }

  /** More may be written side by side than before. */
  resume(): void {
    this.#fill();
  }

  /** Resolves when nothing waits and nothing is in flight. */
  idle(): Promise<void> {
    return this.#slots.size === 0 ? Promise.resolve() : this.#idle.promise;
  }

  /**
   * Takes no more, lets what there is go out for at most `withinMs`, then aborts the rest: at once for 0. True when the end
   * of every write is known.
   */
  async drain(withinMs: number): Promise<boolean> {
    this.#draining = true;
    if (this.#slots.size === 0) return true;
    if (withinMs <= 0) {
      this.#abandon();
      return false;
    }
    const late = this.#options.clock.timer(withinMs, () => this.#abandon());
    await this.idle();
    late.cancel();
    return !this.#stop.signal.aborted;
  }

  /**
   * Takes no more and sends no more, lets what is in flight end within the time, and aborts the rest. True when the end of
   * every write is known.
   */
  async finish(withinMs: number): Promise<boolean> {
    this.#finishing = true;
    for (const slot of [...this.#slots.values()]) {
      slot.next?.onDone?.({ type: "abandoned" });
      slot.next = undefined;
      if (slot.phase === "sending") continue;
      // An attempt that got no answer may have been written all the same.
      if (slot.failures > 0) this.#unsure = true;
      this.#forget(slot);
    }
    return await this.drain(withinMs) && !this.#unsure;
  }

  #abandon(): void {
    this.#options.log.write(kubeLog.writesAbandoned, { count: this.#slots.size });
    this.#stop.abort(new Error("stopping"));
    for (const slot of [...this.#slots.values()]) {
      slot.next?.onDone?.({ type: "abandoned" });
      this.#forget(slot);
    }
  }

  #forget(slot: Slot): void {
    this.#line.delete(slot);
    slot.timer?.cancel();
    if (this.#slots.get(slot.key) === slot) this.#slots.delete(slot.key);
    if (this.#slots.size > 0) return;
    this.#idle.resolve();
    this.#idle = Promise.withResolvers();
  }

  /** Sends as many as may go out at once. */
  #fill(): void {
    for (const slot of this.#line) {
      if (this.#sending >= this.#concurrency()) return;
      this.#line.delete(slot);
      const write = slot.next;
      if (write === undefined) this.#forget(slot);
      else this.#start(slot, write);
    }
  }

  #start(slot: Slot, write: KeyedWrite): void {
    slot.next = undefined;
    slot.phase = "sending";
    this.#sending++;
    this.#attempt(slot, write).finally(() => {
      this.#sending--;
      if (this.#slots.get(slot.key) === slot && slot.phase === "sending") this.#requeue(slot);
      this.#fill();
      this.#options.rested?.();
    });
  }

  #requeue(slot: Slot): void {
    if (slot.next === undefined) return this.#forget(slot);
    slot.phase = "queued";
    this.#line.add(slot);
  }

  async #attempt(slot: Slot, write: KeyedWrite): Promise<void> {
    try {
      await write.send(this.#stop.signal);
      slot.failures = slot.conflicts = 0;
      write.onDone?.({ type: "written" });
    } catch (error) {
      if (isConflict(error)) await this.#conflict(slot, write, error);
      else this.#failed(slot, write, error);
    }
  }

  async #conflict(slot: Slot, write: KeyedWrite, conflict: KubeApiError): Promise<void> {
    this.#options.log.write(kubeLog.writeConflict, { key: slot.key });
    try {
      const decided = await write.decideAgain(conflict);
      if (decided === undefined) write.onDone?.({ type: "settled" });
      else {this.#again(
          slot,
          together(decided, write.onDone),
          slot.conflicts++ < freeConflicts ? 0 : undefined,
        );}
    } catch (error) {
      this.#failed(slot, write, error);
    }
  }

  #failed(slot: Slot, write: KeyedWrite, error: unknown): void {
    const { log } = this.#options;
    if (this.#stop.signal.aborted) return write.onDone?.({ type: "abandoned" });
    if (!mayWorkLater(error)) {
      log.write(kubeLog.writeRefused, { key: slot.key, error: asError(error) });
      return write.onDone?.({ type: "refused", error });
    }
    const retryInMs = backoffMs(backoff, ++slot.failures, this.#options.random(), askedWaitMs(error));
    log.write(kubeLog.writeRetried, { key: slot.key, error: asError(error), retryInMs });
    this.#again(slot, write, retryInMs);
  }

  /** Sends `write` again after the wait, unless a later `put` took its place. */
  #again(
    slot: Slot,
    write: KeyedWrite,
    waitMs = backoffMs(backoff, slot.conflicts, this.#options.random()),
  ): void {
    if (this.#finishing && slot.failures > 0) this.#unsure = true;
    if (this.#stop.signal.aborted || this.#finishing) return write.onDone?.({ type: "abandoned" });
    if (slot.next === undefined) slot.next = write;
    else write.onDone?.({ type: "superseded" });
    if (waitMs === 0) return;
    slot.phase = "waiting";
    slot.timer = this.#options.clock.timer(waitMs, () => {
      this.#requeue(slot);
      this.#fill();
    });
  }
}
