/** The speakers' configuration, compiled of manifests, and all that is wrong with it. */
import type { Node } from "../../core/node.ts";
import type { Manifest } from "../../core/plan/manifest.ts";
import type { PlanObjects } from "../../core/plan/parts.ts";
import type { Problem } from "../../core/problem.ts";
import { trimBFDProfile } from "../../crds/bfdprofile.ts";
import { compileBFDProfiles } from "../../crds/bfdprofiles.ts";
import { trimBGPAdvertisement } from "../../crds/bgpadvertisement.ts";
import { compileBGPAdvertisements, type CompiledBGPAdvertisements } from "../../crds/bgpadvertisements.ts";
import { bgpPeerKind, trimBGPPeer } from "../../crds/bgppeer.ts";
import { compileBGPPeers, type CompiledBGPPeers } from "../../crds/bgppeers.ts";
import { compileCommunities } from "../../crds/communities.ts";
import { trimCommunity } from "../../crds/community.ts";
import { type IPAddressPool, trimIPAddressPool } from "../../crds/ipaddresspool.ts";
import { apiGroup } from "../../crds/kind.ts";
import { type L2Advertisement, trimL2Advertisement } from "../../crds/l2advertisement.ts";
import { trimPeerSecret } from "../../crds/peersecret.ts";
import type { CompiledPools } from "../../crds/pools.ts";

export interface BgpConfiguration {
  readonly peers: CompiledBGPPeers;
  readonly advertisements: CompiledBGPAdvertisements;
  readonly problems: readonly Problem[];
}

/** The pools as they are given, which every speaker compiles. */
export function poolsOf(objects: PlanObjects): readonly IPAddressPool[] {
  return manifestsOfKind(objects, "IPAddressPool").map(trimIPAddressPool);
}

export function l2AdvertisementsOf(objects: PlanObjects): readonly L2Advertisement[] {
  return manifestsOfKind(objects, "L2Advertisement").map(trimL2Advertisement);
}

/** All that concerns BGP. `pools` are compiled, so that what is wrong with them isn't told twice. */
export function compileBgp(objects: PlanObjects, pools: CompiledPools): BgpConfiguration {
  const nodes: readonly Node[] = objects.nodes;
  const profiles = compileBFDProfiles(manifestsOfKind(objects, "BFDProfile").map(trimBFDProfile));
  const secrets = objects.secrets === null
    ? "unknown"
    : new Map(objects.secrets.map(trimPeerSecret).map((secret) => [secret.name, secret]));
  const peers = compileBGPPeers(manifestsOfKind(objects, "BGPPeer").map(trimBGPPeer), {
    profiles: profiles.profiles,
    secrets,
    nodes,
  });
  const communities = compileCommunities(manifestsOfKind(objects, "Community").map(trimCommunity));
  const advertisements = compileBGPAdvertisements(
    manifestsOfKind(objects, "BGPAdvertisement").map(trimBGPAdvertisement),
    { pools: pools.pools, nodes, aliases: communities.aliases, peers },
  );
  return {
    peers,
    advertisements,
    problems: [profiles, peers, communities, advertisements].flatMap(({ problems }) => problems),
  };
}

/** What the API server would say about manifests of a deprecated version. */
export function deprecations(objects: PlanObjects): string[] {
  const warnings = new Map<string, string>(
    bgpPeerKind.versions.flatMap(({ name, deprecationWarning }) =>
      deprecationWarning === null ? [] : [[`${apiGroup}/${name}`, deprecationWarning] as const]
    ),
  );
  return manifestsOfKind(objects, "BGPPeer").flatMap(({ apiVersion, metadata: { name } }) => {
    const warning = warnings.get(apiVersion);
    return warning === undefined ? [] : [`BGPPeer ${name}: ${warning}`];
  }).sort();
}

export function manifestsOfKind({ configuration }: PlanObjects, kind: string): Manifest[] {
  return configuration.filter((one) => one.kind === kind);
}
