/** One Service of a plan in words. */
import type { Refusal } from "../reason.ts";
import { reasons } from "../reason.ts";
import { compareTexts } from "./order.ts";
import type { HandledService, Layer2Node, PlannedRoute } from "./plan.ts";

/** Who announces the Service and how, or why nobody does, or why it has no address. */
export function serviceStory(service: HandledService): string {
  const { ips, refusal, sharedWith } = service;
  if (ips.length === 0) return `no address: ${refusal === null ? "" : sentence(refusal)}`;
  const parts = [announcements(service)];
  if (sharedWith.length > 0) parts.push(`shared with ${listed(sharedWith)}`);
  if (refusal !== null) parts.push(`keeps it, though ${sentence(refusal)}`);
  return parts.join("; ");
}

/** Something is to be mended: it has no address, or not the wished one, or nobody announces it. */
export function isAmiss({ ips, refusal, layer2, bgp }: HandledService): boolean {
  const isPlanned = layer2.nodes.length > 0;
  return ips.length === 0 || refusal !== null ||
    (isPlanned && layer2.owner === null && bgp.routes.length === 0);
}

/** A refusal for people: the sentence, and the word by which it can be looked up. */
export function sentence({ reason, message }: Refusal): string {
  return `${message} (${reason})`;
}

function announcements(service: HandledService): string {
  const { layer2, bgp } = service;
  if (layer2.nodes.length === 0 && bgp.nodes.length === 0) return "announcements not planned";
  const parts = [...layer2Story(layer2.nodes), ...bgpStory(bgp.routes)];
  if (parts.length > 0) return parts.join("; ");
  return `not announced: ${whyNobody(service)}`;
}

function layer2Story(nodes: readonly Layer2Node[]): string[] {
  const [owner, ...rest] = nodes.filter(({ verdict }) => verdict !== "excluded");
  if (owner === undefined) return [];
  const where = owner.interfaces === "all" ? "" : ` on ${owner.interfaces.join(", ")}`;
  const next = rest.length === 0 ? "" : ` (then ${listed(rest.map(({ node }) => node))})`;
  return [`layer2 from ${owner.node}${where}${next}`];
}

/** Nodes that announce to the same peers are told of together. */
function bgpStory(routes: readonly PlannedRoute[]): string[] {
  if (routes.length === 0) return [];
  const byNode = Map.groupBy(routes, ({ node }) => node);
  const peersOf = ([, own]: readonly [string, readonly PlannedRoute[]]) =>
    listed([...new Set(own.map(({ peer }) => peer))].sort(compareTexts));
  const groups = [...Map.groupBy(byNode, peersOf)].map(([peers, nodes]) =>
    `from ${listed(nodes.map(([node]) => node))} to ${peers}`
  );
  return [`bgp ${groups.join(" and ")}`];
}

/** A protocol that nothing is configured for says nothing, as long as the other one has more to say. */
function whyNobody({ layer2, bgp }: HandledService): string {
  const refusals = [layer2.refusal, bgp.refusal].filter((refusal) => refusal !== null);
  const telling = refusals.filter(({ reason }) => reason !== "noMatchingAdvertisement");
  if (telling.length === 0) return `${reasons.noMatchingAdvertisement} (noMatchingAdvertisement)`;
  const distinct = telling.filter(({ reason }, index) =>
    telling.findIndex((other) => other.reason === reason) === index
  );
  return distinct.map(sentence).join("; ");
}

function listed(names: readonly string[]): string {
  return names.length <= 3
    ? names.join(", ")
    : `${names.slice(0, 2).join(", ")} and ${names.length - 2} more`;
}
