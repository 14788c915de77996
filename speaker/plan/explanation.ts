/** Why a Service is announced as it is: what its advertisements, nodes and peers have to say, in the order of decisions. */
import type { Explanation } from "../../core/plan/explanation.ts";
import { step } from "../../core/plan/explanation.ts";
import type { Assigned, PlanObjects, PlanOptions } from "../../core/plan/parts.ts";
import { keyOf } from "../../core/meta.ts";
import type { Service } from "../../core/service.ts";
import { explainBgp } from "./bgpsteps.ts";
import { explainLayer2 } from "./layer2steps.ts";
import { momentOf } from "./moment.ts";

/** `key` is the `namespace/name` of one of the handled Services. */
export function explainAnnouncements(
  objects: PlanObjects,
  options: PlanOptions,
  assigned: Assigned,
  key: string,
): Explanation {
  const moment = momentOf(objects, options, assigned);
  const service = moment.services.find((one) => keyOf(one) === key);
  // Without an address there is nothing to announce, and why is said already.
  if (service === undefined || service.ingress.length === 0) return [];
  if (moment.nodes.length === 0) return [noNodeStep(service)];
  return [...explainLayer2(moment, objects, service), ...explainBgp(moment, objects, options, service)];
}

function noNodeStep({ namespace, name }: Service) {
  return step({
    part: "layer2",
    outcome: "info",
    rule: "Nodes announce addresses",
    object: { kind: "Service", namespace, name },
    message: "there is no Node, so announcements are not planned",
  });
}
