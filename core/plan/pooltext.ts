/** One pool of a plan in words, with a bar of how full it is. */
import type { Paint } from "./paint.ts";
import type { PlannedPool } from "./plan.ts";

const barLength = 20;
const int64Max = 2n ** 63n - 1n;

/** A line for each family that the pool has addresses of, under its name. */
export function poolLines(pool: PlannedPool, nameLength: number, paint: Paint): string[] {
  return gauges(pool, paint).map((gauge, index) =>
    `${(index === 0 ? pool.name : "").padEnd(nameLength)}  ${gauge}`
  );
}

/** The same without the name. */
export function gauges(pool: PlannedPool, paint: Paint): string[] {
  const families = [
    { family: "IPv4", assigned: pool.assignedIPv4, available: pool.availableIPv4 },
    { family: "IPv6", assigned: pool.assignedIPv6, available: pool.availableIPv6 },
  ].filter(({ assigned, available }) => assigned + available > 0n);
  if (families.length === 0) return ["no usable address"];
  return families.map(({ family, assigned, available }) => {
    const total = assigned + available;
    // Counters end there, so the pool may have more.
    const size = available === int64Max || total >= int64Max ? "2^63 or more" : String(total);
    const bar = paint(available === 0n ? "red" : "green", barOf(assigned, total));
    return `[${bar}] ${assigned} of ${size} ${family}`;
  });
}

/** One address shows, and a bar is full only when the pool is. */
function barOf(assigned: bigint, total: bigint): string {
  const exact = Number(assigned * BigInt(barLength) / total);
  const filled = assigned === 0n
    ? 0
    : assigned === total
    ? barLength
    : Math.min(Math.max(exact, 1), barLength - 1);
  return "#".repeat(filled).padEnd(barLength, ".");
}
