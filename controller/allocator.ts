/**
 * Finds addresses for a Service that has none: those it asks for, or of the pool it asks for, or of the pools
 * reserved for it in the order of their priority, or of the pools for everybody. Where MetalLB leaves an order to
 * chance, pools go by name.
 */
import type { Ip, IpFamily } from "../core/ip.ts";
import type { Refusal } from "../core/reason.ts";
import type { Service } from "../core/service.ts";
import { poolAdmits } from "../crds/pools.ts";
import type { Claimant, Ledger } from "./ledger.ts";
import type { PoolSpace } from "./poolspace.ts";
import { familyName, familyOf, type ServiceFamily, type Wishes } from "./wishes.ts";

/** Addresses in the order of status.loadBalancer.ingress, or why there are none. */
export type Found = { readonly ips: readonly Ip[] } | { readonly refusal: Refusal };

export function findAddresses(
  service: Service,
  family: ServiceFamily,
  wishes: Wishes,
  claimant: Claimant,
  ledger: Ledger,
): Found {
  if (wishes.ips !== null) return requested(wishes.ips, family, wishes.pool, claimant, ledger);
  const order = familyOrder(service, family);
  if (order === null) {
    const message = "the Service has cluster IPs of both families but its ipFamilyPolicy is SingleStack";
    return { refusal: { reason: "familyMismatch", message } };
  }
  if (wishes.pool !== null) return fromNamedPool(wishes.pool, order, claimant, ledger);
  return automatic(order, claimant, ledger);
}

/** The combinations of families that satisfy a Service, the better ones first. */
function familyOrder(service: Service, family: ServiceFamily): readonly (readonly IpFamily[])[] | null {
  if (family !== "dual") return [[family]];
  const both = ["ipv4", "ipv6"] as const;
  if (service.ipFamilyPolicy === "RequireDualStack") return [both];
  if (service.ipFamilyPolicy !== "PreferDualStack") return null;
  const preferred: readonly IpFamily[] = service.ipFamilies[0] === "IPv6" ? ["ipv6", "ipv4"] : both;
  return [both, ...preferred.map((one) => [one])];
}

function requested(
  ips: readonly Ip[],
  family: ServiceFamily,
  pool: string | null,
  claimant: Claimant,
  ledger: Ledger,
): Found {
  const asked = ips.map((ip) => ip.text).join(",");
  if (familyOf(ips) !== family) {
    const needs = family === "dual" ? "one address of each family" : `one ${familyName(family)} address`;
    const message = `${asked} is requested, and the Service's cluster IPs call for ${needs}`;
    return { refusal: { reason: "familyMismatch", message } };
  }
  for (const ip of ips) {
    const refusal = ledger.refusalFor(ip, claimant);
    if (refusal !== null) return { refusal };
    const holder = ledger.poolOf(ip)?.name;
    if (pool !== null && holder !== pool) {
      const message = `${ip.text} is requested from pool "${pool}" but belongs to pool "${holder}"`;
      return { refusal: { reason: "poolMismatch", message } };
    }
  }
  return { ips };
}

function fromNamedPool(
  name: string,
  order: readonly (readonly IpFamily[])[],
  claimant: Claimant,
  ledger: Ledger,
): Found {
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

function automatic(order: readonly (readonly IpFamily[])[], claimant: Claimant, ledger: Ledger): Found {
  const { reserved, open } = ledger.autoAssigned;
  const admitting = reserved.filter(({ pool }) => poolAdmits(pool, claimant.namespace, claimant.labels));
  return firstFit(admitting, order, claimant) ?? firstFit(open, order, claimant) ??
    exhausted([...admitting, ...open], order);
}

/** The first pool that satisfies the best combination of families, else the next combination. */
function firstFit(
  spaces: readonly PoolSpace[],
  order: readonly (readonly IpFamily[])[],
  claimant: Claimant,
): Found | null {
  for (const families of order) {
    for (const space of spaces) {
      const ips = families.map((family) => space.find(family, claimant));
      if (ips.every((ip) => ip !== null)) return { ips };
    }
  }
  return null;
}

function exhausted(spaces: readonly PoolSpace[], order: readonly (readonly IpFamily[])[]): Found {
  if (spaces.length === 0) {
    const message =
      "no IPAddressPool with autoAssign admits the Service; ask for a pool by annotation, or add one";
    return { refusal: { reason: "poolExhausted", message } };
  }
  const wanted = (order[0] ?? []).map(familyName).join(" and ");
  const names = spaces.slice(0, 5).map(({ pool }) => `"${pool.name}"`).join(", ");
  const more = spaces.length > 5 ? ` and ${spaces.length - 5} more` : "";
  const message = `no available IPs: no free ${wanted} address in pool ${names}${more}`;
  return { refusal: { reason: "poolExhausted", message } };
}
