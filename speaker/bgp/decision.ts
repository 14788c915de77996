/** Whether a node announces one Service by BGP, and by which advertisements: in the order of MetalLB's speaker. */
import type { EndpointSlice } from "../../core/endpointslice.ts";
import type { IpFamily } from "../../core/ip.ts";
import { keyOf } from "../../core/meta.ts";
import type { Node } from "../../core/node.ts";
import { prefixText } from "../../core/prefix.ts";
import type { Reason, Refusal } from "../../core/reason.ts";
import type { Service } from "../../core/service.ts";
import { announcedPrefix, type CompiledBGPAdvertisement } from "../../crds/compiledbgpadvertisement.ts";
import { findLocalPrefConflict } from "../../crds/localpref.ts";
import type { Pool } from "../../crds/pools.ts";
import { type ServingEndpoints, servingEndpoints } from "../l2/endpoints.ts";
import { placeAddresses } from "../placement.ts";
import type { BgpView } from "./view.ts";

/** One address of a Service, and how an advertisement announces it. */
export interface Path {
  /** Canonical. */
  readonly ip: string;
  readonly family: IpFamily;
  /** The address, or the aggregate that holds it: canonical, as in `192.0.2.10/32`. */
  readonly prefix: string;
  readonly advertisement: CompiledBGPAdvertisement;
}

/** A Service as all nodes see it: what could be announced of it. */
export interface BgpService {
  readonly key: string;
  /** externalTrafficPolicy */
  readonly local: boolean;
  readonly pools: readonly {
    readonly pool: Pool;
    /** Of the Service's addresses in this pool. */
    readonly paths: readonly Path[];
  }[];
}

/** What a node announces, at least one path, or why it doesn't. */
export type BgpDecision = { readonly paths: readonly Path[] } | { readonly refusal: Refusal };

/** The order in which a node is judged; a later word means that it came closer to announcing. */
export const bgpExclusionOrder = [
  "noMatchingAdvertisement",
  "conflictingAdvertisements",
  "nodeNetworkUnavailable",
  "nodeLabeledExcludeBalancers",
  "noEndpoints",
  "noLocalEndpoints",
  "noMatchingPeer",
] as const satisfies readonly Reason[];

/** What of the Service could be announced, or why nothing is, whatever the node. */
export function surveyService(service: Service, view: BgpView): BgpService | Refusal {
  const placed = placeAddresses(service, view);
  if ("reason" in placed) return placed;
  const pools = [...new Set(placed.pools)].flatMap((name) => {
    const pool = view.pool(name);
    const ips = placed.ips.filter((_, index) => placed.pools[index] === name);
    const advertisements = view.advertisementsFor(name, service.labels);
    const paths = ips.flatMap((ip) =>
      advertisements.flatMap((advertisement) => {
        const prefix = announcedPrefix(advertisement, name, ip);
        return prefix === null
          ? []
          : [{ ip: ip.text, family: ip.family, prefix: prefixText(prefix), advertisement }];
      })
    );
    return pool === null || paths.length === 0 ? [] : [{ pool, paths }];
  });
  const key = keyOf(service);
  if (pools.length > 0) return { key, local: service.externalTrafficPolicy === "Local", pools };
  return { reason: "noMatchingAdvertisement", message: `no BGPAdvertisement covers ${key} and its pool` };
}

/** Decides for one Service on one node, whatever sessions that has. */
export function decideBgp(
  service: BgpService,
  endpoints: ServingEndpoints,
  node: Node,
  view: Pick<BgpView, "ignoreExcludeLabel">,
): BgpDecision {
  const { key } = service;
  const refuse = (reason: Reason, message: string) => ({ refusal: { reason, message } });
  const pools = service.pools.map(({ pool, paths }) => ({
    pool,
    paths: paths.filter(({ advertisement }) => advertisement.nodes.has(node.name)),
  }));
  const paths = pools.flatMap((each) => each.paths);
  if (paths.length === 0) {
    return refuse("noMatchingAdvertisement", `no BGPAdvertisement for ${key} selects ${node.name}`);
  }
  for (const { pool, paths } of pools) {
    const conflict = findLocalPrefConflict([...new Set(paths.map((path) => path.advertisement))], pool);
    if (conflict !== null) return refuse("conflictingAdvertisements", conflictMessage(key, pool, conflict));
  }
  if (node.networkUnavailable) {
    return refuse("nodeNetworkUnavailable", `the network of ${node.name} is unavailable`);
  }
  if (node.excludedByLabel && !view.ignoreExcludeLabel) {
    return refuse("nodeLabeledExcludeBalancers", `${node.name} is labelled as excluded from load balancers`);
  }
  if (service.local) {
    if (endpoints.nodes.has(node.name)) return { paths };
    return refuse("noLocalEndpoints", `no endpoint of ${key} on ${node.name} can serve`);
  }
  return endpoints.any ? { paths } : refuse("noEndpoints", `no endpoint of ${key} can serve`);
}

/** Where a Service's endpoints can serve, as far as BGP asks: of those that have an address. */
export function bgpEndpoints(slices: Iterable<EndpointSlice>): ServingEndpoints {
  return servingEndpoints([...slices].map((slice) => ({
    ...slice,
    endpoints: slice.endpoints.filter(({ hasAddress }) => hasAddress),
  })));
}

function conflictMessage(
  key: string,
  pool: Pool,
  [a, b]: readonly [CompiledBGPAdvertisement, CompiledBGPAdvertisement],
): string {
  return `BGPAdvertisements ${a.name} (localPref ${a.localPref}) and ${b.name} (localPref ${b.localPref}) ` +
    `contradict each other for ${key} in pool ${pool.name}`;
}
