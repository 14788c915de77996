/** Who has which addresses, while pools are laid beside one another in order of precedence. */
import type { IpFamily } from "../core/ip.ts";
import { type AddressRange, firstEndingAtOrAfter, type IndexedRange } from "./ranges.ts";

/** Addresses that were wanted and belong to somebody already. */
export interface Dispute<T> {
  readonly range: AddressRange;
  readonly owner: T;
}

/** What a claimant got, ascending, and what it didn't. */
export interface ClaimResult<T> {
  readonly kept: readonly AddressRange[];
  readonly disputes: readonly Dispute<T>[];
}

/** First come, first served: each address has at most one owner. */
export class Claims<T> {
  private readonly taken: Readonly<Record<IpFamily, IndexedRange<T>[]>> = { ipv4: [], ipv6: [] };

  /** Gives the claimant what is still free of the range. */
  claim(range: AddressRange, owner: T): ClaimResult<T> {
    const taken = this.taken[range.family];
    const start = firstEndingAtOrAfter(taken, range.first);
    const kept: AddressRange[] = [];
    const disputes: Dispute<T>[] = [];
    let next = range.first;
    let end = start;
    for (; end < taken.length; end++) {
      const entry = taken[end];
      if (entry === undefined || entry.range.first > range.last) break;
      const first = entry.range.first > next ? entry.range.first : next;
      const last = entry.range.last < range.last ? entry.range.last : range.last;
      if (first > next) kept.push({ family: range.family, first: next, last: first - 1n });
      disputes.push({ range: { family: range.family, first, last }, owner: entry.value });
      next = last + 1n;
    }
    if (next <= range.last) kept.push({ family: range.family, first: next, last: range.last });
    const merged = [...taken.slice(start, end), ...kept.map((range) => ({ range, value: owner }))];
    merged.sort((a, b) => a.range.first < b.range.first ? -1 : 1);
    taken.splice(start, end - start, ...merged);
    return { kept, disputes };
  }
}
