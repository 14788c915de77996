/** Aggregation must not announce more than a pool has. */
import { type IpFamily, ipFromValue } from "../core/ip.ts";
import { summarizeRange } from "../core/prefix.ts";
import type { Problem } from "../core/problem.ts";
import type { BGPAdvertisement } from "./bgpadvertisement.ts";
import { aggregationFields } from "./bgpadvertisementschema.ts";
import type { PoolEntry } from "./poolentries.ts";
import type { Pool } from "./pools.ts";
import { reportInto } from "./problems.ts";
import { type AddressRange, indexRanges, type RangeIndex } from "./ranges.ts";
import { quote } from "./values.ts";

/** The ranges of the pool that are not announced, and why. */
export interface RefusedEntries {
  readonly ranges: RangeIndex<true>;
  readonly problems: readonly Problem[];
}

/**
 * The entries of spec.addresses that the advertisement can't announce: each of their prefixes is longer than the
 * aggregate. Of what an entry lost to another pool only the rest counts.
 */
export function refusedEntries(
  object: BGPAdvertisement,
  pool: Pool,
  aggregationLength: Readonly<Record<IpFamily, number | null>>,
): RefusedEntries {
  const problems: Problem[] = [];
  const report = reportInto(problems, "BGPAdvertisement", object);
  const refused: AddressRange[] = [];
  for (const entry of pool.entries) {
    const [range] = entry.ranges;
    if (range === undefined) continue;
    const { field, maximum } = aggregationFields[range.family];
    const length = aggregationLength[range.family];
    // Full length aggregates nothing, and an IPv6 range may have many prefixes.
    if (length === null || length === maximum) continue;
    const shortest = shortestPrefixLength(entry);
    if (length >= shortest) continue;
    refused.push(...entry.ranges);
    report(
      "error",
      `spec.${field}`,
      `invalid aggregation length ${length}: prefix ${shortest} in this pool is more specific than the aggregation ` +
        `length for addresses ${entry.text} of IPAddressPool ${quote(pool.name)} (${entry.field}); this ` +
        `advertisement announces none of them; write a length from ${shortest} to ${maximum}`,
    );
  }
  return { ranges: indexRanges(refused.map((range) => ({ range, value: true as const }))), problems };
}

function shortestPrefixLength({ ranges }: PoolEntry): number {
  const prefixes = ranges.flatMap(({ family, first, last }) =>
    summarizeRange(ipFromValue(family, first), ipFromValue(family, last))
  );
  return Math.min(...prefixes.map(({ length }) => length));
}
