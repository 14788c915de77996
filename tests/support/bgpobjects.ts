/** Objects of the BGP kinds for tests, as the API server would give them. */
import type { Problem } from "../../core/problem.ts";
import { type BFDProfile, trimBFDProfile } from "../../crds/bfdprofile.ts";
import { type BGPAdvertisement, trimBGPAdvertisement } from "../../crds/bgpadvertisement.ts";
import { type BGPPeer, trimBGPPeer } from "../../crds/bgppeer.ts";
import { type Community, trimCommunity } from "../../crds/community.ts";
import { type PeerSecret, trimPeerSecret } from "../../crds/peersecret.ts";

interface Given {
  /** Seconds since the Unix epoch; absent: the object does not exist yet. */
  readonly created?: number;
}

function metadata(name: string, { created }: Given) {
  const time = created === undefined ? {} : { creationTimestamp: new Date(created * 1000).toISOString() };
  return { name, namespace: "metallb-system", ...time };
}

/** A BGPPeer with what is required, and this; a spec that is no mapping is taken as it is. */
export function peerObject(name: string, spec: unknown = {}, given: Given = {}): BGPPeer {
  const whole = typeof spec === "object" && spec !== null && !Array.isArray(spec)
    ? { myASN: 64512, peerASN: 64513, ...("interface" in spec ? {} : { peerAddress: "192.0.2.1" }), ...spec }
    : spec;
  return trimBGPPeer({ metadata: metadata(name, given), spec: whole });
}

export function bgpAdvertisementObject(
  name: string,
  spec: unknown = {},
  given: Given = {},
): BGPAdvertisement {
  return trimBGPAdvertisement({ metadata: metadata(name, given), spec });
}

export function bfdProfileObject(name: string, spec: unknown = {}, given: Given = {}): BFDProfile {
  return trimBFDProfile({ metadata: metadata(name, given), spec });
}

/** A Community; a mapping stands for names and values. */
export function communityObject(name: string, aliases: unknown, given: Given = {}): Community {
  const isMapping = typeof aliases === "object" && aliases !== null && !Array.isArray(aliases);
  const communities = isMapping ? Object.entries(aliases).map(([name, value]) => ({ name, value })) : aliases;
  return trimCommunity({ metadata: metadata(name, given), spec: { communities } });
}

/** A Secret of the right type with this password. */
export function peerSecret(name: string, password: string): PeerSecret {
  return trimPeerSecret({
    metadata: metadata(name, {}),
    type: "kubernetes.io/basic-auth",
    data: { password: btoa(password) },
  });
}

/** `severity kind/name field` of each. */
export function brief(problems: readonly Problem[]): string[] {
  return problems.map(({ severity, kind, name, field }) => `${severity} ${kind}/${name} ${field}`);
}
