/** The decisions about one Service in BGP: each BGPAdvertisement, each node, each of its peers. */
import { type ExplainedStep, type Explanation, step } from "../../core/plan/explanation.ts";
import type { PlanObjects, PlanOptions } from "../../core/plan/parts.ts";
import { keyOf } from "../../core/meta.ts";
import type { Node } from "../../core/node.ts";
import type { Service } from "../../core/service.ts";
import { type CompiledBGPPeer, runsOn } from "../../crds/bgppeers.ts";
import { isForPeer } from "../../crds/compiledbgpadvertisement.ts";
import type { BgpDecision, Path } from "../bgp/decision.ts";
import { isInternal, type Route, takesPath } from "../bgp/routes.ts";
import { type BgpVerdict, refusalOf } from "../bgp/summary.ts";
import { manifestsOfKind } from "./configuration.ts";
import { serviceObject } from "./layer2steps.ts";
import { bgpVerdicts, type Moment } from "./moment.ts";

const part = "bgp";

const rules = {
  advertisement: "BGPAdvertisements cover a Service by the pool of its address and by serviceSelectors",
  nodes: "Every node that an advertisement selects announces, if it may and can reach an endpoint",
  peers: "A node sends a route to each peer that it has a session with and that the advertisement is for",
  outcome: "Without a node that announces there is no route",
} as const;

export function explainBgp(
  moment: Moment,
  objects: PlanObjects,
  { namespace }: PlanOptions,
  service: Service,
): Explanation {
  const advertisements = manifestsOfKind(objects, "BGPAdvertisement");
  // Where BGP isn't configured there is nothing to explain.
  if (advertisements.length === 0) return [];
  const key = keyOf(service);
  const verdicts = bgpVerdicts(moment, key);
  const survey = moment.bgp.surveys.get(key);
  const refusal = survey !== undefined && "reason" in survey ? survey : refusalOf(key, verdicts);
  return [
    ...advertisementSteps(moment, advertisements, key),
    ...verdicts.map(nodeStep),
    ...moment.nodes.flatMap((node) => peerSteps(moment, node, key, namespace)),
    ...(refusal === null
      ? []
      : [step({ part, outcome: "no", rule: rules.outcome, object: serviceObject(service), ...refusal })]),
  ];
}

function advertisementSteps(
  { bgp: { surveys, configuration } }: Moment,
  manifests: ReturnType<typeof manifestsOfKind>,
  key: string,
): ExplainedStep[] {
  const survey = surveys.get(key);
  const paths = survey !== undefined && "pools" in survey ? survey.pools.flatMap((each) => each.paths) : [];
  const usable = new Set(configuration.advertisements.advertisements.map(({ name }) => name));
  return manifests.map(({ metadata: { name = "", namespace = "" } }) => {
    const own = paths.filter(({ advertisement }) => advertisement.name === name);
    const prefixes = own.map(({ prefix }) => prefix).join(", ");
    const message = own.length > 0
      ? `announces ${prefixes}`
      : usable.has(name)
      ? "reaches none of the Service's addresses, or its serviceSelectors don't fit"
      : "has an error, see the problems of pewter plan";
    return step({
      part,
      outcome: own.length > 0 ? "yes" : "no",
      rule: rules.advertisement,
      object: { kind: "BGPAdvertisement", namespace, name },
      reason: own.length > 0 ? null : "noMatchingAdvertisement",
      message,
    });
  }).sort((a, b) => a.object !== null && b.object !== null && a.object.name < b.object.name ? -1 : 1);
}

function nodeStep({ node, verdict, reason, message }: BgpVerdict): ExplainedStep {
  return step({
    part,
    outcome: verdict === "announces" ? "yes" : "no",
    rule: rules.nodes,
    object: { kind: "Node", namespace: "", name: node },
    ...{ node, reason, message: message ?? "announces" },
  });
}

/** Of a node that would announce: what each usable peer gets from it. */
function peerSteps({ bgp }: Moment, node: Node, key: string, namespace: string): ExplainedStep[] {
  const own = bgp.nodes.get(node.name);
  const decision: BgpDecision | undefined = own?.decisions.get(key);
  if (own === undefined || decision === undefined || "refusal" in decision) return [];
  const routes = own.routes.get(key) ?? [];
  return [...bgp.configuration.peers.peers.values()].map((peer) => {
    const sent = routes.filter((route) => route.peer === peer.name);
    return step({
      part,
      outcome: sent.length > 0 ? "yes" : "no",
      rule: rules.peers,
      object: { kind: "BGPPeer", namespace, name: peer.name },
      ...{ node: node.name, peer: peer.name, reason: sent.length > 0 ? null : "noMatchingPeer" },
      message: sent.length > 0
        ? `is sent ${sent.map((route) => routeText(route, peer)).join("; ")}`
        : whyNothing(peer, node, own.peers, decision.paths),
    });
  });
}

function routeText({ prefix, localPref, communities }: Route, peer: CompiledBGPPeer): string {
  const session = isInternal(peer) ? "iBGP" : "eBGP";
  const attributes = communities.map(({ kind, text }) => kind === "large" ? `large:${text}` : text);
  const preference = localPref === null ? [] : [`localPref ${localPref}`];
  return [prefix, `over ${session}`, ...preference, ...attributes].join(" ");
}

function whyNothing(
  peer: CompiledBGPPeer,
  node: Node,
  sessions: readonly CompiledBGPPeer[],
  paths: readonly Path[],
): string {
  if (!runsOn(peer, node.labels)) return "has no session with the node: its nodeSelectors don't select it";
  if (!sessions.includes(peer)) {
    return "has no session with the node: an older BGPPeer has the one to this router";
  }
  const meant = paths.filter(({ advertisement }) => isForPeer(advertisement, peer.name));
  if (meant.length === 0) return "no advertisement is for it: they name other peers";
  return meant.some((path) => takesPath(peer, path))
    ? "is sent nothing"
    : "its session doesn't carry this address family (dualStackAddressFamily)";
}
