/** The loop that owns the controller's state: what arrives together is decided together. */
import type { Clock } from "../../core/clock.ts";
import type { Effect } from "../effects.ts";
import type { Machine } from "../machine.ts";
import type { Input } from "../world.ts";

export interface LoopOptions {
  readonly machine: Machine;
  readonly clock: Clock;
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

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  /** Takes a fact; it is decided upon in a moment, with those that come before then. */
  readonly post = (input: Input): void => {
    if (!this.#stopped) this.#inputs.push(input);
    this.look();
  };

  /** Decides in a moment, whether there is news or not. */
  readonly look = (): void => {
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    this.#options.clock.timer(0, () => this.#run());
  };

  /** Decides nothing any more. */
  stop(): void {
    this.#stopped = true;
    this.#inputs = [];
  }

  #run(): void {
    this.#scheduled = false;
    if (this.#stopped) return;
    const inputs = this.#inputs;
    this.#inputs = [];
    const { machine, clock, apply, decided, failed } = this.#options;
    try {
      const startMs = clock.nowMs();
      const effects = machine.step(inputs);
      decided?.(clock.nowMs() - startMs);
      apply(effects);
    } catch (error) {
      this.#stopped = true;
      failed(error);
    }
  }
}
