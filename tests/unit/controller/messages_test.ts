/** What people read in `kubectl describe`: behaviour reference 5.2. */
import { assertEquals } from "@std/assert";
import { ControllerCluster } from "../../support/controllercluster.ts";
import { dual } from "../../support/controllerobjects.ts";

interface MessageRow {
  readonly name: string;
  readonly given: (cluster: ControllerCluster) => void;
  readonly then?: (cluster: ControllerCluster) => void;
  readonly messages: readonly string[];
}

const both = { clusterIPs: dual, families: "RequireDualStack" };
const holder = (c: ControllerCluster, annotations: Record<string, string> = {}) => {
  c.pool("main", ["192.0.2.1/32"]);
  c.service("web", { annotations, created: 1 });
};
const failed = (why: string) => `Failed to allocate IP for "default/late": ${why}`;

const more = "add addresses to a pool, ask for another pool by annotation, or delete a Service";
const another = "ask for another address, or have this one given up";

const rows: readonly MessageRow[] = [
  {
    name: "one address",
    given: holder,
    messages: ['Assigned IP ["192.0.2.1"] from pool "main"'],
  },
  {
    name: "two addresses",
    given: (c) => {
      c.pool("main", ["192.0.2.1/32", "2001:db8::1/128"]);
      c.service("web", both);
    },
    messages: ['Assigned IP ["192.0.2.1" "2001:db8::1"] from pool "main"'],
  },
  {
    name: "the other family, when it comes",
    given: (c) => {
      c.pool("main", ["192.0.2.1/32"]);
      c.service("web", { clusterIPs: dual, families: "PreferDualStack" });
    },
    then: (c) => c.pool("main", ["192.0.2.1/32", "2001:db8::1/128"]),
    messages: ['Assigned additional IP ["2001:db8::1"] from pool "main"'],
  },
  {
    name: "the other family, when there is none",
    given: (c) => {
      c.pool("main", ["192.0.2.1/32"]);
      c.service("web", { clusterIPs: dual, families: "PreferDualStack" });
    },
    messages: [
      'Assigned IP ["192.0.2.1"] from pool "main"',
      'no IPv6 address in addition to 192.0.2.1: pool "main" has none free',
    ],
  },
  {
    name: "an address that can't be kept",
    given: holder,
    then: (c) => c.pool("main", ["192.0.2.2/32"]),
    messages: [
      'current IP ["192.0.2.1"] of "default/web" can\'t be kept, another one will be looked for: ' +
      "192.0.2.1 is in no IPAddressPool",
      'Assigned IP ["192.0.2.2"] from pool "main"',
    ],
  },
  {
    name: "a pool that is exhausted",
    given: holder,
    then: (c) => c.service("late"),
    messages: [failed(`no available IPs: no free IPv4 address in pool "main"; ${more}`)],
  },
  {
    name: "many pools that are exhausted",
    given: (c) => {
      for (const name of ["a", "b", "c", "d", "e", "f", "g"]) {
        c.pool(name, [`2001:db8::${name}/128`.replace("g", "10")]);
      }
      c.service("late");
    },
    messages: [
      failed(`no available IPs: no free IPv4 address in pool "a", "b", "c", "d", "e" and 2 more; ${more}`),
    ],
  },
  {
    name: "an address in use, without keys",
    given: holder,
    then: (c) => c.service("late", { loadBalancerIP: "192.0.2.1" }),
    messages: [
      failed(
        "192.0.2.1 is held by default/web, and both need the annotation metallb.io/allow-shared-ip with one " +
          `value to share it; ${another}`,
      ),
    ],
  },
  {
    name: "an address in use, with another key",
    given: (c) => holder(c, { "allow-shared-ip": "k" }),
    then: (c) => c.service("late", { annotations: { "allow-shared-ip": "x" }, loadBalancerIP: "192.0.2.1" }),
    messages: [failed(`192.0.2.1 is held by default/web, whose sharing key is "k", not "x"; ${another}`)],
  },
  {
    name: "an address in use, with the same port",
    given: (c) => holder(c, { "allow-shared-ip": "k" }),
    then: (c) => c.service("late", { annotations: { "allow-shared-ip": "k" }, loadBalancerIP: "192.0.2.1" }),
    messages: [
      failed(`192.0.2.1 is held by default/web, and port TCP/80 is used by default/web; ${another}`),
    ],
  },
  {
    name: "an address in use, with other pods behind it",
    given: (c) => holder(c, { "allow-shared-ip": "k" }),
    then: (c) =>
      c.service("late", {
        annotations: { "allow-shared-ip": "k" },
        loadBalancerIP: "192.0.2.1",
        local: true,
        selector: { app: "late" },
        ports: "TCP/81",
      }),
    messages: [
      failed(
        "192.0.2.1 is held by default/web, and with externalTrafficPolicy Local only Services with equal " +
          `selectors share an address; ${another}`,
      ),
    ],
  },
  {
    name: "a request that is no address",
    given: holder,
    then: (c) => c.service("web", { annotations: { loadBalancerIPs: "192.0.2.x" } }),
    messages: [
      'Invalid requested IP: "192.0.2.x" in the annotation metallb.io/loadBalancerIPs is not an IP address; ' +
      "correct it",
    ],
  },
  {
    name: "a pool that doesn't exist",
    given: holder,
    then: (c) => c.service("late", { annotations: { "address-pool": "mian" } }),
    messages: [failed('there is no IPAddressPool "mian"; create it, or correct the annotation')],
  },
  {
    name: "no pool at all",
    given: (c) => c.service("late"),
    messages: [failed("there is no usable IPAddressPool; create one")],
  },
  {
    name: "one cluster IP where two are required",
    given: (c) => {
      c.pool("main", ["192.0.2.1/32"]);
      c.service("web", { families: "RequireDualStack" });
    },
    messages: [
      "ipFamilyPolicy RequireDualStack needs cluster IPs of both families, and there is only 10.96.0.1; " +
      "set ipFamilyPolicy to PreferDualStack or SingleStack, or give the cluster both families",
    ],
  },
  {
    name: "a status that is no address",
    given: (c) => {
      c.pool("main", ["192.0.2.1/32"]);
      c.service("web", { ips: ["nonsense"] });
    },
    messages: [
      'the status of "default/web" has IP ["nonsense"], another one will be looked for: ' +
      "it is not one address, or one of each family",
      'Assigned IP ["192.0.2.1"] from pool "main"',
    ],
  },
  {
    name: "a deprecated annotation",
    given: (c) => holder(c, { "metallb.universe.tf/address-pool": "main" }),
    messages: [
      'Assigned IP ["192.0.2.1"] from pool "main"',
      "annotation metallb.universe.tf/address-pool is deprecated, use metallb.io/address-pool",
    ],
  },
];

for (const { name, given, then, messages } of rows) {
  Deno.test(`messages: ${name}`, () => {
    const cluster = new ControllerCluster();
    given(cluster);
    cluster.restart();
    cluster.settle();
    if (then !== undefined) {
      cluster.clear();
      then(cluster);
      cluster.settle();
    }
    assertEquals(cluster.messages(), messages);
  });
}
