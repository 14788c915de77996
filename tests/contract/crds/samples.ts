/** Manifests like those that MetalLB's users have: every field of the two kinds, none of it wrong. */

const pool = (name: string, spec: string): string =>
  `apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata:
  name: ${name}
  namespace: metallb-system
  labels: {zone: ${name}}
spec:
${spec.trim().replaceAll(/^/gm, "  ")}
`;

const advertisement = (name: string, spec: string): string =>
  `apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata:
  name: ${name}
  namespace: metallb-system
${spec.trim() === "" ? "" : `spec:\n${spec.trim().replaceAll(/^/gm, "  ")}\n`}`;

export const samples: readonly string[] = [
  pool("one-prefix", "addresses: [192.0.2.0/24]"),
  pool("quoted", 'addresses:\n- "198.51.100.10-198.51.100.20"\nautoAssign: false\navoidBuggyIPs: true'),
  pool("dual", "addresses:\n- 203.0.113.0/28\n- 2001:db8:1::/112\n- 2001:db8:2::1 - 2001:db8:2::ff"),
  pool(
    "reserved",
    `
addresses: [10.20.0.0/16]
serviceAllocation:
  priority: 50
  namespaces: [team-a, team-b]
  namespaceSelectors:
  - matchLabels: {stage: production}
  serviceSelectors:
  - matchExpressions:
    - {key: app, operator: In, values: [web, api]}
  - matchLabels: {app.kubernetes.io/name: gateway}`,
  ),
  advertisement("everything", ""),
  advertisement("empty-spec", "{}"),
  advertisement("by-name", "ipAddressPools:\n- one-prefix\n- quoted"),
  advertisement(
    "by-label",
    `
ipAddressPoolSelectors:
- matchLabels: {zone: dual}
- matchExpressions:
  - {key: zone, operator: NotIn, values: [reserved]}
nodeSelectors:
- matchLabels: {kubernetes.io/hostname: node-a}
- matchLabels: {kubernetes.io/hostname: node-b}
interfaces: [eth0, bond0.100]
serviceSelectors:
- matchLabels: {expose: lan}`,
  ),
  advertisement(
    "preferring",
    `
ipAddressPools: [dual]
preferredNodeSelectors:
- weight: 100
  preference:
    matchLabels: {rack: "1"}
- weight: 1
  preference: {}`,
  ),
];
