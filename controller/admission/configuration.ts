/** The whole configuration, as far as it bears on one object, and all that is wrong with it. */
import type { Meta } from "../../core/meta.ts";
import type { Namespace } from "../../core/namespace.ts";
import type { Node } from "../../core/node.ts";
import type { Problem } from "../../core/problem.ts";
import type { BFDProfile } from "../../crds/bfdprofile.ts";
import { compileBFDProfiles } from "../../crds/bfdprofiles.ts";
import type { BGPAdvertisement } from "../../crds/bgpadvertisement.ts";
import { compileBGPAdvertisements } from "../../crds/bgpadvertisements.ts";
import type { BGPPeer } from "../../crds/bgppeer.ts";
import { compileBGPPeers } from "../../crds/bgppeers.ts";
import { compileCommunities } from "../../crds/communities.ts";
import type { Community } from "../../crds/community.ts";
import type { IPAddressPool } from "../../crds/ipaddresspool.ts";
import type { L2Advertisement } from "../../crds/l2advertisement.ts";
import { compileL2Advertisements } from "../../crds/l2advertisements.ts";
import type { PeerSecret } from "../../crds/peersecret.ts";
import { compilePools } from "../../crds/pools.ts";

/** The configuration objects of the installation's namespace. */
export interface Configuration {
  readonly pools: readonly IPAddressPool[];
  readonly l2Advertisements: readonly L2Advertisement[];
  readonly bgpAdvertisements: readonly BGPAdvertisement[];
  readonly bgpPeers: readonly BGPPeer[];
  readonly bfdProfiles: readonly BFDProfile[];
  readonly communities: readonly Community[];
  /** Empty: they were not read, so that any two objects may meet on one. */
  readonly nodes: readonly Node[];
  /** Only read when the object selects them. */
  readonly namespaces: readonly Namespace[];
  /** By name; "unknown": they were not read, so that nothing about them is a problem. */
  readonly secrets: ReadonlyMap<string, PeerSecret> | "unknown";
}

/** With nothing in it. */
export const emptyConfiguration: Configuration = {
  pools: [],
  l2Advertisements: [],
  bgpAdvertisements: [],
  bgpPeers: [],
  bfdProfiles: [],
  communities: [],
  nodes: [],
  namespaces: [],
  secrets: "unknown",
};

/** Everything that the controller and the speakers would report of this configuration. */
export function configurationProblems(configuration: Configuration): readonly Problem[] {
  const { nodes, namespaces, secrets } = configuration;
  const { pools, problems: poolProblems } = compilePools(configuration.pools, namespaces);
  const l2 = compileL2Advertisements(configuration.l2Advertisements, pools, nodes);
  const { aliases, problems: aliasProblems } = compileCommunities(configuration.communities);
  const { profiles, problems: profileProblems } = compileBFDProfiles(configuration.bfdProfiles);
  const peers = compileBGPPeers(configuration.bgpPeers, { profiles, secrets, nodes });
  const bgp = compileBGPAdvertisements(configuration.bgpAdvertisements, { pools, nodes, aliases, peers });
  return [
    ...poolProblems,
    ...l2.problems,
    ...aliasProblems,
    ...profileProblems,
    ...peers.problems,
    ...bgp.problems,
  ];
}

/** The list with the object in the place of the one with its name. */
export function withObject<T extends Meta>(objects: readonly T[], object: T): readonly T[] {
  return [...withoutObject(objects, object), object];
}

/** The list without the object of this name. */
export function withoutObject<T extends Meta>(objects: readonly T[], { name }: Meta): readonly T[] {
  return objects.filter((other) => other.name !== name);
}
