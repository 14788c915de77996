/** What people read: the plan, the diff of two, and an explanation. */
import { assertEquals } from "@std/assert";
import { makePlan } from "../../../core/plan/assemble.ts";
import { diffText } from "../../../core/plan/difftext.ts";
import { explainService } from "../../../core/plan/explainservice.ts";
import { explanationText } from "../../../core/plan/explanationtext.ts";
import { coloured, plain } from "../../../core/plan/paint.ts";
import { planText } from "../../../core/plan/text.ts";
import { type Asked, engines, planOf, requestOf } from "../../support/plan.ts";
import { bgp, l2, node, nodes, peer, pool, service } from "./manifests.ts";

const everywhere: Asked = { assumeEndpoints: true };
const lan = pool("lan", ["192.0.2.10-192.0.2.12"]);
const shared = (name: string, port: number) =>
  service(name, {
    annotations: { "allow-shared-ip": "x", loadBalancerIPs: "192.0.2.11" },
    spec: { ports: [{ port }] },
  });

function textOf(files: readonly unknown[], asked: Asked = everywhere): string {
  return planText(planOf(files, asked).plan, plain);
}

Deno.test("plan, text: a line for each Service, then problems, pools and notes", () => {
  const files = [
    ...nodes,
    lan,
    pool("vast", ["2001:db8::/64", "nonsense"], { autoAssign: false }),
    l2("all", { interfaces: ["eth0"] }),
    bgp("all", { ipAddressPools: ["lan", "gone"] }),
    peer("tor", "10.0.0.1", { nodeSelectors: [{ matchLabels: { rack: "1" } }] }),
    peer("spine", "10.0.0.2"),
    node("node-a", { rack: "1" }),
    ...[service("a"), service("b"), shared("c", 80), shared("d", 81), service("full")],
    service("asks", { annotations: { loadBalancerIPs: "198.51.100.1" } }),
    ...[service("idle", { type: "ClusterIP" }), service("theirs", { spec: { loadBalancerClass: "x.y/z" } })],
  ];
  assertEquals(
    textOf(files),
    `Services
  default/a     192.0.2.10  lan  layer2 from node-c on eth0 (then node-b, node-a); bgp from node-a to spine, tor and from node-b, node-c to spine
  default/asks  -           -    no address: 198.51.100.1 is in no IPAddressPool (addressNotInPool)
  default/b     192.0.2.11  lan  layer2 from node-a on eth0 (then node-c, node-b); bgp from node-a to spine, tor and from node-b, node-c to spine
  default/c     -           -    no address: 192.0.2.11 is held by default/b, and both need the annotation metallb.io/allow-shared-ip with one value to share it (addressInUse)
  default/d     -           -    no address: 192.0.2.11 is held by default/b, and both need the annotation metallb.io/allow-shared-ip with one value to share it (addressInUse)
  default/full  192.0.2.12  lan  layer2 from node-b on eth0 (then node-c, node-a); bgp from node-a to spine, tor and from node-b, node-c to spine
  default/idle  not handled: the Service's type is not LoadBalancer (notLoadBalancer)
  default/theirs  not handled: the Service's loadBalancerClass belongs to another implementation (loadBalancerClass)

Problems
  warning  BGPAdvertisement metallb-system/all, spec.ipAddressPools[1]: there is no usable IPAddressPool "gone"; the name has no effect until there is
  error    IPAddressPool metallb-system/vast, spec.addresses[1]: "nonsense" is neither a CIDR prefix such as "192.0.2.0/24" nor a range such as "192.0.2.10-192.0.2.20"

Pools
  lan   [####################] 3 of 3 IPv4
  vast  [....................] 0 of 2^63 or more IPv6

Notes
  the BGP routes are what the configuration asks for; this version's speakers don't speak BGP yet, and announce by Layer 2 only
`,
  );
});

Deno.test("plan, text: what keeps a Service from being announced is said in a sentence", () => {
  const files = [...nodes, lan, l2("all"), shared("one", 80), shared("two", 81)];
  assertEquals(
    textOf(files, {}).split("\n").slice(0, 3).join("\n"),
    `Services
  default/one  192.0.2.11  lan  not announced: no endpoint of default/one can serve (noEndpoints); shared with default/two
  default/two  192.0.2.11  lan  not announced: no endpoint of default/two can serve (noEndpoints); shared with default/one`,
  );
  assertEquals(
    textOf([lan, service("web")], {}).split("\n")[1],
    "  default/web  192.0.2.10  lan  announcements not planned",
  );
  const keeps = service("web", { ips: ["192.0.2.12"], annotations: { loadBalancerIPs: "x" } });
  assertEquals(
    textOf([lan, keeps], {}).split("\n")[1],
    '  default/web  192.0.2.12  lan  announcements not planned; keeps it, though "x" in the annotation ' +
      "metallb.io/loadBalancerIPs is not an IP address (invalidRequest)",
  );
  assertEquals(textOf([], {}).split("\n")[1], "  none");
});

Deno.test("plan, text: many Services that aren't handled are counted", () => {
  const many = Array.from({ length: 30 }, (_, index) => service(`s-${10 + index}`, { type: "ClusterIP" }));
  assertEquals(
    textOf(many, {}).split("\n")[1],
    "  default/s-10, default/s-11, default/s-12 and 27 more  not handled: the Service's type is not LoadBalancer " +
      "(notLoadBalancer)",
  );
});

Deno.test("plan, text: colours, where they are wanted, change nothing else", () => {
  const { plan } = planOf([...nodes, lan, pool("bad", ["nonsense"]), service("web")], everywhere);
  const text = planText(plan, coloured);
  // deno-lint-ignore no-control-regex -- the escape character is what is looked for
  const bare = text.replaceAll(/\x1b\[\d+m/g, "");
  assertEquals(bare, planText(plan, plain));
  assertEquals(bare === text, false);
});

Deno.test("plan, text: a bar shows one address, and is full only when the pool is", () => {
  const bars = (assigned: number, size: number) => {
    const services = Array.from({ length: assigned }, (_, index) => service(`s-${index}`));
    const text = textOf([pool("p", [`10.0.0.1-10.0.${size >> 8}.${size & 255}`]), ...services], {});
    return /\[([#.]+)\]/.exec(text)?.[1];
  };
  assertEquals(bars(0, 100), "....................");
  assertEquals(bars(1, 200), "#...................");
  assertEquals(bars(50, 100), "##########..........");
  assertEquals(bars(99, 100), "###################.");
  assertEquals(bars(100, 100), "####################");
});

const cluster = [
  ...nodes,
  lan,
  l2("all"),
  bgp("all", { communities: ["1:1", "large:1:2:3"] }),
  peer("tor", "10.0.0.1", { peerASN: 64512 }),
  service("web", { ips: ["192.0.2.10"] }),
  service("api", { ips: ["192.0.2.11"] }),
];

function diffOf(files: readonly unknown[], without: readonly string[] = []): string {
  const request = requestOf(files, { ...everywhere, live: cluster, without });
  const before = makePlan({ ...request, files: [], without: [] }, engines).plan;
  return diffText(before, makePlan(request, engines).plan, plain);
}

const note =
  "\nNotes\n  the BGP routes are what the configuration asks for; this version's speakers don't speak BGP yet, and announce by Layer 2 only\n";

Deno.test("plan, diff: nothing changes", () => {
  assertEquals(diffOf([service("web", { labels: { a: "b" } })]), `Nothing changes.\n${note}`);
});

Deno.test("plan, diff: a node is lost", () => {
  assertEquals(
    diffOf([], ["Node/node-c"]),
    `default/api
- layer2: node-a, then node-c, then node-b
- bgp: node-c to tor: 192.0.2.11/32 localPref 100 1:1 large:1:2:3
+ layer2: node-a, then node-b

default/web
- layer2: node-c, then node-b, then node-a
- bgp: node-c to tor: 192.0.2.10/32 localPref 100 1:1 large:1:2:3
+ layer2: node-b, then node-a
${note}`,
  );
});

Deno.test("plan, diff: a pool shrinks, a Service comes and another is of another type", () => {
  assertEquals(
    diffOf([
      pool("lan", ["192.0.2.10/32", "nonsense"]),
      service("new", { annotations: { "address-pool": "other" } }),
      service("web", { type: "ClusterIP" }),
      service("api", { spec: { externalTrafficPolicy: "Local" } }),
    ]).replace(note, ""),
    `default/api
- 192.0.2.11 from pool lan
- layer2: node-a, then node-c, then node-b
- bgp: node-a to tor: 192.0.2.11/32 localPref 100 1:1 large:1:2:3
- bgp: node-b to tor: 192.0.2.11/32 localPref 100 1:1 large:1:2:3
- bgp: node-c to tor: 192.0.2.11/32 localPref 100 1:1 large:1:2:3
+ 192.0.2.10 from pool lan
+ layer2: node-c, then node-b, then node-a
+ bgp: node-a to tor: 192.0.2.10/32 localPref 100 1:1 large:1:2:3
+ bgp: node-b to tor: 192.0.2.10/32 localPref 100 1:1 large:1:2:3
+ bgp: node-c to tor: 192.0.2.10/32 localPref 100 1:1 large:1:2:3

default/new
+ no address: there is no IPAddressPool "other" (poolNotFound)

default/web
- 192.0.2.10 from pool lan
- layer2: node-c, then node-b, then node-a
- bgp: node-a to tor: 192.0.2.10/32 localPref 100 1:1 large:1:2:3
- bgp: node-b to tor: 192.0.2.10/32 localPref 100 1:1 large:1:2:3
- bgp: node-c to tor: 192.0.2.10/32 localPref 100 1:1 large:1:2:3
+ not handled (notLoadBalancer)

Problems
+ error    IPAddressPool metallb-system/lan, spec.addresses[1]: "nonsense" is neither a CIDR prefix such as "192.0.2.0/24" nor a range such as "192.0.2.10-192.0.2.20"

Pool lan
- [#############.......] 2 of 3 IPv4
+ [####################] 1 of 1 IPv4
`,
  );
});

function explain(files: readonly unknown[], key: string, asked: Asked = everywhere): string {
  const explained = explainService(requestOf(files, asked), engines, key);
  return explained === null ? "null" : explanationText(explained.tree, plain);
}

Deno.test("explain: rule by rule, down to each node and peer", () => {
  const files = [
    ...nodes,
    node("node-a", { rack: "1" }),
    lan,
    pool("first", ["192.0.2.1/32"], { serviceAllocation: { priority: 1, namespaces: ["shop"] } }),
    pool("spare", ["192.0.2.99/32"], { autoAssign: false }),
    pool("tiny", ["192.0.2.200/32"]),
    l2("gold", { serviceSelectors: [{ matchLabels: { tier: "gold" } }] }),
    l2("lan", { ipAddressPools: ["lan"], interfaces: ["eth0"] }),
    l2("other", { ipAddressPools: ["tiny"] }),
    bgp("lan", {
      ipAddressPools: ["lan"],
      localPref: 7,
      communities: ["1:1"],
      nodeSelectors: [{ matchLabels: { rack: "1" } }],
    }),
    peer("tor", "10.0.0.1", { peerASN: 64512 }),
    peer("far", "10.0.0.2", { nodeSelectors: [{ matchLabels: { rack: "9" } }] }),
    service("web"),
  ];
  assertEquals(
    explain(files, "default/web"),
    `default/web  192.0.2.10  layer2 from node-c on eth0 (then node-b, node-a); bgp from node-a to tor

Address
  Services of type LoadBalancer without a loadBalancerClass are handled
    yes Service default/web: it is of type LoadBalancer
  The cluster IPs say of which family the addresses must be
        Service default/web: IPv4, ipFamilyPolicy SingleStack
  A Service may ask for addresses, by annotation or spec.loadBalancerIP, or for a pool
        Service default/web: it asks for none in particular
  Pools with serviceAllocation are asked first, by priority and name, then those for everybody, by name
    no  IPAddressPool metallb-system/first: its serviceAllocation does not admit the Service (poolNotAllowed)
    yes IPAddressPool metallb-system/lan: gives 192.0.2.10
        IPAddressPool metallb-system/tiny: comes after the one that gave
        IPAddressPool metallb-system/spare: only for those who ask for it (autoAssign)
  An address is given to one Service, or to several that may share it
    yes IPAddressPool metallb-system/lan: 192.0.2.10; it has it alone

Layer 2
  An endpoint that can serve is needed, under externalTrafficPolicy Local on the announcing node
    yes Service default/web: there are some that can serve, on node-a, node-b, node-c; externalTrafficPolicy Cluster
  L2Advertisements cover a Service by the pool of its address and by serviceSelectors
    no  L2Advertisement metallb-system/gold: its serviceSelectors don't fit the Service's labels (noMatchingAdvertisement)
    yes L2Advertisement metallb-system/lan: covers the Service
    no  L2Advertisement metallb-system/other: doesn't reach pool lan (noMatchingAdvertisement)
  Of the nodes that may announce, the one with the highest preference does, and among equals the lowest SHA-256 of node#address
    yes node-c: announces: preference 0, SHA-256 39f2d7a8f2401847…, eth0
    yes node-b: stands by: preference 0, SHA-256 6e9fb809c116d8f2…, eth0
    yes node-a: stands by: preference 0, SHA-256 d4b84135501a6622…, eth0

BGP
  BGPAdvertisements cover a Service by the pool of its address and by serviceSelectors
    yes BGPAdvertisement metallb-system/lan: announces 192.0.2.10/32
  Every node that an advertisement selects announces, if it may and can reach an endpoint
    yes node-a: announces
    no  node-b: no BGPAdvertisement for default/web selects node-b (noMatchingAdvertisement)
    no  node-c: no BGPAdvertisement for default/web selects node-c (noMatchingAdvertisement)
  A node sends a route to each peer that it has a session with and that the advertisement is for
    no  node-a, BGPPeer metallb-system/far: has no session with the node: its nodeSelectors don't select it (noMatchingPeer)
    yes node-a, BGPPeer metallb-system/tor: is sent 192.0.2.10/32 over iBGP localPref 7 1:1
`,
  );
});

Deno.test("explain: addresses that are kept, given up, shared or refused", () => {
  const explained = (files: readonly unknown[], key: string) =>
    explain(files, key, {}).split("\n").filter((line) => /^ {4}(yes|no) /.test(line)).map((line) =>
      line.trim()
    );
  assertEquals(explained([lan, service("web", { ips: ["192.0.2.12"] })], "default/web"), [
    "yes Service default/web: it is of type LoadBalancer",
    "yes Service default/web: it keeps 192.0.2.12",
    "yes IPAddressPool metallb-system/lan: 192.0.2.12; it has it alone",
  ]);
  assertEquals(explained([lan, service("web", { ips: ["198.51.100.1"] })], "default/web").slice(1), [
    'no  Service default/web: current IP ["198.51.100.1"] of "default/web" can\'t be kept, another one will be looked ' +
    "for: 198.51.100.1 is in no IPAddressPool",
    "yes IPAddressPool metallb-system/lan: gives 192.0.2.10",
    "yes IPAddressPool metallb-system/lan: 192.0.2.10; it has it alone",
  ]);
  const moves = service("web", { ips: ["192.0.2.12"], annotations: { loadBalancerIPs: "192.0.2.10" } });
  assertEquals(explained([lan, moves], "default/web").slice(1), [
    "no  Service default/web: 192.0.2.12 is not what it asks for",
    "yes IPAddressPool metallb-system/lan: 192.0.2.10; it has it alone",
  ]);
  assertEquals(explained([lan, shared("one", 80), shared("two", 81)], "default/two").slice(1), [
    'yes IPAddressPool metallb-system/lan: 192.0.2.11; it shares it with default/one, by the key "x"',
  ]);
  const full = [pool("lan", ["192.0.2.1/32"]), service("a"), service("b")];
  assertEquals(explained(full, "default/b").slice(1), [
    "no  IPAddressPool metallb-system/lan: had no free address that it may have (poolExhausted)",
    'no  Service default/b: no available IPs: no free IPv4 address in pool "lan" (poolExhausted)',
  ]);
  assertEquals(explained([lan, service("web", { spec: { clusterIP: "None" } })], "default/web").slice(1), [
    "no  Service default/web: they don't tell, ipFamilyPolicy SingleStack",
    "no  Service default/web: the Service has no cluster IPs (noClusterIPs)",
  ]);
  assertEquals(explained([service("web", { type: "ClusterIP" })], "default/web"), [
    "no  Service default/web: it is of type ClusterIP (notLoadBalancer)",
  ]);
});

Deno.test("explain: a Service that isn't there, and whether all is well", () => {
  assertEquals(explain([lan], "default/web"), "null");
  const wellness = (files: readonly unknown[], key: string) =>
    explainService(requestOf(files, everywhere), engines, key)?.allWell;
  assertEquals(wellness([lan, pool("bad", ["x"]), service("web")], "default/web"), true);
  assertEquals(wellness([...nodes, lan, service("web")], "default/web"), false);
});
