/** ServiceL2Status (metallb.io/v1beta1): which node answers for a Service's addresses; its speaker writes it. */
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
export interface ServiceL2StatusStatus extends ServiceOnNode {
  /** Empty: all of the node's. */
  readonly interfaces: readonly { readonly name: string }[];
}

export interface ServiceL2Status extends Meta {
  /** null while the speaker has not written it */
  readonly status: ServiceL2StatusStatus | null;
}

/** Keeps what decisions read; the interfaces ascend, so that their order makes no difference. */
export function trimServiceL2Status(raw: RawObject): ServiceL2Status {
  const { metadata, status } = raw;
  return {
    ...trimMeta(metadata),
    status: isMapping(status)
      ? {
        ...readServiceOnNode(status),
        interfaces: textsOf(status["interfaces"], "name").map((name) => ({ name })),
      }
      : null,
  };
}

/** The kind, as it is registered with the API server. */
export const serviceL2StatusKind: Kind = {
  kind: "ServiceL2Status",
  plural: "servicel2statuses",
  conversion: null,
  versions: [{
    name: "v1beta1",
    description: "ServiceL2Status says which node answers by ARP and NDP for the addresses of a Service.",
    storage: true,
    deprecationWarning: null,
    specRequired: false,
    spec: mapping("Nothing.", {}),
    status: mapping("What the speaker of the node does; it writes this itself.", {
      ...serviceOnNodeSchema,
      interfaces: list(
        "The interfaces on which the addresses are announced; none when it is all of the node.",
        mapping("An interface.", { name: text("The name of the interface.") }),
      ),
    }),
    columns: serviceOnNodeColumns("Allocated Node"),
  }],
};
