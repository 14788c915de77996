/** The rows of the ARP bench as figures with their goals. */
import { arpBenchMissing, type ArpRow, benchArp } from "./arp.ts";
import type { Figure } from "./table.ts";

/** A sentence where this machine can't measure it. */
export async function arpFigures(): Promise<readonly Figure[] | string> {
  const missing = arpBenchMissing();
  if (missing !== null) return missing;
  const [c, pewter, underLoad] = await benchArp();
  if (c === undefined || pewter === undefined || underLoad === undefined) {
    throw new Error("the ARP bench lost a row");
  }
  return [
    latency(c),
    { ...latency(pewter), goal: "p50 ≤ 5 × C's", met: pewter.p50us <= 5 * c.p50us },
    { ...latency(underLoad), goal: "p99 ≤ 5 ms", met: underLoad.p99us <= 5000 },
    flood(c),
    { ...flood(pewter), goal: "≥ 0.9 × C's", met: rate(pewter) >= 0.9 * rate(c) },
  ];
}

function latency({ name, p50us, p99us, maxUs }: ArpRow): Figure {
  return { name: `${name}: p50 / p99 / max at 1 ms spacing`, value: `${p50us} / ${p99us} / ${maxUs} µs` };
}

function flood(row: ArpRow): Figure {
  return { name: `${row.name}: answered under flood`, value: `${rate(row).toFixed(0)}/s` };
}

function rate(row: ArpRow): number {
  return row.floodPerSecond ?? NaN;
}
