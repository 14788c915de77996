/** Sections 0.3 and 3.1 to 3.3 of the behaviour reference, rule by rule. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { EndpointSlice } from "../../../core/endpointslice.ts";
import type { Reason } from "../../../core/reason.ts";
import type { Service } from "../../../core/service.ts";
import { announcementsOn, reasonOn, verdicts } from "../../../speaker/l2/decision.ts";
import { advertisement, excludeLabel, node, pool, service, slice } from "../../support/clusterobjects.ts";
import { decide, type Moment, viewOf } from "../../support/layer2view.ts";

// For 10.0.0.1 the hash puts node-b before node-a before node-c.
const nodes = [node("node-a"), node("node-b"), node("node-c")];
const plain: Moment = {
  nodes,
  pools: [pool("public", ["10.0.0.0/24", "2001:db8::/64"])],
  advertisements: [advertisement("l2")],
};
const web = service({ ips: ["10.0.0.1"] });
const anywhere = [slice("web", [{ node: "node-a" }, { node: "node-b" }, { node: "node-c" }])];

function ad(name: string, spec: Parameters<typeof advertisement>[1]): Moment["advertisements"][number] {
  return advertisement(name, spec);
}

const onNodes = (...names: string[]) => [{
  matchExpressions: [{ key: "name", operator: "In", values: names }],
}];
const named = ["node-a", "node-b", "node-c"].map((name) => node(name, { labels: { name } }));

interface Row {
  readonly name: string;
  readonly service?: Service;
  readonly slices?: readonly EndpointSlice[];
  readonly moment?: Partial<Moment>;
  readonly owner: string | null;
  /** When no node announces. */
  readonly refusal?: Reason;
  /** What is said of these nodes. */
  readonly reasons?: Readonly<Record<string, Reason | null>>;
}

const rows: readonly Row[] = [
  { name: "the hash decides", owner: "node-b", reasons: { "node-a": "notOwner", "node-b": null } },
  {
    name: "not a LoadBalancer",
    service: service({ type: "NodePort", ips: ["10.0.0.1"] }),
    owner: null,
    refusal: "notLoadBalancer",
  },
  {
    name: "another's class",
    service: service({ class: "x.io/lb", ips: ["10.0.0.1"] }),
    owner: null,
    refusal: "loadBalancerClass",
  },
  {
    name: "no class where one is wanted",
    moment: { lbClass: "x.io/lb" },
    owner: null,
    refusal: "loadBalancerClass",
  },
  {
    name: "our class",
    service: service({ class: "x.io/lb", ips: ["10.0.0.1"] }),
    moment: { lbClass: "x.io/lb" },
    owner: "node-b",
  },
  { name: "no address yet", service: service(), owner: null, refusal: "noIPAllocated" },
  {
    name: "a hostname only",
    service: service({ hostname: "lb.example" }),
    owner: null,
    refusal: "invalidIP",
  },
  {
    name: "an address and a hostname: all is withdrawn",
    service: service({ ips: ["10.0.0.1"], hostname: "lb.example" }),
    owner: null,
    refusal: "invalidIP",
  },
  { name: "no address at all", service: service({ ips: ["10.0.0.999"] }), owner: null, refusal: "invalidIP" },
  { name: "in no pool", service: service({ ips: ["10.9.0.1"] }), owner: null, refusal: "ipNotAllowed" },
  {
    name: "one of two in no pool: neither is announced",
    service: service({ ips: ["10.0.0.1", "2001:db9::1"] }),
    owner: null,
    refusal: "ipNotAllowed",
  },
  { name: "pools are gone", moment: { pools: [] }, owner: null, refusal: "ipNotAllowed" },
  {
    name: "an address that avoidBuggyIPs keeps from being given may be announced",
    service: service({ ips: ["10.0.0.255"] }),
    moment: {
      pools: [pool("public", ["10.0.0.0/24"], {}, { avoidBuggyIPs: true })],
      nodes: [node("node-a")],
    },
    owner: "node-a",
  },
  // 3.2
  {
    name: "no slices",
    slices: [],
    owner: null,
    refusal: "noEndpoints",
    reasons: { "node-b": "noEndpoints" },
  },
  { name: "no endpoints", slices: [slice("web", [])], owner: null, refusal: "noEndpoints" },
  {
    name: "not ready",
    slices: [slice("web", [{ node: "node-a", ready: false }])],
    owner: null,
    refusal: "noEndpoints",
  },
  {
    name: "not ready, serving",
    slices: [slice("web", [{ node: "node-a", ready: false, serving: true }])],
    owner: "node-b",
  },
  {
    name: "terminating, serving",
    slices: [slice("web", [{ node: "node-a", ready: false, serving: true, terminating: true }])],
    owner: "node-b",
  },
  { name: "readiness not said", slices: [slice("web", [{ node: "node-a" }])], owner: "node-b" },
  {
    name: "not ready, not serving, in a second slice one that is",
    slices: [
      slice("web", [{ ready: false, serving: false }]),
      slice("web", [{ node: "node-c", ready: true }], "web-2"),
    ],
    owner: "node-b",
  },
  // 3.1
  {
    name: "noEndpoints comes before a missing advertisement",
    slices: [],
    moment: { advertisements: [] },
    owner: null,
    refusal: "noEndpoints",
  },
  {
    name: "no advertisement",
    moment: { advertisements: [] },
    owner: null,
    refusal: "noMatchingAdvertisement",
  },
  {
    name: "an advertisement of another pool",
    moment: { advertisements: [ad("l2", { ipAddressPools: ["other"] })] },
    owner: null,
    refusal: "noMatchingAdvertisement",
  },
  {
    name: "an advertisement by the pool's label",
    moment: {
      pools: [pool("public", ["10.0.0.0/24"], { zone: "x" })],
      advertisements: [ad("l2", { ipAddressPoolSelectors: [{ matchLabels: { zone: "x" } }] })],
    },
    owner: "node-b",
  },
  {
    name: "serviceSelectors that don't fit",
    moment: { advertisements: [ad("l2", { serviceSelectors: [{ matchLabels: { app: "web" } }] })] },
    owner: null,
    refusal: "noMatchingAdvertisement",
  },
  {
    name: "serviceSelectors that fit",
    service: service({ ips: ["10.0.0.1"], labels: { app: "web" } }),
    moment: {
      advertisements: [
        ad("l2", { serviceSelectors: [{ matchLabels: { app: "x" } }, { matchLabels: { app: "web" } }] }),
      ],
    },
    owner: "node-b",
  },
  {
    name: "a shared address under serviceSelectors",
    service: service({
      ips: ["10.0.0.1"],
      labels: { app: "web" },
      annotations: { "metallb.io/allow-shared-ip": "key" },
    }),
    moment: {
      advertisements: [ad("all", {}), ad("l2", { serviceSelectors: [{ matchLabels: { app: "web" } }] })],
    },
    owner: null,
    refusal: "sharedIPWithServiceSelector",
  },
  {
    name: "the sharing annotation counts even when empty, and by its old name",
    service: service({
      ips: ["10.0.0.1"],
      labels: { app: "web" },
      annotations: { "metallb.universe.tf/allow-shared-ip": "" },
    }),
    moment: { advertisements: [ad("l2", { serviceSelectors: [{ matchLabels: { app: "web" } }] })] },
    owner: null,
    refusal: "sharedIPWithServiceSelector",
  },
  {
    name: "serviceSelectors of an advertisement that doesn't fit are no hindrance to sharing",
    service: service({ ips: ["10.0.0.1"], annotations: { "metallb.io/allow-shared-ip": "key" } }),
    moment: {
      advertisements: [ad("all", {}), ad("l2", { serviceSelectors: [{ matchLabels: { app: "web" } }] })],
    },
    owner: "node-b",
  },
  {
    name: "nodeSelectors",
    moment: { nodes: named, advertisements: [ad("l2", { nodeSelectors: onNodes("node-a", "node-c") })] },
    owner: "node-a",
    reasons: { "node-b": "noMatchingAdvertisement", "node-c": "notOwner" },
  },
  {
    name: "nodeSelectors of two advertisements add up",
    moment: {
      nodes: named,
      advertisements: [
        ad("l2", { nodeSelectors: onNodes("node-a") }),
        ad("l3", { nodeSelectors: onNodes("node-b") }),
      ],
    },
    owner: "node-b",
    reasons: { "node-a": "notOwner", "node-c": "noMatchingAdvertisement" },
  },
  {
    name: "nodeSelectors that fit nobody",
    moment: { advertisements: [ad("l2", { nodeSelectors: onNodes("node-x") })] },
    owner: null,
    refusal: "noMatchingAdvertisement",
  },
  {
    name: "a dead speaker",
    moment: { dead: ["node-b"] },
    owner: "node-a",
    reasons: { "node-b": "noLiveSpeaker" },
  },
  {
    name: "no live speaker anywhere",
    moment: { dead: ["node-a", "node-b", "node-c"] },
    owner: null,
    refusal: "noLiveSpeaker",
  },
  {
    name: "NetworkUnavailable True",
    moment: { nodes: [node("node-a"), node("node-b", { networkUnavailable: "True" })] },
    owner: "node-a",
    reasons: { "node-b": "nodeNetworkUnavailable" },
  },
  {
    name: "NetworkUnavailable False or Unknown",
    moment: {
      nodes: [
        node("node-a", { networkUnavailable: "False" }),
        node("node-b", { networkUnavailable: "Unknown" }),
      ],
    },
    owner: "node-b",
  },
  {
    name: "the exclude label, with any value",
    moment: { nodes: [node("node-a"), node("node-b", { labels: { [excludeLabel]: "false" } })] },
    owner: "node-a",
    reasons: { "node-b": "nodeLabeledExcludeBalancers" },
  },
  {
    name: "--ignore-exclude-lb",
    moment: {
      nodes: [node("node-a"), node("node-b", { labels: { [excludeLabel]: "" } })],
      ignoreExcludeLabel: true,
    },
    owner: "node-b",
  },
  {
    name: "the order of a node's reasons: advertisement, speaker, network, label",
    moment: {
      nodes: [
        node("node-a", { labels: { [excludeLabel]: "" }, networkUnavailable: "True" }),
        node("node-b", { labels: { [excludeLabel]: "", pick: "me" }, networkUnavailable: "True" }),
        node("node-c", { labels: { [excludeLabel]: "", pick: "me" }, networkUnavailable: "True" }),
      ],
      dead: ["node-a", "node-b"],
      advertisements: [ad("l2", { nodeSelectors: [{ matchLabels: { pick: "me" } }] })],
    },
    owner: null,
    refusal: "nodeNetworkUnavailable",
    reasons: {
      "node-a": "noMatchingAdvertisement",
      "node-b": "noLiveSpeaker",
      "node-c": "nodeNetworkUnavailable",
    },
  },
  {
    name: "Local: only nodes with a serving endpoint",
    service: service({ ips: ["10.0.0.1"], policy: "Local" }),
    slices: [slice("web", [{ node: "node-c" }, { node: "node-b", ready: false }])],
    owner: "node-c",
    reasons: { "node-a": "noLocalEndpoints", "node-b": "noLocalEndpoints" },
  },
  {
    name: "Local: endpoints without a node don't count",
    service: service({ ips: ["10.0.0.1"], policy: "Local" }),
    slices: [slice("web", [{}])],
    owner: null,
    refusal: "noLocalEndpoints",
  },
  { name: "Cluster: endpoints without a node count", slices: [slice("web", [{}])], owner: "node-b" },
  {
    name: "Local: the only node with an endpoint is excluded",
    service: service({ ips: ["10.0.0.1"], policy: "Local" }),
    slices: [slice("web", [{ node: "node-b" }])],
    moment: { dead: ["node-b"] },
    owner: null,
    refusal: "noLocalEndpoints",
    reasons: { "node-b": "noLiveSpeaker", "node-a": "noLocalEndpoints" },
  },
  {
    name: "a preference beats the hash",
    moment: {
      nodes: named,
      advertisements: [
        ad("l2", {
          preferredNodeSelectors: [{ weight: 1, preference: { matchLabels: { name: "node-c" } } }],
        }),
      ],
    },
    owner: "node-c",
  },
  {
    name: "weights add up within and over advertisements",
    moment: {
      nodes: named,
      advertisements: [
        ad("l2", {
          preferredNodeSelectors: [
            { weight: 10, preference: { matchLabels: { name: "node-a" } } },
            { weight: 5, preference: { matchLabels: { name: "node-c" } } },
          ],
        }),
        ad("l3", {
          preferredNodeSelectors: [{ weight: 6, preference: { matchLabels: { name: "node-c" } } }],
        }),
      ],
    },
    owner: "node-c",
  },
  {
    name: "a preference counts only where its advertisement selects the node",
    moment: {
      nodes: named,
      advertisements: [
        ad("all", {}),
        ad("l2", {
          nodeSelectors: onNodes("node-a"),
          preferredNodeSelectors: [{ weight: 100, preference: { matchLabels: { name: "node-c" } } }],
        }),
      ],
    },
    owner: "node-b",
  },
  {
    name: "a preferred node that can't be elected",
    moment: {
      nodes: named,
      dead: ["node-c"],
      advertisements: [
        ad("l2", {
          preferredNodeSelectors: [{ weight: 9, preference: { matchLabels: { name: "node-c" } } }],
        }),
      ],
    },
    owner: "node-b",
  },
  {
    name: "dual stack: the first address decides for both",
    service: service({ ips: ["10.0.0.2", "2001:db8::1"] }),
    moment: { dead: ["node-b"] },
    owner: "node-c",
  },
  {
    name: "an address that isn't written canonically hashes as if it were",
    service: service({ ips: ["2001:0db8:0:0:0:0:0:1"] }),
    moment: { dead: ["node-b"] },
    owner: "node-a",
  },
];

for (const row of rows) {
  Deno.test(`layer 2: ${row.name}`, () => {
    const moment = { ...plain, ...row.moment };
    const decision = decide(row.service ?? web, row.slices ?? anywhere, moment);
    assertEquals(decision.owner, row.owner);
    assertEquals(decision.refusal?.reason, row.refusal);
    for (const [name, reason] of Object.entries(row.reasons ?? {})) {
      assertEquals(reasonOn(decision, name), reason, name);
    }
    if (row.owner !== null) assertEquals(reasonOn(decision, row.owner), null);
    for (const { name } of moment.nodes) {
      assertEquals(announcementsOn(decision, name).length > 0, name === row.owner, name);
    }
  });
}

Deno.test("layer 2: verdicts stand in election order, the excluded last", () => {
  const moment: Moment = {
    ...plain,
    nodes: [...named, node("node-d", { labels: { [excludeLabel]: "" } })],
    advertisements: [
      ad("l2", {
        interfaces: ["eth1"],
        preferredNodeSelectors: [{ weight: 7, preference: { matchLabels: { name: "node-c" } } }],
      }),
    ],
  };
  const found = verdicts(decide(web, anywhere, moment), viewOf(moment));
  assertEquals(found, [
    { node: "node-c", verdict: "owner", reason: null, preference: 7, interfaces: ["eth1"] },
    { node: "node-b", verdict: "standby", reason: null, preference: 0, interfaces: ["eth1"] },
    { node: "node-a", verdict: "standby", reason: null, preference: 0, interfaces: ["eth1"] },
    {
      node: "node-d",
      verdict: "excluded",
      reason: "nodeLabeledExcludeBalancers",
      preference: 0,
      interfaces: [],
    },
  ]);
});

Deno.test("layer 2: every node has a verdict when nobody announces", () => {
  const view = viewOf(plain);
  const refused = verdicts(decide(service(), anywhere, plain), view);
  assertEquals(refused.map(({ node, reason }) => `${node} ${reason}`), [
    "node-a noIPAllocated",
    "node-b noIPAllocated",
    "node-c noIPAllocated",
  ]);
  const barred = verdicts(decide(web, [], plain), view);
  assertEquals(barred.map(({ node, verdict, reason }) => `${node} ${verdict} ${reason}`), [
    "node-b excluded noEndpoints",
    "node-a excluded noEndpoints",
    "node-c excluded noEndpoints",
  ]);
});

Deno.test("layer 2: interfaces are the union over the advertisements that cover the owner", () => {
  const interfacesWith = (...specs: Parameters<typeof advertisement>[1][]) =>
    announcementsOn(
      decide(web, anywhere, {
        ...plain,
        nodes: named,
        advertisements: specs.map((spec, index) => ad(`l2-${index}`, spec)),
      }),
      "node-b",
    );
  assertEquals(interfacesWith({}), [{ ip: "10.0.0.1", interfaces: "all" }]);
  assertEquals(interfacesWith({ interfaces: ["eth1", "eth0"] }, { interfaces: ["eth2", "eth1"] }), [
    { ip: "10.0.0.1", interfaces: ["eth0", "eth1", "eth2"] },
  ]);
  assertEquals(interfacesWith({ interfaces: ["eth1"] }, {}), [{ ip: "10.0.0.1", interfaces: "all" }]);
  assertEquals(
    interfacesWith({ interfaces: ["eth1"] }, { nodeSelectors: onNodes("node-a"), interfaces: ["eth9"] }),
    [{ ip: "10.0.0.1", interfaces: ["eth1"] }],
  );
});

Deno.test("layer 2: addresses of two pools go by each pool's own interfaces, from one node", () => {
  const moment: Moment = {
    nodes: named,
    pools: [pool("four", ["10.0.0.0/24"]), pool("six", ["2001:db8::/64"])],
    advertisements: [
      ad("l2-four", { ipAddressPools: ["four"], interfaces: ["eth0"] }),
      ad("l2-six", {
        ipAddressPools: ["six"],
        interfaces: ["eth1"],
        nodeSelectors: onNodes("node-a", "node-c"),
      }),
    ],
  };
  const dual = service({ ips: ["10.0.0.1", "2001:db8::1"] });
  const decision = decide(dual, anywhere, moment);
  assertEquals(decision.owner, "node-a");
  assertEquals(announcementsOn(decision, "node-a"), [
    { ip: "10.0.0.1", interfaces: ["eth0"] },
    { ip: "2001:db8::1", interfaces: ["eth1"] },
  ]);
  const fourOnly = decide(dual, anywhere, { ...moment, advertisements: moment.advertisements.slice(0, 1) });
  assertEquals(fourOnly.owner, "node-b");
  assertEquals(announcementsOn(fourOnly, "node-b"), [{ ip: "10.0.0.1", interfaces: ["eth0"] }]);
});

Deno.test("layer 2: refusals name what they are about", () => {
  const message = (service: Service, slices: readonly EndpointSlice[], moment: Partial<Moment> = {}) =>
    decide(service, slices, { ...plain, ...moment }).refusal?.message ?? "";
  assertStringIncludes(message(web, []), "default/web");
  assertStringIncludes(message(service({ ips: ["10.9.0.1"] }), anywhere), "10.9.0.1");
  assertStringIncludes(message(service({ hostname: "lb.example" }), anywhere), '"lb.example"');
  const nobody = message(web, anywhere, { dead: ["node-a", "node-b", "node-c"] });
  assertStringIncludes(nobody, "node-a (noLiveSpeaker), node-b (noLiveSpeaker)");
  const many = Array.from({ length: 9 }, (_, index) => node(`n${index}`));
  const dead = many.map(({ name }) => name);
  assertStringIncludes(message(web, anywhere, { nodes: many, dead }), "n4 (noLiveSpeaker) and 4 more");
  assertStringIncludes(message(web, anywhere, { nodes: [] }), "no Node is known");
});
