/** One Service while it is decided upon: what it is, asks for and has, and what is said about it on the way. */
import { type Ip, parseIp } from "../core/ip.ts";
import type { Refusal } from "../core/reason.ts";
import type { Service } from "../core/service.ts";
import { withAdvice } from "./advice.ts";
import type { EventDraft } from "./decision.ts";
import type { Claimant, Ledger } from "./ledger.ts";
import {
  claimantOf,
  familyName,
  familyOf,
  readWishes,
  type ServiceFamily,
  serviceFamily,
  type Wishes,
} from "./wishes.ts";

export interface ServiceCase {
  readonly service: Service;
  readonly ledger: Ledger;
  readonly claimant: Claimant;
  readonly wishes: Wishes;
  /** Told by its cluster IPs; null when they don't tell. */
  readonly family: ServiceFamily | null;
  readonly events: EventDraft[];
}

export function openCase(service: Service, ledger: Ledger): ServiceCase {
  return {
    service,
    ledger,
    claimant: claimantOf(service),
    wishes: readWishes(service),
    family: serviceFamily(service),
    events: [],
  };
}

/** Why the Service can't have any address now, whatever it asks for. */
export function obstacleTo({ service, ledger }: ServiceCase): Refusal | null {
  const { clusterIPs, ipFamilyPolicy } = service;
  if (ledger.pools.size === 0) {
    return { reason: "noPools", message: "there is no usable IPAddressPool" };
  }
  if (clusterIPs.length === 0) return { reason: "noClusterIPs", message: "the Service has no cluster IPs" };
  if (ipFamilyPolicy === "RequireDualStack" && clusterIPs.length < 2) {
    const message = "ipFamilyPolicy RequireDualStack needs cluster IPs of both families, and there is only " +
      clusterIPs.join(",");
    return { reason: "dualStackUnavailable", message };
  }
  return null;
}

/** The addresses in the Service's status; null for one that can't be read. */
export function statusIps({ ingress }: Service): readonly (Ip | null)[] {
  return ingress.filter(({ ip }) => ip !== "").map(({ ip }) => parseIp(ip));
}

/** Why these addresses may not be the Service's, whether it asks for them or not; null when they may. */
export function objectionTo(at: ServiceCase, ips: readonly (Ip | null)[]): string | null {
  if (ips.length === 0) return "there is none";
  const have = familyOf(ips);
  if (have === null) return "it is not one address, or one of each family";
  const mayLackOne = at.family === "dual" && at.service.ipFamilyPolicy === "PreferDualStack";
  if (at.family !== null && have !== at.family && !mayLackOne) {
    return `the Service's cluster IPs are ${familyName(at.family)} now`;
  }
  for (const ip of ips) {
    const refusal = ip === null ? null : at.ledger.refusalFor(ip, at.claimant);
    if (refusal !== null) return refusal.message;
  }
  return null;
}

/** Whether the Service's requests are met by these addresses, in any order. */
export function fitsWishes({ ledger, wishes }: ServiceCase, ips: readonly Ip[]): boolean {
  if (wishes.pool !== null && ips.some((ip) => ledger.poolOf(ip)?.name !== wishes.pool)) return false;
  if (wishes.ips === null) return true;
  const wished = new Set(wishes.ips.map((ip) => ip.text));
  return wished.size === ips.length && ips.every((ip) => wished.has(ip.text));
}

/** Whether a Service with these addresses would like one of the other family too. */
export function wantsAnother({ service, family, wishes }: ServiceCase, ips: readonly Ip[]): boolean {
  return family === "dual" && service.ipFamilyPolicy === "PreferDualStack" && wishes.ips === null &&
    ips.length === 1;
}

/** Enters addresses in the ledger, with the Service's present ports and keys. */
export function hold(at: ServiceCase, ips: readonly (Ip | null)[]): readonly Ip[] {
  const held = ips.filter((ip) => ip !== null);
  at.ledger.assign(at.claimant, held);
  return held;
}

/** Adds an Event. */
export function say(at: ServiceCase, type: EventDraft["type"], reason: string, message: string): void {
  at.events.push({ type, reason, message });
}

/** Adds the Event that tells of a refusal, and what to do about it. */
export function warn(at: ServiceCase, refusal: Refusal): void {
  const message = withAdvice(refusal);
  switch (refusal.reason) {
    case "dualStackUnavailable":
      return say(at, "Warning", "not enough clusterips", message);
    case "familyUnknown":
      return say(at, "Warning", "noclusterIPsIPFamily", message);
    case "invalidRequest":
      return say(at, "Warning", "LoadBalancerFailed", `Invalid requested IP: ${message}`);
    default:
      say(
        at,
        "Warning",
        "AllocationFailed",
        `Failed to allocate IP for "${at.claimant.service}": ${message}`,
      );
  }
}
