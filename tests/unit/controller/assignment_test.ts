/** Behaviour reference 2.1, 2.2, 2.4 to 2.6: what a Service asks for, and what it gets. */
import { dual, ipv6 } from "../../support/controllerobjects.ts";
import { type Row, testRows } from "./table.ts";

const both = { clusterIPs: dual, families: "RequireDualStack" };
const preferred = { clusterIPs: dual, families: "PreferDualStack" };

const requests: readonly Row[] = [
  {
    rule: "2.1 spec.loadBalancerIP is given",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web", { loadBalancerIP: "192.0.2.77" });
    },
    ips: { web: ["192.0.2.77"] },
    pools: { web: "main" },
    events: ["web Normal IPAllocated"],
  },
  {
    rule: "2.1 the annotation loadBalancerIPs is given, spaces around it don't matter",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web", { annotations: { loadBalancerIPs: " 192.0.2.77 " } });
    },
    ips: { web: ["192.0.2.77"] },
  },
  {
    rule: "2.1 both set at once is refused and nothing is given",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web", { loadBalancerIP: "192.0.2.7", annotations: { loadBalancerIPs: "192.0.2.7" } });
    },
    ips: { web: [] },
    refusals: { web: "invalidRequest" },
    events: ["web Warning LoadBalancerFailed"],
  },
  {
    rule: "2.1 a request that is no address is refused",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web", { annotations: { loadBalancerIPs: "192.0.2.300" } });
    },
    ips: { web: [] },
    refusals: { web: "invalidRequest" },
    events: ["web Warning LoadBalancerFailed"],
  },
  {
    rule: "2.1 two addresses of one family are refused",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web", { annotations: { loadBalancerIPs: "192.0.2.1,192.0.2.2" } });
    },
    refusals: { web: "invalidRequest" },
    events: ["web Warning LoadBalancerFailed"],
  },
  {
    rule: "2.1 an empty item in the list is refused",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web", { annotations: { loadBalancerIPs: "192.0.2.1," } });
    },
    refusals: { web: "invalidRequest" },
  },
  {
    rule: "2.1 the deprecated prefix works, and is warned of once when the Service is written",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web", {
        annotations: {
          "metallb.universe.tf/loadBalancerIPs": "192.0.2.9",
          "metallb.universe.tf/address-pool": "main",
        },
      });
    },
    ips: { web: ["192.0.2.9"] },
    events: [
      "web Normal IPAllocated",
      "web Warning deprecatedAnnotation",
      "web Warning deprecatedAnnotation",
    ],
  },
  {
    rule: "2.1 the new prefix wins over the deprecated one, also when it is empty",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web", {
        annotations: { loadBalancerIPs: "", "metallb.universe.tf/loadBalancerIPs": "192.0.2.9" },
      });
    },
    ips: { web: ["192.0.2.0"] },
    events: ["web Normal IPAllocated"],
  },
  {
    rule: "2.1 the annotation names the pool of the present allocation, under the new prefix only",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web", { annotations: { "metallb.universe.tf/ip-allocated-from-pool": "old" } });
    },
    pools: { web: "main" },
  },
  {
    rule: "2.4a autoAssign doesn't matter for a requested address",
    given: (c) => {
      c.pool("main", { addresses: ["192.0.2.0/24"], autoAssign: false });
      c.service("web", { loadBalancerIP: "192.0.2.5" });
    },
    ips: { web: ["192.0.2.5"] },
  },
  {
    rule: "2.4a a requested address in no pool is refused",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web", { loadBalancerIP: "198.51.100.5" });
    },
    ips: { web: [] },
    refusals: { web: "addressNotInPool" },
    events: ["web Warning AllocationFailed"],
  },
  {
    rule: "2.4a a requested address in use is refused, and given when it comes free",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("first", { loadBalancerIP: "192.0.2.5" });
      c.service("second", { loadBalancerIP: "192.0.2.5" });
    },
    then: (c) => c.removeService("first"),
    ips: { second: ["192.0.2.5"] },
    events: ["second Normal IPAllocated"],
  },
  {
    rule: "2.4a the family of the request must be the Service's: IPv6 for an IPv4 Service",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24", "2001:db8::/120"]);
      c.service("web", { loadBalancerIP: "2001:db8::1" });
    },
    refusals: { web: "familyMismatch" },
    events: ["web Warning AllocationFailed"],
  },
  {
    rule: "2.4a a dual-stack Service needs two requested addresses",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24", "2001:db8::/120"]);
      c.service("web", { ...both, loadBalancerIP: "192.0.2.1" });
    },
    refusals: { web: "familyMismatch" },
  },
  {
    rule: "2.4a the requested order of two families is kept",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24", "2001:db8::/120"]);
      c.service("web", { ...both, annotations: { loadBalancerIPs: "2001:db8::9,192.0.2.9" } });
    },
    ips: { web: ["2001:db8::9", "192.0.2.9"] },
    pools: { web: "main" },
  },
  {
    rule: "2.4a the order is changed when the request is, and nothing else",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24", "2001:db8::/120"]);
      c.service("web", { ...both, annotations: { loadBalancerIPs: "2001:db8::9,192.0.2.9" } });
    },
    then: (c) => c.service("web", { annotations: { loadBalancerIPs: "192.0.2.9, 2001:db8::9" } }),
    ips: { web: ["192.0.2.9", "2001:db8::9"] },
    events: [],
  },
  {
    rule: "4.3 (issue) one requested address of each family may come from two pools",
    given: (c) => {
      c.pool("four", ["192.0.2.0/24"]);
      c.pool("six", ["2001:db8::/120"]);
      c.service("web", { ...both, annotations: { loadBalancerIPs: "192.0.2.9,2001:db8::9" } });
    },
    ips: { web: ["192.0.2.9", "2001:db8::9"] },
    pools: { web: "four,six" },
    counters: { four: "4: 1/255, 6: 0/0", six: "4: 0/0, 6: 1/255" },
  },
  {
    rule: "2.4a a pool annotation that the requested address is not of fails",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.pool("other", ["198.51.100.0/24"]);
      c.service("web", { loadBalancerIP: "192.0.2.5", annotations: { "address-pool": "other" } });
    },
    refusals: { web: "poolMismatch" },
    events: ["web Warning AllocationFailed"],
  },
  {
    rule: "2.4a serviceAllocation holds for requested addresses too",
    given: (c) => {
      c.pool("main", { addresses: ["192.0.2.0/24"], serviceAllocation: { namespaces: ["prod"] } });
      c.service("web", { loadBalancerIP: "192.0.2.5" });
      c.service("prod/web", { loadBalancerIP: "192.0.2.5" });
    },
    ips: { web: [], "prod/web": ["192.0.2.5"] },
    refusals: { web: "poolNotAllowed" },
  },
  {
    rule: "2.4a avoidBuggyIPs holds for requested addresses too",
    given: (c) => {
      c.pool("main", { addresses: ["192.0.2.0/24"], avoidBuggyIPs: true });
      c.service("zero", { loadBalancerIP: "192.0.2.0" });
      c.service("last", { loadBalancerIP: "192.0.2.255" });
    },
    refusals: { zero: "buggyAddress", last: "buggyAddress" },
  },
  {
    rule: "2.4b a pool by annotation, autoAssign doesn't matter",
    given: (c) => {
      c.pool("a-first", ["192.0.2.0/24"]);
      c.pool("wished", { addresses: ["198.51.100.0/24"], autoAssign: false });
      c.service("web", { annotations: { "address-pool": "wished" } });
    },
    ips: { web: ["198.51.100.0"] },
    pools: { web: "wished" },
  },
  {
    rule: "2.4b a pool that doesn't exist",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web", { annotations: { "address-pool": "mian" } });
    },
    refusals: { web: "poolNotFound" },
    events: ["web Warning AllocationFailed"],
  },
  {
    rule: "2.4b serviceAllocation holds for a pool by annotation",
    given: (c) => {
      c.pool("main", {
        addresses: ["192.0.2.0/24"],
        serviceAllocation: { serviceSelectors: [{ matchLabels: { tier: "web" } }] },
      });
      c.service("no", { annotations: { "address-pool": "main" } });
      c.service("yes", { annotations: { "address-pool": "main" }, labels: { tier: "web" } });
    },
    ips: { no: [], yes: ["192.0.2.0"] },
    refusals: { no: "poolNotAllowed" },
  },
  {
    rule: "2.4b a pool without the Service's family",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web", { clusterIPs: ipv6, annotations: { "address-pool": "main" } });
    },
    refusals: { web: "poolExhausted" },
  },
  {
    rule: "2.4b PreferDualStack from a pool of one family",
    given: (c) => {
      c.pool("six", ["2001:db8::/120"]);
      c.service("web", { ...preferred, annotations: { "address-pool": "six" } });
    },
    ips: { web: ["2001:db8::"] },
  },
];

const choice: readonly Row[] = [
  {
    rule: "2.2 without --lb-class only Services without a class are handled",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("none");
      c.service("other", { class: "example.com/lb" });
    },
    ips: { none: ["192.0.2.0"], other: [] },
    refusals: { other: null },
    events: ["none Normal IPAllocated"],
  },
  {
    rule: "2.2 with --lb-class only Services of that class are handled",
    loadBalancerClass: "example.com/lb",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("none");
      c.service("ours", { class: "example.com/lb" });
      c.service("other", { class: "example.com/other" });
    },
    ips: { none: [], ours: ["192.0.2.0"], other: [] },
  },
  {
    rule: "2.2 the status that another controller wrote is left alone",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("other", { class: "example.com/lb", ips: ["192.0.2.0"] });
      c.service("web");
    },
    ips: { other: ["192.0.2.0"], web: ["192.0.2.0"] },
  },
  {
    rule: "2.4c a reserved pool is asked before one for everybody",
    given: (c) => {
      c.pool("a-open", ["192.0.2.0/24"]);
      c.pool("b-prod", { addresses: ["198.51.100.0/24"], serviceAllocation: { namespaces: ["prod"] } });
      c.service("prod/web");
      c.service("test/web");
    },
    ips: { "prod/web": ["198.51.100.0"], "test/web": ["192.0.2.0"] },
  },
  {
    rule: "2.4c by priority: positive ones ascending, then 0, then by name",
    given: (c) => {
      const namespaces = ["default"];
      const one = (addresses: string, priority?: number) => ({
        addresses: [addresses],
        serviceAllocation: { namespaces, ...(priority === undefined ? {} : { priority }) },
      });
      c.pool("a", one("192.0.2.1/32"));
      c.pool("b", one("192.0.2.2/32", 0));
      c.pool("c", one("192.0.2.3/32", 20));
      c.pool("e", one("192.0.2.5/32", 10));
      c.pool("d", one("192.0.2.4/32", 10));
      for (const name of ["s1", "s2", "s3", "s4", "s5"]) c.service(name);
    },
    pools: { s1: "d", s2: "e", s3: "c", s4: "a", s5: "b" },
  },
  {
    rule: "2.4c priority alone, without namespaces and selectors, is for every Service",
    given: (c) => {
      c.pool("a-open", ["192.0.2.0/24"]);
      c.pool("b-first", { addresses: ["198.51.100.0/24"], serviceAllocation: { priority: 1 } });
      c.service("web");
    },
    pools: { web: "b-first" },
  },
  {
    rule: "2.4c a reserved pool with autoAssign false is not asked",
    given: (c) => {
      c.pool("open", ["192.0.2.0/24"]);
      c.pool("prod", {
        addresses: ["198.51.100.0/24"],
        autoAssign: false,
        serviceAllocation: { namespaces: ["default"] },
      });
      c.service("web");
    },
    pools: { web: "open" },
  },
  {
    rule: "2.4c namespaces and serviceSelectors must both fit",
    given: (c) => {
      c.pool("main", {
        addresses: ["192.0.2.0/24"],
        serviceAllocation: { namespaces: ["prod"], serviceSelectors: [{ matchLabels: { tier: "web" } }] },
      });
      c.service("prod/plain");
      c.service("prod/web", { labels: { tier: "web" } });
      c.service("test/web", { labels: { tier: "web" } });
    },
    ips: { "prod/plain": [], "prod/web": ["192.0.2.0"], "test/web": [] },
    refusals: { "prod/plain": "poolExhausted" },
  },
  {
    rule: "2.4c namespaceSelectors are united with namespaces",
    given: (c) => {
      c.namespace("one", { team: "a" });
      c.namespace("two");
      c.namespace("three");
      c.pool("main", {
        addresses: ["192.0.2.0/24"],
        serviceAllocation: { namespaces: ["two"], namespaceSelectors: [{ matchLabels: { team: "a" } }] },
      });
      for (const namespace of ["one", "two", "three"]) c.service(`${namespace}/web`);
    },
    ips: { "one/web": ["192.0.2.0"], "two/web": ["192.0.2.1"], "three/web": [] },
  },
  {
    rule: "8.2 (9) a namespaceSelector that fits no namespace means nobody",
    given: (c) => {
      c.namespace("default");
      c.pool("main", {
        addresses: ["192.0.2.0/24"],
        serviceAllocation: { namespaceSelectors: [{ matchLabels: { team: "none" } }] },
      });
      c.service("auto");
      c.service("asks", { loadBalancerIP: "192.0.2.5" });
    },
    ips: { auto: [], asks: [] },
    refusals: { asks: "poolNotAllowed" },
  },
  {
    rule: "8.2 (18) reserved pools that are exhausted fall through to those for everybody",
    given: (c) => {
      c.pool("mine", { addresses: ["192.0.2.0/32"], serviceAllocation: { namespaces: ["default"] } });
      c.pool("open", ["198.51.100.0/24"]);
      c.service("one");
      c.service("two");
    },
    pools: { one: "mine", two: "open" },
  },
  {
    rule: "8.2 (17) a reserved pool is no fallback for others",
    given: (c) => {
      c.pool("prod", { addresses: ["192.0.2.0/24"], serviceAllocation: { namespaces: ["prod"] } });
      c.service("web");
    },
    ips: { web: [] },
    refusals: { web: "poolExhausted" },
    events: ["web Warning AllocationFailed"],
  },
  {
    rule: "2.4d pools for everybody go by name",
    given: (c) => {
      c.pool("b", ["192.0.2.0/24"]);
      c.pool("a", ["198.51.100.0/24"]);
      c.service("web");
    },
    pools: { web: "a" },
  },
  {
    rule: "2.4d autoAssign false is never chosen",
    given: (c) => {
      c.pool("main", { addresses: ["192.0.2.0/24"], autoAssign: false });
      c.service("web");
    },
    refusals: { web: "poolExhausted" },
  },
  {
    rule: "2.4e no available IPs; the older Service is served first when one comes free",
    given: (c) => {
      c.pool("main", ["192.0.2.0/31"]);
      c.service("one", { created: 1 });
      c.service("two", { created: 2 });
      c.service("young", { created: 9 });
      c.service("old", { created: 3 });
    },
    then: (c) => c.removeService("two"),
    ips: { one: ["192.0.2.0"], old: ["192.0.2.1"], young: [] },
    refusals: { young: "poolExhausted" },
    events: ["old Normal IPAllocated"],
  },
];

const families: readonly Row[] = [
  {
    rule: "2.5 IPv6",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24", "2001:db8::/120"]);
      c.service("web", { clusterIPs: ipv6 });
    },
    ips: { web: ["2001:db8::"] },
  },
  {
    rule: "2.5 RequireDualStack takes the first pool with both families, IPv4 first whatever ipFamilies say",
    given: (c) => {
      c.pool("a-four", ["198.51.100.0/24"]);
      c.pool("b-both", ["2001:db8::/120", "192.0.2.0/24"]);
      c.service("web", { ...both, clusterIPs: ["fd00::1", "10.96.0.1"], ipFamilies: ["IPv6", "IPv4"] });
    },
    ips: { web: ["192.0.2.0", "2001:db8::"] },
    pools: { web: "b-both" },
  },
  {
    rule: "2.5 RequireDualStack is never served from two pools",
    given: (c) => {
      c.pool("four", ["192.0.2.0/24"]);
      c.pool("six", ["2001:db8::/120"]);
      c.service("web", both);
    },
    ips: { web: [] },
    refusals: { web: "poolExhausted" },
  },
  {
    rule: "2.5 PreferDualStack prefers a later pool with both to an earlier one with one",
    given: (c) => {
      c.pool("a-four", ["198.51.100.0/24"]);
      c.pool("b-both", ["192.0.2.0/24", "2001:db8::/120"]);
      c.service("web", preferred);
    },
    ips: { web: ["192.0.2.0", "2001:db8::"] },
  },
  {
    rule: "2.5 PreferDualStack without a pool of both takes the preferred family: IPv4 by default",
    given: (c) => {
      c.pool("a-six", ["2001:db8::/120"]);
      c.pool("b-four", ["192.0.2.0/24"]);
      c.service("web", preferred);
    },
    ips: { web: ["192.0.2.0"] },
    events: ["web Normal IPAllocated", "web Normal AdditionalAssignFailed"],
  },
  {
    rule: "2.5 PreferDualStack with IPv6 first in ipFamilies",
    given: (c) => {
      c.pool("a-four", ["192.0.2.0/24"]);
      c.pool("b-six", ["2001:db8::/120"]);
      c.service("web", { ...preferred, ipFamilies: ["IPv6", "IPv4"] });
    },
    ips: { web: ["2001:db8::"] },
  },
  {
    rule: "2.5 PreferDualStack takes the other family when the preferred one is nowhere",
    given: (c) => {
      c.pool("six", ["2001:db8::/120"]);
      c.service("web", preferred);
    },
    ips: { web: ["2001:db8::"] },
  },
  {
    rule: "2.5 cluster IPs of both families with SingleStack can't be satisfied",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24", "2001:db8::/120"]);
      c.service("web", { clusterIPs: dual, families: "SingleStack" });
    },
    refusals: { web: "familyMismatch" },
  },
  {
    rule: "8.2 (4) PreferDualStack on a cluster of one family keeps its one address without flapping",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24", "2001:db8::/120"]);
      c.service("web", { families: "PreferDualStack" });
    },
    then: (c) => c.service("web", { labels: { touched: "yes" } }),
    ips: { web: ["192.0.2.0"] },
    events: [],
  },
  {
    rule: "2.6 first fit: in the order of spec.addresses, ascending, with .0 and .255",
    given: (c) => {
      c.pool("main", ["192.0.2.254-192.0.3.0", "192.0.2.0/31"]);
      for (const name of ["s1", "s2", "s3", "s4", "s5"]) c.service(name);
    },
    ips: {
      s1: ["192.0.2.254"],
      s2: ["192.0.2.255"],
      s3: ["192.0.3.0"],
      s4: ["192.0.2.0"],
      s5: ["192.0.2.1"],
    },
  },
  {
    rule: "2.6 a gap is filled first",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      for (const name of ["s1", "s2", "s3"]) c.service(name);
    },
    then: (c) => {
      c.removeService("s2");
      c.service("s4");
      c.service("s5");
    },
    ips: { s4: ["192.0.2.1"], s5: ["192.0.2.3"] },
  },
  {
    rule: "2.6 avoidBuggyIPs leaves out IPv4 addresses that end in .0 and .255, and no IPv6 address",
    given: (c) => {
      c.pool("main", { addresses: ["192.0.2.255-192.0.3.1", "2001:db8::/120"], avoidBuggyIPs: true });
      c.service("four");
      c.service("none");
      c.service("six", { clusterIPs: ipv6 });
    },
    ips: { four: ["192.0.3.1"], none: [], six: ["2001:db8::"] },
  },
];

testRows("requested addresses and pools", requests);
testRows("automatic choice", choice);
testRows("families and order", families);
