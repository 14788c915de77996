/** Whatever changes, in whatever order: what was decided bit by bit is what would be decided anew, and it is sound. */
import { assert, assertEquals } from "@std/assert";
import type { Node } from "../../../core/node.ts";
import type { Service } from "../../../core/service.ts";
import type { EndpointSlice } from "../../../core/endpointslice.ts";
import type { IPAddressPool } from "../../../crds/ipaddresspool.ts";
import type { L2Advertisement } from "../../../crds/l2advertisement.ts";
import { keyOf } from "../../../core/meta.ts";
import { announcementsOn, type Layer2Decision, reasonOn, verdicts } from "../../../speaker/l2/decision.ts";
import { Wish } from "../../../speaker/l2/wish.ts";
import { World, type WorldInput } from "../../../speaker/world.ts";
import { advertisement, excludeLabel, node, pool, service, slice } from "../../support/clusterobjects.ts";
import { pick, seededRandom, some } from "../../support/seededrandom.ts";
import { decide } from "../../support/layer2view.ts";

const nodeNames = ["node-a", "node-b", "node-c", "node-d"];
const serviceNames = ["web", "dns", "api", "db", "mail"];
const addresses = ["10.0.0.1", "10.0.0.2", "10.0.1.1", "2001:db8::1", "2001:db8:1::1", "10.9.9.9"];
const zones = ["x", "y"];

/** The objects of a cluster at one moment. */
interface Cluster {
  readonly services: Map<string, Service>;
  readonly slices: Map<string, EndpointSlice>;
  readonly nodes: Map<string, Node>;
  readonly pools: Map<string, IPAddressPool>;
  readonly advertisements: Map<string, L2Advertisement>;
  dead: readonly string[];
}

const options = { lbClass: "", ignoreExcludeLabel: false };

function emptyCluster(): Cluster {
  return {
    services: new Map(),
    slices: new Map(),
    nodes: new Map(),
    pools: new Map(),
    advertisements: new Map(),
    dead: [],
  };
}

function labels(random: () => number): Record<string, string> {
  return { ...(random() < 0.7 ? { zone: pick(random, zones) } : {}) };
}

function randomService(random: () => number, name: string): Service {
  const type = random() < 0.15 ? "ClusterIP" : "LoadBalancer";
  return service({
    ...{ name, type, labels: labels(random) },
    ips: random() < 0.7 ? [pick(random, addresses)] : some(random, addresses, 0.3),
    policy: random() < 0.4 ? "Local" : "Cluster",
    annotations: random() < 0.3 ? { "metallb.io/allow-shared-ip": "k" } : {},
    ...(random() < 0.1 ? { class: "other" } : {}),
  });
}

function randomSlice(random: () => number, name: string): EndpointSlice {
  const endpoints = some(random, [...nodeNames, undefined], 0.4).map((nodeName) => ({
    ready: random() < 0.7,
    ...(nodeName === undefined ? {} : { node: nodeName }),
  }));
  return slice(pick(random, serviceNames), endpoints, name);
}

function randomNode(random: () => number, name: string): Node {
  return node(name, {
    labels: { ...labels(random), ...(random() < 0.2 ? { [excludeLabel]: "" } : {}) },
    ...(random() < 0.2 ? { networkUnavailable: "True" } : {}),
  });
}

function randomPool(random: () => number, name: string): IPAddressPool {
  const ranges = ["10.0.0.0/24", "10.0.1.0/24", "2001:db8::/64", "2001:db8:1::/64", "nonsense"];
  return pool(name, some(random, ranges, 0.6), labels(random));
}

function randomAdvertisement(random: () => number, name: string): L2Advertisement {
  const selector = () => [{ matchLabels: { zone: pick(random, zones) } }];
  return advertisement(name, {
    ...(random() < 0.3 ? { ipAddressPools: some(random, ["p1", "p2"]) } : {}),
    ...(random() < 0.3 ? { ipAddressPoolSelectors: selector() } : {}),
    ...(random() < 0.4 ? { nodeSelectors: selector() } : {}),
    ...(random() < 0.3 ? { serviceSelectors: selector() } : {}),
    ...(random() < 0.4 ? { interfaces: some(random, ["eth0", "eth1"]) } : {}),
    ...(random() < 0.4
      ? { preferredNodeSelectors: [{ weight: pick(random, [1, 50]), preference: selector()[0] ?? {} }] }
      : {}),
  });
}

/** Makes one change to the cluster, and gives the inputs by which a world hears of it. */
function change(random: () => number, cluster: Cluster): readonly WorldInput[] {
  const one = <T extends { readonly namespace: string; readonly name: string }>(
    objects: Map<string, T>,
    names: readonly string[],
    make: (random: () => number, name: string) => T,
  ) => {
    const object = make(random, pick(random, names));
    const key = keyOf(object);
    const before = objects.get(key);
    if (before !== undefined && random() < 0.15) {
      objects.delete(key);
      return { type: "deleted", object: before } as const;
    }
    objects.set(key, object);
    return random() < 0.1
      ? { type: "synced", items: [...objects.values()] } as const
      : { type: "changed", object } as const;
  };
  switch (Math.floor(random() * 6)) {
    case 0:
      return [{ source: "services", input: one(cluster.services, serviceNames, randomService) }];
    case 1:
      return [{
        source: "endpointSlices",
        input: one(cluster.slices, ["s1", "s2", "s3", "s4"], randomSlice),
      }];
    case 2:
      return [{ source: "nodes", input: one(cluster.nodes, nodeNames, randomNode) }];
    case 3:
      return [{ source: "pools", input: one(cluster.pools, ["p1", "p2"], randomPool) }];
    case 4:
      return [{
        source: "advertisements",
        input: one(cluster.advertisements, ["a1", "a2", "a3"], randomAdvertisement),
      }];
    default:
      cluster.dead = some(random, nodeNames, 0.2);
      return [];
  }
}

/** The decisions that a world has come to, kept as its owner keeps them. */
class Follower {
  readonly world = new World(options);
  readonly decisions = new Map<string, Layer2Decision>();

  constructor() {
    for (const source of ["services", "endpointSlices", "nodes", "pools", "advertisements"] as const) {
      this.world.apply({ source, input: { type: "synced", items: [] } });
    }
  }

  follow(inputs: readonly WorldInput[], dead: readonly string[]): number {
    for (const input of inputs) this.world.apply(input);
    if (inputs.length === 0) this.world.setLive((name) => !dead.includes(name));
    const decided = this.world.decideTouched();
    for (const each of decided) {
      if ("gone" in each) this.decisions.delete(each.key);
      else this.decisions.set(each.key, each.decision);
    }
    return decided.length;
  }
}

function fromScratch(cluster: Cluster): Map<string, Layer2Decision> {
  const follower = new Follower();
  follower.world.setLive((name) => !cluster.dead.includes(name));
  follower.follow([
    { source: "advertisements", input: { type: "synced", items: [...cluster.advertisements.values()] } },
    { source: "pools", input: { type: "synced", items: [...cluster.pools.values()] } },
    { source: "nodes", input: { type: "synced", items: [...cluster.nodes.values()] } },
    { source: "endpointSlices", input: { type: "synced", items: [...cluster.slices.values()] } },
    { source: "services", input: { type: "synced", items: [...cluster.services.values()] } },
  ], cluster.dead);
  return follower.decisions;
}

/** All that a decision is used for. */
function shown(decision: Layer2Decision) {
  return {
    ...{ ips: decision.ips, owner: decision.owner, refusal: decision.refusal },
    announcements: nodeNames.map((name) => announcementsOn(decision, name)),
    reasons: nodeNames.map((name) => reasonOn(decision, name)),
  };
}

function sorted(decisions: ReadonlyMap<string, Layer2Decision>) {
  return [...decisions].sort(([a], [b]) => a < b ? -1 : 1).map(([key, decision]) => [key, shown(decision)]);
}

Deno.test("deciding what a change touches equals deciding everything anew", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = seededRandom(seed);
    const cluster = emptyCluster();
    const follower = new Follower();
    follower.world.setLive(() => true);
    for (let step = 0; step < 60; step++) {
      const inputs = change(random, cluster);
      follower.follow(inputs, cluster.dead);
      assertEquals(sorted(follower.decisions), sorted(fromScratch(cluster)), `seed ${seed}, step ${step}`);
    }
  }
});

Deno.test("speakers with one view: one owner who announces everything, or none and a reason", () => {
  let owned = 0, refused = 0;
  for (let seed = 1; seed <= 400; seed++) {
    const random = seededRandom(seed);
    const cluster = emptyCluster();
    for (let step = 0; step < 100; step++) change(random, cluster);
    for (const [key, decision] of fromScratch(cluster)) {
      const announcing = nodeNames.filter((name) => announcementsOn(decision, name).length > 0);
      assertEquals(announcing, decision.owner === null ? [] : [decision.owner], key);
      assertEquals(decision.owner === null, decision.refusal !== null);
      for (const name of nodeNames) assertEquals(reasonOn(decision, name) === null, name === decision.owner);
      if (decision.owner === null) refused++;
      else owned++;
    }
  }
  assert(owned > 100 && refused > 100, `${owned} owned, ${refused} refused: the generator is one-sided`);
});

Deno.test("verdicts begin with the owner, and whoever follows takes over when the owner goes", () => {
  let successions = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const random = seededRandom(seed);
    const moment = {
      nodes: nodeNames.map((name) => randomNode(random, name)),
      pools: [pool("p1", ["10.0.0.0/24"], { zone: "x" })],
      advertisements: [randomAdvertisement(random, "a1"), advertisement("a2")],
    };
    const wish = service({ ips: ["10.0.0.1"], policy: random() < 0.5 ? "Local" : "Cluster" });
    const slices = [slice("web", some(random, nodeNames, 0.7).map((name) => ({ node: name })))];
    const dead: string[] = [];
    const decision = decide(wish, slices, moment);
    const order = verdictsOf(decision);
    const candidates = order.filter(({ verdict }) => verdict !== "excluded").map(({ node }) => node);
    for (const candidate of candidates) {
      assertEquals(decide(wish, slices, { ...moment, dead }).owner, candidate);
      dead.push(candidate);
      successions++;
    }
    assertEquals(decide(wish, slices, { ...moment, dead }).owner, null);
  }
  assert(successions > 100, `${successions} successions: the generator is one-sided`);

  function verdictsOf(decision: Layer2Decision) {
    const view = new World(options).view();
    const order = verdicts(decision, view);
    const excluded = order.findIndex(({ verdict }) => verdict === "excluded");
    if (excluded >= 0) assert(order.slice(excluded).every(({ verdict }) => verdict === "excluded"));
    assertEquals(order.filter(({ verdict }) => verdict === "owner").length, decision.owner === null ? 0 : 1);
    return order;
  }
});

Deno.test("taking the wish's differences one after the other adds up to the wish, and twice gives nothing", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = seededRandom(seed);
    const wish = new Wish();
    const told = new Map<string, unknown>();
    for (let step = 0; step < 50; step++) {
      const announcements = some(random, addresses, 0.4).map((ip) => ({
        ip,
        interfaces: random() < 0.5 ? "all" as const : some(random, ["eth0", "eth1"], 0.7),
      }));
      wish.set(pick(random, serviceNames), announcements);
      if (random() < 0.5) continue;
      const { announce, withdraw } = wish.take();
      for (const ip of withdraw) assert(told.delete(ip), `${ip} was withdrawn without having been announced`);
      for (const { ip, interfaces } of announce) told.set(ip, interfaces);
      const now = wish.all().map(({ ip, interfaces }) => [ip, interfaces] as const);
      assertEquals([...told].sort(([a], [b]) => a < b ? -1 : 1), now.map(([ip, where]) => [ip, where]));
      assertEquals(wish.take(), { announce: [], withdraw: [] });
    }
  }
});
