/**
 * The unused addresses of one pool and family in the order in which they are given: as in spec.addresses, ascending
 * within an entry. Finding the first costs the same in a /30 and in a /64, however full the pool is: everything
 * from the cursor on was never looked at, and what was released before it waits in a heap.
 */
import { MinHeap } from "../core/minheap.ts";
import type { AddressRange } from "../crds/pools.ts";

/** An address's place in the order of assignment, counted from 0. */
export type Position = bigint;

interface Segment {
  readonly first: bigint;
  readonly start: Position;
  readonly end: Position;
}

export class FreeAddresses {
  readonly #segments: readonly Segment[];
  /** The same, ascending by address. */
  readonly #byAddress: readonly Segment[];
  readonly #end: Position;
  readonly #mayGive: (value: bigint) => boolean;
  readonly #released = new MinHeap();
  #cursor: Position = 0n;

  /** `ranges` are of one family; `mayGive` says whether an address is free now and not one to be avoided. */
  constructor(ranges: readonly AddressRange[], mayGive: (value: bigint) => boolean) {
    let start = 0n;
    this.#segments = ranges.map(({ first, last }) => {
      const segment = { first, start, end: start + last - first + 1n };
      start = segment.end;
      return segment;
    });
    this.#byAddress = [...this.#segments].sort((a, b) => (a.first < b.first ? -1 : 1));
    this.#end = start;
    this.#mayGive = mayGive;
  }

  /** The first free address, which stays free until somebody takes it. */
  first(): { readonly value: bigint; readonly position: Position } | null {
    for (let position = this.#released.peek(); position !== undefined; position = this.#released.peek()) {
      const value = this.valueAt(position);
      if (this.#mayGive(value)) return { value, position };
      this.#released.pop();
    }
    for (; this.#cursor < this.#end; this.#cursor++) {
      const value = this.valueAt(this.#cursor);
      if (this.#mayGive(value)) return { value, position: this.#cursor };
    }
    return null;
  }

  /** Says that the address at this place may be free again. */
  release(position: Position): void {
    if (position < this.#cursor) this.#released.push(position);
  }

  /** Where the address stands in the order, or null when it is none of these. */
  positionOf(value: bigint): Position | null {
    const segment = lastWhere(this.#byAddress, ({ first }) => first <= value);
    if (segment === undefined) return null;
    const position = segment.start + value - segment.first;
    return position < segment.end ? position : null;
  }

  /** The address at a place. */
  valueAt(position: Position): bigint {
    const segment = lastWhere(this.#segments, ({ start }) => start <= position);
    if (segment === undefined) throw new RangeError(`position ${position} in a pool without addresses`);
    return segment.first + position - segment.start;
  }
}

/** The last of the segments for which `holds` is true, where it is true for all before that one. */
function lastWhere(segments: readonly Segment[], holds: (segment: Segment) => boolean): Segment | undefined {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const segment = segments[middle];
    if (segment !== undefined && holds(segment)) low = middle + 1;
    else high = middle;
  }
  return segments[low - 1];
}
