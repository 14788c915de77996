/** The controller's part of a plan: what its machine decides when it starts with these objects. */
import { keyOf } from "../../core/meta.ts";
import type { AllocationPart, PlanObjects, PlanOptions } from "../../core/plan/parts.ts";
import type { PlannedAssignment, PlannedPool, UnhandledService } from "../../core/plan/plan.ts";
import { compareServiceKeys } from "../../core/plan/order.ts";
import type { Service } from "../../core/service.ts";
import { trimIPAddressPool } from "../../crds/ipaddresspool.ts";
import type { Decision } from "../decision.ts";
import type { Effect } from "../effects.ts";
import type { Ledger } from "../ledger.ts";
import { Machine } from "../machine.ts";

/** A controller after its first look. */
export interface Start {
  readonly machine: Machine;
  /** What it asks for then. */
  readonly effects: readonly Effect[];
}

/** Starts a controller on these objects, as after a restart. */
export function startMachine(objects: PlanObjects, options: PlanOptions): Start {
  const machine = new Machine({ namespace: options.namespace, loadBalancerClass: options.lbClass });
  const pools = objects.configuration.filter(({ kind }) => kind === "IPAddressPool").map(trimIPAddressPool)
    // Counters that were never written: so it asks to write all of them.
    .map((pool) => ({ ...pool, status: null }));
  const effects = machine.step([
    { kind: "namespace", type: "synced", items: objects.namespaces },
    { kind: "pool", type: "synced", items: pools },
    { kind: "service", type: "synced", items: objects.services },
  ]);
  if (!machine.world.complete) throw new Error("the controller's world waits for more than a plan gives it");
  return { machine, effects };
}

export function planAllocation(objects: PlanObjects, options: PlanOptions): AllocationPart {
  const { machine, effects } = startMachine(objects, options);
  const events = Map.groupBy(
    effects.filter((effect) => effect.type === "recordEvent"),
    ({ service }) => keyOf(service),
  );
  const services = objects.services.map((service) => {
    const key = keyOf(service);
    const decision = machine.decisions.get(key);
    const answer = decision === undefined
      ? { reason: unhandledReason(service) }
      : assignmentOf(key, decision, machine.ledger, events.get(key)?.map(({ event }) => event) ?? []);
    return [key, answer] as const;
  });
  return {
    services: new Map(services),
    pools: effects.flatMap((effect) => effect.type === "writePoolStatus" ? [plannedPool(effect)] : []),
    problems: machine.problems,
  };
}

/** Of a Service that the machine has decided nothing about. */
export function unhandledReason({ type }: Service): UnhandledService["reason"] {
  return type === "LoadBalancer" ? "loadBalancerClass" : "notLoadBalancer";
}

function assignmentOf(
  key: string,
  { ips, pool, refusal }: Decision,
  ledger: Ledger,
  events: PlannedAssignment["events"],
): PlannedAssignment {
  const holders = new Set(ips.flatMap((ip) => ledger.holdersOf(ip)));
  return {
    ips: ips.map(({ text }) => text),
    pool: pool === "" ? null : pool,
    sharedWith: [...holders].filter((other) => other !== key).sort(compareServiceKeys),
    refusal,
    events,
  };
}

function plannedPool({ pool: { name }, status }: Effect & { readonly type: "writePoolStatus" }): PlannedPool {
  const { assignedIPv4, availableIPv4, assignedIPv6, availableIPv6 } = status;
  return { name, assignedIPv4, availableIPv4, assignedIPv6, availableIPv6 };
}
