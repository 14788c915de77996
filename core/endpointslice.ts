/** A Kubernetes EndpointSlice, trimmed to where endpoints are and whether they can serve. */
import type { V1EndpointSlice } from "@kubernetes/client-node";
import { type Meta, trimMeta } from "./meta.ts";
import type { Wire } from "./wire.ts";

export interface EndpointSlice extends Meta {
  /** The Service it belongs to: label kubernetes.io/service-name; "" when it belongs to none. */
  readonly serviceName: string;
  readonly endpoints: readonly Endpoint[];
}

export interface Endpoint {
  /** null for endpoints outside the cluster's nodes */
  readonly nodeName: string | null;
  readonly hasAddress: boolean;
  /**
   * It can serve: `ready` true or not said, else `serving` true. A terminating endpoint that still serves counts.
   */
  readonly serves: boolean;
}

export function trimEndpointSlice(raw: Partial<Wire<V1EndpointSlice>>): EndpointSlice {
  const meta = trimMeta(raw.metadata);
  return {
    ...meta,
    serviceName: meta.labels["kubernetes.io/service-name"] ?? "",
    endpoints: (raw.endpoints ?? []).map(({ nodeName, addresses, conditions }) => ({
      nodeName: nodeName ?? null,
      hasAddress: (addresses ?? []).length > 0,
      serves: (conditions?.ready ?? true) || (conditions?.serving ?? false),
    })),
  };
}
