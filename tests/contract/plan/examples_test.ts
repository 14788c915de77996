/** The examples of the documentation, planned: each does what the texts about MetalLB say of its like. */
import { assert, assertEquals } from "@std/assert";
import { makePlan } from "../../../core/plan/assemble.ts";
import { readManifestFiles } from "../../../kube/plan/files.ts";
import { type Manifest, namespace, node, pool, service, slice } from "../../golden/plan/manifests.ts";
import { engines, type PlanView, planViews, requestOf } from "../../support/plan.ts";

const examples = decodeURIComponent(new URL("../../../docs/examples/", import.meta.url).pathname);

type Expected = { readonly [View in PlanView]?: readonly string[] };

interface Example extends Expected {
  readonly says: string;
  readonly files: readonly string[];
  /** What the example takes for granted. */
  readonly beside?: readonly Manifest[];
}

const nodes = "cluster/nodes.yaml";
const web = service("web");
const firstPool = pool("first-pool", ["192.168.10.10-192.168.10.20"]);
const otherPool = pool("other-pool", ["192.168.40.10-192.168.40.20"], { autoAssign: false });
const other = service("other", { annotations: { "address-pool": "other-pool" } });
const team = "ippool-ns-service-alloc-sample";
const router = "bgp/peer.yaml";

const table: readonly Example[] = [
  {
    says: "a pool gives its addresses to whoever asks for none in particular, in their order",
    files: ["pool-range.yaml", "service.yaml"],
    services: ["kube-system/traefik 192.168.10.50 of default-pool"],
    events: ["kube-system/traefik Normal IPAllocated"],
    pools: ["default-pool 1/10 0/0"],
  },
  {
    says: "a Service gets the address that it asks for, by annotation or by field",
    files: ["request-address.yaml", "request-address-by-field.yaml"],
    beside: [pool("lan", ["192.168.1.0/24"])],
    services: ["default/nginx 192.168.1.100 of lan", "default/nginx-by-field 192.168.1.101 of lan"],
  },
  {
    says: "an address that isn't ours, or is in use, is refused with a warning",
    files: ["request-address.yaml", "request-address-by-field.yaml"],
    beside: [
      pool("lan", ["192.168.1.100/32"]),
      service("taken", { ips: ["192.168.1.100"] }),
    ],
    services: [
      "default/nginx - addressInUse",
      "default/nginx-by-field - addressNotInPool",
      "default/taken 192.168.1.100 of lan",
    ],
    events: ["default/nginx Warning AllocationFailed", "default/nginx-by-field Warning AllocationFailed"],
  },
  {
    says: "a Service gets an address of the pool that it asks for",
    files: ["request-pool.yaml"],
    beside: [pool("a", ["192.0.2.1/32"]), pool("production-public-ips", ["198.51.100.1/32"])],
    services: ["default/nginx 198.51.100.1 of production-public-ips"],
  },
  {
    says: "the old annotations work, and are warned of",
    files: ["request-deprecated.yaml", "pool-mixed.yaml"],
    services: ["default/old-address 192.168.10.77 of example", "default/old-pool 192.168.10.0 of example"],
    events: [
      "default/old-address Normal IPAllocated",
      "default/old-address Warning deprecatedAnnotation",
      "default/old-pool Normal IPAllocated",
      "default/old-pool Warning deprecatedAnnotation",
    ],
  },
  {
    says: "a dual-stack Service gets both addresses of one pool, or those of the annotation",
    files: ["dual-stack.yaml", "pool-mixed.yaml"],
    services: [
      "default/both 192.168.10.0,fc00:f853:ccd:e799:: of example",
      "default/both-chosen 192.168.9.3,fc00:f853:ccd:e799::5 of example",
    ],
    pools: ["example 2/259 2/14"],
  },
  {
    says: "Services with one key and different ports share an address",
    files: ["shared-address.yaml"],
    beside: [pool("lan", ["1.2.3.4/32"])],
    services: [
      "default/dns-service-tcp 1.2.3.4 of lan, with default/dns-service-udp",
      "default/dns-service-udp 1.2.3.4 of lan, with default/dns-service-tcp",
    ],
    pools: ["lan 1/0 0/0"],
  },
  {
    says: "a protected address goes to those who ask for it, and only to them",
    files: ["pool-reserved-address.yaml", "shared-reserved-address.yaml", "l2-two-pools.yaml"],
    beside: [web],
    services: [
      "default/resolver-tcp 192.168.10.6 of dns-pool, with default/resolver-udp",
      "default/resolver-udp 192.168.10.6 of dns-pool, with default/resolver-tcp",
      "default/web - poolExhausted",
    ],
    problems: ["warning L2Advertisement/default spec.ipAddressPools[0]"],
  },
  {
    says: "a pool for namespaces with a label",
    files: ["pool-for-labelled-namespaces.yaml"],
    beside: [namespace("a", { app: "myapp" }), service("a/web"), service("b/web")],
    services: [`a/web 192.168.20.0 of ${team}`, "b/web - poolExhausted"],
  },
  {
    says: "a pool for named namespaces",
    files: ["pool-for-named-namespaces.yaml"],
    beside: [service("namespace-a/web"), service("namespace-b/web"), service("namespace-c/web")],
    services: [
      `namespace-a/web 192.168.20.0 of ${team}`,
      `namespace-b/web 192.168.20.1 of ${team}`,
      "namespace-c/web - poolExhausted",
    ],
  },
  {
    says: "a pool for some Services of a namespace, without addresses that end in .0",
    files: ["pool-for-labelled-services.yaml"],
    beside: [
      service("namespace-a/web", { labels: { app: "bar" } }),
      service("namespace-a/other", { labels: { app: "foo" } }),
      service("namespace-a/asks", { annotations: { loadBalancerIPs: "192.168.20.9" } }),
    ],
    services: [
      "namespace-a/asks - poolNotAllowed",
      "namespace-a/other - poolExhausted",
      `namespace-a/web 192.168.20.1 of ${team}`,
    ],
  },
  {
    says: "an empty L2Advertisement announces all pools",
    files: [nodes, "l2-all-pools.yaml"],
    beside: [firstPool, otherPool, web, other],
    layer2: ["default/other node-3, node-1, node-2", "default/web node-1, node-2, node-3"],
  },
  {
    says: "a pool selector limits what is announced",
    files: [nodes, "l2-one-pool.yaml"],
    beside: [firstPool, otherPool, web, other],
    layer2: [
      "default/other ! noMatchingAdvertisement; node-3 noMatchingAdvertisement; node-1 noMatchingAdvertisement; node-2 noMatchingAdvertisement",
      "default/web node-1, node-2, node-3",
    ],
  },
  {
    says: "a node selector limits who can be elected",
    files: ["l2-labelled-nodes.yaml"],
    beside: [node("master", { network: "controlplane" }), node("worker"), firstPool, web],
    layer2: ["default/web master; worker noMatchingAdvertisement"],
  },
  {
    says: "interfaces limit where it is answered, and don't influence who is elected",
    files: [nodes, "l2-interfaces.yaml"],
    beside: [pool("third-pool", ["192.168.10.10/32"]), web],
    layer2: ["default/web node-1 on eth0+eth1, node-2 on eth0+eth1, node-3 on eth0+eth1"],
  },
  {
    says: "by Layer 2, but only on nodes with a label, and only from interface eth2",
    files: [nodes, "topologies/l2-labelled-nodes-eth2.yaml"],
    layer2: ["default/web node-3 on eth2, node-2 on eth2; node-1 noMatchingAdvertisement"],
  },
  {
    says: "by Layer 2, with both limits in one advertisement, in the catalogue of examples",
    files: [nodes, "l2-labelled-nodes-one-interface.yaml"],
    beside: [firstPool, web],
    layer2: ["default/web node-2 on eth2, node-3 on eth2; node-1 noMatchingAdvertisement"],
  },
  {
    says: "an empty BGPAdvertisement announces all pools from all nodes to all peers",
    files: [nodes, router, "bgp/all-pools.yaml"],
    beside: [firstPool, otherPool, web, other],
    routes: ["1", "2", "3"].map((n) => `default/other node-${n} peer 192.168.40.10/32 100`)
      .concat(["1", "2", "3"].map((n) => `default/web node-${n} peer 192.168.10.10/32 100`)),
  },
  {
    says: "a pool selector limits the Services",
    files: [nodes, router, "bgp/one-pool.yaml"],
    beside: [firstPool, otherPool, web, other],
    routes: ["1", "2", "3"].map((n) => `default/web node-${n} peer 192.168.10.10/32 100`),
  },
  {
    says: "a node selector limits the next hops",
    files: [nodes, router, "bgp/from-labelled-nodes.yaml"],
    beside: [firstPool, web],
    routes: ["default/web node-1 peer 192.168.10.10/32 100"],
    bgp: ["default/web node-1; node-2 noMatchingAdvertisement; node-3 noMatchingAdvertisement"],
  },
  {
    says: "a peer selector limits who hears of the Service",
    files: ["bgp/to-two-peers.yaml"],
    beside: [
      ...[node("n"), pool("pool-a", ["192.168.10.10/32"]), web],
      ...["a", "b", "c"].map((name, index) => bgpPeer(`peer-${name}`, `172.30.0.${index + 3}`)),
    ],
    routes: ["default/web n peer-a 192.168.10.10/32 ebgp", "default/web n peer-b 192.168.10.10/32 ebgp"],
  },
  {
    says: "a peer's node selector limits who has a session",
    files: [nodes, "bgp/peer-from-labelled-nodes.yaml", "bgp/all-pools.yaml"],
    beside: [firstPool, web],
    routes: ["1", "2"].map((n) => `default/web node-${n} example 192.168.10.10/32 100`),
  },
  {
    says: "by Layer 2 and by BGP",
    files: [nodes, "topologies/l2-and-bgp.yaml"],
    layer2: ["default/web node-2, node-3, node-1"],
    routes: ["1", "2", "3"].map((n) => `default/web node-${n} router 192.168.10.1/32 100`),
  },
  {
    says: "to a given neighbour only from the nodes with a given label",
    files: [nodes, "topologies/bgp-neighbour-from-labelled-nodes.yaml"],
    routes: [
      "default/web node-1 frontend-router 192.168.10.10/32 100",
      "default/web node-1 spine 192.168.10.10/32 ebgp",
      "default/web node-2 frontend-router 192.168.10.10/32 100",
      "default/web node-2 spine 192.168.10.10/32 ebgp",
      "default/web node-3 spine 192.168.10.10/32 ebgp",
    ],
  },
  {
    says: "all Services to all neighbours, but some only to some",
    files: [nodes, "topologies/bgp-some-services-to-some-neighbours.yaml"],
    routes: [
      ...["1", "2", "3"].map((n) => `default/metrics node-${n} internal-router 192.168.20.0/32 100`),
      ...["1", "2", "3"].flatMap((n) => [
        `default/shop node-${n} border-router 198.51.100.10/32 ebgp`,
        `default/shop node-${n} internal-router 198.51.100.10/32 100`,
      ]),
    ],
  },
  {
    says: "the Services of a namespace only to one neighbour",
    files: [nodes, "topologies/bgp-namespace-to-one-neighbour.yaml"],
    routes: [
      ...["1", "2", "3"].map((n) => `default/web node-${n} peer-b 192.168.10.10/32 ebgp`),
      ...["1", "2", "3"].map((n) => `namespace-a/web node-${n} peer-a 192.168.20.1/32 ebgp`),
    ],
  },
  {
    says: "under Local, BGP announces from the nodes of the pods, each as one, and Layer 2 elects among them",
    files: [nodes, "topologies/l2-and-bgp.yaml"],
    beside: [
      service("web", { spec: { externalTrafficPolicy: "Local" } }),
      slice("web", ["node-1", "node-1", "node-3"].map((nodeName) => ({ nodeName, addresses: ["10.1.0.1"] }))),
    ],
    layer2: ["default/web node-3, node-1; node-2 noLocalEndpoints"],
    bgp: ["default/web node-1, node-3; node-2 noLocalEndpoints"],
    routes: ["1", "3"].map((n) => `default/web node-${n} router 192.168.10.1/32 100`),
  },
];

function bgpPeer(name: string, peerAddress: string): Manifest {
  return {
    apiVersion: "metallb.io/v1beta2",
    kind: "BGPPeer",
    metadata: { name, namespace: "metallb-system" },
    spec: { myASN: 64512, peerASN: 64513, peerAddress },
  };
}

for (const { says, files, beside = [], ...rest } of table) {
  Deno.test(`examples: ${says}`, async () => {
    const expected: Expected = rest;
    const given = await readManifestFiles(files.map((file) => examples + file));
    const { plan } = makePlan(requestOf([...given, ...beside], { assumeEndpoints: true }), engines);
    const views = (Object.keys(planViews) as PlanView[]).filter((view) => expected[view] !== undefined);
    assert(views.length > 0);
    const shown = Object.fromEntries(views.map((view) => [view, planViews[view](plan)]));
    assertEquals(shown, Object.fromEntries(views.map((view) => [view, expected[view]])));
    // Whatever is said of the example, there is no mistake in it.
    assertEquals(plan.problems.filter(({ severity }) => severity === "error"), []);
  });
}

Deno.test("examples: each of them is planned here", async () => {
  const planned = new Set(table.flatMap(({ files }) => files));
  const all: string[] = [];
  for (const folder of ["", "bgp/", "topologies/", "cluster/"]) {
    for await (const { name, isFile } of Deno.readDir(examples + folder)) if (isFile) all.push(folder + name);
  }
  assertEquals([...planned].sort(), all.sort());
});
