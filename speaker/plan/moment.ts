/** One moment of a cluster as its speakers see it, all of them alive and all their sessions established. */
import type { EndpointSlice } from "../../core/endpointslice.ts";
import { keyOf } from "../../core/meta.ts";
import type { Node } from "../../core/node.ts";
import type { Assigned, PlanObjects, PlanOptions } from "../../core/plan/parts.ts";
import type { Problem } from "../../core/problem.ts";
import type { Service } from "../../core/service.ts";
import { type CompiledBGPPeer, peersOfNode } from "../../crds/bgppeers.ts";
import { compilePools } from "../../crds/pools.ts";
import {
  type BgpDecision,
  bgpEndpoints,
  type BgpService,
  decideBgp,
  surveyService,
} from "../bgp/decision.ts";
import { adjRibOut, type Route } from "../bgp/routes.ts";
import { type BgpVerdict, verdictOn } from "../bgp/summary.ts";
import { BgpView } from "../bgp/view.ts";
import type { Layer2Decision } from "../l2/decision.ts";
import type { ServingEndpoints } from "../l2/endpoints.ts";
import type { Layer2View } from "../l2/view.ts";
import { World } from "../world.ts";
import { type BgpConfiguration, compileBgp, l2AdvertisementsOf, poolsOf } from "./configuration.ts";

/** Who announces what. */
export interface Moment {
  /** The handled ones, each with the addresses that it is planned to have. */
  readonly services: readonly Service[];
  /** Sorted by name. */
  readonly nodes: readonly Node[];
  readonly layer2: Layer2Moment;
  readonly bgp: BgpMoment;
}

export interface Layer2Moment {
  readonly view: Layer2View;
  /** By `namespace/name`. */
  readonly decisions: ReadonlyMap<string, Layer2Decision>;
  readonly problems: readonly Problem[];
}

export interface BgpMoment {
  readonly view: BgpView;
  readonly configuration: BgpConfiguration;
  readonly surveys: ReadonlyMap<string, ReturnType<typeof surveyService>>;
  readonly endpointsOf: (key: string) => ServingEndpoints;
  /** By the node's name. */
  readonly nodes: ReadonlyMap<string, BgpNodeMoment>;
}

/** One node's part. */
export interface BgpNodeMoment {
  readonly peers: readonly CompiledBGPPeer[];
  /** Of the Services that could be announced at all, by `namespace/name`. */
  readonly decisions: ReadonlyMap<string, BgpDecision>;
  /** The routes of each Service, sorted by peer and prefix. */
  readonly routes: ReadonlyMap<string, readonly Route[]>;
}

export function momentOf(objects: PlanObjects, options: PlanOptions, assigned: Assigned): Moment {
  const services = objects.services.flatMap((service) => {
    const ips = assigned.get(keyOf(service));
    return ips === undefined ? [] : [{ ...service, ingress: ips.map((ip) => ({ ip, hostname: "" })) }];
  });
  const nodes = [...objects.nodes].sort((a, b) => a.name < b.name ? -1 : 1);
  return {
    services,
    nodes,
    layer2: layer2Moment(objects, options, services),
    bgp: bgpMoment(objects, options, services, nodes),
  };
}

/** The Service's verdict of each node, in the order of names. */
export function bgpVerdicts({ bgp, nodes }: Moment, key: string): readonly BgpVerdict[] {
  const survey = bgp.surveys.get(key);
  return nodes.map(({ name }): BgpVerdict => {
    const node = bgp.nodes.get(name);
    const refused = survey !== undefined && "reason" in survey ? { refusal: survey } : undefined;
    const decision = node?.decisions.get(key) ?? refused ?? { paths: [] };
    return verdictOn(name, key, decision, node?.routes.get(key)?.length ?? 0);
  });
}

function layer2Moment(
  objects: PlanObjects,
  options: PlanOptions,
  services: readonly Service[],
): Layer2Moment {
  const world = new World(options);
  const synced = <T>(items: readonly T[]) => ({ type: "synced", items }) as const;
  world.apply({ source: "services", input: synced(services) });
  world.apply({ source: "endpointSlices", input: synced(objects.endpointSlices) });
  world.apply({ source: "nodes", input: synced(objects.nodes) });
  world.apply({ source: "pools", input: synced(poolsOf(objects)) });
  world.apply({ source: "advertisements", input: synced(l2AdvertisementsOf(objects)) });
  world.setLive(() => true);
  const missing = world.missing();
  // Else the speaker's world knows of more than is given here, and would wait for it.
  if (missing.length > 0) throw new Error(`the speaker's world waits for ${missing.join(", ")}`);
  const decided = world.decideTouched();
  return {
    view: world.view(),
    decisions: new Map(decided.flatMap((one) => "decision" in one ? [[one.key, one.decision] as const] : [])),
    problems: world.problems.filter(({ kind }) => kind === "L2Advertisement"),
  };
}

function bgpMoment(
  objects: PlanObjects,
  options: PlanOptions,
  services: readonly Service[],
  nodes: readonly Node[],
): BgpMoment {
  const pools = compilePools(poolsOf(objects), []);
  const configuration = compileBgp(objects, pools);
  const { advertisements } = configuration.advertisements;
  const view = new BgpView({ ...options, pools, advertisements });
  const surveys = new Map(services.map((service) => [keyOf(service), surveyService(service, view)]));
  const endpointsOf = endpointsByService(objects.endpointSlices);
  const announceable = [...surveys.values()].filter((survey) => "pools" in survey);
  const byNode = nodes.map((node) => {
    const peers = peersOfNode(configuration.peers, node.labels);
    return [node.name, nodeMoment(node, peers, announceable, endpointsOf, view)] as const;
  });
  return { view, configuration, surveys, endpointsOf, nodes: new Map(byNode) };
}

function nodeMoment(
  node: Node,
  peers: readonly CompiledBGPPeer[],
  services: readonly BgpService[],
  endpointsOf: BgpMoment["endpointsOf"],
  view: BgpView,
): BgpNodeMoment {
  const decisions = new Map(
    services.map((service) => [service.key, decideBgp(service, endpointsOf(service.key), node, view)]),
  );
  const announced = [...decisions].flatMap(([service, decision]) =>
    "paths" in decision ? [{ service, paths: decision.paths }] : []
  );
  const routes = new Map<string, Route[]>();
  for (const route of adjRibOut(peers, announced)) {
    for (const service of new Set(route.origins.map((origin) => origin.service))) {
      const own = routes.get(service);
      if (own === undefined) routes.set(service, [route]);
      else own.push(route);
    }
  }
  return { peers, decisions, routes };
}

function endpointsByService(slices: readonly EndpointSlice[]): (key: string) => ServingEndpoints {
  const byService = Map.groupBy(slices, ({ namespace, serviceName: name }) => keyOf({ namespace, name }));
  const known = new Map<string, ServingEndpoints>();
  return (key) => {
    const endpoints = known.get(key) ?? bgpEndpoints(byService.get(key) ?? []);
    known.set(key, endpoints);
    return endpoints;
  };
}
