/** What the Layer 2 announcer counts: MetalLB's counters for each VIP, and the frames that it ignored, by reason. */
import type { VipCounters } from "../dataplane.ts";
import type { IgnoreReason } from "./responder.ts";

/** The counters of one VIP; they outlive its withdrawal, as a counter must never go back. */
export interface VipCount {
  requestsReceived: number;
  responsesSent: number;
  gratuitousSent: number;
}

export class Counters {
  readonly #vips = new Map<string, VipCount>();
  readonly #ignored = new Map<IgnoreReason, number>();

  /** The counters of the VIP with this canonical text; the same object each time. */
  vip(ip: string): VipCount {
    let count = this.#vips.get(ip);
    if (count === undefined) {
      count = { requestsReceived: 0, responsesSent: 0, gratuitousSent: 0 };
      this.#vips.set(ip, count);
    }
    return count;
  }

  ignored(reason: IgnoreReason): void {
    this.#ignored.set(reason, (this.#ignored.get(reason) ?? 0) + 1);
  }

  /** A copy of all of them, sorted. */
  read(): { readonly vips: readonly VipCounters[]; readonly ignored: Readonly<Record<string, number>> } {
    const vips = [...this.#vips].map(([ip, count]) => ({ ip, ...count }));
    vips.sort((a, b) => a.ip < b.ip ? -1 : 1);
    const ignored = [...this.#ignored].sort(([a], [b]) => a < b ? -1 : 1);
    return { vips, ignored: Object.fromEntries(ignored) };
  }
}
