/** How the bench prints: one line for each figure, with the goal beside it. */

export interface Figure {
  /** What was measured, as in `1,000 waiting Services`. */
  readonly name: string;
  /** With its unit, as in `3.1 µs`. */
  readonly value: string;
  /** As in `≤ 5 µs`; absent for what is only a yardstick. */
  readonly goal?: string;
  /** Whether the goal is met; absent where there is none. */
  readonly met?: boolean;
}

/** Prints figures in columns under a title. */
export function printFigures(title: string, figures: readonly Figure[]): void {
  console.log(`\n${title}`);
  const nameWidth = Math.max(...figures.map(({ name }) => name.length));
  const valueWidth = Math.max(...figures.map(({ value }) => value.length));
  for (const { name, value, goal, met } of figures) {
    const verdict = goal === undefined ? "" : `  goal ${goal}: ${met === true ? "met" : "MISSED"}`;
    console.log(`  ${name.padEnd(nameWidth)}  ${value.padStart(valueWidth)}${verdict}`);
  }
}

/** The q-quantile (0..1) of unsorted numbers, by nearest rank. Throws RangeError for an empty list. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))];
  if (value === undefined) throw new RangeError("no quantile of an empty list");
  return value;
}

export function ms(value: number): string {
  return value >= 10_000 ? `${(value / 1000).toFixed(1)} s` : `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}

export function perSecond(count: number, elapsedMs: number): number {
  return count / (elapsedMs / 1000);
}
