/** Manifests like those that MetalLB's users have: every field of the BGP kinds, none of it wrong. */

const object = (version: string, kind: string, name: string, spec: string): string =>
  `apiVersion: metallb.io/${version}
kind: ${kind}
metadata:
  name: ${name}
  namespace: metallb-system
${spec.trim() === "" ? "" : `spec:\n${spec.trim().replaceAll(/^/gm, "  ")}\n`}`;

const peer = (name: string, spec: string) => object("v1beta2", "BGPPeer", name, spec);
const advertisement = (name: string, spec: string) => object("v1beta1", "BGPAdvertisement", name, spec);

const peers: readonly string[] = [
  peer("ibgp", "myASN: 64512\npeerASN: 64512\npeerAddress: 172.30.0.3"),
  peer(
    "rack-one",
    `
myASN: 64512
peerASN: 64513
peerAddress: 172.30.0.4
peerPort: 180
routerID: 10.10.10.10
sourceAddress: 172.30.0.9
holdTime: "30s"
keepaliveTime: 10s
connectTime: "1m"
password: "correct horse"
bfdProfile: slow
ebgpMultiHop: true
nodeSelectors:
- matchLabels: {rack: "1"}
- matchExpressions:
  - {key: kubernetes.io/hostname, operator: In, values: [node-a, node-b]}`,
  ),
  peer(
    "with-secret",
    `
myASN: 4200000000
peerASN: 4200000001
peerAddress: 2001:db8:30::3
passwordSecret: {name: bgp-password, namespace: metallb-system}
enableGracefulRestart: true
dualStackAddressFamily: true
vrf: red`,
  ),
  peer("unnumbered", "myASN: 64512\ndynamicASN: external\ninterface: eth1"),
  peer(
    "dynamic",
    "myASN: 64512\ndynamicASN: internal\nlocalASN: 64999\npeerAddress: 172.30.0.5\ndisableMP: false",
  ),
];

const advertisements: readonly string[] = [
  advertisement("everything-by-bgp", ""),
  advertisement("empty-bgp-spec", "{}"),
  advertisement(
    "aggregated",
    `
ipAddressPools: [one-prefix, reserved]
aggregationLength: 24
aggregationLengthV6: 112
localPref: 150
communities: [65535:65282, "large:64512:1:2", no-advertise]`,
  ),
  advertisement(
    "selective",
    `
ipAddressPoolSelectors:
- matchLabels: {zone: dual}
nodeSelectors:
- matchLabels: {rack: "1"}
peers: [ibgp, rack-one]
serviceSelectors:
- matchExpressions:
  - {key: expose, operator: NotIn, values: [lan]}`,
  ),
];

const others: readonly string[] = [
  object("v1beta1", "BFDProfile", "defaults", ""),
  object(
    "v1beta1",
    "BFDProfile",
    "slow",
    `
receiveInterval: 380
transmitInterval: 270
detectMultiplier: 8
echoInterval: 62
echoMode: false
passiveMode: true
minimumTtl: 100`,
  ),
  object(
    "v1beta1",
    "Community",
    "well-known",
    `
communities:
- name: no-advertise
  value: 65535:65282
- name: vpn-only
  value: "1234:1"
- {name: site, value: "large:64512:1:2"}`,
  ),
];

export const bgpSamples: readonly string[] = [...others, ...peers, ...advertisements];
