/** Compares what was decided for a Service with what stands in its status. */
import type { Ip } from "../core/ip.ts";
import { keyOf } from "../core/meta.ts";
import { annotationPrefix, type Service } from "../core/service.ts";
import type { Decision, EventDraft } from "./decision.ts";
import type { Effect } from "./effects.ts";

/** The annotation that names the pool of a Service's addresses, in full. */
export const allocatedFromPoolAnnotation = `${annotationPrefix}ip-allocated-from-pool`;

/** What a step did to one Service. */
export type Outcome =
  | { readonly type: "gone"; readonly key: string }
  /** It isn't ours to serve, or no longer; `gave` is what it had of us until now. */
  | { readonly type: "left"; readonly service: Service; readonly gave: readonly Ip[] }
  | {
    readonly type: "decided";
    readonly decision: Decision;
    /** What was decided before this step. */
    readonly before: Decision | undefined;
  };

/** The write that makes the status right, if it isn't, and what is said about it. */
export function statusEffects(outcome: Outcome): readonly Effect[] {
  switch (outcome.type) {
    case "gone":
      return [{ type: "settled", key: outcome.key }];
    case "left":
      return leftEffects(outcome.service, outcome.gave);
    case "decided":
      return decidedEffects(outcome.decision, outcome.before);
  }
}

/** Only what we gave is taken back: another controller's status is never cleared. */
function leftEffects(service: Service, gave: readonly Ip[]): readonly Effect[] {
  const isMarked = Object.hasOwn(service.annotations, allocatedFromPoolAnnotation);
  const isOurs = service.type === "LoadBalancer"
    ? gave.length > 0 && sameIngress(service, gave)
    : gave.length > 0 || isMarked;
  const holdsAnything = service.ingress.length > 0 || isMarked;
  return isOurs && holdsAnything
    ? [{ type: "writeStatus", service, ips: [], pool: "" }]
    : [{ type: "settled", key: keyOf(service) }];
}

function decidedEffects(
  decision: Decision,
  before: Decision | undefined,
): readonly Effect[] {
  const { service, ips, pool, refusal } = decision;
  const key = keyOf(service);
  const isRight = sameIngress(service, ips) &&
    (service.annotations[allocatedFromPoolAnnotation] ?? "") === pool;
  const effects: Effect[] = [
    isRight
      ? { type: "settled", key }
      : { type: "writeStatus", service, ips: ips.map(({ text }) => text), pool },
  ];
  if (refusal !== null && refusal.message !== before?.refusal?.message) {
    effects.push({ type: "refused", key, refusal });
  }
  // A Service that waits is judged again and again: what was said last time is not said once more.
  const said = new Set(before?.events.map(textOf));
  const events = decision.events.filter((event) => !said.has(textOf(event)));
  // MetalLB warns of these only when it changes the Service for another reason.
  if (!isRight && !sameAnswer(decision, before)) events.push(...decision.deprecated.map(deprecation));
  effects.push(...events.map((event): Effect => ({ type: "recordEvent", service, event })));
  return effects;
}

function sameIngress(service: Service, ips: readonly Ip[]): boolean {
  return service.ingress.length === ips.length &&
    service.ingress.every((entry, index) => entry.ip === ips[index]?.text && entry.hostname === "");
}

function sameAnswer(a: Decision, b: Decision | undefined): boolean {
  return b !== undefined && a.pool === b.pool && a.ips.length === b.ips.length &&
    a.ips.every(({ text }, index) => text === b.ips[index]?.text);
}

function deprecation(annotation: string): EventDraft {
  const instead = annotationPrefix + annotation.slice(annotation.indexOf("/") + 1);
  const message = `annotation ${annotation} is deprecated, use ${instead}`;
  return { type: "Warning", reason: "deprecatedAnnotation", message };
}

function textOf({ reason, message }: EventDraft): string {
  return `${reason} ${message}`;
}
