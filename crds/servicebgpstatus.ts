/** ServiceBGPStatus (metallb.io/v1beta1): to which peers a node announces a Service; its speaker writes it. */
import { type Meta, trimMeta } from "../core/meta.ts";
import type { Kind } from "./kind.ts";
import type { RawObject } from "./rawobject.ts";
import { list, mapping, text } from "./schema.ts";
import {
  readServiceOnNode,
  type ServiceOnNode,
  serviceOnNodeColumns,
  serviceOnNodeSchema,
  textsOf,
} from "./serviceonnode.ts";
import { isMapping } from "./values.ts";

/** `status`, as it is written. */
export interface ServiceBGPStatusStatus extends ServiceOnNode {
  /** Names of BGPPeers, ascending. */
  readonly peers: readonly string[];
}

export interface ServiceBGPStatus extends Meta {
  /** null while the speaker has not written it */
  readonly status: ServiceBGPStatusStatus | null;
}

/** Keeps what decisions read. */
export function trimServiceBGPStatus(raw: RawObject): ServiceBGPStatus {
  const { metadata, status } = raw;
  return {
    ...trimMeta(metadata),
    status: isMapping(status)
      ? { ...readServiceOnNode(status), peers: textsOf(status["peers"], null) }
      : null,
  };
}

/** The kind, as it is registered with the API server. */
export const serviceBGPStatusKind: Kind = {
  kind: "ServiceBGPStatus",
  plural: "servicebgpstatuses",
  conversion: null,
  versions: [{
    name: "v1beta1",
    description: "ServiceBGPStatus says to which BGP peers a node announces the addresses of a Service.",
    storage: true,
    deprecationWarning: null,
    specRequired: false,
    spec: mapping("Nothing.", {}),
    status: mapping("What the speaker of the node does; it writes this itself.", {
      ...serviceOnNodeSchema,
      peers: list(
        "The BGPPeers to which addresses of the Service are announced.",
        text("The name of a BGPPeer."),
      ),
    }),
    columns: serviceOnNodeColumns("Node"),
  }],
};
