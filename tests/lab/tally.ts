/** Counts results and prints them; the last line is `N passed, N failed, N skipped`. */
import type { Skip, SuiteResult } from "../runner/results.ts";

/** As it passes from one process to another. */
export interface Counts {
  readonly passed: number;
  /** Ids. */
  readonly failures: readonly string[];
  readonly skips: readonly Skip[];
}

export class Tally {
  #passed = 0;
  readonly #failures: string[] = [];
  readonly #skips: Skip[] = [];

  get failed(): number {
    return this.#failures.length;
  }

  get counts(): Counts {
    return { passed: this.#passed, failures: this.#failures, skips: this.#skips };
  }

  /** For whoever started this run. */
  get suiteResult(): SuiteResult {
    const ran = this.#passed + this.failed;
    return { suite: "e2e", ran, passed: this.#passed, failed: this.#failures, skipped: this.#skips };
  }

  add({ passed, failures, skips }: Counts): void {
    this.#passed += passed;
    this.#failures.push(...failures);
    this.#skips.push(...skips);
  }

  result(id: string, failure: string | null, tookMs: number): void {
    const time = `${(tookMs / 1000).toFixed(1)} s`;
    if (failure === null) {
      this.#passed++;
      console.log(`ok      ${id} (${time})`);
    } else {
      this.#failures.push(id);
      console.log(`FAILED  ${id} (${time})\n    ${failure}`);
    }
  }

  skip(id: string, reason: string): void {
    this.#skips.push({ name: id, reason });
    console.log(`skipped ${id}: ${reason}`);
  }

  /** Prints the sum; the exit code. Nothing run is a failure. */
  finish(): number {
    console.log("");
    for (const id of this.#failures) console.log(`failed: ${id}`);
    for (const { name, reason } of this.#skips) console.log(`skipped: ${name}: ${reason}`);
    const ran = this.#passed + this.failed;
    if (ran === 0) console.log("no scenario ran, which counts as a failure");
    console.log(`${this.#passed} passed, ${this.failed} failed, ${this.#skips.length} skipped`);
    return this.failed > 0 || ran === 0 ? 1 : 0;
  }
}
