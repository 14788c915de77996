/**
 * IPAddressPools, compiled: what the allocator and the speakers ask. Two pools that claim the same address dispute
 * it: the older object (creationTimestamp, then name) keeps it, and the rest of the younger one works on.
 */
import type { Ip, IpFamily } from "../core/ip.ts";
import type { Namespace } from "../core/namespace.ts";
import type { Problem } from "../core/problem.ts";
import { anyMatches, type Labels, type Selector } from "../core/selector.ts";
import { Claims, type Dispute } from "./claims.ts";
import {
  type AllocationReading,
  type IPAddressPool,
  type IPAddressPoolReading,
  readIPAddressPool,
} from "./ipaddresspool.ts";
import type { PoolEntry } from "./poolentries.ts";
import { reportInto } from "./problems.ts";
import { type AddressRange, indexRanges, lookUpRange, type RangeIndex, rangeText } from "./ranges.ts";
import { selectsNothing } from "./selectorreader.ts";
import { bySeniority } from "./seniority.ts";
import { quote } from "./values.ts";

export type { AddressRange } from "./ranges.ts";

/** A pool as decisions see it. */
export interface Pool {
  readonly name: string;
  readonly labels: Labels;
  readonly autoAssign: boolean;
  readonly avoidBuggyIPs: boolean;
  /** In the order of assignment: as in spec.addresses, ascending within an entry. */
  readonly ranges: readonly AddressRange[];
  /** The entries of spec.addresses, each with those of the ranges that are its own. */
  readonly entries: readonly PoolEntry[];
  /** null: the pool has no serviceAllocation, so every Service may use it. */
  readonly allocation: PoolAllocation | null;
  /** The same ranges, for {@link poolHolds}. */
  readonly index: RangeIndex<AddressRange>;
}

/** For whom a pool is reserved. */
export interface PoolAllocation {
  /** 1 first; 0 after all positive ones. */
  readonly priority: number;
  /** The namespaces admitted by name or by label; null: all of them. */
  readonly namespaces: ReadonlySet<string> | null;
  /** Empty: every Service. */
  readonly serviceSelectors: readonly Selector[];
}

export interface CompiledPools {
  /** By name. */
  readonly pools: ReadonlyMap<string, Pool>;
  readonly problems: readonly Problem[];
  /** The ranges of all pools, for {@link findPool}. */
  readonly index: RangeIndex<Pool>;
}

/** Compiles all pools; an invalid entry or object is a problem and leaves the rest in force. */
export function compilePools(
  objects: readonly IPAddressPool[],
  namespaces: readonly Namespace[],
): CompiledPools {
  const problems: Problem[] = [];
  const pools = new Map<string, Pool>();
  const claims = new Claims<Claimant>();
  const names = new Set<string>();
  for (const object of [...objects].sort(bySeniority)) {
    const reading = readIPAddressPool(object);
    problems.push(...reading.problems);
    if (names.has(object.name)) {
      reportInto(problems, "IPAddressPool", object)(
        "error",
        "metadata.name",
        `an older IPAddressPool is named ${
          quote(object.name)
        } too; this one has no effect until it is renamed`,
      );
      continue;
    }
    names.add(object.name);
    if (reading.entries.length === 0) continue;
    const entries = claimEntries(object, reading.entries, claims, problems);
    const allocation = reading.allocation &&
      compileAllocation(object, reading.allocation, namespaces, problems);
    pools.set(object.name, poolOf(object, reading, entries, allocation));
  }
  const index = indexRanges(
    [...pools.values()].flatMap((pool) => pool.ranges.map((range) => ({ range, value: pool }))),
  );
  return { pools: new Map([...pools].sort(([a], [b]) => a < b ? -1 : 1)), problems, index };
}

/** Whether the pool's serviceAllocation admits a Service of this namespace with these labels. */
export function poolAdmits(pool: Pool, namespace: string, labels: Labels): boolean {
  if (pool.allocation === null) return true;
  const { namespaces, serviceSelectors } = pool.allocation;
  return (namespaces === null || namespaces.has(namespace)) &&
    (serviceSelectors.length === 0 || anyMatches(serviceSelectors, labels));
}

/** Whether the address lies in the pool; addresses that avoidBuggyIPs keeps from being given lie in it too. */
export function poolHolds(pool: Pool, ip: Ip): boolean {
  return lookUpRange(pool.index, ip) !== null;
}

/** The pool that the address lies in; null when it lies in none. */
export function findPool(pools: CompiledPools, ip: Ip): Pool | null {
  return lookUpRange(pools.index, ip);
}

/** Whether the address is one that avoidBuggyIPs keeps from being given: IPv4 that ends in .0 or .255. */
export function isBuggyIp(ip: Pick<Ip, "family" | "value">): boolean {
  const lastOctet = ip.value & 0xffn;
  return ip.family === "ipv4" && (lastOctet === 0n || lastOctet === 255n);
}

/** How many addresses the pool can give, exactly: those that avoidBuggyIPs takes away are not counted. */
export function poolCapacity(pool: Pool): Readonly<Record<IpFamily, bigint>> {
  const capacity = { ipv4: 0n, ipv6: 0n };
  for (const range of pool.ranges) {
    capacity[range.family] += range.last - range.first + 1n;
    if (pool.avoidBuggyIPs && range.family === "ipv4") capacity.ipv4 -= countBuggy(range);
  }
  return capacity;
}

interface Claimant {
  readonly object: IPAddressPool;
  readonly entry: PoolEntry;
}

function poolOf(
  object: IPAddressPool,
  reading: IPAddressPoolReading,
  entries: readonly PoolEntry[],
  allocation: PoolAllocation | null,
): Pool {
  const { name, labels } = object;
  const { autoAssign, avoidBuggyIPs } = reading;
  const ranges = entries.flatMap((entry) => entry.ranges);
  const index = indexRanges(ranges.map((range) => ({ range, value: range })));
  return { name, labels, autoAssign, avoidBuggyIPs, ranges, entries, allocation, index };
}

function claimEntries(
  object: IPAddressPool,
  entries: readonly PoolEntry[],
  claims: Claims<Claimant>,
  problems: Problem[],
): PoolEntry[] {
  const report = reportInto(problems, "IPAddressPool", object);
  return entries.map((entry) => {
    const results = entry.ranges.map((range) => claims.claim(range, { object, entry }));
    const kept = results.flatMap((result) => result.kept);
    const told = new Set<string>();
    for (const dispute of results.flatMap((result) => result.disputes)) {
      // One problem for each older pool: the first disputed run shows where to look.
      if (told.has(dispute.owner.object.name)) continue;
      told.add(dispute.owner.object.name);
      report("error", entry.field, overlapMessage(object, entry, dispute, kept.length > 0));
    }
    return { ...entry, ranges: kept };
  });
}

function overlapMessage(
  object: IPAddressPool,
  entry: PoolEntry,
  { owner, range }: Dispute<Claimant>,
  restWorks: boolean,
): string {
  const why = owner.object.createdMs === object.createdMs ? "whose name comes first" : "which is older";
  return `${quote(entry.text)} of IPAddressPool ${quote(object.name)} overlaps with already defined CIDR ` +
    `${quote(owner.entry.text)} of IPAddressPool ${
      quote(owner.object.name)
    } (${owner.entry.field}), ${why} and ` +
    `keeps ${rangeText(range)}; ${
      restWorks ? "the rest of this entry works" : "nothing of this entry is left"
    }; ` +
    `take the disputed addresses out of one of the two pools`;
}

function compileAllocation(
  object: IPAddressPool,
  reading: AllocationReading,
  namespaces: readonly Namespace[],
  problems: Problem[],
): PoolAllocation {
  const { priority, namespaceSelectors, serviceSelectors = [] } = reading;
  if (reading.namespaces === undefined && namespaceSelectors === undefined) {
    return { priority, namespaces: null, serviceSelectors };
  }
  const admitted = new Set(reading.namespaces);
  for (const { name, labels } of namespaces) {
    if (anyMatches(namespaceSelectors ?? [], labels)) admitted.add(name);
  }
  if (admitted.size === 0 && namespaceSelectors?.includes(selectsNothing) === false) {
    reportInto(problems, "IPAddressPool", object)(
      "warning",
      "spec.serviceAllocation.namespaceSelectors",
      "no namespace fits, so no Service may use the pool; label a namespace or name it in namespaces",
    );
  }
  return { priority, namespaces: admitted, serviceSelectors };
}

/** How many addresses of an IPv4 range end in .0 or .255. */
function countBuggy({ first, last }: AddressRange): bigint {
  const upTo = (value: bigint, octet: bigint) => (value - octet + 256n) / 256n;
  const between = (octet: bigint) => upTo(last, octet) - upTo(first - 1n, octet);
  return between(0n) + between(255n);
}
