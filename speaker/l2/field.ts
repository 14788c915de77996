/**
 * Which nodes stand for election where a set of advertisements holds, and how each of them would announce. It is the same
 * for all Services that these advertisements cover, so it is worked out once for them.
 */
import type { Node } from "../../core/node.ts";
import type { Reason } from "../../core/reason.ts";
import type { CompiledL2Advertisement } from "../../crds/l2advertisements.ts";

/** All usable interfaces of a node, or those of these names, sorted. */
export type Interfaces = "all" | readonly string[];

/** A node, as far as its advertisements, its speaker and its own state decide. */
export interface Standing {
  readonly node: string;
  /** The sum of the weights of all preferences that fit it; 0 for a node that no advertisement covers. */
  readonly preference: number;
  /** For each pool of the Service, in the order of its addresses, where its addresses would be announced. */
  readonly interfaces: readonly Interfaces[];
  /** Why it can't be elected, or null. */
  readonly exclusion: Reason | null;
}

/** What decides about a node besides advertisements. */
export interface NodeView {
  readonly nodes: readonly Node[];
  /** Whether the node of this name has a live speaker. */
  readonly isLive: (node: string) => boolean;
  /** Nodes that are labelled as excluded from load balancers stand for election all the same. */
  readonly ignoreExcludeLabel: boolean;
}

/** The order in which a node is judged; a later word means that it came closer to being elected. */
export const exclusionOrder = [
  "noMatchingAdvertisement",
  "noLiveSpeaker",
  "nodeNetworkUnavailable",
  "nodeLabeledExcludeBalancers",
  "noLocalEndpoints",
] as const satisfies readonly Reason[];

/** All nodes. */
export interface Field {
  /** In the order of names. */
  readonly standings: readonly Standing[];
  readonly byNode: ReadonlyMap<string, Standing>;
}

/**
 * Judges all nodes. `pools` has for each pool of a Service the advertisements that cover the Service; a node is covered
 * when each pool has one that selects it, since one node announces all addresses of a Service.
 */
export function fieldOf(pools: readonly (readonly CompiledL2Advertisement[])[], view: NodeView): Field {
  const all = view.nodes
    .map((node) => standing(node, pools, view))
    .sort((a, b) => a.node < b.node ? -1 : a.node > b.node ? 1 : 0);
  return { standings: all, byNode: new Map(all.map((each) => [each.node, each])) };
}

/** The union of interfaces, as `all` or sorted names. */
export function unionOf(parts: readonly Interfaces[]): Interfaces {
  const names = new Set<string>();
  for (const part of parts) {
    if (part === "all") return "all";
    for (const name of part) names.add(name);
  }
  return [...names].sort();
}

function standing(
  node: Node,
  pools: readonly (readonly CompiledL2Advertisement[])[],
  view: NodeView,
): Standing {
  const covering = pools.map((advertisements) => advertisements.filter(({ nodes }) => nodes.has(node.name)));
  const covered = covering.length > 0 && covering.every((advertisements) => advertisements.length > 0);
  return {
    node: node.name,
    preference: covered ? preferenceFor(new Set(covering.flat()), node.name) : 0,
    interfaces: covered ? covering.map((each) => unionOf(each.map(({ interfaces }) => interfaces))) : [],
    exclusion: covered ? exclusionOf(node, view) : "noMatchingAdvertisement",
  };
}

function preferenceFor(advertisements: Iterable<CompiledL2Advertisement>, node: string): number {
  let sum = 0;
  for (const { nodes } of advertisements) sum += nodes.get(node) ?? 0;
  return sum;
}

function exclusionOf(node: Node, view: NodeView): Reason | null {
  if (!view.isLive(node.name)) return "noLiveSpeaker";
  if (node.networkUnavailable) return "nodeNetworkUnavailable";
  if (node.excludedByLabel && !view.ignoreExcludeLabel) return "nodeLabeledExcludeBalancers";
  return null;
}
