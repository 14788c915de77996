/** The loop that owns the controller's decisions: what arrives together is decided together, and at once. */
import type { Clock, Timer } from "../../core/clock.ts";
import type { Effect } from "../effects.ts";
import type { Machine } from "../machine.ts";

export interface LoopOptions {
  readonly machine: Pick<Machine, "step" | "judge" | "unjudged">;
  readonly clock: Clock;
  /**
   * Calls back when everything that is under way in this turn of the event loop has come in. A timer of 0 ms would cost
   * a millisecond more.
   */
  readonly soon: (run: () => void) => void;
  readonly apply: (effects: readonly Effect[]) => void;
  /** Called after each decision, with the time that it took. */
  readonly decided?: (tookMs: number) => void;
  /** Called when it was judged what is wrong with the configuration. */
  readonly judged?: () => void;
  /** Something threw that must not: the process can't be trusted any more. */
  readonly failed: (error: unknown) => void;
}

/** What is wrong with the configuration may wait a little: a manifest's objects arrive one after another. */
const judgeMs = 100;

export class Loop {
  readonly #options: LoopOptions;
  #scheduled = false;
  #stopped = false;
  #judging: Timer | null = null;

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  /** Decides in a moment, whether there is news or not. */
  readonly look = (): void => {
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    this.#options.soon(() => this.#run());
  };

  /** Decides nothing any more. */
  stop(): void {
    this.#stopped = true;
    this.#judging?.cancel();
  }

  #run(): void {
    this.#scheduled = false;
    const { machine, clock, apply, decided } = this.#options;
    this.#guarded(() => {
      const startMs = clock.nowMs();
      const effects = machine.step([]);
      decided?.(clock.nowMs() - startMs);
      apply(effects);
      if (machine.unjudged) this.#judging ??= clock.timer(judgeMs, () => this.#judge());
    });
  }

  #judge(): void {
    this.#judging = null;
    const { machine, apply, judged } = this.#options;
    this.#guarded(() => {
      apply(machine.judge());
      judged?.();
    });
  }

  #guarded(work: () => void): void {
    if (this.#stopped) return;
    try {
      work();
    } catch (error) {
      this.stop();
      this.#options.failed(error);
    }
  }
}
