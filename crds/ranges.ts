/** Runs of addresses, and finding the one that holds an address in logarithmic time. */
import { type Ip, type IpFamily, ipFromValue } from "../core/ip.ts";

/** A run of addresses of one family, both ends included. */
export interface AddressRange {
  readonly family: IpFamily;
  readonly first: bigint;
  readonly last: bigint;
}

/** A range with what it stands for. */
export interface IndexedRange<T> {
  readonly range: AddressRange;
  readonly value: T;
}

/** Disjoint ranges, each family ascending. */
export interface RangeIndex<T> {
  readonly ipv4: readonly IndexedRange<T>[];
  readonly ipv6: readonly IndexedRange<T>[];
}

/** Sorts disjoint ranges for {@link lookUpRange}. */
export function indexRanges<T>(entries: readonly IndexedRange<T>[]): RangeIndex<T> {
  const ascending = (family: IpFamily) =>
    entries.filter(({ range }) => range.family === family).sort((a, b) =>
      a.range.first < b.range.first ? -1 : 1
    );
  return { ipv4: ascending("ipv4"), ipv6: ascending("ipv6") };
}

/** What the range that holds the address stands for; null when none does. */
export function lookUpRange<T>(index: RangeIndex<T>, ip: Ip): T | null {
  const entries = index[ip.family];
  const entry = entries[firstEndingAtOrAfter(entries, ip.value)];
  return entry !== undefined && entry.range.first <= ip.value ? entry.value : null;
}

/** The position of the first of these ascending, disjoint ranges that doesn't end before the value. */
export function firstEndingAtOrAfter<T>(entries: readonly IndexedRange<T>[], value: bigint): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle];
    if (entry !== undefined && entry.range.last < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** For people: `192.0.2.1-192.0.2.9`, or the address alone when it is one. */
export function rangeText(range: AddressRange): string {
  const first = ipFromValue(range.family, range.first).text;
  return range.first === range.last ? first : `${first}-${ipFromValue(range.family, range.last).text}`;
}
