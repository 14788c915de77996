/** L2Advertisements, compiled: what the election and the announcers ask. */
import type { Node } from "../core/node.ts";
import type { Problem } from "../core/problem.ts";
import { anyMatches, type Selector } from "../core/selector.ts";
import {
  type L2Advertisement,
  type L2AdvertisementReading,
  type Preference,
  readL2Advertisement,
} from "./l2advertisement.ts";
import { reachedPools, unknownPools } from "./poolreach.ts";
import type { Pool } from "./pools.ts";
import { byName } from "./seniority.ts";

/** An advertisement as decisions see it. */
export interface CompiledL2Advertisement {
  readonly name: string;
  /**
   * The names of the pools that it reaches. A pool that an earlier advertisement (by name) reaches with the same nodes,
   * interfaces and Services is not among them, since this one would add nothing.
   */
  readonly pools: ReadonlySet<string>;
  /** The nodes that may announce, by name, with their preference: the sum of the weights that fit, 0 or more. */
  readonly nodes: ReadonlyMap<string, number>;
  /** Ascending names; "all" when it names none. */
  readonly interfaces: "all" | readonly string[];
  /** Empty: every Service. */
  readonly serviceSelectors: readonly Selector[];
}

export interface CompiledL2Advertisements {
  /** Ascending by name. */
  readonly advertisements: readonly CompiledL2Advertisement[];
  readonly problems: readonly Problem[];
}

/** Compiles all L2Advertisements; an invalid part is a problem and leaves the rest in force. */
export function compileL2Advertisements(
  objects: readonly L2Advertisement[],
  pools: ReadonlyMap<string, Pool>,
  nodes: readonly Node[],
): CompiledL2Advertisements {
  const problems: Problem[] = [];
  const attached = new Set<string>();
  const advertisements = [...objects].sort(byName).map((object) => {
    const reading = readL2Advertisement(object);
    problems.push(...reading.problems, ...unknownPools("L2Advertisement", object, reading, pools));
    const compiled: CompiledL2Advertisement = {
      name: object.name,
      pools: reachedPools(reading, pools),
      nodes: eligibleNodes(reading, nodes),
      interfaces: reading.interfaces ?? "all",
      serviceSelectors: reading.serviceSelectors ?? [],
    };
    return withoutRepeated(compiled, attached);
  });
  return { advertisements, problems };
}

function eligibleNodes(
  { nodeSelectors, preferences }: L2AdvertisementReading,
  nodes: readonly Node[],
): Map<string, number> {
  const eligible = nodes.filter(({ labels }) =>
    nodeSelectors === undefined || anyMatches(nodeSelectors, labels)
  );
  return new Map(eligible.map((node) => [node.name, preferenceOf(node, preferences)]));
}

function preferenceOf({ labels }: Node, preferences: readonly Preference[]): number {
  return preferences.reduce((sum, { weight, nodes }) => nodes.matches(labels) ? sum + weight : sum, 0);
}

/** Preferences add up over advertisements, so one that has any always counts. */
function withoutRepeated(
  advertisement: CompiledL2Advertisement,
  attached: Set<string>,
): CompiledL2Advertisement {
  const { nodes, interfaces, serviceSelectors } = advertisement;
  if ([...nodes.values()].some((preference) => preference > 0)) return advertisement;
  const selectors = serviceSelectors.map((selector) => selector.text).sort();
  const content = JSON.stringify([[...nodes.keys()].sort(), interfaces, selectors]);
  const pools = new Set<string>();
  for (const pool of advertisement.pools) {
    const attachment = `${pool} ${content}`;
    if (!attached.has(attachment)) pools.add(pool);
    attached.add(attachment);
  }
  return { ...advertisement, pools };
}
