/** Durations as Go writes them: `1m30s`, `1.5h`, `250ms`. */

const unitNs: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  "µs": 1_000n,
  "μs": 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** The duration in nanoseconds (Go `time.ParseDuration`, within int64), or null when it isn't one. */
export function parseDurationNs(text: string): bigint | null {
  const match = /^([+-]?)(0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(text);
  if (match === null) return null;
  let total = 0n;
  for (const [, number, unit] of (match[2] ?? "").matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    total += scale(number ?? "", unitNs[unit ?? ""] ?? 0n);
  }
  if (total >= 1n << 63n) return null;
  return match[1] === "-" ? -total : total;
}

/** The duration in milliseconds, fractions kept, or null when it isn't one. */
export function parseDurationMs(text: string): number | null {
  const ns = parseDurationNs(text);
  return ns === null ? null : Number(ns) / 1e6;
}

function scale(number: string, unit: bigint): bigint {
  const [whole = "", fraction = ""] = number.split(".");
  const digits = fraction.slice(0, 18);
  return BigInt(whole === "" ? "0" : whole) * unit +
    BigInt(digits === "" ? "0" : digits) * unit / 10n ** BigInt(digits.length);
}
