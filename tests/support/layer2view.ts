/** One moment of a cluster, for tests of decisions. */
import type { EndpointSlice } from "../../core/endpointslice.ts";
import type { Node } from "../../core/node.ts";
import type { Service } from "../../core/service.ts";
import type { IPAddressPool } from "../../crds/ipaddresspool.ts";
import type { L2Advertisement } from "../../crds/l2advertisement.ts";
import { compileL2Advertisements } from "../../crds/l2advertisements.ts";
import { compilePools } from "../../crds/pools.ts";
import { decideLayer2, type Layer2Decision } from "../../speaker/l2/decision.ts";
import { servingEndpoints } from "../../speaker/l2/endpoints.ts";
import { Ranking } from "../../speaker/l2/ranking.ts";
import { Layer2View } from "../../speaker/l2/view.ts";

export interface Moment {
  readonly nodes: readonly Node[];
  readonly pools: readonly IPAddressPool[];
  readonly advertisements: readonly L2Advertisement[];
  /** Nodes without a live speaker. */
  readonly dead?: readonly string[];
  readonly lbClass?: string;
  readonly ignoreExcludeLabel?: boolean;
}

export function viewOf(moment: Moment): Layer2View {
  const pools = compilePools(moment.pools, []);
  return new Layer2View({
    nodes: moment.nodes,
    pools,
    advertisements: compileL2Advertisements(moment.advertisements, pools.pools, moment.nodes),
    isLive: (name) => !(moment.dead ?? []).includes(name),
    lbClass: moment.lbClass ?? "",
    ignoreExcludeLabel: moment.ignoreExcludeLabel ?? false,
    ranking: new Ranking(),
  });
}

export function decide(service: Service, slices: readonly EndpointSlice[], moment: Moment): Layer2Decision {
  return decideLayer2(service, servingEndpoints(slices), viewOf(moment));
}
