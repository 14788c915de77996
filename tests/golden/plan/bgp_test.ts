/** The BGP part of a plan: who announces, and the routes. */
import { bgp, changed, community, l2, node, nodes, peer, pool, ready, service, slice } from "./manifests.ts";
import { testPlans } from "./table.ts";

const lan = pool("lan", ["192.0.2.0/24"], { avoidBuggyIPs: true });
const both = pool("both", ["192.0.2.1/32", "2001:db8::1/128"]);
const web = service("web");
const dual = service("web", { spec: { ipFamilyPolicy: "RequireDualStack" } });
const local = service("web", { spec: { externalTrafficPolicy: "Local" } });
const a = node("node-a", { rack: "1" });
const b = node("node-b", { rack: "2" });
const tor = peer("tor", "10.0.0.1");
const inner = { peerASN: 64512 };
const everywhere = { assumeEndpoints: true };
const inRack = (rack: string) => [{ matchLabels: { rack } }];
const gold = [{ matchLabels: { tier: "gold" } }];
const excluded = { "node.kubernetes.io/exclude-from-external-load-balancers": "" };

testPlans("bgp nodes", [
  {
    rule: "every node announces to every peer; nodes, peers and prefixes are sorted",
    files: [
      b,
      a,
      both,
      bgp("all"),
      peer("t2", "10.0.0.2", { dualStackAddressFamily: true }),
      peer("t1", "10.0.0.1"),
      dual,
    ],
    asked: everywhere,
    bgp: ["default/web node-a, node-b"],
    routes: [
      "default/web node-a t1 192.0.2.1/32 ebgp",
      "default/web node-a t2 192.0.2.1/32 ebgp",
      "default/web node-a t2 2001:db8::1/128 ebgp",
      "default/web node-b t1 192.0.2.1/32 ebgp",
      "default/web node-b t2 192.0.2.1/32 ebgp",
      "default/web node-b t2 2001:db8::1/128 ebgp",
    ],
    well: true,
  },
  {
    rule: "a node that no advertisement selects has noMatchingAdvertisement",
    files: [a, b, lan, bgp("rack", { nodeSelectors: inRack("2") }), tor, web],
    asked: everywhere,
    bgp: ["default/web node-b; node-a noMatchingAdvertisement"],
  },
  {
    rule: "excluded and unreachable nodes don't announce; what comes first in MetalLB's order is said",
    files: [
      node("node-a", excluded),
      node("node-b", excluded, [{ type: "NetworkUnavailable", status: "True" }]),
      ...[node("node-c"), lan, bgp("all"), tor, web],
    ],
    asked: everywhere,
    bgp: ["default/web node-c; node-a nodeLabeledExcludeBalancers; node-b nodeNetworkUnavailable"],
  },
  {
    rule: "under Local only nodes with a serving endpoint announce",
    files: [a, b, lan, bgp("all"), tor, local, slice("web", [ready("node-b")])],
    bgp: ["default/web node-b; node-a noLocalEndpoints"],
    routes: ["default/web node-b tor 192.0.2.1/32 ebgp"],
  },
  {
    rule: "under Cluster an endpoint anywhere is enough, and without one nobody announces",
    files: [
      a,
      b,
      lan,
      bgp("all"),
      tor,
      web,
      slice("web", [ready("node-b")]),
      service("idle"),
      slice("idle", []),
    ],
    bgp: ["default/idle ! noEndpoints; node-a noEndpoints; node-b noEndpoints", "default/web node-a, node-b"],
  },
  {
    rule: "an endpoint without an address doesn't count",
    files: [a, lan, bgp("all"), tor, web, slice("web", [{ nodeName: "node-a", addresses: [] }])],
    bgp: ["default/web ! noEndpoints; node-a noEndpoints"],
    routes: [],
  },
  {
    rule: "a node without a session that takes the routes doesn't announce",
    files: [a, b, lan, bgp("all"), peer("tor", "10.0.0.1", { nodeSelectors: inRack("1") }), web],
    asked: everywhere,
    bgp: ["default/web node-a; node-b noMatchingPeer"],
    routes: ["default/web node-a tor 192.0.2.1/32 ebgp"],
    well: true,
  },
  {
    rule: "without any peer nobody announces",
    files: [a, lan, bgp("all"), web],
    asked: everywhere,
    bgp: ["default/web ! noMatchingPeer; node-a noMatchingPeer"],
    well: false,
  },
  {
    rule: "advertisements that contradict each other silence the Service on the nodes where both hold",
    files: [
      ...[a, b, lan, tor],
      bgp("one", { localPref: 100 }),
      bgp("two", { localPref: 200, nodeSelectors: inRack("1"), serviceSelectors: gold }),
      ...[service("gold", { labels: { tier: "gold" } }), web],
    ],
    asked: everywhere,
    bgp: ["default/gold node-b; node-a conflictingAdvertisements", "default/web node-a, node-b"],
  },
  {
    rule: "serviceSelectors choose the Services",
    files: [
      a,
      lan,
      bgp("gold", { serviceSelectors: gold }),
      tor,
      service("gold", { labels: { tier: "gold" } }),
      web,
    ],
    asked: everywhere,
    bgp: ["default/gold node-a", "default/web ! noMatchingAdvertisement; node-a noMatchingAdvertisement"],
  },
  {
    rule: "a Service that is announced by Layer 2 alone is announced",
    files: [a, lan, l2("all"), web],
    asked: everywhere,
    layer2: ["default/web node-a"],
    bgp: ["default/web ! noMatchingAdvertisement; node-a noMatchingAdvertisement"],
    well: true,
  },
  {
    rule: "a shared address and serviceSelectors do go together",
    files: [
      ...[a, lan, bgp("gold", { serviceSelectors: gold }), tor],
      service("web", { labels: { tier: "gold" }, annotations: { "allow-shared-ip": "x" } }),
    ],
    asked: everywhere,
    bgp: ["default/web node-a"],
  },
]);

testPlans("bgp routes", [
  {
    rule: "localPref is sent over iBGP only, and is 100 where none, or 0, is given",
    files: [
      ...[a, lan, peer("ibgp", "10.0.0.1", inner), peer("ebgp", "10.0.0.2")],
      bgp("none", { ipAddressPools: ["lan"], serviceSelectors: [{ matchLabels: { n: "0" } }] }),
      bgp("zero", { localPref: 0, serviceSelectors: [{ matchLabels: { n: "1" } }] }),
      bgp("some", { localPref: 4294967295, serviceSelectors: [{ matchLabels: { n: "2" } }] }),
      ...["0", "1", "2"].map((n) => service(`web-${n}`, { labels: { n } })),
    ],
    asked: everywhere,
    routes: [
      "default/web-0 node-a ebgp 192.0.2.1/32 ebgp",
      "default/web-0 node-a ibgp 192.0.2.1/32 100",
      "default/web-1 node-a ebgp 192.0.2.2/32 ebgp",
      "default/web-1 node-a ibgp 192.0.2.2/32 100",
      "default/web-2 node-a ebgp 192.0.2.3/32 ebgp",
      "default/web-2 node-a ibgp 192.0.2.3/32 4294967295",
    ],
  },
  {
    rule: "iBGP is told by the numbers on the wire",
    files: [
      ...[a, lan, bgp("all"), web],
      peer("dynamic-in", "10.0.0.1", { dynamicASN: "internal" }),
      peer("dynamic-out", "10.0.0.2", { dynamicASN: "external" }),
      peer("local-in", "10.0.0.3", { peerASN: 65000, localASN: 65000 }),
      peer("local-out", "10.0.0.4", { peerASN: 64513, localASN: 65000 }),
    ],
    asked: everywhere,
    routes: [
      "default/web node-a dynamic-in 192.0.2.1/32 100",
      "default/web node-a dynamic-out 192.0.2.1/32 ebgp",
      "default/web node-a local-in 192.0.2.1/32 100",
      "default/web node-a local-out 192.0.2.1/32 ebgp",
    ],
  },
  {
    rule: "communities of all advertisements are united, by value and by alias, standard and large apart",
    files: [
      ...[a, lan, tor, web, community("c", { "no-adv": "65535:65282", big: "large:64512:3:1" })],
      bgp("one", { communities: ["65535:65281", "no-adv"] }),
      bgp("two", { communities: ["64512:9", "65535:65281", "large:64512:1:2", "big"] }),
    ],
    asked: everywhere,
    routes: [
      "default/web node-a tor 192.0.2.1/32 ebgp 64512:9 65535:65281 65535:65282 large:64512:1:2 large:64512:3:1",
    ],
  },
  {
    rule: "aggregation: one route for all addresses in it, and beside it those of other advertisements",
    files: [
      ...[a, lan, peer("tor", "10.0.0.1", inner), web, service("api")],
      bgp("aggregate", { aggregationLength: 24, localPref: 50 }),
      bgp("host", { localPref: 150, communities: ["65535:65281"] }),
    ],
    asked: everywhere,
    routes: [
      "default/api node-a tor 192.0.2.0/24 50",
      "default/api node-a tor 192.0.2.1/32 150 65535:65281",
      "default/web node-a tor 192.0.2.0/24 50",
      "default/web node-a tor 192.0.2.2/32 150 65535:65281",
    ],
  },
  {
    rule: "IPv6 has its own length",
    files: [
      ...[
        a,
        pool("six", ["2001:db8::/120"]),
        bgp("all", { aggregationLengthV6: 124 }),
        peer("tor", "2001:db8:f::1"),
      ],
      service("web", { spec: { ipFamilies: ["IPv6"] } }),
    ],
    asked: everywhere,
    routes: ["default/web node-a tor 2001:db8::/124 ebgp"],
  },
  {
    rule: "an aggregate wider than the pool announces nothing, and is an error",
    files: [a, pool("lan", ["192.0.2.16/28"]), bgp("wide", { aggregationLength: 24 }), tor, web],
    asked: everywhere,
    routes: [],
    bgp: ["default/web ! noMatchingAdvertisement; node-a noMatchingAdvertisement"],
    problems: ["error BGPAdvertisement/wide spec.aggregationLength"],
    well: false,
  },
  {
    rule:
      "where Services of two pools meet in one prefix it is one route: communities united, the higher localPref",
    files: [
      ...[a, pool("low", ["9.255.255.0-10.0.0.1"]), pool("high", ["10.0.0.2-10.0.1.255"])],
      peer("tor", "10.9.0.1", inner),
      bgp("low", { ipAddressPools: ["low"], communities: ["1:1"], aggregationLength: 24, localPref: 50 }),
      bgp("high", { ipAddressPools: ["high"], communities: ["2:2"], aggregationLength: 24 }),
      service("x", { annotations: { loadBalancerIPs: "10.0.0.1" } }),
      service("y", { annotations: { loadBalancerIPs: "10.0.0.2" } }),
      service("z", { annotations: { loadBalancerIPs: "9.255.255.1" } }),
    ],
    asked: everywhere,
    routes: [
      "default/x node-a tor 10.0.0.0/24 100 1:1 2:2",
      "default/y node-a tor 10.0.0.0/24 100 1:1 2:2",
      "default/z node-a tor 9.255.255.0/24 50 1:1",
    ],
  },
  {
    rule: "peers: those that are named, whether they exist or not",
    files: [
      ...[a, lan, web, peer("t1", "10.0.0.1"), peer("t2", "10.0.0.2"), peer("t3", "10.0.0.3")],
      bgp("some", { peers: ["t1", "gone"], communities: ["1:1"] }),
      bgp("others", { peers: ["t3"] }),
    ],
    asked: everywhere,
    routes: ["default/web node-a t1 192.0.2.1/32 ebgp 1:1", "default/web node-a t3 192.0.2.1/32 ebgp"],
  },
  {
    rule: "a session carries its own family, both with dualStackAddressFamily and over an interface",
    files: [
      ...[a, both, bgp("all"), dual],
      peer("both", "2001:db8:f::3", { dualStackAddressFamily: true }),
      peer("four", "10.0.0.1"),
      peer("six", "2001:db8:f::2"),
      peer("unnumbered", "", { interface: "eth9" }),
    ],
    asked: everywhere,
    routes: [
      "default/web node-a both 192.0.2.1/32 ebgp",
      "default/web node-a both 2001:db8::1/128 ebgp",
      "default/web node-a four 192.0.2.1/32 ebgp",
      "default/web node-a six 2001:db8::1/128 ebgp",
      "default/web node-a unnumbered 192.0.2.1/32 ebgp",
      "default/web node-a unnumbered 2001:db8::1/128 ebgp",
    ],
    well: true,
  },
  {
    rule: "an address whose family no session carries is announced by nobody",
    files: [a, both, bgp("all"), tor, dual],
    asked: everywhere,
    routes: ["default/web node-a tor 192.0.2.1/32 ebgp"],
    bgp: ["default/web node-a"],
    well: false,
  },
  {
    rule: "of two peers to one router the older one has the session",
    files: [
      ...[
        a,
        lan,
        bgp("all"),
        web,
        changed(peer("old", "10.0.0.1"), { creationTimestamp: "2024-01-01T00:00:00Z" }),
      ],
      peer("new", "10.0.0.1"),
    ],
    asked: everywhere,
    routes: ["default/web node-a old 192.0.2.1/32 ebgp"],
    problems: ["error BGPPeer/new spec.peerAddress", "warning BGPPeer/old spec.peerAddress"],
  },
  {
    rule: "each address goes by the advertisements of its own pool",
    files: [
      ...[a, pool("four", ["192.0.2.1/32"]), pool("six", ["2001:db8::1/128"])],
      peer("tor", "10.0.0.1", { dualStackAddressFamily: true }),
      bgp("four", { ipAddressPools: ["four"], communities: ["4:4"] }),
      bgp("six", { ipAddressPools: ["six"], communities: ["6:6"] }),
      service("web", {
        annotations: { loadBalancerIPs: "2001:db8::1,192.0.2.1" },
        spec: { ipFamilyPolicy: "RequireDualStack" },
      }),
    ],
    asked: everywhere,
    routes: [
      "default/web node-a tor 192.0.2.1/32 ebgp 4:4",
      "default/web node-a tor 2001:db8::1/128 ebgp 6:6",
    ],
  },
  {
    rule: "--without takes a peer or a node away",
    files: [...nodes, lan, bgp("all"), tor, peer("t2", "10.0.0.2"), web],
    asked: { assumeEndpoints: true, without: ["BGPPeer/t2", "Node/node-b", "node/node-c"] },
    routes: ["default/web node-a tor 192.0.2.1/32 ebgp"],
  },
]);
