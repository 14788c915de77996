/**
 * Decides about one Service: which addresses it has from now on, and why. An address that a Service has is kept
 * whenever it may be kept; the answer depends only on the Service, on the pools and on what is held.
 */
import type { Ip, IpFamily } from "../core/ip.ts";
import type { Refusal } from "../core/reason.ts";
import type { Service } from "../core/service.ts";
import { findAddresses } from "./allocator.ts";
import type { Decision } from "./decision.ts";
import type { Ledger } from "./ledger.ts";
import {
  fitsWishes,
  hold,
  objectionTo,
  obstacleTo,
  openCase,
  say,
  type ServiceCase,
  statusIps,
  wantsAnother,
  warn,
} from "./servicecase.ts";
import { familyName, familyOf, type ServiceFamily } from "./wishes.ts";

/**
 * Decides, and enters the outcome in the ledger.
 *
 * @param before what was decided about the same Service last time: a status that hasn't changed since is older than
 * that decision, whose write is still on its way
 */
export function converge(service: Service, ledger: Ledger, before?: Decision): Decision {
  const at = openCase(service, ledger);
  const { family, wishes } = at;
  const obstacle = obstacleTo(at);
  if (obstacle !== null) return refused(at, obstacle);
  const kept = keep(at, before === undefined || !sameIngress(before.service, service));
  if (family === null) return undecided(at, unknownFamily(service), kept);
  if (wishes.problem !== null) return undecided(at, wishes.problem, kept);
  if (kept === null || !fitsWishes(at, kept)) return allocate(at, family);
  return granted(at, wishes.ips ?? kept);
}

/**
 * Looks for the other family for a Service that prefers both and has one, in the same pool. This comes after everybody
 * was asked what they keep, and before those that have nothing.
 *
 * @param decision its present one; only what is said from now on is in the new one's events
 */
export function extend(decision: Decision, ledger: Ledger): Decision {
  const at = openCase(decision.service, ledger);
  const [ip] = decision.ips;
  if (ip === undefined || !wantsAnother(at, decision.ips)) return { ...decision, events: [] };
  const other: IpFamily = ip.family === "ipv4" ? "ipv6" : "ipv4";
  const pool = ledger.poolOf(ip)?.name ?? "";
  const added = ledger.pools.get(pool)?.find(other, at.claimant) ?? null;
  if (added === null) {
    const message = `no ${familyName(other)} address in addition to ${ip.text}: pool "${pool}" has none free`;
    say(at, "Normal", "AdditionalAssignFailed", message);
    return granted(at, decision.ips);
  }
  say(at, "Normal", "IPAllocated", `Assigned additional IP ${quoted([added.text])} from pool "${pool}"`);
  // Behind the one that it has: who announces a Service is elected by its first address.
  return granted(at, hold(at, [ip, added]));
}

/** At a start: takes the addresses in a Service's status for it if it may keep them, before others are given any. */
export function reserve(service: Service, ledger: Ledger): void {
  const at = openCase(service, ledger);
  const ips = statusIps(service);
  if (obstacleTo(at) === null && objectionTo(at, ips) === null) hold(at, ips);
}

/** The addresses that the Service has and may go on having: in its status, or given to it lately. */
function keep(at: ServiceCase, statusIsNews: boolean): readonly Ip[] | null {
  const given = at.ledger.assignmentOf(at.claimant.service)?.ips ?? [];
  const candidates = statusIsNews ? [statusIps(at.service), given] : [given];
  const objections = [];
  for (const ips of candidates) {
    if (ips.length === 0) continue;
    const objection = objectionTo(at, ips);
    if (objection === null) return hold(at, ips);
    objections.push({ ips, objection });
  }
  const [first] = objections;
  if (first !== undefined) sayCleared(at, first.ips, first.objection);
  return null;
}

function sayCleared(at: ServiceCase, ips: readonly (Ip | null)[], objection: string): void {
  const { service } = at.claimant;
  if (familyOf(ips) === null) {
    const texts = at.service.ingress.map(({ ip }) => ip);
    const message = `the status of "${service}" has IP ${quoted(texts)}, another one will be looked for: `;
    return say(at, "Warning", "nolbIPsIPFamily", message + objection);
  }
  const texts = ips.map((ip) => ip?.text ?? "");
  const message = `current IP ${
    quoted(texts)
  } of "${service}" can't be kept, another one will be looked for: `;
  say(at, "Normal", "ClearAssignment", message + objection);
}

function allocate(at: ServiceCase, family: ServiceFamily): Decision {
  at.ledger.release(at.claimant.service);
  const found = findAddresses(at, family);
  if ("refusal" in found) return refused(at, found.refusal);
  const ips = hold(at, found.ips);
  const texts = ips.map(({ text }) => text);
  say(at, "Normal", "IPAllocated", `Assigned IP ${quoted(texts)} from pool "${poolNames(at, ips)}"`);
  return granted(at, ips);
}

function unknownFamily({ clusterIPs }: Service): Refusal {
  const message = `the address family can't be told from the cluster IPs ${clusterIPs.join(",")}`;
  return { reason: "familyUnknown", message };
}

function granted(at: ServiceCase, ips: readonly Ip[]): Decision {
  const { service, events, wishes: { deprecated } } = at;
  const waits = wantsAnother(at, ips);
  return { service, ips, pool: poolNames(at, ips), refusal: null, waits, events, deprecated };
}

/** It can't be told what the Service should have: what it has is not taken away. */
function undecided(at: ServiceCase, refusal: Refusal, kept: readonly Ip[] | null): Decision {
  if (kept === null) return refused(at, refusal);
  warn(at, refusal);
  return { ...granted(at, kept), refusal, waits: false };
}

function refused(at: ServiceCase, refusal: Refusal): Decision {
  at.ledger.release(at.claimant.service);
  warn(at, refusal);
  return { ...granted(at, []), refusal, waits: true };
}

/** As in `["192.0.2.1" "2001:db8::1"]`. */
function quoted(texts: readonly string[]): string {
  return `[${texts.map((text) => `"${text}"`).join(" ")}]`;
}

function poolNames({ ledger }: ServiceCase, ips: readonly Ip[]): string {
  return [...new Set(ips.map((ip) => ledger.poolOf(ip)?.name ?? ""))].join(",");
}

function sameIngress(a: Service, b: Service): boolean {
  return a.ingress.length === b.ingress.length &&
    a.ingress.every(({ ip }, index) => ip === b.ingress[index]?.ip);
}
