/** A BGPAdvertisement as decisions see it, and what they ask of it. */
import type { Ip, IpFamily } from "../core/ip.ts";
import type { Node } from "../core/node.ts";
import { type Prefix, prefixOf } from "../core/prefix.ts";
import type { Selector } from "../core/selector.ts";
import type { BGPAdvertisement } from "./bgpadvertisement.ts";
import type { CompiledBGPPeers } from "./bgppeers.ts";
import type { Community } from "./communityvalue.ts";
import type { Pool } from "./pools.ts";
import { lookUpRange, type RangeIndex } from "./ranges.ts";

export interface CompiledBGPAdvertisement {
  readonly name: string;
  /**
   * The pools that it reaches, by name. The ranges are those of the pool whose addresses it does not announce, because
   * their aggregate would be wider than they are.
   */
  readonly pools: ReadonlyMap<string, RangeIndex<true>>;
  /** The names of the nodes that announce. */
  readonly nodes: ReadonlySet<string>;
  /** The names of BGPPeers, also of such as there aren't. */
  readonly peers: "all" | ReadonlySet<string>;
  /** Empty: every Service. */
  readonly serviceSelectors: readonly Selector[];
  /** The length of announced prefixes; null: none of this family is announced. */
  readonly aggregationLength: Readonly<Record<IpFamily, number | null>>;
  /** 0..4294967295; 0: not given. */
  readonly localPref: number;
  /** Ascending, each once. */
  readonly communities: readonly Community[];
}

/** What advertisements refer to. "unknown": whoever asks doesn't know them, so that nothing about them is a problem. */
export interface AdvertisementReferences {
  readonly pools: ReadonlyMap<string, Pool>;
  /** Those of the cluster; none: nothing is known of them, so any two advertisements may meet on one. */
  readonly nodes: readonly Node[];
  readonly aliases: ReadonlyMap<string, Community> | "unknown";
  readonly peers: CompiledBGPPeers | "unknown";
}

/** An advertisement with the object that it was made of. */
export interface AdvertisementOf {
  readonly object: BGPAdvertisement;
  readonly advertisement: CompiledBGPAdvertisement;
}

/** The prefix with which the advertisement announces an address of the pool; null when it doesn't. */
export function announcedPrefix(
  { pools, aggregationLength }: CompiledBGPAdvertisement,
  pool: string,
  ip: Ip,
): Prefix | null {
  const refused = pools.get(pool);
  const length = aggregationLength[ip.family];
  if (refused === undefined || length === null || lookUpRange(refused, ip) !== null) return null;
  return prefixOf(ip, length);
}

/** Whether the advertisement is for the peer. */
export function isForPeer({ peers }: CompiledBGPAdvertisement, peer: string): boolean {
  return peers === "all" || peers.has(peer);
}
