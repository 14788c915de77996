/**
 * The configuration that the controller only judges, so that people hear of what is wrong with it: what it needs for
 * addresses is in the world. It decides nothing.
 */
import { keyOf, type Meta } from "../core/meta.ts";
import type { Node } from "../core/node.ts";
import type { Problem } from "../core/problem.ts";
import type { BFDProfile } from "../crds/bfdprofile.ts";
import type { BGPAdvertisement } from "../crds/bgpadvertisement.ts";
import type { BGPPeer } from "../crds/bgppeer.ts";
import type { Community } from "../crds/community.ts";
import type { L2Advertisement } from "../crds/l2advertisement.ts";
import { applyChange, type ChangeOf, labelsDiffer, specDiffers } from "./objects.ts";

export type ConfigurationInput =
  | ChangeOf<"l2Advertisement", L2Advertisement>
  | ChangeOf<"bgpAdvertisement", BGPAdvertisement>
  | ChangeOf<"bgpPeer", BGPPeer>
  | ChangeOf<"bfdProfile", BFDProfile>
  | ChangeOf<"community", Community>
  | ChangeOf<"node", Node>;

/** The kinds, and the plural names that people know them by. */
const plurals = {
  l2Advertisement: "l2advertisements",
  bgpAdvertisement: "bgpadvertisements",
  bgpPeer: "bgppeers",
  bfdProfile: "bfdprofiles",
  community: "communities",
  node: "nodes",
} as const satisfies Record<ConfigurationInput["kind"], string>;

export class ConfigurationObjects {
  readonly l2Advertisements = new Map<string, L2Advertisement>();
  readonly bgpAdvertisements = new Map<string, BGPAdvertisement>();
  readonly bgpPeers = new Map<string, BGPPeer>();
  readonly bfdProfiles = new Map<string, BFDProfile>();
  readonly communities = new Map<string, Community>();
  readonly nodes = new Map<string, Node>();
  readonly #synced = new Set<ConfigurationInput["kind"]>();

  /** Kinds of which not everything has arrived yet, by their plural names, ascending. */
  get unread(): readonly string[] {
    return Object.entries(plurals).filter(([kind]) => !this.#synced.has(kind as ConfigurationInput["kind"]))
      .map(([, plural]) => plural).sort();
  }

  /** Takes a fact in; true when what is to be said of the configuration may be something else now. */
  take(input: ConfigurationInput): boolean {
    const isFirst = input.type === "synced" && !this.#synced.has(input.kind);
    if (input.type === "synced") this.#synced.add(input.kind);
    return this.#apply(input) || isFirst;
  }

  /** The object that a problem is in. */
  objectOf(problem: Problem): Meta | undefined {
    switch (problem.kind) {
      case "L2Advertisement":
        return this.l2Advertisements.get(keyOf(problem));
      case "BGPAdvertisement":
        return this.bgpAdvertisements.get(keyOf(problem));
      case "BGPPeer":
        return this.bgpPeers.get(keyOf(problem));
      case "BFDProfile":
        return this.bfdProfiles.get(keyOf(problem));
      case "Community":
        return this.communities.get(keyOf(problem));
      default:
        return undefined;
    }
  }

  #apply(input: ConfigurationInput): boolean {
    switch (input.kind) {
      case "l2Advertisement":
        return applyChange(this.l2Advertisements, input).some(specDiffers);
      case "bgpAdvertisement":
        return applyChange(this.bgpAdvertisements, input).some(specDiffers);
      case "bgpPeer":
        return applyChange(this.bgpPeers, input).some(specDiffers);
      case "bfdProfile":
        return applyChange(this.bfdProfiles, input).some(specDiffers);
      case "community":
        return applyChange(this.communities, input).some(specDiffers);
      case "node":
        // A kubelet writes its Node every few minutes; only labels are selected by.
        return applyChange(this.nodes, input).some(labelsDiffer);
    }
  }
}
