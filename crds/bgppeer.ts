/** BGPPeer (metallb.io/v1beta2, in which it is stored): a router to which nodes keep a BGP session. */
import { type Meta, trimMeta } from "../core/meta.ts";
import type { Problem } from "../core/problem.ts";
import type { LabelSelector, Selector } from "../core/selector.ts";
import { bgpPeerFromV1Beta1 } from "./bgppeerconversion.ts";
import { bgpPeerV1Beta1Version } from "./bgppeerv1beta1.ts";
import { bgpPeerV1Beta2Version } from "./bgppeerschema.ts";
import { FieldReader } from "./fieldreader.ts";
import { apiGroup, type Kind } from "./kind.ts";
import { type PeerSettings, readPeerSettings } from "./peersettings.ts";
import { reportInto } from "./problems.ts";
import type { RawObject } from "./rawobject.ts";

/** `spec`, as in a manifest; empty text is the same as none. */
export interface BGPPeerSpec {
  readonly myASN: number;
  /** This or dynamicASN. */
  readonly peerASN?: number;
  readonly dynamicASN?: "internal" | "external";
  readonly localASN?: number;
  /** This or interface. */
  readonly peerAddress?: string;
  readonly interface?: string;
  readonly sourceAddress?: string;
  /** Default 179. */
  readonly peerPort?: number;
  /** As in `1m30s`; so are the other times. */
  readonly holdTime?: string;
  readonly keepaliveTime?: string;
  readonly connectTime?: string;
  readonly routerID?: string;
  readonly nodeSelectors?: readonly LabelSelector[];
  /** This or passwordSecret. */
  readonly password?: string;
  readonly passwordSecret?: { readonly name?: string; readonly namespace?: string };
  readonly bfdProfile?: string;
  readonly enableGracefulRestart?: boolean;
  readonly ebgpMultiHop?: boolean;
  readonly vrf?: string;
  readonly disableMP?: boolean;
  readonly dualStackAddressFamily?: boolean;
}

export interface BGPPeer extends Meta {
  readonly generation: number;
  /** As it was written: one that no API server has checked may hold anything. {@link readBGPPeer} reads it. */
  readonly spec: BGPPeerSpec;
}

/** The spec, read: what works of it, and what doesn't. */
export interface BGPPeerReading {
  /** null: a field is wrong. A session with other settings than the wished ones would be worse than none. */
  readonly settings: PeerSettings | null;
  /** undefined: every node. */
  readonly nodeSelectors: readonly Selector[] | undefined;
  readonly problems: readonly Problem[];
}

/** Keeps what decisions read. One of v1beta1, as manifests may have it, is converted first. */
export function trimBGPPeer(raw: RawObject): BGPPeer {
  const spec = raw.apiVersion === `${apiGroup}/v1beta1` ? bgpPeerFromV1Beta1(raw.spec) : raw.spec;
  return {
    ...trimMeta(raw.metadata),
    generation: raw.metadata.generation ?? 0,
    // The type is what the API server guarantees; readBGPPeer trusts none of it.
    spec: spec as BGPPeerSpec,
  };
}

/** All that is wrong with the object by itself; the same rules as {@link readBGPPeer}, which applies them. */
export function bgpPeerProblems(object: BGPPeer): readonly Problem[] {
  return readBGPPeer(object).problems;
}

/** What is wrong with changing an object, beside what is wrong with the new one by itself. */
export function bgpPeerChangeProblems(before: BGPPeer, after: BGPPeer): readonly Problem[] {
  const problems: Problem[] = [];
  const [old, now] = [before, after].map(({ spec }) => spec?.enableGracefulRestart);
  if (old !== undefined && now !== undefined && old !== now) {
    reportInto(problems, "BGPPeer", after)(
      "error",
      "spec.enableGracefulRestart",
      "enableGracefulRestart cannot be changed after creation; delete the peer and create it anew",
    );
  }
  return problems;
}

/** Reads the spec; what is wrong becomes a problem. A wrong nodeSelector only disables itself, other errors the peer. */
export function readBGPPeer(object: BGPPeer): BGPPeerReading {
  const problems: Problem[] = [];
  const spec = FieldReader.of(object.spec, "spec", reportInto(problems, "BGPPeer", object));
  if (spec === null) return { settings: null, nodeSelectors: undefined, problems };
  const settings = readPeerSettings(spec, object.namespace);
  const isSound = problems.every(({ severity }) => severity !== "error");
  const nodeSelectors = spec.selectors("nodeSelectors");
  return { settings: isSound ? settings : null, nodeSelectors, problems };
}

/** The kind, as it is registered with the API server. */
export const bgpPeerKind: Kind = {
  kind: "BGPPeer",
  plural: "bgppeers",
  conversion: {
    serviceName: "metallb-webhook-service",
    serviceNamespace: "metallb-system",
    path: "/convert",
  },
  notes: [
    "BGPPeers are stored as v1beta2, which the API server serves without help. For requests that speak the deprecated",
    "v1beta1, and for objects that were once stored as v1beta1, it asks the controller's webhook to convert. While no",
    "controller runs such requests fail, with an error that names the webhook; all others go on.",
  ],
  versions: [bgpPeerV1Beta1Version, bgpPeerV1Beta2Version],
};
