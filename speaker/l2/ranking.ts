/**
 * The order in which nodes stand for an address: MetalLB's, so that both can share a cluster. The SHA-256 of
 * `<node>#<address>` decides, bytewise ascending.
 */
import { Sha256 } from "../../core/sha256.ts";

/** Up to how many hashes are remembered, 8 bytes each: those of 10,000 addresses and 400 nodes. */
const defaultCapacity = 5_000_000;

/**
 * Ranks nodes for addresses. It remembers of each hash the first 48 bits, which nearly always decide; only what it costs
 * depends on what was asked before, never what it answers.
 */
export class Ranking {
  readonly #sha = new Sha256();
  readonly #capacity: number;
  readonly #slots = new Map<string, number>();
  readonly #rows = new Map<string, Float64Array>();
  #held = 0;

  /** `capacity` in hashes. */
  constructor(capacity: number = defaultCapacity) {
    this.#capacity = capacity;
  }

  /** Below 0 when node `a` stands before node `b` for the address, whose text is canonical. */
  compare(a: string, b: string, ip: string): number {
    const difference = this.#head(a, ip) - this.#head(b, ip);
    if (difference !== 0) return difference;
    const hexA = this.hash(a, ip), hexB = this.hash(b, ip);
    return hexA < hexB ? -1 : hexA > hexB ? 1 : 0;
  }

  /** The whole hash, as hexadecimal digits. */
  hash(node: string, ip: string): string {
    return this.#sha.hex(`${node}#${ip}`);
  }

  #head(node: string, ip: string): number {
    const slot = this.#slot(node);
    const row = this.#row(ip, slot);
    const known = row[slot] as number;
    if (!Number.isNaN(known)) return known;
    const words = this.#sha.words(`${node}#${ip}`);
    const head = (words[0] as number) * 2 ** 16 + ((words[1] as number) >>> 16);
    row[slot] = head;
    return head;
  }

  #slot(node: string): number {
    const known = this.#slots.get(node);
    if (known !== undefined) return known;
    if (this.#slots.size >= this.#capacity) this.#forget();
    const slot = this.#slots.size;
    this.#slots.set(node, slot);
    return slot;
  }

  /** The address's hashes by slot, NaN where unknown, with room for `slot`. */
  #row(ip: string, slot: number): Float64Array {
    const known = this.#rows.get(ip);
    if (known !== undefined && slot < known.length) return known;
    const room = Math.max(8, 2 ** Math.ceil(Math.log2(slot + 1)));
    const row = new Float64Array(room).fill(NaN);
    if (known !== undefined) {
      row.set(known);
      this.#held -= known.length;
    }
    if (this.#held + room > this.#capacity) {
      this.#rows.clear();
      this.#held = 0;
    }
    this.#rows.set(ip, row);
    this.#held += room;
    return row;
  }

  #forget(): void {
    this.#slots.clear();
    this.#rows.clear();
    this.#held = 0;
  }
}
