/** Which node announces a Service's addresses: the same answer on every node that knows the same. */
import type { Reason } from "../../core/reason.ts";
import { type Field, type Interfaces, type Standing, unionOf } from "./field.ts";
import type { Ranking } from "./ranking.ts";

/** What an election decides about. */
export interface Contest {
  /** The canonical text of the Service's first address; one election serves all its addresses. */
  readonly ip: string;
  /** All nodes, with what is against each. */
  readonly field: Field;
  /** The nodes with an endpoint that can serve, under externalTrafficPolicy Local; null under Cluster. */
  readonly localNodes: ReadonlySet<string> | null;
  /** Why nobody may be elected, whatever the field; else null. */
  readonly barred: Reason | null;
}

/** One node's part in a contest. */
export interface NodeVerdict {
  readonly node: string;
  readonly verdict: "owner" | "standby" | "excluded";
  /** Why it is excluded; else null. */
  readonly reason: Reason | null;
  readonly preference: number;
  /** Where it announces, or would; none when it is excluded. */
  readonly interfaces: Interfaces;
}

/** Why a node can't be elected in this contest, or null. */
export function exclusionIn(contest: Contest, standing: Standing): Reason | null {
  if (contest.barred !== null) return contest.barred;
  if (standing.exclusion !== null) return standing.exclusion;
  if (contest.localNodes !== null && !contest.localNodes.has(standing.node)) return "noLocalEndpoints";
  return null;
}

/** The owner, or null when no node can be elected. */
export function elect(contest: Contest, ranking: Ranking): Standing | null {
  let owner: Standing | null = null;
  for (const standing of contest.field.standings) {
    if (exclusionIn(contest, standing) !== null) continue;
    if (owner === null || compareStandings(standing, owner, contest.ip, ranking) < 0) owner = standing;
  }
  return owner;
}

/** Every node in the order of election: the owner, those who would follow it, then the excluded. */
export function rankNodes(contest: Contest, ranking: Ranking): readonly NodeVerdict[] {
  return contest.field.standings
    .map((standing) => ({ standing, reason: exclusionIn(contest, standing) }))
    .sort((a, b) =>
      Number(a.reason !== null) - Number(b.reason !== null) ||
      compareStandings(a.standing, b.standing, contest.ip, ranking)
    )
    .map(({ standing, reason }, index) => ({
      node: standing.node,
      verdict: reason !== null ? "excluded" : index === 0 ? "owner" : "standby",
      reason,
      preference: standing.preference,
      interfaces: reason === null ? unionOf(standing.interfaces) : [],
    }));
}

/** The greater preference first, then MetalLB's hash. */
function compareStandings(a: Standing, b: Standing, ip: string, ranking: Ranking): number {
  return b.preference - a.preference || ranking.compare(a.node, b.node, ip);
}
