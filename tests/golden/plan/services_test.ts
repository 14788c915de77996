/** Which Services get which addresses in a plan: the order, bare manifests, and what is told beside. */
import { node, nodes, pool, service } from "./manifests.ts";
import { testPlans } from "./table.ts";

const one = pool("one", ["192.0.2.1/32"]);
const three = pool("three", ["192.0.2.1-192.0.2.3"]);
const both = pool("both", ["192.0.2.1-192.0.2.9", "2001:db8::1-2001:db8::9"]);
const asks = (loadBalancerIPs: string) => ({ annotations: { loadBalancerIPs } });

testPlans("order", [
  {
    rule: "those that hold addresses keep them, also the younger ones",
    files: [
      one,
      service("young", { ips: ["192.0.2.1"], created: "2024-02-01" }),
      service("old", { created: "2024-01-01" }),
    ],
    services: ["default/old - poolExhausted", "default/young 192.0.2.1 of one"],
  },
  {
    rule: "of two that claim one address by their status the older one has it",
    files: [
      three,
      service("a", { ips: ["192.0.2.3"], created: "2024-02-01" }),
      service("b", { ips: ["192.0.2.3"], created: "2024-01-01" }),
    ],
    services: ["default/a 192.0.2.1 of three", "default/b 192.0.2.3 of three"],
    events: ["default/a Normal ClearAssignment", "default/a Normal IPAllocated"],
  },
  {
    rule: "those that wait are served by creationTimestamp",
    files: [one, service("b", { created: "2024-01-01" }), service("a", { created: "2024-02-01" })],
    services: ["default/a - poolExhausted", "default/b 192.0.2.1 of one"],
  },
  {
    rule: "one without a creationTimestamp doesn't exist yet, so it comes last",
    files: [one, service("a"), service("b", { created: "2024-01-01" })],
    services: ["default/a - poolExhausted", "default/b 192.0.2.1 of one"],
  },
  {
    rule: "of equal age they are served by namespace, then by name",
    files: [three, service("b"), service("z/a"), service("a/z"), service("a")],
    services: [
      "a/z 192.0.2.1 of three",
      "default/a 192.0.2.2 of three",
      "default/b 192.0.2.3 of three",
      "z/a - poolExhausted",
    ],
  },
  {
    rule: "a namespace is compared before a name",
    files: [three, service("a-b/x"), service("a/y")],
    services: ["a/y 192.0.2.1 of three", "a-b/x 192.0.2.2 of three"],
  },
  {
    rule: "one that holds an address and asks for another comes before those that wait",
    files: [
      three,
      service("waits", { created: "2023-01-01" }),
      service("moves", { ips: ["192.0.2.3"], ...asks("192.0.2.1"), created: "2024-01-01" }),
    ],
    services: ["default/moves 192.0.2.1 of three", "default/waits 192.0.2.2 of three"],
  },
  {
    rule: "one whose new request can't be met ends with no address and a refusal, and what it had is free",
    files: [
      ...[one, pool("two", ["192.0.2.9/32"])],
      service("a", { ips: ["192.0.2.1"], ...asks("192.0.2.9") }),
      service("b", { ips: ["192.0.2.9"] }),
      service("c", { annotations: { "address-pool": "one" } }),
    ],
    services: ["default/a - addressInUse", "default/b 192.0.2.9 of two", "default/c 192.0.2.1 of one"],
    well: false,
  },
  {
    rule: "nobody takes what another holds",
    files: [
      three,
      service("a", { ...asks("192.0.2.2"), created: "2023-01-01" }),
      service("b", { ips: ["192.0.2.2"], created: "2024-01-01" }),
    ],
    services: ["default/a - addressInUse", "default/b 192.0.2.2 of three"],
  },
]);

testPlans("bare manifests", [
  {
    rule: "without cluster IPs and families a Service is IPv4",
    files: [both, service("web")],
    services: ["default/web 192.0.2.1 of both"],
  },
  {
    rule: "ipFamilies tell the family; two of them require both",
    files: [
      both,
      service("six", { spec: { ipFamilies: ["IPv6"] } }),
      service("two", { spec: { ipFamilies: ["IPv6", "IPv4"] } }),
    ],
    services: ["default/six 2001:db8::1 of both", "default/two 192.0.2.1,2001:db8::2 of both"],
  },
  {
    rule: "policies that want both families get both",
    files: [
      both,
      service("prefer", { spec: { ipFamilyPolicy: "PreferDualStack" } }),
      service("require", { spec: { ipFamilyPolicy: "RequireDualStack", ipFamilies: ["IPv6"] } }),
    ],
    services: [
      "default/prefer 192.0.2.1,2001:db8::1 of both",
      "default/require 192.0.2.2,2001:db8::2 of both",
    ],
  },
  {
    rule: "cluster IPs that are given count, as of a cluster with one family",
    files: [
      both,
      service("prefer", { spec: { ipFamilyPolicy: "PreferDualStack", clusterIPs: ["10.96.0.1"] } }),
      service("require", { spec: { ipFamilyPolicy: "RequireDualStack", clusterIPs: ["10.96.0.1"] } }),
      service("six", { spec: { clusterIP: "fd00::1" } }),
    ],
    services: [
      "default/prefer 192.0.2.1 of both",
      "default/require - dualStackUnavailable",
      "default/six 2001:db8::1 of both",
    ],
  },
  {
    rule: "two cluster IPs without a policy require both families, as the API server takes them",
    files: [both, service("web", { spec: { clusterIPs: ["10.96.0.1", "fd00::1"] } })],
    services: ["default/web 192.0.2.1,2001:db8::1 of both"],
  },
  {
    rule: "a Service that wants no cluster IP has none",
    files: [both, service("web", { spec: { clusterIP: "None" } })],
    services: ["default/web - noClusterIPs"],
  },
]);

testPlans("services", [
  {
    rule: "sharing is told of both",
    files: [
      three,
      ...["TCP", "UDP"].map((protocol) =>
        service(protocol.toLowerCase(), {
          annotations: { "allow-shared-ip": "dns", loadBalancerIPs: "192.0.2.2" },
          spec: { ports: [{ port: 53, protocol }] },
        })
      ),
    ],
    services: [
      "default/tcp 192.0.2.2 of three, with default/udp",
      "default/udp 192.0.2.2 of three, with default/tcp",
    ],
    pools: ["three 1/2 0/0"],
  },
  {
    rule: "an address of each of two pools: both are named, in the order of the addresses",
    files: [
      ...[pool("four", ["192.0.2.1/32"]), pool("six", ["2001:db8::1/128"])],
      service("web", { ...asks("2001:db8::1,192.0.2.1"), spec: { ipFamilyPolicy: "RequireDualStack" } }),
    ],
    services: ["default/web 2001:db8::1,192.0.2.1 of six,four"],
  },
  {
    rule: "a request that can't be read keeps the address, and is refused",
    files: [three, service("web", { ips: ["192.0.2.3"], ...asks("nonsense") })],
    services: ["default/web 192.0.2.3 of three invalidRequest"],
    events: ["default/web Warning LoadBalancerFailed"],
    well: false,
  },
  {
    rule: "nothing is recorded on one that keeps its address",
    files: [three, service("web", { ips: ["192.0.2.3"] })],
    services: ["default/web 192.0.2.3 of three"],
    events: [],
    well: true,
  },
  {
    rule: "deprecated annotations are warned of where the Service changes",
    files: [three, service("web", { annotations: { "metallb.universe.tf/loadBalancerIPs": "192.0.2.2" } })],
    services: ["default/web 192.0.2.2 of three"],
    events: ["default/web Normal IPAllocated", "default/web Warning deprecatedAnnotation"],
  },
  {
    rule: "counters are exact, end at the largest integer, and are there for useless pools too",
    files: [
      pool("small", ["2001:db8:1::/66"]),
      pool("vast", ["2001:db8::/64"]),
      pool("careful", ["192.0.2.0/24"], { avoidBuggyIPs: true }),
      pool("broken", ["nonsense"]),
      service("web", { spec: { ipFamilies: ["IPv6"] }, annotations: { "address-pool": "small" } }),
    ],
    pools: [
      "broken 0/0 0/0",
      "careful 0/254 0/0",
      "small 0/0 1/4611686018427387903",
      "vast 0/0 0/9223372036854775807",
    ],
    well: false,
  },
  {
    rule: "an address that nobody announces is unannounced",
    files: [node("node-a"), three, service("web")],
    asked: { assumeEndpoints: true },
    services: ["default/web 192.0.2.1 of three"],
    layer2: ["default/web ! noMatchingAdvertisement; node-a noMatchingAdvertisement"],
    bgp: ["default/web ! noMatchingAdvertisement; node-a noMatchingAdvertisement"],
    well: false,
  },
  {
    rule: "of a Service without an address every node says so",
    files: [...nodes, pool("one", ["nonsense"]), service("web")],
    asked: { assumeEndpoints: true },
    services: ["default/web - noPools"],
    layer2: ["default/web ! noIPAllocated; node-a noIPAllocated; node-b noIPAllocated; node-c noIPAllocated"],
    bgp: ["default/web ! noIPAllocated; node-a noIPAllocated; node-b noIPAllocated; node-c noIPAllocated"],
  },
  {
    rule: "Services that don't wait for us leave all well",
    files: [...nodes, service("plain", { type: "NodePort" })],
    services: ["default/plain notLoadBalancer"],
    well: true,
  },
]);
