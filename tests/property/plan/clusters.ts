/** Clusters by chance, as manifests: small, crowded and full of contradictions. */
import { pick, some } from "../../support/seededrandom.ts";
import {
  bgp,
  l2,
  type Manifest,
  namespace,
  node,
  peer,
  pool,
  ready,
  service,
  slice,
} from "../../golden/plan/manifests.ts";

export interface ChanceCluster {
  readonly services: readonly Manifest[];
  readonly others: readonly Manifest[];
}

const addresses = [
  ...[
    "10.0.0.0/30",
    "10.0.0.2-10.0.0.5",
    "10.0.1.254-10.0.2.1",
    "10.0.3.7/32",
    "2001:db8::/126",
    "2001:db8:1::/64",
  ],
  ...["10.0.0.9-10.0.0.1", "nonsense"],
];
const ips = ["10.0.0.0", "10.0.0.3", "10.0.0.5", "10.0.1.255", "10.0.3.7", "2001:db8::1", "192.0.2.1"];
const pools = ["p1", "p2", "p3"];
const teams = ["red", "blue"];

export function chanceCluster(random: () => number): ChanceCluster {
  const chance = (bias: number) => random() < bias;
  const team = () => pick(random, teams);
  const byTeam = () => [{ matchLabels: { team: team() } }];
  const optional = (bias: number, fields: () => Record<string, unknown>) => chance(bias) ? fields() : {};
  const names = Array.from(
    { length: 2 + Math.floor(random() * 8) },
    (_, index) => `${pick(random, ["shop", "blog"])}/s${index}`,
  );
  const allocation = () => ({
    serviceAllocation: {
      ...optional(0.5, () => ({ priority: pick(random, [0, 1, 2]) })),
      ...optional(0.4, () => ({ namespaces: [pick(random, ["shop", "blog"])] })),
      ...optional(0.3, () => ({ namespaceSelectors: byTeam() })),
      ...optional(0.3, () => ({ serviceSelectors: byTeam() })),
    },
  });
  const advertisement = () => ({
    ...optional(0.4, () => ({ ipAddressPools: some(random, pools) })),
    ...optional(0.3, () => ({ nodeSelectors: byTeam() })),
    ...optional(0.2, () => ({ serviceSelectors: byTeam() })),
  });
  const services = names.map((key) =>
    service(key, {
      labels: { team: team() },
      type: chance(0.9) ? "LoadBalancer" : "ClusterIP",
      created: `2024-01-0${1 + Math.floor(random() * 3)}`,
      ips: chance(0.5) ? some(random, ips, 0.25).slice(0, 2) : [],
      annotations: {
        ...(chance(0.2) ? { "address-pool": pick(random, [...pools, "gone"]) } : {}),
        ...(chance(0.2) ? { loadBalancerIPs: some(random, ips, 0.3).join(",") } : {}),
        ...(chance(0.4) ? { "allow-shared-ip": pick(random, ["k1", "k2", ""]) } : {}),
      },
      spec: {
        ports: [{ port: pick(random, [80, 81]) }],
        selector: { app: team() },
        ...optional(0.3, () => ({ externalTrafficPolicy: "Local" })),
        ...optional(0.4, () => ({ ipFamilyPolicy: pick(random, ["PreferDualStack", "RequireDualStack"]) })),
        ...optional(0.3, () => ({ ipFamilies: [pick(random, ["IPv4", "IPv6"])] })),
        ...optional(0.1, () => ({ loadBalancerClass: "x.y/z" })),
      },
    })
  );
  const nodeNames = ["n1", "n2", "n3"];
  const others = [
    ...pools.map((name) =>
      pool(name, some(random, addresses, 0.4), {
        ...optional(0.2, () => ({ autoAssign: false })),
        ...optional(0.2, () => ({ avoidBuggyIPs: true })),
        ...optional(0.4, allocation),
      })
    ),
    ...nodeNames.map((name) => node(name, { team: team() })),
    ...["shop", "blog"].map((name) => namespace(name, { team: team() })),
    ...["a1", "a2"].map((name) => l2(name, advertisement())),
    ...["b1", "b2"].map((name) =>
      bgp(name, {
        ...advertisement(),
        ...optional(0.3, () => ({ localPref: pick(random, [0, 50, 100]) })),
        ...optional(0.3, () => ({ aggregationLength: pick(random, [24, 30, 32]) })),
        ...optional(0.3, () => ({ peers: some(random, ["t1", "t2", "gone"]) })),
        communities: some(random, ["1:1", "2:2", "large:1:2:3"]),
      })
    ),
    peer("t1", "192.0.2.1", { peerASN: 64512 }),
    peer("t2", "2001:db8:f::1", {
      dualStackAddressFamily: chance(0.5),
      ...optional(0.4, () => ({ nodeSelectors: byTeam() })),
    }),
    ...some(random, names, 0.8).map((key) => slice(key, some(random, nodeNames).map(ready))),
  ];
  return { services, others };
}
