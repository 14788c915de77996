/** Which pools an advertisement reaches: L2Advertisement and BGPAdvertisement name them alike. */
import type { Meta } from "../core/meta.ts";
import type { Problem } from "../core/problem.ts";
import { anyMatches, type Selector } from "../core/selector.ts";
import type { FieldReader, ListItem } from "./fieldreader.ts";
import type { Pool } from "./pools.ts";
import { reportInto } from "./problems.ts";
import { quote } from "./values.ts";

/** The part of an advertisement's spec that names pools; a list that is undefined restricts nothing. */
export interface PoolChoice {
  readonly poolNames: readonly ListItem<string>[] | undefined;
  readonly poolSelectors: readonly Selector[] | undefined;
}

/** Reads `ipAddressPools` and `ipAddressPoolSelectors`. */
export function readPoolChoice(spec: FieldReader): PoolChoice {
  return {
    poolNames: spec.distinctTexts("ipAddressPools"),
    poolSelectors: spec.selectors("ipAddressPoolSelectors"),
  };
}

/** The names of the pools, by name or by label; all of them when neither is asked for. */
export function reachedPools(
  { poolNames, poolSelectors }: PoolChoice,
  pools: ReadonlyMap<string, Pool>,
): Set<string> {
  if (poolNames === undefined && poolSelectors === undefined) return new Set(pools.keys());
  const named = new Set(poolNames?.map(({ value }) => value));
  const reached = new Set<string>();
  for (const { name, labels } of pools.values()) {
    if (named.has(name) || anyMatches(poolSelectors ?? [], labels)) reached.add(name);
  }
  return reached;
}

/** A warning for each name that no usable pool has. */
export function unknownPools(
  kind: string,
  object: Meta,
  { poolNames }: PoolChoice,
  pools: ReadonlyMap<string, Pool>,
): Problem[] {
  const problems: Problem[] = [];
  const report = reportInto(problems, kind, object);
  for (const { value, field } of poolNames ?? []) {
    if (pools.has(value)) continue;
    report(
      "warning",
      field,
      `there is no usable IPAddressPool ${quote(value)}; the name has no effect until there is`,
    );
  }
  return problems;
}
