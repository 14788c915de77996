/** The Layer 2 part of a plan. The orders are those of `printf "node#address" | sha256sum`. */
import { l2, node, nodes, pool, ready, service, slice } from "./manifests.ts";
import { testPlans } from "./table.ts";

const lan = pool("lan", ["192.0.2.10-192.0.2.12"]);
const web = service("web");
const everywhere = { assumeEndpoints: true };
const racks = [node("node-a", { rack: "1" }), node("node-b", { rack: "1" }), node("node-c", { rack: "2" })];
const inRack = (rack: string) => [{ matchLabels: { rack } }];
const excluded = { "node.kubernetes.io/exclude-from-external-load-balancers": "" };
const unavailable = [{ type: "NetworkUnavailable", status: "True" }];

testPlans("layer 2", [
  {
    rule:
      "the owner comes first, then its successors in the order of the election, then the excluded with their reasons",
    files: [
      ...nodes,
      node("node-d", excluded),
      node("node-e", {}, unavailable),
      lan,
      l2("all"),
      web,
    ],
    asked: everywhere,
    layer2: [
      "default/web node-c, node-b, node-a; node-d nodeLabeledExcludeBalancers; node-e nodeNetworkUnavailable",
    ],
  },
  {
    rule: "a node that no advertisement covers has noMatchingAdvertisement, not notOwner",
    files: [...racks, lan, l2("rack", { nodeSelectors: inRack("1") }), web],
    asked: everywhere,
    layer2: ["default/web node-b, node-a; node-c noMatchingAdvertisement"],
    well: true,
  },
  {
    rule: "interfaces are the union of those that cover the node; an advertisement without any means all",
    files: [
      ...racks,
      lan,
      l2("one", { interfaces: ["eth1", "eth0"], nodeSelectors: inRack("1") }),
      l2("two", { interfaces: ["eth2"] }),
      l2("three", { nodeSelectors: inRack("2") }),
      web,
    ],
    asked: everywhere,
    layer2: ["default/web node-c, node-b on eth0+eth1+eth2, node-a on eth0+eth1+eth2"],
  },
  {
    rule: "preferences come before the hash",
    files: [
      ...racks,
      lan,
      l2("all", { preferredNodeSelectors: [{ weight: 5, preference: { matchLabels: { rack: "1" } } }] }),
      web,
    ],
    asked: everywhere,
    layer2: ["default/web node-b, node-a, node-c"],
  },
  {
    rule: "under Local only nodes with a serving endpoint stand; a terminating one that serves counts",
    files: [
      ...nodes,
      lan,
      l2("all"),
      service("web", { spec: { externalTrafficPolicy: "Local" } }),
      slice("web", [
        ready("node-b"),
        {
          nodeName: "node-c",
          addresses: ["10.1.0.2"],
          conditions: { ready: false, serving: true, terminating: true },
        },
        { nodeName: "node-a", addresses: ["10.1.0.3"], conditions: { ready: false, serving: false } },
      ]),
    ],
    layer2: ["default/web node-c, node-b; node-a noLocalEndpoints"],
  },
  {
    rule: "where no node is left the refusal is that of the one that came closest",
    files: [
      ...racks,
      lan,
      l2("rack", { nodeSelectors: inRack("1") }),
      service("web", { spec: { externalTrafficPolicy: "Local" } }),
      slice("web", [ready("node-c")]),
    ],
    layer2: [
      "default/web ! noLocalEndpoints; node-c noMatchingAdvertisement; node-b noLocalEndpoints; node-a noLocalEndpoints",
    ],
    well: false,
  },
  {
    rule: "an endpoint without a node serves under Cluster",
    files: [node("node-a"), lan, l2("all"), web, slice("web", [{ addresses: ["10.9.9.9"] }])],
    layer2: ["default/web node-a"],
  },
  {
    rule: "a shared address and serviceSelectors don't go together",
    files: [
      node("node-a"),
      lan,
      l2("some", { serviceSelectors: [{ matchLabels: { tier: "gold" } }] }),
      service("web", { annotations: { "allow-shared-ip": "" }, labels: { tier: "gold" } }),
    ],
    asked: everywhere,
    layer2: ["default/web ! sharedIPWithServiceSelector; node-a sharedIPWithServiceSelector"],
    well: false,
  },
  {
    rule: "serviceSelectors and pools choose the advertisement",
    files: [
      ...racks,
      pool("lan", ["192.0.2.10/32"]),
      pool("dmz", ["192.0.2.40/32"], { autoAssign: false }),
      l2("gold", { serviceSelectors: [{ matchLabels: { tier: "gold" } }], ipAddressPools: ["lan"] }),
      l2("dmz", { ipAddressPools: ["dmz"], nodeSelectors: inRack("2") }),
      service("gold", { labels: { tier: "gold" } }),
      service("dmz", { annotations: { "address-pool": "dmz" } }),
    ],
    asked: everywhere,
    layer2: [
      "default/dmz node-c; node-a noMatchingAdvertisement; node-b noMatchingAdvertisement",
      "default/gold node-c, node-b, node-a",
    ],
  },
  {
    rule: "the election is about the first address, also for a dual-stack Service",
    files: [
      ...nodes,
      pool("both", ["192.0.2.10/32", "2001:db8::1/128"]),
      l2("all"),
      service("web", { spec: { ipFamilyPolicy: "RequireDualStack" } }),
    ],
    asked: everywhere,
    layer2: ["default/web node-c, node-b, node-a"],
    well: true,
  },
  {
    rule: "an address of a second pool that nothing advertises is announced by nobody",
    files: [
      node("node-a"),
      pool("four", ["192.0.2.10/32"]),
      pool("six", ["2001:db8::1/128"]),
      l2("four", { ipAddressPools: ["four"] }),
      service("web", {
        annotations: { loadBalancerIPs: "192.0.2.10,2001:db8::1" },
        spec: { ipFamilyPolicy: "RequireDualStack" },
      }),
    ],
    asked: everywhere,
    layer2: ["default/web node-a"],
    notes: ["2001:db8::1 of default/web is announced by no node"],
    well: false,
  },
]);
