/** What the controller's state says in numbers. */
import { type Reading, reading } from "../core/metric.ts";
import type { Reason } from "../core/reason.ts";
import { int64Max } from "./counters.ts";
import type { Decision } from "./decision.ts";
import { controllerMetrics as metrics } from "./metriccatalogue.ts";
import type { PoolSpace } from "./poolspace.ts";

/** What {@link allocationReadings} gives. */
export const allocationMetrics = [
  metrics.metallb_allocator_addresses_total,
  metrics.metallb_allocator_addresses_in_use_total,
  metrics.metallb_allocator_ipv4_addresses_total,
  metrics.metallb_allocator_ipv4_addresses_in_use_total,
  metrics.metallb_allocator_ipv6_addresses_total,
  metrics.metallb_allocator_ipv6_addresses_in_use_total,
  metrics.metallb_allocator_services_allocated_total,
  metrics.pewter_services_refused,
] as const;

/** The pools that are usable, and what became of the Services. */
export function allocationReadings(
  pools: ReadonlyMap<string, PoolSpace>,
  decisions: Iterable<Decision>,
): readonly Reading[] {
  const { holders, refused } = countServices(decisions);
  const spaces = [...pools.values()];
  const perPool = (count: (space: PoolSpace) => bigint) =>
    spaces.map((space) => ({ labels: { pool: space.pool.name }, value: toFloat(count(space)) }));
  return [
    reading(
      metrics.metallb_allocator_addresses_total,
      perPool(({ capacity: { ipv4, ipv6 } }) => ipv4 + ipv6),
    ),
    reading(
      metrics.metallb_allocator_addresses_in_use_total,
      perPool(({ assigned: { ipv4, ipv6 } }) => BigInt(ipv4 + ipv6)),
    ),
    reading(metrics.metallb_allocator_ipv4_addresses_total, perPool(({ capacity }) => capacity.ipv4)),
    reading(
      metrics.metallb_allocator_ipv4_addresses_in_use_total,
      perPool(({ assigned }) => BigInt(assigned.ipv4)),
    ),
    reading(metrics.metallb_allocator_ipv6_addresses_total, perPool(({ capacity }) => capacity.ipv6)),
    reading(
      metrics.metallb_allocator_ipv6_addresses_in_use_total,
      perPool(({ assigned }) => BigInt(assigned.ipv6)),
    ),
    reading(
      metrics.metallb_allocator_services_allocated_total,
      perPool(({ pool }) => BigInt(holders.get(pool.name) ?? 0)),
    ),
    reading(
      metrics.pewter_services_refused,
      [...refused].map(([reason, value]) => ({ labels: { reason }, value })),
    ),
  ];
}

/** A Service with addresses of two pools counts in both. */
function countServices(decisions: Iterable<Decision>) {
  const holders = new Map<string, number>();
  const refused = new Map<Reason, number>();
  for (const { ips, pool, refusal } of decisions) {
    if (ips.length > 0) { for (const name of pool.split(",")) countUp(holders, name); }
    if (refusal !== null) countUp(refused, refusal.reason);
  }
  return { holders, refused };
}

function countUp<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** As the status of pools: never more than 2^63 - 1. */
function toFloat(count: bigint): number {
  return Number(count > int64Max ? int64Max : count);
}
