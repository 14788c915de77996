/** Asks the data plane for its counters, which also tells whether it is alive. */
import type { Clock } from "../../core/clock.ts";
import type { Dataplane, Fact } from "../dataplane.ts";
import type { Counted } from "../readings.ts";

/** An answer takes a fraction of a millisecond, and a few under a flood. */
const answerMs = 2_000;

interface Question {
  readonly id: number;
  readonly askedMs: number;
  readonly answer: Promise<Counted>;
  readonly resolve: (counted: Counted) => void;
}

export class DataplaneCounters {
  readonly #dataplane: Pick<Dataplane, "send">;
  readonly #clock: Clock;
  #nextId = 1;
  #open: Question | null = null;
  #last: Counted = { vips: [], ignored: {} };

  constructor(dataplane: Pick<Dataplane, "send">, clock: Clock) {
    this.#dataplane = dataplane;
    this.#clock = clock;
  }

  /** Takes every fact of the data plane. */
  hear(fact: Fact): void {
    if (fact.type !== "counters" || fact.id !== this.#open?.id) return;
    this.#last = fact;
    this.#open.resolve(fact);
    this.#open = null;
  }

  /** What is counted now; what was counted last when no answer comes in time. */
  async read(): Promise<Counted> {
    const { promise, resolve } = Promise.withResolvers<Counted>();
    const timer = this.#clock.timer(answerMs, () => resolve(this.#last));
    const counted = await Promise.race([this.#ask().answer, promise]);
    timer.cancel();
    return counted;
  }

  /** For how long a question has been open, in milliseconds. Asks one, so that the next call knows. */
  silentMs(): number {
    return this.#clock.nowMs() - this.#ask().askedMs;
  }

  /** One question at a time: one that isn't answered stays open. */
  #ask(): Question {
    if (this.#open !== null) return this.#open;
    const { promise, resolve } = Promise.withResolvers<Counted>();
    this.#open = { id: this.#nextId++, askedMs: this.#clock.nowMs(), answer: promise, resolve };
    const question = this.#open;
    this.#dataplane.send({ type: "readCounters", id: question.id });
    return question;
  }
}
