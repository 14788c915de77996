/** The speakers' part of a plan: which node announces which addresses, by Layer 2 and by BGP. */
import { keyOf } from "../../core/meta.ts";
import type {
  AnnouncementPart,
  Assigned,
  PlannedAnnouncements,
  PlanObjects,
  PlanOptions,
} from "../../core/plan/parts.ts";
import type { PlannedBgp, PlannedLayer2, PlannedRoute } from "../../core/plan/plan.ts";
import type { Community } from "../../crds/communityvalue.ts";
import type { Route } from "../bgp/routes.ts";
import { refusalOf } from "../bgp/summary.ts";
import { announcementsOn, verdicts } from "../l2/decision.ts";
import { deprecations } from "./configuration.ts";
import { bgpVerdicts, type Moment, momentOf } from "./moment.ts";

/** To be removed when the speakers speak BGP. */
const bgpNotSpoken = "the BGP routes are what the configuration asks for; " +
  "this version's speakers don't speak BGP yet, and announce by Layer 2 only";

export function planAnnouncements(
  objects: PlanObjects,
  options: PlanOptions,
  assigned: Assigned,
): AnnouncementPart {
  const moment = momentOf(objects, options, assigned);
  const services = new Map(
    moment.services.map((service) => {
      const key = keyOf(service);
      return [key, moment.nodes.length === 0 ? unplanned : announcementsOf(moment, key)];
    }),
  );
  const hasRoutes = [...services.values()].some(({ bgp }) => bgp.routes.length > 0);
  return {
    services,
    problems: [...moment.layer2.problems, ...moment.bgp.configuration.problems],
    notes: [...deprecations(objects), ...(hasRoutes ? [bgpNotSpoken] : [])],
  };
}

/** Without any Node. */
const unplanned: PlannedAnnouncements = {
  layer2: { owner: null, refusal: null, nodes: [] },
  bgp: { refusal: null, nodes: [], routes: [] },
  announced: new Set(),
};

function announcementsOf(moment: Moment, key: string): PlannedAnnouncements {
  const routes = [...moment.bgp.nodes].flatMap(([node, { routes }]) =>
    (routes.get(key) ?? []).map((route) => ({ node, route }))
  );
  return {
    layer2: layer2Of(moment, key),
    bgp: bgpOf(moment, key, routes),
    announced: new Set([
      ...layer2Ips(moment, key),
      ...routes.flatMap(({ route }) =>
        route.origins.filter(({ service }) => service === key).map(({ ip }) => ip)
      ),
    ]),
  };
}

function layer2Of({ layer2: { view, decisions } }: Moment, key: string): PlannedLayer2 {
  const decision = decisions.get(key);
  if (decision === undefined) return unplanned.layer2;
  return { owner: decision.owner, refusal: decision.refusal, nodes: verdicts(decision, view) };
}

function layer2Ips({ layer2: { decisions } }: Moment, key: string): readonly string[] {
  const decision = decisions.get(key);
  if (decision === undefined || decision.owner === null) return [];
  return announcementsOn(decision, decision.owner).map(({ ip }) => ip);
}

function bgpOf(
  moment: Moment,
  key: string,
  routes: readonly { readonly node: string; readonly route: Route }[],
): PlannedBgp {
  const survey = moment.bgp.surveys.get(key);
  const nodes = bgpVerdicts(moment, key);
  const refusal = survey !== undefined && "reason" in survey ? survey : refusalOf(key, nodes);
  return {
    refusal,
    nodes: nodes.map(({ node, verdict, reason }) => ({ node, verdict, reason })),
    routes: routes.map(({ node, route }) => plannedRoute(node, route)),
  };
}

function plannedRoute(node: string, { peer, prefix, localPref, communities }: Route): PlannedRoute {
  const texts = (kind: Community["kind"]) =>
    communities.filter((community) => community.kind === kind).map(({ text }) => text);
  return {
    ...{ node, peer, prefix, nextHop: "self", localPref },
    communities: texts("standard"),
    largeCommunities: texts("large"),
  };
}
