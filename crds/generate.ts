/** The files that are generated from the kinds. */
import { stringify } from "yaml";
import { bfdProfileKind } from "./bfdprofile.ts";
import { bgpAdvertisementKind } from "./bgpadvertisement.ts";
import { bgpPeerKind } from "./bgppeer.ts";
import { communityKind } from "./community.ts";
import { configurationStateKind } from "./configurationstate.ts";
import { ipAddressPoolKind } from "./ipaddresspool.ts";
import { customResourceDefinition, type Kind } from "./kind.ts";
import { l2AdvertisementKind } from "./l2advertisement.ts";
import { serviceBGPStatusKind } from "./servicebgpstatus.ts";
import { serviceL2StatusKind } from "./servicel2status.ts";

export interface GeneratedFile {
  /** From the repository's root. */
  readonly path: string;
  readonly text: string;
}

/** Every kind, by name. */
export const kinds: readonly Kind[] = [
  bfdProfileKind,
  bgpAdvertisementKind,
  bgpPeerKind,
  communityKind,
  configurationStateKind,
  ipAddressPoolKind,
  l2AdvertisementKind,
  serviceBGPStatusKind,
  serviceL2StatusKind,
];

/** The CustomResourceDefinition of each kind, as `kubectl apply -f` takes it. */
export function generate(): GeneratedFile[] {
  return kinds.map((kind) => ({
    path: `deploy/manifests/10-crd-${kind.plural}.yaml`,
    text: ['Generated from crds/ by "deno task generate"; do not edit.', ...kind.notes ?? []]
      .map((line) => `# ${line}\n`).join("") +
      stringify(customResourceDefinition(kind), { lineWidth: 110, aliasDuplicateObjects: false }),
  }));
}
