/**
 * Finds addresses for a Service that has none: those it asks for, or of the pool it asks for, or of the pools
 * reserved for it in the order of their priority, or of the pools for everybody. Where MetalLB leaves an order to
 * chance, pools go by name.
 */
import type { Ip, IpFamily } from "../core/ip.ts";
import type { Refusal } from "../core/reason.ts";
import type { Service } from "../core/service.ts";
import { poolAdmits } from "../crds/pools.ts";
import type { Claimant } from "./ledger.ts";
import type { PoolSpace } from "./poolspace.ts";
import type { ServiceCase } from "./servicecase.ts";
import { familyName, familyOf, type ServiceFamily } from "./wishes.ts";

/** Addresses in the order of status.loadBalancer.ingress, or why there are none. */
export type Found = { readonly ips: readonly Ip[] } | { readonly refusal: Refusal };

/** Combinations of families, the better ones first. */
type FamilyOrder = readonly (readonly IpFamily[])[];

/** Looks for addresses of this family; what is found is not taken yet. */
export function findAddresses(at: ServiceCase, family: ServiceFamily): Found {
  const { service, wishes } = at;
  if (wishes.ips !== null) return requested(at, wishes.ips, family);
  const order = familyOrder(service, family);
  if (order === null) {
    const message = "the Service has cluster IPs of both families but its ipFamilyPolicy is SingleStack";
    return { refusal: { reason: "familyMismatch", message } };
  }
  return wishes.pool === null ? automatic(at, order) : fromNamedPool(at, wishes.pool, order);
}

/** What satisfies a Service; null when nothing does. */
function familyOrder(service: Service, family: ServiceFamily): FamilyOrder | null {
  if (family !== "dual") return [[family]];
  const both = ["ipv4", "ipv6"] as const;
  if (service.ipFamilyPolicy === "RequireDualStack") return [both];
  if (service.ipFamilyPolicy !== "PreferDualStack") return null;
  const preferred: readonly IpFamily[] = service.ipFamilies[0] === "IPv6" ? ["ipv6", "ipv4"] : both;
  return [both, ...preferred.map((one) => [one])];
}

function requested(
  { claimant, ledger, wishes }: ServiceCase,
  ips: readonly Ip[],
  family: ServiceFamily,
): Found {
  if (familyOf(ips) !== family) {
    const asked = ips.map((ip) => ip.text).join(",");
    const needs = family === "dual" ? "one address of each family" : `one ${familyName(family)} address`;
    const message = `${asked} is requested, and the Service's cluster IPs call for ${needs}`;
    return { refusal: { reason: "familyMismatch", message } };
  }
  for (const ip of ips) {
    // What never fits is said before what somebody else's doings decide.
    const pool = ledger.poolOf(ip)?.name;
    if (wishes.pool !== null && pool !== undefined && pool !== wishes.pool) {
      const message = `${ip.text} is requested from pool "${wishes.pool}" but belongs to pool "${pool}"`;
      return { refusal: { reason: "poolMismatch", message } };
    }
    const refusal = ledger.refusalFor(ip, claimant);
    if (refusal !== null) return { refusal };
  }
  return { ips };
}

function fromNamedPool({ claimant, ledger }: ServiceCase, name: string, order: FamilyOrder): Found {
  const space = ledger.pools.get(name);
  if (space === undefined) {
    return { refusal: { reason: "poolNotFound", message: `there is no IPAddressPool "${name}"` } };
  }
  if (!poolAdmits(space.pool, claimant.namespace, claimant.labels)) {
    const message = `pool "${name}" is reserved for other Services (serviceAllocation)`;
    return { refusal: { reason: "poolNotAllowed", message } };
  }
  return firstFit([space], order, claimant) ?? exhausted([space], order);
}

function automatic({ claimant, ledger }: ServiceCase, order: FamilyOrder): Found {
  const { reserved, open } = ledger.autoAssigned;
  const admitting = reserved.filter(({ pool }) => poolAdmits(pool, claimant.namespace, claimant.labels));
  return firstFit(admitting, order, claimant) ?? firstFit(open, order, claimant) ??
    exhausted([...admitting, ...open], order);
}

/** The first pool that satisfies the best combination of families, else the next combination. */
function firstFit(spaces: readonly PoolSpace[], order: FamilyOrder, claimant: Claimant): Found | null {
  for (const families of order) {
    for (const space of spaces) {
      const ips = families.map((family) => space.find(family, claimant));
      if (ips.every((ip) => ip !== null)) return { ips };
    }
  }
  return null;
}

function exhausted(spaces: readonly PoolSpace[], order: FamilyOrder): Found {
  if (spaces.length === 0) {
    const message = "no IPAddressPool with autoAssign admits the Service";
    return { refusal: { reason: "poolExhausted", message } };
  }
  const wanted = (order[0] ?? []).map(familyName).join(" and ");
  const names = spaces.slice(0, 5).map(({ pool }) => `"${pool.name}"`).join(", ");
  const more = spaces.length > 5 ? ` and ${spaces.length - 5} more` : "";
  const message = `no available IPs: no free ${wanted} address in pool ${names}${more}`;
  return { refusal: { reason: "poolExhausted", message } };
}
