/** Reads the configuration for one verdict: from the API server itself, so that what was created a moment ago counts. */
import { trimNamespace } from "../../../core/namespace.ts";
import { type Node, trimNode } from "../../../core/node.ts";
import { trimBFDProfile } from "../../../crds/bfdprofile.ts";
import { trimBGPAdvertisement } from "../../../crds/bgpadvertisement.ts";
import { trimBGPPeer } from "../../../crds/bgppeer.ts";
import { trimCommunity } from "../../../crds/community.ts";
import { trimIPAddressPool } from "../../../crds/ipaddresspool.ts";
import { trimL2Advertisement } from "../../../crds/l2advertisement.ts";
import { type PeerSecret, trimPeerSecret } from "../../../crds/peersecret.ts";
import { type KubeApi, KubeApiError, type Resource, type Trim } from "../../../kube/api.ts";
import {
  bfdProfiles,
  bgpAdvertisements,
  bgpPeers,
  communities,
  ipAddressPools,
  l2Advertisements,
  namespaces,
  nodes,
  secrets,
} from "../../../kube/resources.ts";
import type { Configuration } from "../../admission/configuration.ts";
import type { Reads } from "../../admission/subjects.ts";

/** Everything but nodes. Rejects when the API server doesn't tell, or the signal is aborted. */
export async function readConfiguration(
  api: KubeApi,
  namespace: string,
  reads: Reads,
  signal: AbortSignal,
): Promise<Configuration> {
  const all = async <T>(resource: Resource, trim: Trim<T>): Promise<readonly T[]> =>
    (await api.list(resource, trim, { namespace, signal })).items;
  const everywhere = async () => (await api.list(namespaces, trimNamespace, { signal })).items;
  const [pools, l2, bgp, peers, profiles, aliases, spaces, known] = await Promise.all([
    all(ipAddressPools, trimIPAddressPool),
    all(l2Advertisements, trimL2Advertisement),
    all(bgpAdvertisements, trimBGPAdvertisement),
    all(bgpPeers, trimBGPPeer),
    all(bfdProfiles, trimBFDProfile),
    all(communities, trimCommunity),
    reads.namespaces ? everywhere() : [],
    readSecret(api, namespace, reads.secret, signal),
  ]);
  return {
    pools,
    l2Advertisements: l2,
    bgpAdvertisements: bgp,
    bgpPeers: peers,
    bfdProfiles: profiles,
    communities: aliases,
    nodes: [],
    namespaces: spaces,
    secrets: known,
  };
}

/** All nodes: asked for only when their labels make a difference. */
export async function readNodes(api: KubeApi, signal: AbortSignal): Promise<readonly Node[]> {
  return (await api.list(nodes, trimNode, { signal })).items;
}

/** What it holds is only looked at. Where the right to read it was taken away nothing is said about it. */
async function readSecret(
  api: KubeApi,
  namespace: string,
  name: string | null,
  signal: AbortSignal,
): Promise<Configuration["secrets"]> {
  const found = new Map<string, PeerSecret>();
  if (name === null) return "unknown";
  try {
    found.set(name, trimPeerSecret(await api.get(secrets, namespace, name, signal)));
  } catch (error) {
    if (!(error instanceof KubeApiError)) throw error;
    if (error.status !== 404) return "unknown";
  }
  return found;
}
