/** The loop that owns the speaker's state: what arrives together is decided together, and at once. */
import type { Clock, Timer } from "../../core/clock.ts";
import type { Effect } from "../effects.ts";
import type { Input, Machine } from "../machine.ts";

export interface LoopOptions {
  readonly machine: Machine;
  readonly clock: Clock;
  /**
   * Calls back when everything that is under way in this turn of the event loop has come in. A timer of 0 ms would cost
   * two.
   */
  readonly soon: (run: () => void) => void;
  readonly apply: (effects: readonly Effect[]) => void;
  /** Called after each decision, with the time that it took. */
  readonly decided?: (tookMs: number) => void;
  /** Something threw that must not: the process can't be trusted any more. */
  readonly failed: (error: unknown) => void;
}

export class Loop {
  readonly #options: LoopOptions;
  #inputs: Input[] = [];
  #scheduled = false;
  #stopped = false;
  #due: Timer | null = null;

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  /** Takes a fact in; it is decided upon in a moment, with those that come before then. */
  readonly post = (input: Input): void => {
    if (this.#stopped) return;
    this.#inputs.push(input);
    this.#schedule();
  };

  /** Decides nothing any more: what is announced stays announced. */
  stop(): void {
    this.#stopped = true;
    this.#due?.cancel();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#options.soon(() => this.#run());
  }

  #run(): void {
    this.#scheduled = false;
    if (this.#stopped) return;
    const inputs = this.#inputs;
    this.#inputs = [];
    const { machine, clock, apply, decided, failed } = this.#options;
    try {
      const startMs = clock.nowMs();
      const { effects, dueMs } = machine.step(inputs, startMs);
      decided?.(clock.nowMs() - startMs);
      apply(effects);
      this.#wakeAt(dueMs);
    } catch (error) {
      this.stop();
      failed(error);
    }
  }

  #wakeAt(dueMs: number): void {
    this.#due?.cancel();
    const { clock } = this.#options;
    this.#due = dueMs === Infinity
      ? null
      : clock.timer(Math.max(0, dueMs - clock.nowMs()), () => this.#schedule());
  }
}
