/**
 * A node's wished Adj-RIB-Out (RFC 4271 section 3.2): which routes it has for which peer, all Services together. Paths of
 * one prefix, of several advertisements or Services, are one route.
 */
import type { CompiledBGPPeer } from "../../crds/bgppeers.ts";
import { type Community, compareCommunities } from "../../crds/communityvalue.ts";
import { isForPeer } from "../../crds/compiledbgpadvertisement.ts";
import type { Path } from "./decision.ts";

/** One route; the next hop is always the node itself. */
export interface Route {
  /** The name of the BGPPeer. */
  readonly peer: string;
  /** Canonical, as in `192.0.2.10/32`. */
  readonly prefix: string;
  /** 0..4294967295; null over eBGP, where it isn't sent (RFC 4271 section 5.1.5). */
  readonly localPref: number | null;
  /** Those of all paths, ascending, each once. */
  readonly communities: readonly Community[];
  /** What it is for; a Service stands here once for each of its addresses and advertisements. */
  readonly origins: readonly Origin[];
}

/** A Service as `namespace/name`, and one of its addresses. */
export interface Origin {
  readonly service: string;
  readonly ip: string;
}

/** What a node announces of one Service. */
export interface ServicePaths {
  /** `namespace/name` */
  readonly service: string;
  readonly paths: readonly Path[];
}

/** Over iBGP every route has one; an advertisement that gives none, or 0, has this one, as with FRR. */
export const defaultLocalPref = 100;

/** The routes for these sessions of one node, sorted by peer and prefix. */
export function adjRibOut(
  peers: readonly CompiledBGPPeer[],
  services: readonly ServicePaths[],
): readonly Route[] {
  const byPeer = [...peers].sort((a, b) => a.name < b.name ? -1 : 1);
  return byPeer.flatMap((peer) => routesFor(peer, services));
}

/** Whether the session carries routes of the path's family to a peer that the advertisement is for. */
export function takesPath(peer: CompiledBGPPeer, { family, advertisement }: Path): boolean {
  return isForPeer(advertisement, peer.name) && carries(peer, family);
}

/** Between routers of one AS (RFC 4271 section 1.1), whose number is the one that this peer is told. */
export function isInternal({ myAsn, localAsn, peerAsn }: CompiledBGPPeer): boolean {
  return peerAsn === "internal" || peerAsn === (localAsn ?? myAsn);
}

interface Draft {
  readonly paths: Path[];
  readonly origins: Origin[];
}

function routesFor(peer: CompiledBGPPeer, services: readonly ServicePaths[]): Route[] {
  const drafts = new Map<string, Draft>();
  for (const { service, paths } of services) {
    for (const path of paths) {
      if (!takesPath(peer, path)) continue;
      const origin = { service, ip: path.ip };
      const draft = drafts.get(path.prefix);
      draft?.paths.push(path);
      draft?.origins.push(origin);
      if (draft === undefined) drafts.set(path.prefix, { paths: [path], origins: [origin] });
    }
  }
  const internal = isInternal(peer);
  return [...drafts].sort(([a], [b]) => a < b ? -1 : 1).map(([prefix, { paths, origins }]) => ({
    ...{ peer: peer.name, prefix, origins },
    localPref: internal ? localPrefOf(paths) : null,
    communities: unionOf(paths),
  }));
}

/** Where aggregates of two pools meet, the better one holds. */
function localPrefOf(paths: readonly Path[]): number {
  return Math.max(...paths.map(({ advertisement }) => advertisement.localPref || defaultLocalPref));
}

function unionOf(paths: readonly Path[]): readonly Community[] {
  const advertisements = [...new Set(paths.map(({ advertisement }) => advertisement))];
  const [first, ...others] = advertisements;
  // An advertisement has them in this order, each once.
  if (first !== undefined && others.length === 0) return first.communities;
  const all = advertisements.flatMap(({ communities }) => communities);
  const distinct = new Map(all.map((community) => [`${community.kind} ${community.text}`, community]));
  return [...distinct.values()].sort(compareCommunities);
}

/** A session carries the family of its own address; over an interface, and where it is asked for, both. */
function carries({ endpoint, dualStackAddressFamily }: CompiledBGPPeer, family: "ipv4" | "ipv6"): boolean {
  return dualStackAddressFamily || endpoint.kind === "interface" || endpoint.ip.family === family;
}
