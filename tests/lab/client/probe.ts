/** Asks for a page again and again, and keeps count. */
import { httpGet } from "./http.ts";
import type { HttpRequest, ProbeReport } from "./protocol.ts";

const keptFailures = 5;

/** Begins at once; one request every `everyMs`, whether the one before has been answered or not. */
export class HttpProbe {
  readonly #began = performance.now();
  readonly #underWay = new Set<Promise<void>>();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #failures: { atMs: number; error: string }[] = [];
  #sent = 0;
  #failed = 0;
  #lastAnswer = performance.now();
  #longestGap = 0;

  constructor(request: HttpRequest, everyMs: number) {
    const ask = () => {
      const one = this.#ask(request).finally(() => this.#underWay.delete(one));
      this.#underWay.add(one);
    };
    ask();
    this.#timer = setInterval(ask, everyMs);
  }

  async #ask(request: HttpRequest): Promise<void> {
    this.#sent++;
    const atMs = Math.round(performance.now() - this.#began);
    const { status, error } = await httpGet(request);
    if (error === null && status === 200) {
      const now = performance.now();
      this.#longestGap = Math.max(this.#longestGap, now - this.#lastAnswer);
      this.#lastAnswer = now;
      return;
    }
    this.#failed++;
    if (this.#failures.length < keptFailures) {
      this.#failures.push({ atMs, error: error ?? `status ${status}` });
    }
  }

  /** Waits for the requests under way. */
  async stop(): Promise<ProbeReport> {
    clearInterval(this.#timer);
    await Promise.all(this.#underWay);
    this.#longestGap = Math.max(this.#longestGap, performance.now() - this.#lastAnswer);
    return {
      sent: this.#sent,
      failed: this.#failed,
      failures: this.#failures,
      longestGapMs: Math.round(this.#longestGap),
    };
  }
}
