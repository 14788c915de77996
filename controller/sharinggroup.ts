/**
 * The addresses of one pool and family that Services with equal sharing and backend keys hold together. Finding the
 * first on which some ports are free does not walk over those known to be taken: for each port there is a floor,
 * below which every address of the group has it in use.
 */
import type { Position } from "./freeaddresses.ts";
import type { PortKey } from "./holding.ts";

export class SharingGroup {
  /** Ascending. */
  readonly #positions: Position[] = [];
  readonly #floors = new Map<PortKey, Position>();
  readonly #isTaken: (position: Position, port: PortKey) => boolean;

  /** `isTaken` says whether somebody uses the port on the address at this place. */
  constructor(isTaken: (position: Position, port: PortKey) => boolean) {
    this.#isTaken = isTaken;
  }

  get empty(): boolean {
    return this.#positions.length === 0;
  }

  /** An address joins the group. */
  add(position: Position): void {
    const index = this.#indexFrom(position);
    if (this.#positions[index] === position) return;
    this.#positions.splice(index, 0, position);
    for (const [port, floor] of this.#floors) {
      if (position < floor && !this.#isTaken(position, port)) this.#floors.set(port, position);
    }
  }

  /** Nobody in the group holds the address any more. */
  remove(position: Position): void {
    const index = this.#indexFrom(position);
    if (this.#positions[index] === position) this.#positions.splice(index, 1);
  }

  /** A port is free again on an address that stays in the group. */
  releasePort(position: Position, port: PortKey): void {
    const floor = this.#floors.get(port);
    if (floor !== undefined && position < floor) this.#floors.set(port, position);
  }

  /** The first address on which all these ports are free. */
  find(ports: readonly PortKey[]): Position | null {
    let start = 0n;
    for (const port of ports) {
      const floor = this.#floors.get(port) ?? 0n;
      if (floor > start) start = floor;
    }
    for (let index = this.#indexFrom(start); index < this.#positions.length; index++) {
      const position = this.#positions[index] ?? 0n;
      const taken = ports.filter((port) => this.#isTaken(position, port));
      if (taken.length === 0) return position;
      for (const port of taken) this.#raise(port, index);
    }
    return null;
  }

  /** The port is taken at this index: when nothing below it was open, nothing is up to here. */
  #raise(port: PortKey, index: number): void {
    const floor = this.#floors.get(port) ?? 0n;
    if (this.#indexFrom(floor) === index) this.#floors.set(port, (this.#positions[index] ?? 0n) + 1n);
  }

  /** The index of the first address at or after a position. */
  #indexFrom(position: Position): number {
    let low = 0;
    let high = this.#positions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#positions[middle] ?? 0n) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
