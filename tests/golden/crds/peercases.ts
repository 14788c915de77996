/** Every rule of BGPPeer v1beta2 by itself. */
import { alike, type RuleCase, type Said, said, selectorCasesAt, type Verdict } from "./cases.ts";

const sound = { myASN: 64512, peerASN: 64513, peerAddress: "192.0.2.1" };
const inPeer = (what: string, spec: unknown, ...verdict: Verdict) => alike("BGPPeer", what, spec, ...verdict);

/** A field beside those that are required; null takes a field away. */
const withFields = (fields: Record<string, unknown>) =>
  Object.fromEntries(Object.entries({ ...sound, ...fields }).filter(([, value]) => value !== null));
const peer = (fields: Record<string, unknown>, ...verdict: Verdict) =>
  inPeer(JSON.stringify(fields), withFields(fields), ...verdict);
/** What only the pure functions say. */
const told = (fields: Record<string, unknown>, ...problems: readonly Said[]): RuleCase => ({
  what: `${JSON.stringify(fields)}: the API server doesn't say it`,
  kind: "BGPPeer",
  spec: withFields(fields),
  problems,
  api: null,
});

const asnCases: readonly RuleCase[] = [
  ...[1, 65536, 4294967295].flatMap((
    asn,
  ) => [peer({ myASN: asn }), peer({ peerASN: asn }), peer({ localASN: asn })]),
  peer({ myASN: null }, "spec.myASN", "required", "Required"),
  peer({ myASN: 0 }, "spec.myASN", "from 1 to", "greater than or equal to 1"),
  peer({ myASN: 4294967296 }, "spec.myASN", "to 4294967295", "less than or equal to 4294967295"),
  peer({ myASN: "64512" }, "spec.myASN", "whole number", "integer"),
  peer({ myASN: "64512.1" }, "spec.myASN", "whole number", "integer"),
  peer({ peerASN: null }, "spec.peerASN", "or else dynamicASN"),
  peer({ peerASN: 0 }, "spec.peerASN", "or else dynamicASN"),
  peer({ peerASN: -1 }, "spec.peerASN", "from 0 to", "greater than or equal to 0"),
  peer({ peerASN: 4294967296 }, "spec.peerASN", "to 4294967295", "less than or equal to 4294967295"),
  peer({ peerASN: null, dynamicASN: "internal" }),
  peer({ peerASN: 0, dynamicASN: "external" }),
  peer({ peerASN: 64513, dynamicASN: "external" }, "spec.dynamicASN", "mutually exclusive"),
  peer({ peerASN: null, dynamicASN: "iBGP" }, "spec.dynamicASN", '"internal" or "external"', "Unsupported"),
  peer({ peerASN: null, dynamicASN: 64513 }, "spec.dynamicASN", "text", "string"),
  peer({ localASN: 0 }, "spec.localASN", "from 1 to", "greater than or equal to 1"),
  peer({ localASN: 4294967296 }, "spec.localASN", "to 4294967295", "less than or equal to 4294967295"),
];

const badAddresses = [
  ...["router", "192.0.2.1/32", "192.0.2.256", "192.0.02.1", " 192.0.2.1", "192.0.2.1:179", "[2001:db8::1]"],
  ...["fe80::1%eth0", "::ffff:192.0.2.1", "2001:db8:::1"],
];

const addressCases: readonly RuleCase[] = [
  ...["2001:db8::1", "2001:DB8:0:0::1", "198.51.100.255"].map((peerAddress) => peer({ peerAddress })),
  ...badAddresses.map((peerAddress) => peer({ peerAddress }, "spec.peerAddress", "invalid BGPPeer address")),
  peer({ peerAddress: null }, "spec.peerAddress", "or else interface"),
  peer({ peerAddress: "" }, "spec.peerAddress", "or else interface"),
  peer({ peerAddress: 3221225985 }, "spec.peerAddress", "text", "string"),
  ...["0.0.0.0", "224.0.0.5", "255.255.255.255", "::", "ff02::5"].map((peerAddress) =>
    told({ peerAddress }, said("spec.peerAddress", "not the address of a router"))
  ),
  told({ peerAddress: "fe80::1" }, said("spec.peerAddress", "name the interface")),
  peer({ peerAddress: null, interface: "eth0" }),
  peer({ peerAddress: "", interface: "bond0.100" }),
  peer({ interface: "" }),
  peer({ interface: "eth0" }, "spec.interface", "mutually exclusive"),
  peer({ peerAddress: null, interface: 0 }, "spec.interface", "text", "string"),
  told({ peerAddress: null, interface: "a-name-of-16-char" }, said("spec.interface", "no network device")),
  told({ vrf: "red/1" }, said("spec.vrf", "no network device")),
  peer({ vrf: "red" }),
  peer({ vrf: 1 }, "spec.vrf", "text", "string"),
  peer({ sourceAddress: "192.0.2.9" }),
  peer({ sourceAddress: "" }),
  peer({ peerAddress: "2001:db8::1", sourceAddress: "2001:db8::2" }),
  peer({ sourceAddress: "here" }, "spec.sourceAddress", "must be an IP address"),
  peer({ sourceAddress: "2001:db8::2" }, "spec.sourceAddress", "same address family"),
  peer({ peerAddress: null, interface: "eth0", sourceAddress: "2001:db8::2" }),
  peer({ routerID: "10.0.0.1" }),
  peer({ routerID: "" }),
  peer({ routerID: "router-1" }, "spec.routerID", "must be an IP address"),
  peer({ routerID: "2001:db8::1" }, "spec.routerID", "IPv4 address other than 0.0.0.0"),
  peer({ routerID: "0.0.0.0" }, "spec.routerID", "IPv4 address other than 0.0.0.0"),
  ...[1, 179, 16384].map((peerPort) => peer({ peerPort })),
  peer({ peerPort: 0 }, "spec.peerPort", "from 1 to 16384", "greater than or equal to 1"),
  peer({ peerPort: 16385 }, "spec.peerPort", "from 1 to 16384", "less than or equal to 16384"),
];

const tooLong = "holdTime of three times as much";

const timerCases: readonly RuleCase[] = [
  ...["3s", "3000ms", "90s", "1m30s", "1.5h", "65535s", "3.9s", "18h12m15.9s"].map((holdTime) =>
    peer({ holdTime })
  ),
  ...["0s", "0", "999ms", "-0.5s"].map((holdTime) =>
    told({ holdTime }, said("spec.holdTime", "turns the hold timer off"))
  ),
  ...["1s", "2s", "2.999s", "-3s", "65536s", "19h"].map((holdTime) =>
    peer({ holdTime }, "spec.holdTime", "0 or 3 to 65535 seconds")
  ),
  ...["90", "90 s", "1d", "s", "1m-30s", "PT90S"].map((holdTime) =>
    peer({ holdTime }, "spec.holdTime", "must be a duration")
  ),
  peer({ holdTime: "" }),
  peer({ holdTime: 90 }, "spec.holdTime", "text", "string"),
  peer({ holdTime: "90s", keepaliveTime: "30s" }),
  peer({ holdTime: "90s", keepaliveTime: "90s" }),
  peer({ holdTime: "90s", keepaliveTime: "" }),
  peer({ holdTime: "90s", keepaliveTime: "90001ms" }, "spec.keepaliveTime", "not be longer than holdTime"),
  told({ holdTime: "90s", keepaliveTime: "0s" }, said("spec.keepaliveTime", "a third of holdTime counts")),
  told({ holdTime: "0s", keepaliveTime: "0s" }, said("spec.holdTime", "turns the hold timer off")),
  told({ keepaliveTime: "0s" }, said("spec.holdTime", "turns the hold timer off")),
  peer({ holdTime: "", keepaliveTime: "1s" }),
  ...["1s", "60s", "21845.333333333s"].map((keepaliveTime) => peer({ keepaliveTime })),
  ...["334ms", "0.999s", "21846s"].map((keepaliveTime) =>
    peer({ keepaliveTime }, "spec.keepaliveTime", tooLong)
  ),
  told({ keepaliveTime: "333ms" }, said("spec.holdTime", "turns the hold timer off")),
  peer({ keepaliveTime: "-1s" }, "spec.keepaliveTime", "0 to 65535 seconds"),
  peer({ keepaliveTime: "often" }, "spec.keepaliveTime", "must be a duration"),
  ...["1s", "10s", "1m", "65535s", "18h12m15s"].map((connectTime) => peer({ connectTime })),
  ...["0s", "-1s", "500ms", "1.5s", "65536s"].map((connectTime) =>
    peer({ connectTime }, "spec.connectTime", "1 to 65535 whole seconds")
  ),
  peer({ connectTime: "1" }, "spec.connectTime", "must be a duration"),
];

const longPassword = "p".repeat(81);

const otherCases: readonly RuleCase[] = [
  peer({ password: "s3cret" }),
  peer({ password: "" }),
  peer({ password: "p".repeat(80) }),
  peer({ password: longPassword }, "spec.password", "at most 80 bytes"),
  peer({ password: "é".repeat(41) }, "spec.password", "at most 80 bytes"),
  peer({ password: 12345 }, "spec.password", "quotes", "string"),
  peer({ passwordSecret: { name: "bgp" } }),
  peer({ passwordSecret: { name: "bgp", namespace: "metallb-system" } }),
  peer({ passwordSecret: {} }),
  peer({ password: "s3cret", passwordSecret: { name: "" } }),
  peer({ password: "", passwordSecret: { name: "bgp" } }),
  peer({ password: "s3cret", passwordSecret: { name: "bgp" } }, "spec.passwordSecret", "mutually exclusive"),
  peer({ passwordSecret: "bgp" }, "spec.passwordSecret", "mapping", "object"),
  peer({ passwordSecret: { name: 1 } }, "spec.passwordSecret.name", "text", "string"),
  told(
    { passwordSecret: { name: "bgp", namespace: "default" } },
    said("spec.passwordSecret.namespace", "no effect"),
  ),
  peer({ bfdProfile: "fast" }),
  peer({ bfdProfile: true }, "spec.bfdProfile", "text", "string"),
  peer({ ebgpMultiHop: true }),
  peer({ ebgpMultiHop: false, peerASN: 64512 }),
  peer({ ebgpMultiHop: true, peerASN: 64512 }, "spec.ebgpMultiHop", "must not be true when peerASN is myASN"),
  told({ ebgpMultiHop: true, peerASN: null, dynamicASN: "internal" }, said("spec.ebgpMultiHop", "no effect")),
  ...["enableGracefulRestart", "ebgpMultiHop", "disableMP", "dualStackAddressFamily"].map((field) =>
    peer({ [field]: "yes" }, `spec.${field}`, "true or false", "boolean")
  ),
  ...["enableGracefulRestart", "dualStackAddressFamily"].map((field) => peer({ [field]: true })),
  told({ disableMP: true }, said("spec.disableMP", "deprecated")),
  {
    what: "disableMP hides no other rule",
    kind: "BGPPeer",
    spec: withFields({ disableMP: true, peerAddress: "router" }),
    problems: [said("spec.peerAddress", "invalid BGPPeer address"), said("spec.disableMP", "deprecated")],
    api: said("spec.peerAddress", "invalid BGPPeer address"),
  },
  told({ holdtime: "90s" }, said("spec.holdtime", "not a field")),
  inPeer("a peer without a spec", undefined, "spec", "mapping", "Required"),
];

/** What only FRR couldn't do, or MetalLB's native mode: all of it is accepted. */
const everything = {
  myASN: 64512,
  peerASN: 64513,
  localASN: 64514,
  peerAddress: "2001:db8::1",
  sourceAddress: "2001:db8::2",
  peerPort: 1790,
  holdTime: "30s",
  keepaliveTime: "10s",
  connectTime: "5s",
  routerID: "10.0.0.1",
  nodeSelectors: [{ matchLabels: { rack: "1" } }, {
    matchExpressions: [{ key: "rack", operator: "Exists" }],
  }],
  passwordSecret: { name: "bgp" },
  bfdProfile: "fast",
  enableGracefulRestart: true,
  ebgpMultiHop: true,
  vrf: "red",
  dualStackAddressFamily: true,
};

export const bgpPeerCases: readonly RuleCase[] = [
  inPeer("every field", everything),
  ...asnCases,
  ...addressCases,
  ...timerCases,
  ...otherCases,
  ...selectorCasesAt(["BGPPeer", "spec.nodeSelectors", (nodeSelectors) => withFields({ nodeSelectors })]),
];
