/** Why one Service is as the plan says: the same decisions, one by one. */
import { ask, assemble } from "./assemble.ts";
import type { Request } from "./collect.ts";
import type { Explanation } from "./explanation.ts";
import type { Engines } from "./parts.ts";
import { type PlannedService, serviceKey } from "./plan.ts";

/** The tree of `-o json`. */
export interface ExplanationTree {
  readonly format: 1;
  /** As in the plan. */
  readonly service: PlannedService;
  /** In the order in which they are decided. */
  readonly steps: Explanation;
}

export interface ExplainedService {
  readonly tree: ExplanationTree;
  /** The Service has the addresses that it wishes, and they are announced. */
  readonly allWell: boolean;
}

/** `key` is `namespace/name`; null when there is no such Service. */
export function explainService(request: Request, engines: Engines, key: string): ExplainedService | null {
  const answers = ask(request, engines);
  const { plan, unwell } = assemble(answers);
  const service = plan.services.find((one) => serviceKey(one) === key);
  if (service === undefined) return null;
  const { collected: { objects }, assigned } = answers;
  const steps = [
    ...engines.controller.explain(objects, request, key),
    ...(service.handled ? engines.speaker.explain(objects, request, assigned, key) : []),
  ];
  return { tree: { format: 1, service, steps }, allWell: !unwell.has(key) };
}
