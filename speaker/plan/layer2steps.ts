/** The decisions about one Service in Layer 2: its endpoints, each L2Advertisement, each node. */
import { type ExplainedStep, type Explanation, type ObjectName, step } from "../../core/plan/explanation.ts";
import type { PlanObjects } from "../../core/plan/parts.ts";
import { keyOf } from "../../core/meta.ts";
import { reasons } from "../../core/reason.ts";
import type { Service } from "../../core/service.ts";
import { type L2Advertisement, readL2Advertisement } from "../../crds/l2advertisement.ts";
import { reachedPools } from "../../crds/poolreach.ts";
import { type CompiledPools, compilePools } from "../../crds/pools.ts";
import { byName } from "../../crds/seniority.ts";
import { type Layer2Decision, verdicts } from "../l2/decision.ts";
import type { NodeVerdict } from "../l2/election.ts";
import { servingEndpoints } from "../l2/endpoints.ts";
import { l2AdvertisementsOf, poolsOf } from "./configuration.ts";
import type { Moment } from "./moment.ts";

const part = "layer2";

const rules = {
  endpoints: "An endpoint that can serve is needed, under externalTrafficPolicy Local on the announcing node",
  advertisement: "L2Advertisements cover a Service by the pool of its address and by serviceSelectors",
  nodes:
    "Of the nodes that may announce, the one with the highest preference does, and among equals the lowest SHA-256 of node#address",
  outcome: "Without a node that may announce nobody does",
} as const;

export function explainLayer2(moment: Moment, objects: PlanObjects, service: Service): Explanation {
  const key = keyOf(service);
  const decision = moment.layer2.decisions.get(key);
  if (decision === undefined) return [];
  return [
    endpointStep(objects, service),
    ...advertisementSteps(moment, objects, service, decision),
    ...verdicts(decision, moment.layer2.view).map((verdict) => nodeStep(verdict, moment, decision)),
    ...(decision.refusal === null ? [] : [
      step({
        part,
        outcome: "no",
        rule: rules.outcome,
        object: serviceObject(service),
        ...decision.refusal,
      }),
    ]),
  ];
}

export function serviceObject({ namespace, name }: Service): ObjectName {
  return { kind: "Service", namespace, name };
}

function endpointStep({ endpointSlices }: PlanObjects, service: Service): ExplainedStep {
  const own = endpointSlices.filter(({ namespace, serviceName }) =>
    namespace === service.namespace && serviceName === service.name
  );
  const { any, nodes } = servingEndpoints(own);
  const where = [...nodes].sort().join(", ");
  const message = any
    ? `there are some that can serve${where === "" ? "" : `, on ${where}`}`
    : "there is none that can serve";
  return step({
    part,
    outcome: any ? "yes" : "no",
    rule: rules.endpoints,
    object: serviceObject(service),
    reason: any ? null : "noEndpoints",
    message: `${message}; externalTrafficPolicy ${service.externalTrafficPolicy}`,
  });
}

function advertisementSteps(
  { layer2: { view } }: Moment,
  objects: PlanObjects,
  service: Service,
  { pools }: Layer2Decision,
): ExplainedStep[] {
  const compiled = compilePools(poolsOf(objects), []);
  const covering = new Set(
    pools.flatMap((pool) => view.advertisementsFor(pool, service.labels)).map(({ name }) => name),
  );
  return [...l2AdvertisementsOf(objects)].sort(byName).map((advertisement) => {
    const covers = covering.has(advertisement.name);
    const { kind, namespace, name } = { kind: "L2Advertisement", ...advertisement };
    return step({
      part,
      outcome: covers ? "yes" : "no",
      rule: rules.advertisement,
      object: { kind, namespace, name },
      reason: covers ? null : "noMatchingAdvertisement",
      message: covers ? "covers the Service" : whyNotCovering(advertisement, service, pools, compiled),
    });
  });
}

function whyNotCovering(
  advertisement: L2Advertisement,
  { labels }: Service,
  pools: readonly string[],
  compiled: CompiledPools,
): string {
  const reading = readL2Advertisement(advertisement);
  const reached = reachedPools(reading, compiled.pools);
  if (!pools.some((pool) => reached.has(pool))) return `doesn't reach pool ${[...new Set(pools)].join(", ")}`;
  const { serviceSelectors } = reading;
  if (serviceSelectors !== undefined && !serviceSelectors.some((selector) => selector.matches(labels))) {
    return "its serviceSelectors don't fit the Service's labels";
  }
  return "says nothing that an earlier one doesn't say";
}

function nodeStep(
  { node, verdict, reason, preference, interfaces }: NodeVerdict,
  { layer2: { view } }: Moment,
  { contest }: Layer2Decision,
): ExplainedStep {
  const hash = contest === null ? "" : view.ranking.hash(node, contest.ip).slice(0, 16);
  const where = interfaces === "all" ? "all interfaces" : interfaces.join(", ");
  const standing = `preference ${preference}, SHA-256 ${hash}…, ${where}`;
  const message = reason === null
    ? `${verdict === "owner" ? "announces" : "stands by"}: ${standing}`
    : `is excluded: ${reasons[reason]}`;
  return step({
    ...{ part, outcome: verdict === "excluded" ? "no" : "yes", rule: rules.nodes, node, reason, message },
    object: { kind: "Node", namespace: "", name: node },
  });
}
