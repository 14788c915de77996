/** Behaviour reference 2.7 and 2.9: who may share an address, and how addresses are counted. */
import { assertEquals } from "@std/assert";
import { ControllerCluster } from "../../support/controllercluster.ts";
import { dual, ipv6 } from "../../support/controllerobjects.ts";
import { type Row, testRows } from "./table.ts";

const key = { annotations: { "allow-shared-ip": "k" } };
const asking = (ip: string, sharing = "k") => ({
  annotations: { "allow-shared-ip": sharing, loadBalancerIPs: ip },
});

const sharing: readonly Row[] = [
  {
    rule: "2.7 equal keys and different ports share by first fit",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("http", { ...key, ports: "TCP/80" });
      c.service("https", { ...key, ports: "TCP/443" });
    },
    ips: { http: ["192.0.2.0"], https: ["192.0.2.0"] },
    counters: { main: "4: 1/255, 6: 0/0" },
  },
  {
    rule: "2.7 the protocol is part of the port",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("tcp", { ...key, ports: "TCP/53" });
      c.service("udp", { ...key, ports: "UDP/53" });
    },
    ips: { tcp: ["192.0.2.0"], udp: ["192.0.2.0"] },
  },
  {
    rule: "2.7 an equal port goes to the next address",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("one", { ...key, ports: "TCP/80 TCP/443" });
      c.service("two", { ...key, ports: "TCP/443" });
      c.service("three", { ...key, ports: "TCP/81" });
    },
    ips: { one: ["192.0.2.0"], two: ["192.0.2.1"], three: ["192.0.2.0"] },
  },
  {
    rule: "2.7 different keys, or none, don't share",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("k", { ...key, ports: "TCP/80" });
      c.service("other", { annotations: { "allow-shared-ip": "other" }, ports: "TCP/81" });
      c.service("none", { ports: "TCP/82" });
      c.service("empty", { annotations: { "allow-shared-ip": "" }, ports: "TCP/83" });
    },
    ips: { k: ["192.0.2.0"], other: ["192.0.2.1"], none: ["192.0.2.2"], empty: ["192.0.2.3"] },
  },
  {
    rule: "2.7 a requested address is shared under the same rules",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("one", { ...asking("192.0.2.9"), ports: "TCP/80" });
      c.service("two", { ...asking("192.0.2.9"), ports: "TCP/81" });
      c.service("same-port", { ...asking("192.0.2.9"), ports: "TCP/81" });
      c.service("other-key", { ...asking("192.0.2.9", "x"), ports: "TCP/82" });
    },
    ips: { one: ["192.0.2.9"], two: ["192.0.2.9"], "same-port": [], "other-key": [] },
    refusals: { "same-port": "addressInUse", "other-key": "addressInUse" },
  },
  {
    rule: "2.7 Local with equal selectors share, whatever the order of the keys",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("one", { ...key, local: true, selector: { a: "1", b: "2" }, ports: "TCP/80" });
      c.service("two", { ...key, local: true, selector: { b: "2", a: "1" }, ports: "TCP/81" });
      c.service("other", { ...key, local: true, selector: { a: "1" }, ports: "TCP/82" });
    },
    ips: { one: ["192.0.2.0"], two: ["192.0.2.0"], other: ["192.0.2.1"] },
  },
  {
    rule: "2.7 Local and Cluster don't share, unless the Local one has no selector",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("cluster", { ...key, selector: { a: "1" }, ports: "TCP/80" });
      c.service("local", { ...key, local: true, selector: { a: "1" }, ports: "TCP/81" });
      c.service("bare", { ...key, local: true, selector: {}, ports: "TCP/82" });
    },
    ips: { cluster: ["192.0.2.0"], local: ["192.0.2.1"], bare: ["192.0.2.0"] },
  },
  {
    rule: "2.7 Cluster Services share whatever their selectors",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("one", { ...key, selector: { a: "1" }, ports: "TCP/80" });
      c.service("two", { ...key, selector: { a: "2" }, ports: "TCP/81" });
    },
    ips: { two: ["192.0.2.0"] },
  },
  {
    rule: "2.7 an address alone in use takes over its holder's new key",
    given: (c) => {
      c.pool("main", ["192.0.2.0/32"]);
      c.service("one", { ports: "TCP/80", created: 1 });
      c.service("two", { ...key, ports: "TCP/81", created: 2 });
    },
    then: (c) => c.service("one", key),
    ips: { one: ["192.0.2.0"], two: ["192.0.2.0"] },
    events: ["two Normal IPAllocated"],
  },
  {
    rule: "2.7 who changes its key while others share loses the address; the others keep it",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("one", { ...key, ports: "TCP/80" });
      c.service("two", { ...key, ports: "TCP/81" });
    },
    then: (c) => c.service("one", { annotations: { "allow-shared-ip": "x" } }),
    ips: { one: ["192.0.2.1"], two: ["192.0.2.0"] },
    events: ["one Normal ClearAssignment", "one Normal IPAllocated"],
  },
  {
    rule: "2.7 who changes its ports to one in use loses the address",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("one", { ...key, ports: "TCP/80" });
      c.service("two", { ...key, ports: "TCP/81" });
    },
    then: (c) => c.service("two", { ports: "TCP/80" }),
    ips: { one: ["192.0.2.0"], two: ["192.0.2.1"] },
  },
  {
    rule: "2.7 a port given up lets another in",
    given: (c) => {
      c.pool("main", ["192.0.2.0/32"]);
      c.service("one", { ...key, ports: "TCP/80 TCP/81", created: 1 });
      c.service("two", { ...key, ports: "TCP/81", created: 2 });
    },
    then: (c) => c.service("one", { ports: "TCP/80" }),
    ips: { one: ["192.0.2.0"], two: ["192.0.2.0"] },
  },
  {
    rule: "2.7 who turns to Local while others share loses the address",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("one", { ...key, selector: { a: "1" }, ports: "TCP/80" });
      c.service("two", { ...key, selector: { a: "1" }, ports: "TCP/81" });
    },
    then: (c) => c.service("two", { local: true }),
    ips: { one: ["192.0.2.0"], two: ["192.0.2.1"] },
  },
  {
    rule: "2.7 each family is judged by itself",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24", "2001:db8::/120"]);
      c.service("six", { ...key, clusterIPs: ipv6, ports: "TCP/80" });
      c.service("both", { ...key, clusterIPs: dual, families: "RequireDualStack", ports: "TCP/80" });
      c.service("more", { ...key, clusterIPs: dual, families: "RequireDualStack", ports: "TCP/81" });
    },
    ips: {
      six: ["2001:db8::"],
      both: ["192.0.2.0", "2001:db8::1"],
      more: ["192.0.2.0", "2001:db8::"],
    },
    counters: { main: "4: 1/255, 6: 2/254" },
  },
  {
    rule: "2.7 an address is free when the last who shared it goes",
    given: (c) => {
      c.pool("main", ["192.0.2.0/32"]);
      c.service("one", { ...key, ports: "TCP/80", created: 1 });
      c.service("two", { ...key, ports: "TCP/81", created: 2 });
      c.service("waits", { created: 3 });
    },
    then: (c) => {
      c.removeService("one");
      c.settle();
      assertEquals(c.ips("waits"), []);
      c.removeService("two");
    },
    ips: { waits: ["192.0.2.0"] },
  },
  {
    rule: "2.7 a restart brings sharers back together",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("one", { ...key, ports: "TCP/80", ips: ["192.0.2.9"] });
      c.service("two", { ...key, ports: "TCP/81", ips: ["192.0.2.9"] });
    },
    ips: { one: ["192.0.2.9"], two: ["192.0.2.9"] },
    events: [],
  },
];

const counting: readonly Row[] = [
  {
    rule: "2.9 a /24",
    given: (c) => c.pool("main", ["1.2.3.0/24"]),
    counters: { main: "4: 0/256, 6: 0/0" },
  },
  {
    rule: "2.9 a /24 and a /25",
    given: (c) => c.pool("main", ["1.2.3.0/24", "2.3.4.128/25"]),
    counters: { main: "4: 0/384, 6: 0/0" },
  },
  {
    rule: "2.9 a /24 and a /25 without buggy addresses",
    given: (c) => c.pool("main", { addresses: ["1.2.3.0/24", "2.3.4.128/25"], avoidBuggyIPs: true }),
    counters: { main: "4: 0/381, 6: 0/0" },
  },
  {
    rule: "2.9 a /31 without buggy addresses and an IPv6 /127",
    given: (c) => c.pool("main", { addresses: ["1.2.3.0/31", "1000::/127"], avoidBuggyIPs: true }),
    counters: { main: "4: 0/1, 6: 0/2" },
  },
  {
    rule: "8.2 (1) a huge IPv6 pool is capped at 2^63 - 1",
    given: (c) => {
      c.pool("main", ["2001:db8::/32"]);
      c.service("web", { clusterIPs: ipv6 });
    },
    counters: { main: "4: 0/0, 6: 1/9223372036854775807" },
  },
  {
    rule: "8.2 (2) nothing wraps when more follows a huge prefix",
    given: (c) => c.pool("main", ["2001:db8::/32", "fd00::/8", "192.0.2.0/24"]),
    counters: { main: "4: 0/256, 6: 0/9223372036854775807" },
  },
  {
    rule: "2.9 below the cap IPv6 is counted exactly",
    given: (c) => {
      c.pool("main", ["2001:db8::/66"]);
      c.service("web", { clusterIPs: ipv6 });
    },
    counters: { main: "4: 0/0, 6: 1/4611686018427387903" },
  },
  {
    rule: "1.1 counters that somebody edits are put right",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web");
    },
    then: (c) =>
      c.editCounters("main", { assignedIPv4: 9n, assignedIPv6: 9n, availableIPv4: 9n, availableIPv6: 9n }),
    counters: { main: "4: 1/255, 6: 0/0" },
    events: [],
  },
  {
    rule: "1.1 counters fall when a Service goes",
    given: (c) => {
      c.pool("main", ["192.0.2.0/24"]);
      c.service("web");
    },
    then: (c) => c.removeService("web"),
    counters: { main: "4: 0/256, 6: 0/0" },
  },
];

testRows("sharing", sharing);
testRows("counters", counting);

Deno.test("sharing: pools of another namespace than the installation's have no effect", () => {
  const cluster = new ControllerCluster();
  cluster.pool("main", ["192.0.2.0/24"]);
  const main = cluster.pools.get("main");
  if (main === undefined) throw new Error("no pool");
  cluster.service("web");
  cluster.restart();
  cluster.machine.step([{ kind: "pool", type: "synced", items: [{ ...main, namespace: "elsewhere" }] }]);
  assertEquals(cluster.machine.world.pools.size, 0);
});
