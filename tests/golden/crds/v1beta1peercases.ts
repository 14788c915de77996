/** The rules of BGPPeer v1beta1. The pure functions judge what it is converted to. */
import { alike, type RuleCase, type Said, said, type Verdict } from "./cases.ts";

const timers = { holdTime: "90s", keepaliveTime: "30s" };
const sound = { myASN: 64512, peerASN: 64513, peerAddress: "192.0.2.1", ...timers };

const withFields = (fields: Record<string, unknown>) =>
  Object.fromEntries(Object.entries({ ...sound, ...fields }).filter(([, value]) => value !== null));
const peer = (fields: Record<string, unknown>, ...verdict: Verdict): RuleCase => ({
  ...alike("BGPPeer", `v1beta1 ${JSON.stringify(fields)}`, withFields(fields), ...verdict),
  version: "v1beta1",
});
const judged = (fields: Record<string, unknown>, problems: readonly Said[], api: Said | null): RuleCase => ({
  what: `v1beta1 ${JSON.stringify(fields)}`,
  kind: "BGPPeer",
  version: "v1beta1",
  spec: withFields(fields),
  problems,
  api,
});

const expression = (operator: string, values?: readonly string[]) => ({
  nodeSelectors: [{
    matchExpressions: [{ key: "rack", operator, ...(values === undefined ? {} : { values }) }],
  }],
});
const firstExpression = "spec.nodeSelectors[0].matchExpressions[0]";
const off = said("spec.holdTime", "turns the hold timer off");

export const v1beta1PeerCases: readonly RuleCase[] = [
  peer({}),
  peer({
    sourceAddress: "192.0.2.9",
    peerPort: 1790,
    routerID: "10.0.0.1",
    password: "s3cret",
    bfdProfile: "fast",
    ebgpMultiHop: true,
    nodeSelectors: [{ matchLabels: { rack: "1" } }],
  }),
  judged({ holdTime: null, keepaliveTime: null }, [off], null),
  judged({ holdTime: "0s", keepaliveTime: "0s" }, [off], null),
  judged({ keepaliveTime: null }, [said("spec.keepaliveTime", "a third of holdTime counts")], null),
  judged(
    { holdTime: null },
    [said("spec.keepaliveTime", "not be longer than holdTime"), off],
    null,
  ),
  peer({ peerPort: 0 }),
  peer({ peerPort: 16385 }, "spec.peerPort", "from 1 to 16384", "less than or equal to 16384"),
  peer({ myASN: null }, "spec.myASN", "required", "Required"),
  peer({ peerASN: null }, "spec.peerASN", "required", "Required"),
  peer({ peerASN: 0 }, "spec.peerASN", "required", "greater than or equal to 1"),
  peer({ peerAddress: null }, "spec.peerAddress", "required", "Required"),
  peer({ peerAddress: "" }, "spec.peerAddress", "invalid BGPPeer address"),
  peer({ peerAddress: "router" }, "spec.peerAddress", "invalid BGPPeer address"),
  peer({ holdTime: "2s", keepaliveTime: "0s" }, "spec.holdTime", "0 or 3 to 65535 seconds"),
  peer({ keepaliveTime: "91s" }, "spec.keepaliveTime", "not be longer than holdTime"),
  peer({ routerID: "2001:db8::1" }, "spec.routerID", "IPv4 address other than 0.0.0.0"),
  peer({ ebgpMultiHop: true, peerASN: 64512 }, "spec.ebgpMultiHop", "must not be true when peerASN is myASN"),
  peer(expression("In", ["1", "2"])),
  peer(expression("Near", ["1"]), `${firstExpression}.operator`, "In, NotIn, Exists", "Unsupported"),
  peer(expression("In", []), `${firstExpression}.values`, "at least one value", "at least 1"),
  peer(expression("In"), `${firstExpression}.values`, "at least one value", "Required"),
  judged(expression("Exists"), [], said(`${firstExpression}.values`, "Required")),
  judged({ connectTime: "10s" }, [], null),
];
