/** What `pewter explain` prints: the decisions about one Service in the order in which they are made. */
import type { Reason } from "../reason.ts";

/** One decision. */
export interface ExplainedStep {
  readonly part: "allocation" | "layer2" | "bgp";
  /** How it went on: `no` is what kept the Service from something, `info` decides nothing by itself. */
  readonly outcome: "yes" | "no" | "info";
  /** The rule, as a sentence that holds for every Service. */
  readonly rule: string;
  /** The object that caused it. */
  readonly object: ObjectName | null;
  /** null: it is the same for all nodes. */
  readonly node: string | null;
  readonly peer: string | null;
  /** Of the closed list, where it is a refusal. */
  readonly reason: Reason | null;
  /** What came of the rule for this Service. */
  readonly message: string;
}

export interface ObjectName {
  readonly kind: string;
  /** "" for objects without a namespace. */
  readonly namespace: string;
  readonly name: string;
}

export type Explanation = readonly ExplainedStep[];

/** What a step may leave out. */
type Optional = "object" | "node" | "peer" | "reason";

/** A step; what isn't given is null. */
export function step(
  given: Omit<ExplainedStep, Optional> & Partial<Pick<ExplainedStep, Optional>>,
): ExplainedStep {
  const { part, outcome, rule, object = null, node = null, peer = null, reason = null, message } = given;
  return { part, outcome, rule, object, node, peer, reason, message };
}
