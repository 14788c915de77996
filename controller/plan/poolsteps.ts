/** Which pools were asked for a Service's address, in their order, and what came of it. */
import { type ExplainedStep, step } from "../../core/plan/explanation.ts";
import { compareTexts } from "../../core/plan/order.ts";
import { type Pool, poolAdmits } from "../../crds/pools.ts";
import type { Decision } from "../decision.ts";
import type { Ledger } from "../ledger.ts";
import { claimantOf, familyName, familyOf, type Wishes } from "../wishes.ts";

const rules = {
  named: "A Service that asks for a pool is served by that pool alone",
  automatic:
    "Pools with serviceAllocation are asked first, by priority and name, then those for everybody, by name",
} as const;

/** `namespace` is the pools'. */
export function poolSteps(
  decision: Decision,
  { pool: asked }: Wishes,
  ledger: Ledger,
  namespace: string,
): readonly ExplainedStep[] {
  const { reserved, open } = ledger.autoAssigned;
  const queue = [...reserved, ...open].map(({ pool }) => pool);
  const onRequest = [...ledger.pools.values()].map(({ pool }) => pool).filter(({ autoAssign }) => !autoAssign)
    .sort((a, b) => compareTexts(a.name, b.name));
  const candidates = asked === null
    ? [...queue, ...onRequest]
    : [ledger.pools.get(asked)?.pool].filter((pool) => pool !== undefined);
  const chosen = candidates.findIndex(({ name }) => name === decision.pool);
  const turn: Turn = { decision, asked: asked !== null, chosen };
  return candidates.map((pool, index) =>
    step({
      part: "allocation",
      rule: asked === null ? rules.automatic : rules.named,
      object: { kind: "IPAddressPool", namespace, name: pool.name },
      ...verdictOf(pool, index, turn),
    })
  );
}

interface Turn {
  readonly decision: Decision;
  /** The pool was asked for by name. */
  readonly asked: boolean;
  /** The place of the pool that gave the addresses, or -1. */
  readonly chosen: number;
}

function verdictOf(
  pool: Pool,
  index: number,
  { decision, asked, chosen }: Turn,
): Pick<ExplainedStep, "outcome" | "reason" | "message"> {
  const { service, ips } = decision;
  if (index === chosen) {
    return {
      outcome: "yes",
      reason: null,
      message: `gives ${ips.map(({ text }) => text).join(",")}`,
    };
  }
  if (!poolAdmits(pool, claimantOf(service).namespace, service.labels)) {
    return {
      outcome: "no",
      reason: "poolNotAllowed",
      message: "its serviceAllocation does not admit the Service",
    };
  }
  if (!pool.autoAssign && !asked) {
    return { outcome: "info", reason: null, message: "only for those who ask for it (autoAssign)" };
  }
  if (chosen >= 0 && index > chosen) {
    return { outcome: "info", reason: null, message: "comes after the one that gave" };
  }
  // Pools are asked in this order for the families that were found in the end, so this one had none free.
  const family = familyOf(ips);
  const wanted = family === null ? "" : `${familyName(family)} `;
  return { outcome: "no", reason: "poolExhausted", message: `had no free ${wanted}address that it may have` };
}
