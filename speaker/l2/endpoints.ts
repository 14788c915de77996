/** Where a Service's endpoints can serve, as far as Layer 2 asks: any at all, and on which nodes. */
import type { EndpointSlice } from "../../core/endpointslice.ts";

export interface ServingEndpoints {
  readonly any: boolean;
  /** Endpoints that name no node count for {@link any} only. */
  readonly nodes: ReadonlySet<string>;
}

/** Reads the EndpointSlices of one Service. */
export function servingEndpoints(slices: Iterable<EndpointSlice>): ServingEndpoints {
  let any = false;
  const nodes = new Set<string>();
  for (const { endpoints } of slices) {
    for (const { serves, nodeName } of endpoints) {
      if (!serves) continue;
      any = true;
      if (nodeName !== null) nodes.add(nodeName);
    }
  }
  return { any, nodes };
}
