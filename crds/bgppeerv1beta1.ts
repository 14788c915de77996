/** BGPPeer v1beta1: deprecated, served for manifests that still have it, and converted to v1beta2 before it is read. */
import { peerColumns, sharedFields, sharedRules } from "./bgppeerschema.ts";
import { ipSchema } from "./ipfield.ts";
import type { KindVersion } from "./kind.ts";
import { addressPrefix, maxAsn, maxPort } from "./peersettings.ts";
import { integer, mapping, withRules } from "./schema.ts";
import { labelSelectors } from "./selectorschema.ts";

/** `spec`, as in a manifest. */
export interface BGPPeerV1Beta1Spec {
  readonly myASN: number;
  readonly peerASN: number;
  readonly peerAddress: string;
  readonly sourceAddress?: string;
  readonly peerPort?: number;
  /** As in `1m30s`. */
  readonly holdTime?: string;
  readonly keepaliveTime?: string;
  readonly routerID?: string;
  readonly nodeSelectors?: readonly NodeSelectorV1Beta1[];
  readonly password?: string;
  readonly bfdProfile?: string;
  readonly ebgpMultiHop?: boolean;
}

/** A label selector whose expressions need all three members. */
export interface NodeSelectorV1Beta1 {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly MatchExpressionV1Beta1[];
}

export interface MatchExpressionV1Beta1 {
  readonly key: string;
  readonly operator: string;
  /** At least one. */
  readonly values: readonly string[];
}

const fields = {
  myASN: sharedFields.myASN,
  peerASN: integer("The router's AS number.", { format: "int64", minimum: 1, maximum: maxAsn }),
  peerAddress: ipSchema("peerAddress", "The router's IP address.", {
    prefix: addressPrefix,
    rules: [{ rule: "self != ''", message: `${addressPrefix}peerAddress must not be empty` }],
  }),
  sourceAddress: sharedFields.sourceAddress,
  peerPort: integer("The router's TCP port; 0 is the same as 179.", { minimum: 0, maximum: maxPort }),
  holdTime: sharedFields.holdTime,
  keepaliveTime: sharedFields.keepaliveTime,
  routerID: sharedFields.routerID,
  nodeSelectors: labelSelectors(
    "nodeSelectors",
    "The nodes that keep a session to the router; without selectors all nodes.",
    { valuesRequired: true },
  ),
  password: sharedFields.password,
  bfdProfile: sharedFields.bfdProfile,
  ebgpMultiHop: sharedFields.ebgpMultiHop,
};

export const bgpPeerV1Beta1Version: KindVersion = {
  name: "v1beta1",
  description:
    "BGPPeer is a router to which nodes of the cluster keep a BGP session. This version is deprecated; it " +
    "is only served while the controller runs, whose webhook converts it to v1beta2 and back. Timers that are not " +
    "given become 0 there, which turns them off.",
  storage: false,
  deprecationWarning: "metallb.io/v1beta1 BGPPeer is deprecated; use metallb.io/v1beta2",
  specRequired: true,
  spec: withRules(
    mapping("The router and the session.", fields, { required: ["myASN", "peerASN", "peerAddress"] }),
    ...sharedRules,
  ),
  status: mapping("Nothing yet.", {}),
  columns: peerColumns,
};
