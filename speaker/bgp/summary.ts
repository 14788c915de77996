/** What all nodes together do with one Service by BGP, for `plan` and `explain`. */
import type { Reason, Refusal } from "../../core/reason.ts";
import { type BgpDecision, bgpExclusionOrder } from "./decision.ts";

/** One node's part. */
export interface BgpVerdict {
  readonly node: string;
  readonly verdict: "announces" | "excluded";
  /** Why it is excluded; else null. */
  readonly reason: Reason | null;
  /** The same as a sentence. */
  readonly message: string | null;
}

/** `routes`: how many of the node's routes are for the Service. */
export function verdictOn(node: string, service: string, decision: BgpDecision, routes: number): BgpVerdict {
  if ("refusal" in decision) return { node, verdict: "excluded", ...decision.refusal };
  if (routes > 0) return { node, verdict: "announces", reason: null, message: null };
  const message = `${node} has no BGP session that takes routes for ${service}`;
  return { node, verdict: "excluded", reason: "noMatchingPeer", message };
}

/** Why no node announces, with the word of the one that came closest; null when one does. */
export function refusalOf(service: string, verdicts: readonly BgpVerdict[]): Refusal | null {
  if (verdicts.some(({ verdict }) => verdict === "announces")) return null;
  const reasons = new Set(verdicts.map(({ reason }) => reason));
  const closest = bgpExclusionOrder.findLast((reason) => reasons.has(reason));
  if (closest === undefined) return null;
  const shown = verdicts.slice(0, 5).map(({ node, reason }) => `${node} (${reason})`).join(", ");
  const more = verdicts.length > 5 ? ` and ${verdicts.length - 5} more` : "";
  return { reason: closest, message: `no node announces ${service} by BGP: ${shown}${more}` };
}
