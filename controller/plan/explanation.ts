/** Why a Service has its addresses, or none: the controller's decision, told in the order in which it is made. */
import { type ExplainedStep, type Explanation, type ObjectName, step } from "../../core/plan/explanation.ts";
import type { PlanObjects, PlanOptions } from "../../core/plan/parts.ts";
import type { Ip } from "../../core/ip.ts";
import { keyOf } from "../../core/meta.ts";
import type { Service } from "../../core/service.ts";
import type { Decision } from "../decision.ts";
import type { Ledger } from "../ledger.ts";
import { claimantOf, familyName, readWishes, serviceFamily, type Wishes } from "../wishes.ts";
import { startMachine, unhandledReason } from "./allocation.ts";
import { poolSteps } from "./poolsteps.ts";

const part = "allocation";

const rules = {
  family: "The cluster IPs say of which family the addresses must be",
  request: "A Service may ask for addresses, by annotation or spec.loadBalancerIP, or for a pool",
  keep: "An address that a Service has is kept whenever it may be kept",
  address: "An address is given to one Service, or to several that may share it",
  outcome: "Without an address that may be given there is none",
} as const;

/** `key` is the `namespace/name` of one of the Services. */
export function explainAllocation(objects: PlanObjects, options: PlanOptions, key: string): Explanation {
  const service = objects.services.find((one) => keyOf(one) === key);
  if (service === undefined) return [];
  const { machine } = startMachine(objects, options);
  const decision = machine.decisions.get(key);
  const handled = handledStep(service, options, decision === undefined);
  if (decision === undefined) return [handled];
  const wishes = readWishes(service);
  const kept = keptStep(service, decision);
  return [
    handled,
    familyStep(service),
    requestStep(service, wishes),
    ...(kept === null ? [] : [kept]),
    ...(kept?.outcome === "yes" || wishes.ips !== null || !poolsWereAsked(decision)
      ? []
      : poolSteps(decision, wishes, machine.ledger, options.namespace)),
    ...decision.ips.map((ip) => addressStep(ip, decision, machine.ledger, options)),
    ...(decision.refusal === null ? [] : [refusalStep(service, decision.refusal)]),
  ];
}

function objectOf(service: Service): ObjectName {
  return { kind: "Service", namespace: service.namespace, name: service.name };
}

function handledStep(service: Service, { lbClass }: PlanOptions, isUnhandled: boolean): ExplainedStep {
  const classes = lbClass === "" ? "without a loadBalancerClass" : `of loadBalancerClass ${lbClass}`;
  const { type, loadBalancerClass } = service;
  return step({
    part,
    outcome: isUnhandled ? "no" : "yes",
    rule: `Services of type LoadBalancer ${classes} are handled`,
    object: objectOf(service),
    reason: isUnhandled ? unhandledReason(service) : null,
    message: `it is of type ${type}${loadBalancerClass === null ? "" : ` and class ${loadBalancerClass}`}`,
  });
}

function familyStep(service: Service): ExplainedStep {
  const family = serviceFamily(service);
  const wanted = family === null ? "they don't tell" : familyName(family);
  return step({
    part,
    outcome: family === null ? "no" : "info",
    rule: rules.family,
    object: objectOf(service),
    message: `${wanted}, ipFamilyPolicy ${service.ipFamilyPolicy}`,
  });
}

function requestStep(service: Service, { ips, pool, problem }: Wishes): ExplainedStep {
  const asked = [
    ...(ips === null ? [] : [ips.map(({ text }) => text).join(",")]),
    ...(pool === null ? [] : [`pool ${pool}`]),
  ];
  return step({
    part,
    outcome: problem === null ? "info" : "no",
    rule: rules.request,
    object: objectOf(service),
    reason: problem?.reason ?? null,
    message: problem?.message ??
      (asked.length === 0 ? "it asks for none in particular" : `it asks for ${asked.join(" of ")}`),
  });
}

/** null for a Service that has no address yet. */
function keptStep(service: Service, { ips, events }: Decision): ExplainedStep | null {
  const had = service.ingress.map(({ ip, hostname }) => ip === "" ? hostname : ip);
  if (had.length === 0) return null;
  const stays = ips.filter(({ text }) => had.includes(text)).length === had.length;
  const why = events.find(({ reason }) => ["ClearAssignment", "nolbIPsIPFamily"].includes(reason));
  const message = stays
    ? `it keeps ${had.join(",")}`
    : why?.message ?? `${had.join(",")} is not what it asks for`;
  return step({ part, outcome: stays ? "yes" : "no", rule: rules.keep, object: objectOf(service), message });
}

/** Other refusals come before anybody looks at pools. */
function poolsWereAsked({ refusal }: Decision): boolean {
  return refusal === null || ["poolExhausted", "poolNotAllowed", "poolNotFound"].includes(refusal.reason);
}

function addressStep(
  ip: Ip,
  { service }: Decision,
  ledger: Ledger,
  { namespace }: PlanOptions,
): ExplainedStep {
  const others = ledger.holdersOf(ip).filter((other) => other !== keyOf(service));
  const sharing = others.length === 0
    ? "it has it alone"
    : `it shares it with ${others.join(", ")}, by the key "${claimantOf(service).sharingKey}"`;
  return step({
    part,
    outcome: "yes",
    rule: rules.address,
    object: { kind: "IPAddressPool", namespace, name: ledger.poolOf(ip)?.name ?? "" },
    message: `${ip.text}; ${sharing}`,
  });
}

function refusalStep(service: Service, refusal: NonNullable<Decision["refusal"]>): ExplainedStep {
  return step({ part, outcome: "no", rule: rules.outcome, object: objectOf(service), ...refusal });
}
