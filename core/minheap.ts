/** A binary min-heap of distinct bigints. */
export class MinHeap {
  readonly #items: bigint[] = [];
  readonly #members = new Set<bigint>();

  /** The least item, left in place. */
  peek(): bigint | undefined {
    return this.#items[0];
  }

  /** Adds an item; one that is in already is not added again. */
  push(item: bigint): void {
    if (this.#members.has(item)) return;
    this.#members.add(item);
    let index = this.#items.push(item) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#less(index, parent)) break;
      this.#swap(index, parent);
      index = parent;
    }
  }

  /** Takes the least item out. */
  pop(): bigint | undefined {
    const least = this.#items[0];
    const last = this.#items.pop();
    if (least === undefined || last === undefined) return undefined;
    this.#members.delete(least);
    if (this.#items.length === 0) return least;
    this.#items[0] = last;
    for (let index = 0;;) {
      const left = 2 * index + 1;
      let smallest = index;
      if (this.#less(left, smallest)) smallest = left;
      if (this.#less(left + 1, smallest)) smallest = left + 1;
      if (smallest === index) return least;
      this.#swap(index, smallest);
      index = smallest;
    }
  }

  #less(a: number, b: number): boolean {
    const left = this.#items[a];
    const right = this.#items[b];
    return left !== undefined && right !== undefined && left < right;
  }

  #swap(a: number, b: number): void {
    const left = this.#items[a];
    const right = this.#items[b];
    if (left === undefined || right === undefined) return;
    this.#items[a] = right;
    this.#items[b] = left;
  }
}
