/** The wished Adj-RIB-Out of a node: paths and sessions in, routes out. */
import { assertEquals } from "@std/assert";
import { compileBGPAdvertisements } from "../../../crds/bgpadvertisements.ts";
import { compileBGPPeers } from "../../../crds/bgppeers.ts";
import { compilePools } from "../../../crds/pools.ts";
import { bgpEndpoints, decideBgp, surveyService } from "../../../speaker/bgp/decision.ts";
import { adjRibOut } from "../../../speaker/bgp/routes.ts";
import { refusalOf, verdictOn } from "../../../speaker/bgp/summary.ts";
import { BgpView } from "../../../speaker/bgp/view.ts";
import { bgpAdvertisementObject, peerObject } from "../../support/bgpobjects.ts";
import { node, type NodeWish, pool, service, type ServiceWish, slice } from "../../support/clusterobjects.ts";

interface Row {
  readonly rule: string;
  /** Specs by name. */
  readonly advertisements: Readonly<Record<string, unknown>>;
  readonly peers?: Readonly<Record<string, unknown>>;
  readonly services: readonly ServiceWish[];
  readonly node?: NodeWish;
  readonly ignoreExcludeLabel?: boolean;
  /** Nodes of the endpoints; one on `here` and one on `there` when not given. */
  readonly endpoints?: readonly string[];
  /** `peer prefix localPref communities for services`, or `service reason`. */
  readonly expected: readonly string[];
}

const inner = { myASN: 64512, peerASN: 64512, peerAddress: "10.0.0.1" };
const outer = { myASN: 64512, peerASN: 64513, peerAddress: "10.0.0.2" };
const web: ServiceWish = { name: "web", ips: ["192.0.2.1"] };
const excluded = { "node.kubernetes.io/exclude-from-external-load-balancers": "" };
const gold = { serviceSelectors: [{ matchLabels: { tier: "gold" } }] };

const rows: readonly Row[] = [
  {
    rule: "a route for each address, sorted by peer and prefix, whatever the order of Services",
    advertisements: { all: {} },
    peers: { b: outer, a: inner },
    services: [{ name: "z", ips: ["192.0.2.9"] }, { name: "y", ips: ["192.0.2.10"] }],
    expected: [
      "a 192.0.2.10/32 100 for default/y",
      "a 192.0.2.9/32 100 for default/z",
      "b 192.0.2.10/32 null for default/y",
      "b 192.0.2.9/32 null for default/z",
    ],
  },
  {
    rule: "Services in one aggregate are one route",
    advertisements: { all: { aggregationLength: 24, communities: ["1:2", "large:1:2:3"], localPref: 7 } },
    peers: { a: inner },
    services: [{ name: "x", ips: ["192.0.2.9"] }, { name: "y", ips: ["192.0.2.10"] }],
    expected: ["a 192.0.2.0/24 7 1:2:3 1:2 for default/x default/y"],
  },
  {
    rule: "a shared address is one route for both",
    advertisements: { all: {} },
    peers: { a: inner },
    services: [{ name: "x", ips: ["192.0.2.9"] }, { name: "y", ips: ["192.0.2.9"] }],
    expected: ["a 192.0.2.9/32 100 for default/x default/y"],
  },
  {
    rule: "no address",
    advertisements: { all: {} },
    services: [{ name: "web" }],
    expected: ["default/web noIPAllocated"],
  },
  {
    rule: "an address in no pool",
    advertisements: { all: {} },
    services: [{ name: "web", ips: ["192.0.2.1", "2001:db8::1"] }],
    expected: ["default/web ipNotAllowed"],
  },
  {
    rule: "no IP address",
    advertisements: { all: {} },
    services: [{ ...web, hostname: "a.b" }],
    expected: ["default/web invalidIP"],
  },
  {
    rule: "another type",
    advertisements: { all: {} },
    services: [{ ...web, type: "NodePort" }],
    expected: ["default/web notLoadBalancer"],
  },
  {
    rule: "another class",
    advertisements: { all: {} },
    services: [{ ...web, class: "x.y/z" }],
    expected: ["default/web loadBalancerClass"],
  },
  {
    rule: "1: no advertisement",
    advertisements: {},
    services: [web],
    expected: ["default/web noMatchingAdvertisement"],
  },
  {
    rule: "1: none that selects the node",
    advertisements: { all: { nodeSelectors: [{ matchLabels: { a: "b" } }] } },
    services: [web],
    expected: ["default/web noMatchingAdvertisement"],
  },
  {
    rule: "2: none that selects the Service",
    advertisements: { gold },
    services: [web],
    expected: ["default/web noMatchingAdvertisement"],
  },
  {
    rule: "3: a contradiction comes before the state of the node",
    advertisements: { gold: { ...gold, localPref: 5 }, all: {} },
    services: [{ ...web, labels: { tier: "gold" } }],
    node: { networkUnavailable: "True", labels: excluded },
    endpoints: [],
    expected: ["default/web conflictingAdvertisements"],
  },
  {
    rule: "3: no contradiction where the peers are others",
    advertisements: { a: { localPref: 5, peers: ["a"] }, b: { peers: ["b"] } },
    peers: { a: inner, b: { ...inner, peerAddress: "10.0.0.3" } },
    services: [web],
    expected: ["a 192.0.2.1/32 5 for default/web", "b 192.0.2.1/32 100 for default/web"],
  },
  {
    rule: "4: the network comes before the label",
    advertisements: { all: {} },
    services: [web],
    node: { networkUnavailable: "True", labels: excluded },
    endpoints: [],
    expected: ["default/web nodeNetworkUnavailable"],
  },
  {
    rule: "5: the label comes before the endpoints",
    advertisements: { all: {} },
    services: [web],
    node: { networkUnavailable: "False", labels: excluded },
    endpoints: [],
    expected: ["default/web nodeLabeledExcludeBalancers"],
  },
  {
    rule: "5: the label may be ignored",
    advertisements: { all: {} },
    services: [web],
    node: { labels: excluded },
    ignoreExcludeLabel: true,
    endpoints: [],
    expected: ["default/web noEndpoints"],
  },
  {
    rule: "6: under Local the endpoint must be here",
    advertisements: { all: {} },
    services: [{ ...web, policy: "Local" }],
    endpoints: ["there"],
    expected: ["default/web noLocalEndpoints"],
  },
  {
    rule: "6: under Cluster it may be anywhere",
    advertisements: { all: {} },
    peers: { a: outer },
    services: [web],
    endpoints: ["there"],
    expected: ["a 192.0.2.1/32 null for default/web"],
  },
  {
    rule: "no session",
    advertisements: { all: {} },
    services: [web],
    expected: ["default/web noMatchingPeer"],
  },
  {
    rule: "a session of the other family",
    advertisements: { all: {} },
    peers: { a: { ...outer, peerAddress: "2001:db8:f::1" } },
    services: [web],
    expected: ["default/web noMatchingPeer"],
  },
];

for (const row of rows) {
  Deno.test(`Adj-RIB-Out, ${row.rule}`, () => assertEquals(routesOf(row), row.expected));
}

function routesOf(row: Row): string[] {
  const here = node("here", row.node ?? {});
  const nodes = [here, node("there")];
  const pools = compilePools([pool("lan", ["192.0.2.0/24"])], []);
  const peers = compileBGPPeers(
    Object.entries(row.peers ?? {}).map(([name, spec]) => peerObject(name, spec)),
    { profiles: new Map(), secrets: new Map(), nodes },
  );
  const { advertisements } = compileBGPAdvertisements(
    Object.entries(row.advertisements).map(([name, spec]) => bgpAdvertisementObject(name, spec)),
    { pools: pools.pools, nodes, aliases: new Map(), peers },
  );
  const ignoreExcludeLabel = row.ignoreExcludeLabel ?? false;
  const view = new BgpView({ lbClass: "", ignoreExcludeLabel, pools, advertisements });
  const decisions = row.services.map((wish) => {
    const key = `default/${wish.name}`;
    const endpoints = (row.endpoints ?? ["here", "there"]).map((node) => ({ node, ready: true }));
    const survey = surveyService(service(wish), view);
    return "reason" in survey
      ? { key, decision: { refusal: survey } }
      : { key, decision: decideBgp(survey, bgpEndpoints([slice(wish.name ?? "", endpoints)]), here, view) };
  });
  const announced = decisions.flatMap(({ key, decision }) =>
    "paths" in decision ? [{ service: key, paths: decision.paths }] : []
  );
  const routes = adjRibOut([...peers.peers.values()].reverse(), announced);
  const silent = decisions.flatMap(({ key, decision }) => {
    const own = routes.filter(({ origins }) => origins.some(({ service }) => service === key));
    const verdict = verdictOn("here", key, decision, own.length);
    assertEquals(refusalOf(key, [verdict])?.reason ?? null, knownOf(verdict.reason));
    return verdict.reason === null ? [] : [`${key} ${verdict.reason}`];
  });
  return [
    ...routes.map(({ peer, prefix, localPref, communities, origins }) => {
      const services = [...new Set(origins.map(({ service }) => service))].sort();
      return [peer, prefix, localPref ?? "null", ...communities.map(({ text }) => text), "for", ...services]
        .join(" ");
    }),
    ...silent,
  ];
}

/** What keeps a Service from being announced anywhere is not the business of one node. */
function knownOf(reason: string | null): string | null {
  const everywhere = ["noIPAllocated", "ipNotAllowed", "invalidIP", "notLoadBalancer", "loadBalancerClass"];
  return reason !== null && everywhere.includes(reason) ? null : reason;
}
