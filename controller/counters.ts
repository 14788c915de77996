/** The counters in the status of pools: distinct addresses in use, and those that are left. */
import type { IPAddressPool } from "../crds/ipaddresspool.ts";
import type { IPAddressPoolStatus } from "../crds/poolstatus.ts";
import type { Effect } from "./effects.ts";
import type { Ledger } from "./ledger.ts";

/** The largest integer of Kubernetes. */
export const int64Max = 2n ** 63n - 1n;

/** The writes that make the counters right where they aren't; also where somebody edited them. */
export function poolStatuses(pools: Iterable<IPAddressPool>, ledger: Ledger): readonly Effect[] {
  const effects: Effect[] = [];
  for (const pool of pools) {
    const status = statusOf(pool.name, ledger);
    if (!sameStatus(pool.status, status)) effects.push({ type: "writePoolStatus", pool, status });
  }
  return effects;
}

function statusOf(name: string, ledger: Ledger): IPAddressPoolStatus {
  const space = ledger.pools.get(name);
  if (space === undefined) {
    return { assignedIPv4: 0n, assignedIPv6: 0n, availableIPv4: 0n, availableIPv6: 0n };
  }
  const { capacity } = space;
  const assignedIPv4 = BigInt(space.assigned.ipv4);
  const assignedIPv6 = BigInt(space.assigned.ipv6);
  return {
    assignedIPv4,
    assignedIPv6,
    availableIPv4: capped(capacity.ipv4 - assignedIPv4),
    availableIPv6: capped(capacity.ipv6 - assignedIPv6),
  };
}

/** Kubernetes' integers end at 2^63 - 1. */
function capped(count: bigint): bigint {
  return count > int64Max ? int64Max : count;
}

function sameStatus(a: IPAddressPoolStatus | null, b: IPAddressPoolStatus): boolean {
  return a !== null && a.assignedIPv4 === b.assignedIPv4 && a.assignedIPv6 === b.assignedIPv6 &&
    closeEnough(a.availableIPv4, b.availableIPv4) && closeEnough(a.availableIPv6, b.availableIPv6);
}

/** JSON numbers arrive as doubles: beyond 2^53 the text that was written can't be told from its neighbours. */
function closeEnough(read: bigint, wished: bigint): boolean {
  return read === wished || (wished > 2n ** 53n && Number(read) === Number(wished));
}
