/** When two BGPAdvertisements contradict each other: one prefix can't have two LOCAL_PREFs. */
import type { IpFamily } from "../core/ip.ts";
import type { CompiledBGPAdvertisement } from "./compiledbgpadvertisement.ts";
import type { Pool } from "./pools.ts";

/**
 * The first two of these advertisements, all of which reach the pool from one node, that contradict each other; null
 * when none do.
 */
export function findLocalPrefConflict(
  advertisements: readonly CompiledBGPAdvertisement[],
  pool: Pool,
): readonly [CompiledBGPAdvertisement, CompiledBGPAdvertisement] | null {
  for (const [index, a] of advertisements.entries()) {
    const b = advertisements.slice(index + 1).find((b) => localPrefsConflict(a, b, pool));
    if (b !== undefined) return [a, b];
  }
  return null;
}

/**
 * Whether both could give the same prefix of the pool to the same peer with another LOCAL_PREF. They don't when their
 * peer lists have nobody in common, or when in each family of the pool their prefixes have different lengths.
 */
export function localPrefsConflict(
  a: CompiledBGPAdvertisement,
  b: CompiledBGPAdvertisement,
  pool: Pool,
): boolean {
  if (a.localPref === b.localPref) return false;
  if (a.peers !== "all" && b.peers !== "all" && a.peers.isDisjointFrom(b.peers)) return false;
  const families: readonly IpFamily[] = ["ipv4", "ipv6"];
  return families.filter((family) => pool.index[family].length > 0).some((family) => {
    const [left, right] = [a.aggregationLength[family], b.aggregationLength[family]];
    return left !== null && left === right;
  });
}
