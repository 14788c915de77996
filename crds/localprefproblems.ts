/** BGPAdvertisements that contradict each other whatever the Service, told before there is one. */
import type { Problem } from "../core/problem.ts";
import type { AdvertisementOf, AdvertisementReferences } from "./compiledbgpadvertisement.ts";
import { localPrefsConflict } from "./localpref.ts";
import { reportInto } from "./problems.ts";
import { quote } from "./values.ts";

/**
 * A problem for each advertisement that contradicts an older one; the oldest come first in the list. Those with
 * serviceSelectors are left out: whether they meet depends on the Service.
 */
export function localPrefProblems(
  oldestFirst: readonly AdvertisementOf[],
  { pools, nodes }: AdvertisementReferences,
): Problem[] {
  const problems: Problem[] = [];
  const forAll = oldestFirst.filter(({ advertisement }) => advertisement.serviceSelectors.length === 0);
  forAll.forEach(({ object, advertisement }, index) => {
    for (const { object: olderObject, advertisement: older } of forAll.slice(0, index)) {
      if (advertisement.localPref === older.localPref) continue;
      if (nodes.length > 0 && advertisement.nodes.isDisjointFrom(older.nodes)) continue;
      const torn = [...advertisement.pools.keys()].filter((name) => {
        const pool = pools.get(name);
        return pool !== undefined && older.pools.has(name) && localPrefsConflict(advertisement, older, pool);
      });
      const [first] = torn;
      if (first === undefined) continue;
      const others = torn.length === 1 ? "" : ` and ${torn.length - 1} more`;
      reportInto(problems, "BGPAdvertisement", object)(
        "error",
        "spec.localPref",
        `localPref ${advertisement.localPref} contradicts localPref ${older.localPref} of BGPAdvertisement ` +
          `${quote(olderObject.name)} for IPAddressPool ${
            quote(first)
          }${others}: both announce the same prefixes to ` +
          `the same peers; Services of the pool are not announced where both apply; give them one localPref, other ` +
          `peers, other nodes or other aggregation lengths`,
      );
    }
  });
  return problems;
}
