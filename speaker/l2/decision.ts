/** Whether, from where and for which addresses one Service is announced by Layer 2: in the order of MetalLB's speaker. */
import { keyOf } from "../../core/meta.ts";
import type { Reason, Refusal } from "../../core/reason.ts";
import { type Service, serviceAnnotation } from "../../core/service.ts";
import type { CompiledL2Advertisement } from "../../crds/l2advertisements.ts";
import type { Announcement } from "../dataplane.ts";
import { placeAddresses } from "../placement.ts";
import { type Contest, elect, exclusionIn, type NodeVerdict, rankNodes } from "./election.ts";
import type { ServingEndpoints } from "./endpoints.ts";
import { exclusionOrder } from "./field.ts";
import type { Layer2View } from "./view.ts";

/** The answer for one Service, the same on every node. */
export interface Layer2Decision {
  /** Canonical, in the order of the Service's status; empty when not all of them may be announced. */
  readonly ips: readonly string[];
  /** The node that announces, or null. */
  readonly owner: string | null;
  /** Why no node announces; null when one does. */
  readonly refusal: Refusal | null;
  /** The election, or what it would have been about; null for a Service without announceable addresses. */
  readonly contest: Contest | null;
  /** The pool of each of `ips`. */
  readonly pools: readonly string[];
  /** Those of the pools that an advertisement covers for this Service, in the order of a Standing's `interfaces`. */
  readonly advertisedPools: readonly string[];
}

/** Decides for one Service. */
export function decideLayer2(
  service: Service,
  endpoints: ServingEndpoints,
  view: Layer2View,
): Layer2Decision {
  const placed = placeAddresses(service, view);
  if ("reason" in placed) {
    return { ips: [], owner: null, refusal: placed, contest: null, pools: [], advertisedPools: [] };
  }
  const advertised = advertisePools(service, placed.pools, view);
  const barred = bar(service, endpoints, advertised);
  const contest: Contest = {
    ip: placed.ips[0]?.text as string,
    field: view.field(advertised.map(({ advertisements }) => advertisements)),
    localNodes: service.externalTrafficPolicy === "Local" ? endpoints.nodes : null,
    barred: barred?.reason ?? null,
  };
  const owner = barred === null ? elect(contest, view.ranking) : null;
  return {
    ips: placed.ips.map(({ text }) => text),
    owner: owner?.node ?? null,
    refusal: owner === null ? barred ?? nobody(contest) : null,
    contest,
    pools: placed.pools,
    advertisedPools: advertised.map(({ pool }) => pool),
  };
}

/** What the node announces: nothing, unless it is the owner. Sorted by address. */
export function announcementsOn(decision: Layer2Decision, node: string): readonly Announcement[] {
  if (decision.owner !== node) return [];
  const interfaces = decision.contest?.field.byNode.get(node)?.interfaces ?? [];
  return decision.ips
    .flatMap((ip, at) => {
      const where = interfaces[decision.advertisedPools.indexOf(decision.pools[at] ?? "")];
      return where === undefined ? [] : [{ ip, interfaces: where }];
    })
    .sort((a, b) => a.ip < b.ip ? -1 : a.ip > b.ip ? 1 : 0);
}

/** Why the node doesn't announce, or null when it does. */
export function reasonOn(decision: Layer2Decision, node: string): Reason | null {
  const { owner, refusal, contest } = decision;
  if (owner === node) return null;
  const standing = contest?.field.byNode.get(node);
  if (contest === null || contest.barred !== null) return refusal?.reason ?? null;
  // A speaker whose Node is not known is selected by no advertisement.
  return standing === undefined ? "noMatchingAdvertisement" : exclusionIn(contest, standing) ?? "notOwner";
}

/** Every node's part, as `plan` and `explain` show it; by name where it can't come to an election. */
export function verdicts(decision: Layer2Decision, view: Layer2View): readonly NodeVerdict[] {
  if (decision.contest !== null) return rankNodes(decision.contest, view.ranking);
  const reason = decision.refusal?.reason ?? null;
  return view.nodeNames.map((node) => ({
    node,
    verdict: "excluded",
    reason,
    preference: 0,
    interfaces: [],
  }));
}

interface AdvertisedPool {
  readonly pool: string;
  readonly advertisements: readonly CompiledL2Advertisement[];
}

/** Those of the pools that an advertisement covers for this Service, each once. */
function advertisePools(service: Service, pools: readonly string[], view: Layer2View): AdvertisedPool[] {
  return [...new Set(pools)]
    .map((pool) => ({ pool, advertisements: view.advertisementsFor(pool, service.labels) }))
    .filter(({ advertisements }) => advertisements.length > 0);
}

/** What forbids the announcement on all nodes alike. */
function bar(
  service: Service,
  endpoints: ServingEndpoints,
  advertised: readonly AdvertisedPool[],
): Refusal | null {
  const name = keyOf(service);
  if (!endpoints.any) return { reason: "noEndpoints", message: `no endpoint of ${name} can serve` };
  if (serviceAnnotation(service, "allow-shared-ip") !== null) {
    // Whoever shares the address may be selected differently, and then two nodes would answer for it.
    const selective = advertised.flatMap((each) => each.advertisements)
      .find(({ serviceSelectors }) => serviceSelectors.length > 0);
    if (selective !== undefined) {
      return {
        reason: "sharedIPWithServiceSelector",
        message: `${name} may share its address, and L2Advertisement ${selective.name} has serviceSelectors`,
      };
    }
  }
  if (advertised.length > 0) return null;
  return { reason: "noMatchingAdvertisement", message: `no L2Advertisement covers ${name} and its pool` };
}

/** The refusal when every node is excluded: the word of the one that came closest. */
function nobody(contest: Contest): Refusal {
  const excluded = contest.field.standings.map((standing) => ({
    node: standing.node,
    reason: exclusionIn(contest, standing),
  }));
  const reasons = new Set(excluded.map(({ reason }) => reason));
  const closest = exclusionOrder.findLast((reason) => reasons.has(reason)) ?? "noLiveSpeaker";
  const shown = excluded.slice(0, 5).map(({ node, reason }) => `${node} (${reason})`).join(", ");
  const more = excluded.length > 5 ? ` and ${excluded.length - 5} more` : "";
  const why = excluded.length === 0 ? "no Node is known" : shown + more;
  return { reason: closest, message: `no node can announce ${contest.ip}: ${why}` };
}
