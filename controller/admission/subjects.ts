/** The kinds that are judged, each at the path that MetalLB's webhook configuration has for it. */
import type { Meta } from "../../core/meta.ts";
import { bfdProfileProblems, trimBFDProfile } from "../../crds/bfdprofile.ts";
import { bfdProfileDeletionProblems, compileBFDProfiles } from "../../crds/bfdprofiles.ts";
import { bgpAdvertisementProblems, trimBGPAdvertisement } from "../../crds/bgpadvertisement.ts";
import { compileBGPAdvertisements } from "../../crds/bgpadvertisements.ts";
import { type BGPPeer, bgpPeerChangeProblems, bgpPeerProblems, trimBGPPeer } from "../../crds/bgppeer.ts";
import { compileBGPPeers } from "../../crds/bgppeers.ts";
import { compileCommunities } from "../../crds/communities.ts";
import { communityProblems, trimCommunity } from "../../crds/community.ts";
import { type IPAddressPool, ipAddressPoolProblems, trimIPAddressPool } from "../../crds/ipaddresspool.ts";
import { l2AdvertisementProblems, trimL2Advertisement } from "../../crds/l2advertisement.ts";
import { compileL2Advertisements } from "../../crds/l2advertisements.ts";
import { compilePools } from "../../crds/pools.ts";
import type { Configuration } from "./configuration.ts";
import { judge, type Judgement, type Known } from "./judge.ts";
import type { AdmissionRequest } from "./review.ts";
import type { Subject } from "./subject.ts";

/** What can be asked about one kind. */
export interface Admission {
  readonly kind: string;
  judge(request: AdmissionRequest, known: Known): Judgement;
  /** What must be read before it can be judged; null when the answer needs nothing. */
  reads(request: AdmissionRequest): Reads | null;
}

/** What to read beside the configuration objects. */
export interface Reads {
  readonly namespaces: boolean;
  /** The name of a Secret in the installation's namespace. */
  readonly secret: string | null;
}

/** As it is asked for a path; null: there is nothing at this one. */
export function admissionAt(path: string): Admission | null {
  return admissions.get(path) ?? null;
}

function admission<T extends Meta>(subject: Subject<T>): Admission {
  const { kind, operations, trim, selectsNamespaces, secretOf } = subject;
  return {
    kind,
    judge: (request, known) => judge(subject, request, known),
    reads: ({ operation, object }) => {
      if (!operations.some((one) => one === operation)) return null;
      if (object === null) return { namespaces: false, secret: null };
      const trimmed = trim(object);
      return {
        namespaces: selectsNamespaces?.(trimmed) ?? false,
        secret: secretOf?.(trimmed) ?? null,
      };
    },
  };
}

const writes = ["CREATE", "UPDATE"] as const;

const admissions: ReadonlyMap<string, Admission> = new Map([
  [
    "/validate-metallb-io-v1beta1-ipaddresspool",
    admission({
      kind: "IPAddressPool",
      operations: writes,
      trim: trimIPAddressPool,
      own: ipAddressPoolProblems,
      list: ({ pools }) => pools,
      replace: (configuration, pools) => ({ ...configuration, pools }),
      conflicts: ({ pools, namespaces }) => compilePools(pools, namespaces).problems,
      selectsNamespaces: ({ spec }: IPAddressPool) =>
        spec?.serviceAllocation?.namespaceSelectors !== undefined,
    }),
  ],
  [
    "/validate-metallb-io-v1beta1-l2advertisement",
    admission({
      kind: "L2Advertisement",
      operations: writes,
      trim: trimL2Advertisement,
      own: l2AdvertisementProblems,
      list: ({ l2Advertisements }) => l2Advertisements,
      replace: (configuration, l2Advertisements) => ({ ...configuration, l2Advertisements }),
      conflicts: ({ l2Advertisements, pools, namespaces, nodes }) =>
        compileL2Advertisements(l2Advertisements, compilePools(pools, namespaces).pools, nodes).problems,
    }),
  ],
  [
    "/validate-metallb-io-v1beta1-bgpadvertisement",
    admission({
      kind: "BGPAdvertisement",
      operations: writes,
      trim: trimBGPAdvertisement,
      own: bgpAdvertisementProblems,
      list: ({ bgpAdvertisements }) => bgpAdvertisements,
      replace: (configuration, bgpAdvertisements) => ({ ...configuration, bgpAdvertisements }),
      conflicts: ({ bgpAdvertisements, pools, namespaces, nodes }) =>
        compileBGPAdvertisements(bgpAdvertisements, {
          ...{ pools: compilePools(pools, namespaces).pools, nodes },
          ...{ aliases: "unknown", peers: "unknown" },
        }).problems,
      nodesMatter: someSelectNodes,
    }),
  ],
  [
    "/validate-metallb-io-v1beta2-bgppeer",
    admission({
      kind: "BGPPeer",
      operations: writes,
      trim: trimBGPPeer,
      own: bgpPeerProblems,
      list: ({ bgpPeers }) => bgpPeers,
      replace: (configuration, bgpPeers) => ({ ...configuration, bgpPeers }),
      conflicts: ({ bgpPeers, nodes }) =>
        compileBGPPeers(bgpPeers, { profiles: "unknown", secrets: "unknown", nodes }).problems,
      change: bgpPeerChangeProblems,
      nodesMatter: someSelectNodes,
      secretOf: ({ spec }: BGPPeer) => {
        const name: unknown = spec?.passwordSecret?.name;
        return typeof name === "string" && name !== "" ? name : null;
      },
    }),
  ],
  [
    "/validate-metallb-io-v1beta1-community",
    admission({
      kind: "Community",
      operations: writes,
      trim: trimCommunity,
      own: communityProblems,
      list: ({ communities }) => communities,
      replace: (configuration, communities) => ({ ...configuration, communities }),
      conflicts: ({ communities }) => compileCommunities(communities).problems,
    }),
  ],
  [
    "/validate-metallb-io-v1beta1-bfdprofile",
    admission({
      kind: "BFDProfile",
      operations: ["CREATE", "DELETE"],
      trim: trimBFDProfile,
      own: bfdProfileProblems,
      list: ({ bfdProfiles }) => bfdProfiles,
      replace: (configuration, bfdProfiles) => ({ ...configuration, bfdProfiles }),
      conflicts: ({ bfdProfiles }) => compileBFDProfiles(bfdProfiles).problems,
      deletion: (profile, { bgpPeers }) => bfdProfileDeletionProblems(profile, bgpPeers),
    }),
  ],
]);

/** The paths at which objects are judged, as they stand in the webhook configuration. */
export const admissionPaths: readonly string[] = [...admissions.keys()];

function someSelectNodes({ bgpPeers, bgpAdvertisements }: Configuration): boolean {
  return [...bgpPeers, ...bgpAdvertisements].some(({ spec }) => {
    const selectors: unknown = spec?.nodeSelectors;
    return Array.isArray(selectors) && selectors.length > 0;
  });
}
