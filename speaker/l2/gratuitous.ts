/**
 * When gratuitous rounds are due: at once, then on a ticker that all of them share, until 5 s after the last start.
 * Undisturbed that makes rounds at about 0, 1.1, 2.2, 3.3 and 4.4 s.
 */

export const gratuitousIntervalMs = 1100;
export const gratuitousDurationMs = 5000;

/** What a round is for: a VIP on every interface that answers for it, or on one interface alone. */
export interface RoundTarget {
  /** Canonical text of the VIP. */
  readonly ip: string;
  /** Index of the interface, or null for all. */
  readonly link: number | null;
}

export class GratuitousSchedule {
  /** By VIP, then by interface: when its rounds end. */
  readonly #deadlinesMs = new Map<string, Map<number | null, number>>();
  #nextTickMs: number | null = null;

  /** When {@link GratuitousSchedule.tick} is to be called next; null while nothing is scheduled. */
  get nextTickMs(): number | null {
    return this.#nextTickMs;
  }

  /** Begins or extends the rounds of a target. True when a round is due at once: it wasn't scheduled before. */
  start({ ip, link }: RoundTarget, nowMs: number): boolean {
    let deadlines = this.#deadlinesMs.get(ip);
    if (deadlines === undefined) {
      deadlines = new Map();
      this.#deadlinesMs.set(ip, deadlines);
    }
    const isNew = !deadlines.has(link);
    deadlines.set(link, nowMs + gratuitousDurationMs);
    this.#nextTickMs ??= nowMs + gratuitousIntervalMs;
    return isNew;
  }

  /** Ends all rounds for a VIP that was withdrawn. */
  withdraw(ip: string): void {
    this.#deadlinesMs.delete(ip);
    if (this.#deadlinesMs.size === 0) this.#nextTickMs = null;
  }

  /** The rounds that are due now, in the order in which they were first started. Nothing before the next tick. */
  tick(nowMs: number): RoundTarget[] {
    if (this.#nextTickMs === null || nowMs < this.#nextTickMs) return [];
    const due: RoundTarget[] = [];
    for (const [ip, deadlines] of this.#deadlinesMs) {
      for (const [link, deadlineMs] of deadlines) {
        if (nowMs > deadlineMs) deadlines.delete(link);
        // A round on all interfaces includes the one on this.
        else if (link === null || !deadlines.has(null)) due.push({ ip, link });
      }
      if (deadlines.size === 0) this.#deadlinesMs.delete(ip);
    }
    // A late tick doesn't bring two rounds: the missed ones are left out.
    const missed = Math.floor((nowMs - this.#nextTickMs) / gratuitousIntervalMs);
    this.#nextTickMs = this.#deadlinesMs.size === 0
      ? null
      : this.#nextTickMs + (missed + 1) * gratuitousIntervalMs;
    return due;
  }
}
