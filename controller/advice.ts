/** What people can do about a refusal, for Events: `kubectl describe` is where they look first. */
import type { Reason } from "../core/reason.ts";

const advice: Partial<Record<Reason, string>> = {
  noPools: "create one",
  noClusterIPs: "a LoadBalancer needs one, so clusterIP must not be None",
  dualStackUnavailable:
    "set ipFamilyPolicy to PreferDualStack or SingleStack, or give the cluster both families",
  familyMismatch: "ask for what fits, or change ipFamilyPolicy",
  invalidRequest: "correct it",
  poolNotFound: "create it, or correct the annotation",
  addressNotInPool: "ask for another address, or add this one to a pool",
  poolMismatch: "leave out one of the two requests, or make them fit",
  poolNotAllowed: "ask for another pool, or change this one's serviceAllocation",
  addressInUse: "ask for another address, or have this one given up",
  buggyAddress: "ask for another address",
  poolExhausted: "add addresses to a pool, ask for another pool by annotation, or delete a Service",
};

/** The message, and what to do. */
export function withAdvice(
  { reason, message }: { readonly reason: Reason; readonly message: string },
): string {
  const todo = advice[reason];
  return todo === undefined ? message : `${message}; ${todo}`;
}
