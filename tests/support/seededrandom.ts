/** A seeded generator of chance, so that a property test that fails does so again. */

/** Uniform in [0, 1) by mulberry32; the same seed gives the same sequence. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of the items. */
export function pick<T>(random: () => number, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)] as T;
}

/** Those of the items that a coin of this bias chooses. */
export function some<T>(random: () => number, items: readonly T[], bias = 0.5): T[] {
  return items.filter(() => random() < bias);
}
