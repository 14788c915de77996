/** Behaviour reference 2.3 and 2.8: what becomes of an address when something changes. */
import { dual, ipv4, ipv6 } from "../../support/controllerobjects.ts";
import { type Row, testRows } from "./table.ts";

const both = { clusterIPs: dual, families: "RequireDualStack" };
const preferred = { clusterIPs: dual, families: "PreferDualStack" };

const steps: readonly Row[] = [
  {
    rule: "2.3.1 a type other than LoadBalancer is cleared, and its address goes to who waits",
    given: (c) => {
      c.pool("main", ["192.0.2.0/32"]);
      c.service("web");
      c.service("waits");
    },
    then: (c) => c.service("web", { type: "ClusterIP" }),
    ips: { web: [], waits: ["192.0.2.0"] },
    pools: { web: "" },
    events: ["waits Normal IPAllocated"],
  },
  {
    rule: "2.3.1 a ClusterIP Service that we never served is left alone",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web", { type: "ClusterIP", ips: ["198.51.100.1"] });
    },
    ips: { web: ["198.51.100.1"] },
  },
  {
    rule: "8.2 (6) with --lb-class a Service that became ClusterIP, and so lost its class, is cleared",
    loadBalancerClass: "example.com/lb",
    given: (c) => {
      c.pool("main", ["192.0.2.0/32"]);
      c.service("web", { class: "example.com/lb", created: 1 });
      c.service("waits", { class: "example.com/lb", created: 2 });
    },
    then: (c) => {
      const web = c.services.get("default/web");
      if (web !== undefined) c.services.set("default/web", { ...web, loadBalancerClass: null });
      c.service("web", { type: "ClusterIP" });
    },
    ips: { web: [], waits: ["192.0.2.0"] },
  },
  {
    rule: "2.3.2 without pools nothing is assigned",
    given: (c) => c.service("web"),
    ips: { web: [] },
    refusals: { web: "noPools" },
    events: ["web Warning AllocationFailed"],
  },
  {
    rule: "2.3.2 when the first pool comes, who waits is served",
    given: (c) => c.service("web"),
    then: (c) => c.pool("main", ["192.0.2.0/24"]),
    ips: { web: ["192.0.2.0"] },
    events: ["web Normal IPAllocated"],
  },
  {
    rule: "2.3.3 without cluster IPs nothing is assigned",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web", { clusterIPs: [] });
    },
    refusals: { web: "noClusterIPs" },
  },
  {
    rule: "2.3.3 cluster IPs that go away take the address with them",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web");
    },
    then: (c) => c.service("web", { clusterIPs: [] }),
    ips: { web: [] },
    refusals: { web: "noClusterIPs" },
  },
  {
    rule: "2.3.4 status entries without an ip don't count",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web", { ips: [""] });
    },
    ips: { web: ["192.0.2.0"] },
    events: ["web Normal IPAllocated"],
  },
  {
    rule: "2.3.4 a status that is no address is replaced",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web", { ips: ["nonsense"] });
    },
    ips: { web: ["192.0.2.0"] },
    events: ["web Warning nolbIPsIPFamily", "web Normal IPAllocated"],
  },
  {
    rule: "2.3.5 RequireDualStack with one cluster IP is cleared",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24", "2001:db8::/120"]);
      c.service("web", { families: "RequireDualStack", ips: ["192.0.2.7"] });
    },
    ips: { web: [] },
    refusals: { web: "dualStackUnavailable" },
    events: ["web Warning not enough clusterips"],
  },
  {
    rule: "2.3.6 cluster IPs that don't tell the family take nothing away",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web");
    },
    then: (c) => c.service("web", { clusterIPs: ["10.96.0.1", "10.96.0.2"] }),
    ips: { web: ["192.0.2.0"] },
    refusals: { web: "familyUnknown" },
    events: ["web Warning noclusterIPsIPFamily"],
  },
  {
    rule: "2.3.6 a family that changed clears and assigns anew",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24", "2001:db8::/120"]);
      c.service("web");
    },
    then: (c) => c.service("web", { clusterIPs: ipv6 }),
    ips: { web: ["2001:db8::"] },
    events: ["web Normal ClearAssignment", "web Normal IPAllocated"],
  },
  {
    rule: "2.3.6 one address is enough for a dual-stack Service that only prefers both",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web", { ...preferred, ips: ["192.0.2.9"] });
    },
    ips: { web: ["192.0.2.9"] },
    events: ["web Normal AdditionalAssignFailed"],
  },
  {
    rule: "2.3.7 an address in the status that may not be kept is cleared with an Event",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web", { ips: ["198.51.100.7"] });
    },
    ips: { web: ["192.0.2.0"] },
    events: ["web Normal ClearAssignment", "web Normal IPAllocated"],
  },
  {
    rule: "2.3.7 two that claim one address after a restart: the older keeps it",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("young", { created: 9, ips: ["192.0.2.9"] });
      c.service("old", { created: 1, ips: ["192.0.2.9"] });
    },
    ips: { old: ["192.0.2.9"], young: ["192.0.2.0"] },
    events: ["young Normal ClearAssignment", "young Normal IPAllocated"],
  },
  {
    rule: "2.3.7 a request that can't be read takes nothing away",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web");
    },
    then: (c) => c.service("web", { annotations: { loadBalancerIPs: "oops" } }),
    ips: { web: ["192.0.2.0"] },
    pools: { web: "main" },
    refusals: { web: "invalidRequest" },
    events: ["web Warning LoadBalancerFailed"],
  },
  {
    rule: "2.3.7 asking for what it has changes nothing",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web");
    },
    then: (c) => c.service("web", { loadBalancerIP: "192.0.2.0", annotations: { "address-pool": "main" } }),
    ips: { web: ["192.0.2.0"] },
    events: [],
  },
  {
    rule: "2.3.8 the other family is added, behind the one it has, when its pool gets it",
    given: (c) => {
      c.pool("main", ["2001:db8::/120"]);
      c.service("web", preferred);
    },
    then: (c) => c.pool("main", ["2001:db8::/120", "192.0.2.0/24"]),
    ips: { web: ["2001:db8::", "192.0.2.0"] },
    events: ["web Normal IPAllocated"],
  },
  {
    rule: "2.3.8 the other family is added when an address of it comes free",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24", "2001:db8::/128"]);
      c.service("six", { clusterIPs: ipv6, created: 1 });
      c.service("web", { ...preferred, created: 2 });
    },
    then: (c) => c.removeService("six"),
    ips: { web: ["192.0.2.0", "2001:db8::"] },
    events: ["web Normal IPAllocated"],
  },
  {
    rule: "2.3.11 an annotation that somebody removed comes back",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web");
    },
    then: (c) => c.service("web", { annotations: { "ip-allocated-from-pool": "nonsense" } }),
    pools: { web: "main" },
    events: [],
  },
];

const changes: readonly Row[] = [
  {
    rule: "2.8 a pool deleted: another one serves, if it can",
    given: (c) => {
      c.pool("a", ["192.0.2.0/24"]);
      c.pool("b", ["198.51.100.0/32"]);
      c.service("one");
      c.service("two");
    },
    then: (c) => c.removePool("a"),
    ips: { one: ["198.51.100.0"], two: [] },
    pools: { one: "b", two: "" },
    refusals: { two: "poolExhausted" },
    events: [
      "one Normal ClearAssignment",
      "one Normal IPAllocated",
      "two Normal ClearAssignment",
      "two Warning AllocationFailed",
    ],
  },
  {
    rule: "2.8 a pool that shrinks moves only those outside of it",
    given: (c) => {
      c.pool("main", ["192.0.2.0/29"]);
      for (const name of ["s0", "s1", "s2"]) c.service(name);
    },
    then: (c) => c.pool("main", ["192.0.2.1-192.0.2.7"]),
    ips: { s0: ["192.0.2.3"], s1: ["192.0.2.1"], s2: ["192.0.2.2"] },
    events: ["s0 Normal ClearAssignment", "s0 Normal IPAllocated"],
  },
  {
    rule: "2.8 avoidBuggyIPs turned on moves those on .0 and .255",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("s0");
      c.service("s1");
    },
    then: (c) => c.pool("main", { addresses: ["192.0.2.0/24"], avoidBuggyIPs: true }),
    ips: { s0: ["192.0.2.2"], s1: ["192.0.2.1"] },
  },
  {
    rule: "2.8 all pools deleted: every status is emptied",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web");
    },
    then: (c) => c.removePool("main"),
    ips: { web: [] },
    pools: { web: "" },
    refusals: { web: "noPools" },
  },
  {
    rule: "2.8 a pool renamed: the address stays, the annotation moves",
    given: (c) => {
      c.pool("old", ["192.0.2.0/24"]);
      c.service("web");
    },
    then: (c) => {
      c.removePool("old");
      c.pool("new", ["192.0.2.0/24"]);
    },
    ips: { web: ["192.0.2.0"] },
    pools: { web: "new" },
    events: [],
    counters: { new: "4: 1/255, 6: 0/0" },
  },
  {
    rule: "2.8 an address moved to another pool object is kept",
    given: (c) => {
      c.pool("a", ["192.0.2.0/24"]);
      c.pool("b", ["198.51.100.0/24"]);
      c.service("web");
    },
    then: (c) => {
      c.pool("a", ["192.0.2.128/25"]);
      c.pool("b", ["198.51.100.0/24", "192.0.2.0/25"]);
    },
    ips: { web: ["192.0.2.0"] },
    pools: { web: "b" },
    events: [],
    counters: { a: "4: 0/128, 6: 0/0", b: "4: 1/383, 6: 0/0" },
  },
  {
    rule: "2.8 a pool extended: addresses stay",
    given: (c) => {
      c.pool("main", ["192.0.2.8/29"]);
      c.service("web");
    },
    then: (c) => c.pool("main", ["192.0.2.0/24"]),
    ips: { web: ["192.0.2.8"] },
    events: [],
  },
  {
    rule: "2.8 a dual pool loses a family: both addresses are cleared and assigned anew",
    given: (c) => {
      c.pool("a", ["192.0.2.0/24", "2001:db8:a::/120"]);
      c.pool("b", ["198.51.100.0/24", "2001:db8:b::/120"]);
      c.service("web", both);
    },
    then: (c) => c.pool("a", ["192.0.2.0/24"]),
    ips: { web: ["198.51.100.0", "2001:db8:b::"] },
    pools: { web: "b" },
    events: ["web Normal ClearAssignment", "web Normal IPAllocated"],
  },
  {
    rule: "2.8 a new dual pool elsewhere: PreferDualStack with one address stays",
    given: (c) => {
      c.pool("b", ["192.0.2.0/24"]);
      c.service("web", preferred);
    },
    then: (c) => c.pool("a", ["198.51.100.0/24", "2001:db8::/120"]),
    ips: { web: ["192.0.2.0"] },
    events: [],
  },
  {
    rule: "2.8 autoAssign set to false: addresses stay",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web");
    },
    then: (c) => {
      c.pool("main", { addresses: ["192.0.2.0/24"], autoAssign: false });
      c.service("late");
    },
    ips: { web: ["192.0.2.0"], late: [] },
  },
  {
    rule: "2.8 SingleStack to RequireDualStack: assigned anew",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24", "2001:db8::/120"]);
      c.service("web");
    },
    then: (c) => c.service("web", both),
    ips: { web: ["192.0.2.0", "2001:db8::"] },
    events: ["web Normal ClearAssignment", "web Normal IPAllocated"],
  },
  {
    rule: "2.8 RequireDualStack to SingleStack: assigned anew",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24", "2001:db8::/120"]);
      c.service("web", both);
    },
    then: (c) => c.service("web", { clusterIPs: ipv4, families: "SingleStack" }),
    ips: { web: ["192.0.2.0"] },
    events: ["web Normal ClearAssignment", "web Normal IPAllocated"],
  },
  {
    rule: "2.8 another address requested: the old one is given up",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web", { created: 1 });
      c.service("waits", { created: 2, loadBalancerIP: "192.0.2.0" });
    },
    then: (c) => c.service("web", { loadBalancerIP: "192.0.2.8" }),
    ips: { web: ["192.0.2.8"], waits: ["192.0.2.0"] },
    events: ["web Normal IPAllocated", "waits Normal IPAllocated"],
  },
  {
    rule: "2.8 another pool requested that has none left: the Service ends with no address",
    given: (c) => {
      c.pool("full", { addresses: ["198.51.100.0/32"], autoAssign: false });
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web");
      c.service("there", { annotations: { "address-pool": "full" } });
    },
    then: (c) => c.service("web", { annotations: { "address-pool": "full" } }),
    ips: { web: [] },
    pools: { web: "" },
    refusals: { web: "poolExhausted" },
    events: ["web Warning AllocationFailed"],
  },
  {
    rule: "2.8 two that ask for each other's address at once swap",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("one", { loadBalancerIP: "192.0.2.1" });
      c.service("two", { loadBalancerIP: "192.0.2.2" });
    },
    then: (c) => {
      c.service("one", { loadBalancerIP: "192.0.2.2" });
      c.service("two", { loadBalancerIP: "192.0.2.1" });
    },
    ips: { one: ["192.0.2.2"], two: ["192.0.2.1"] },
    refusals: { one: null },
    events: ["one Normal IPAllocated", "two Normal IPAllocated"],
  },
  {
    rule: "2.8 the request removed: the address stays",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web", { annotations: { loadBalancerIPs: "192.0.2.8" } });
    },
    then: (c) => c.service("web", { annotations: {} }),
    ips: { web: ["192.0.2.8"] },
    events: [],
  },
  {
    rule: "2.8 a restart takes addresses from the status, before anybody who waits",
    given: (c) => {
      c.pool("main", ["192.0.2.0/30"]);
      c.service("waits", { created: 1 });
      c.service("has", { created: 9, ips: ["192.0.2.0"] });
    },
    ips: { has: ["192.0.2.0"], waits: ["192.0.2.1"] },
    events: ["waits Normal IPAllocated"],
  },
  {
    rule: "2.8 a status edited to a free address of a pool is taken over",
    given: (c) => {
      c.pool("a", ["192.0.2.0/24"]);
      c.pool("b", ["198.51.100.0/24"]);
      c.service("web");
    },
    then: (c) => c.service("web", { ips: ["198.51.100.9"] }),
    ips: { web: ["198.51.100.9"] },
    pools: { web: "b" },
    events: [],
    counters: { a: "4: 0/256, 6: 0/0", b: "4: 1/255, 6: 0/0" },
  },
  {
    rule: "2.8 a status edited to an address in use is put right",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("one");
      c.service("two");
    },
    then: (c) => c.service("two", { ips: ["192.0.2.0"] }),
    ips: { one: ["192.0.2.0"], two: ["192.0.2.1"] },
    events: [],
  },
  {
    rule: "2.8 a status that somebody emptied is put right",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("one");
      c.service("two");
    },
    then: (c) => {
      c.service("two", { ips: [] });
      c.removeService("one");
    },
    ips: { two: ["192.0.2.1"] },
    events: [],
  },
  {
    rule: "2.8 a Service deleted: its address goes to who waits longest",
    given: (c) => {
      c.pool("main", ["192.0.2.0/32"]);
      c.service("has", { created: 1 });
      c.service("second", { created: 3 });
      c.service("first", { created: 2 });
    },
    then: (c) => c.removeService("has"),
    ips: { first: ["192.0.2.0"], second: [] },
    events: ["first Normal IPAllocated"],
  },
  {
    rule: "2.8 a Service deleted and made anew under its name waits its turn",
    given: (c) => {
      c.pool("main", ["192.0.2.0/32"]);
      c.service("web", { created: 1 });
      c.service("waits", { created: 2 });
    },
    then: (c) => {
      c.removeService("web");
      c.service("web", { created: 3 });
    },
    ips: { waits: ["192.0.2.0"], web: [] },
  },
  {
    rule: "2.4 labels of a Service that no longer fit the pool revoke its address",
    given: (c) => {
      c.pool("open", ["198.51.100.0/24"]);
      c.pool("web", {
        addresses: ["192.0.2.0/24"],
        serviceAllocation: { serviceSelectors: [{ matchLabels: { tier: "web" } }] },
      });
      c.service("web", { labels: { tier: "web" } });
    },
    then: (c) => c.service("web", { labels: { tier: "db" } }),
    ips: { web: ["198.51.100.0"] },
    events: ["web Normal ClearAssignment", "web Normal IPAllocated"],
  },
  {
    rule: "2.4 labels of a namespace that no longer fit the pool revoke addresses",
    given: (c) => {
      c.namespace("default", { team: "a" });
      c.pool("open", ["198.51.100.0/24"]);
      c.pool("team", {
        addresses: ["192.0.2.0/24"],
        serviceAllocation: { namespaceSelectors: [{ matchLabels: { team: "a" } }] },
      });
      c.service("web");
    },
    then: (c) => c.namespace("default", { team: "b" }),
    ips: { web: ["198.51.100.0"] },
  },
  {
    rule: "2.4 a namespace that gets the pool's label is admitted",
    given: (c) => {
      c.namespace("default");
      c.pool("team", {
        addresses: ["192.0.2.0/24"],
        serviceAllocation: { namespaceSelectors: [{ matchLabels: { team: "a" } }] },
      });
      c.service("web");
    },
    then: (c) => c.namespace("default", { team: "a" }),
    ips: { web: ["192.0.2.0"] },
  },
  {
    rule: "2.4 selectors of a pool that change revoke addresses",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web");
      c.service("prod/web");
    },
    then: (c) => c.pool("main", { addresses: ["192.0.2.0/24"], serviceAllocation: { namespaces: ["prod"] } }),
    ips: { web: [], "prod/web": ["192.0.2.1"] },
    events: ["web Normal ClearAssignment", "web Warning AllocationFailed"],
  },
  {
    rule: "4.3 (issue) one bad pool takes nothing from the others",
    given: (c) => {
      c.pool("bad", ["not an address"]);
      c.pool("good", ["192.0.2.0/24"]);
      c.service("web");
    },
    ips: { web: ["192.0.2.0"] },
    counters: { bad: "4: 0/0, 6: 0/0", good: "4: 1/255, 6: 0/0" },
  },
  {
    rule: "4.3 (issue) a younger pool that overlaps takes no address away",
    given: (c) => {
      c.pool("old", { addresses: ["192.0.2.0/24"], created: 1 });
      c.service("web");
    },
    then: (c) => c.pool("a-new", { addresses: ["192.0.2.0/25", "198.51.100.0/24"], created: 2 }),
    ips: { web: ["192.0.2.0"] },
    pools: { web: "old" },
    events: [],
    counters: { "a-new": "4: 0/256, 6: 0/0", old: "4: 1/255, 6: 0/0" },
  },
];

testRows("convergence", steps);
testRows("changes", changes);
