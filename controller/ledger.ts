/**
 * Who holds which address. The ledger refuses what may not be: an address twice, an address that may not be shared.
 * It decides nothing about what a Service should get; that is the allocator's business.
 */
import type { Ip } from "../core/ip.ts";
import { type CompiledPools, findPool, isBuggyIp, type Pool, poolAdmits } from "../crds/pools.ts";
import type { Labels } from "../core/selector.ts";
import type { Refusal } from "../core/reason.ts";
import { type Claim, Holding, type Holdings } from "./holding.ts";
import { PoolSpace } from "./poolspace.ts";

/** What one Service holds. */
export interface Assignment {
  readonly claim: Claim;
  /** In the order of status.loadBalancer.ingress. */
  readonly ips: readonly Ip[];
}

/** A claim with what pools judge by. */
export interface Claimant extends Claim {
  readonly namespace: string;
  readonly labels: Labels;
}

/** The pools that give addresses of themselves, in the order in which they are asked. */
export interface AutoAssigned {
  /** Those with a serviceAllocation, by priority, then by name. */
  readonly reserved: readonly PoolSpace[];
  /** Those for everybody, by name. */
  readonly open: readonly PoolSpace[];
}

export class Ledger {
  readonly #holdings: Holdings = { ipv4: new Map(), ipv6: new Map() };
  readonly #assignments = new Map<string, Assignment>();
  #spaces: ReadonlyMap<string, PoolSpace> = new Map();
  #autoAssigned: AutoAssigned = { reserved: [], open: [] };
  #pools: CompiledPools;

  constructor(pools: CompiledPools) {
    this.#pools = pools;
    this.setPools(pools);
  }

  /** Goes over to other pools; what is held stays held, also outside of them, until it is judged again. */
  setPools(pools: CompiledPools): void {
    this.#pools = pools;
    this.#spaces = new Map(
      [...pools.pools.values()].map((pool) => [pool.name, new PoolSpace(pool, this.#holdings)]),
    );
    this.#autoAssigned = inOrderOfAssignment([...this.#spaces.values()]);
    for (const holdings of [this.#holdings.ipv4, this.#holdings.ipv6]) {
      // Ascending, so that the sharing groups grow at their end.
      const ascending = [...holdings.values()].sort((a, b) => (a.ip.value < b.ip.value ? -1 : 1));
      for (const holding of ascending) {
        holding.place = null;
        this.#spaceOf(holding.ip)?.taken(holding);
      }
    }
  }

  /** Usable pools, by name. */
  get pools(): ReadonlyMap<string, PoolSpace> {
    return this.#spaces;
  }

  get autoAssigned(): AutoAssigned {
    return this.#autoAssigned;
  }

  assignmentOf(service: string): Assignment | null {
    return this.#assignments.get(service) ?? null;
  }

  /** The Services that hold the address, sorted. */
  holdersOf(ip: Ip): readonly string[] {
    return this.#holdings[ip.family].get(ip.value)?.othersThan("") ?? [];
  }

  poolOf(ip: Ip): Pool | null {
    return findPool(this.#pools, ip);
  }

  /** Why this Service may not hold the address, or null when it may. */
  refusalFor(ip: Ip, claimant: Claimant): Refusal | null {
    const pool = this.poolOf(ip);
    if (pool === null) {
      return { reason: "addressNotInPool", message: `${ip.text} is in no IPAddressPool` };
    }
    if (pool.avoidBuggyIPs && isBuggyIp(ip)) {
      const message = `${ip.text} ends in .0 or .255, which pool "${pool.name}" avoids (avoidBuggyIPs)`;
      return { reason: "buggyAddress", message };
    }
    if (!poolAdmits(pool, claimant.namespace, claimant.labels)) {
      const message = `pool "${pool.name}" of ${ip.text} is reserved for other Services (serviceAllocation)`;
      return { reason: "poolNotAllowed", message };
    }
    return this.#sharingRefusal(ip, claimant);
  }

  /**
   * Gives the addresses to the Service in place of all that it held; giving it what it has changes nothing. They must
   * have been found or judged before.
   */
  assign(claim: Claim, ips: readonly Ip[]): void {
    const before = this.#assignments.get(claim.service);
    if (before !== undefined) {
      if (sameIps(before.ips, ips) && sameClaim(before.claim, claim)) return;
      for (const ip of before.ips) this.#letGo(ip, before.claim);
    }
    for (const ip of ips) this.#hold(ip, claim);
    this.#assignments.set(claim.service, { claim, ips });
  }

  /** Takes everything from the Service; what it held is returned. */
  release(service: string): readonly Ip[] {
    const assignment = this.#assignments.get(service);
    if (assignment === undefined) return [];
    this.#assignments.delete(service);
    for (const ip of assignment.ips) this.#letGo(ip, assignment.claim);
    return assignment.ips;
  }

  #sharingRefusal(ip: Ip, claim: Claim): Refusal | null {
    const holding = this.#holdings[ip.family].get(ip.value);
    if (holding === undefined || !holding.isHeldBeside(claim.service)) return null;
    const objection = sharingObjection(holding, claim);
    if (objection === null) return null;
    const others = listed(holding.othersThan(claim.service));
    return { reason: "addressInUse", message: `${ip.text} is held by ${others}, ${objection}` };
  }

  #hold(ip: Ip, claim: Claim): void {
    const holdings = this.#holdings[ip.family];
    const known = holdings.get(ip.value);
    if (known !== undefined) return known.add(claim);
    const holding = new Holding(ip, claim);
    holdings.set(ip.value, holding);
    this.#spaceOf(ip)?.taken(holding);
  }

  #letGo(ip: Ip, claim: Claim): void {
    const holdings = this.#holdings[ip.family];
    const holding = holdings.get(ip.value);
    if (holding === undefined) return;
    const wasLast = holding.remove(claim);
    if (!wasLast) return holding.place?.space.portsReleased(holding, claim.ports);
    holdings.delete(ip.value);
    holding.place?.space.released(holding);
  }

  #spaceOf(ip: Ip): PoolSpace | undefined {
    const pool = this.poolOf(ip);
    return pool === null ? undefined : this.#spaces.get(pool.name);
  }
}

/** Why the Service can't join those who hold the address, or null when it can. */
function sharingObjection(holding: Holding, claim: Claim): string | null {
  if (claim.sharingKey === "" || holding.sharingKey === "") {
    return "and both need the annotation metallb.io/allow-shared-ip with one value to share it";
  }
  if (claim.sharingKey !== holding.sharingKey) {
    return `whose sharing key is "${holding.sharingKey}", not "${claim.sharingKey}"`;
  }
  if (claim.backendKey !== holding.backendKey) {
    return "and with externalTrafficPolicy Local only Services with equal selectors share an address";
  }
  const port = claim.ports.find((key) => (holding.userOf(key) ?? claim.service) !== claim.service);
  return port === undefined ? null : `and port ${port} is used by ${holding.userOf(port)}`;
}

function inOrderOfAssignment(spaces: readonly PoolSpace[]): AutoAssigned {
  const byName = (a: PoolSpace, b: PoolSpace) => (a.pool.name < b.pool.name ? -1 : 1);
  const auto = spaces.filter(({ pool }) => pool.autoAssign).sort(byName);
  return {
    reserved: auto.filter(({ pool }) => pool.allocation !== null)
      .sort((a, b) => rank(a.pool) - rank(b.pool) || byName(a, b)),
    open: auto.filter(({ pool }) => pool.allocation === null),
  };
}

/** Positive priorities ascending, then 0. */
function rank(pool: Pool): number {
  const priority = pool.allocation?.priority ?? 0;
  return priority > 0 ? priority : Number.MAX_SAFE_INTEGER;
}

/** `a`, `a and b`, or `a, b and 3 more` */
function listed(names: readonly string[]): string {
  if (names.length <= 2) return names.join(" and ");
  return `${names.slice(0, 2).join(", ")} and ${names.length - 2} more`;
}

function sameIps(a: readonly Ip[], b: readonly Ip[]): boolean {
  return a.length === b.length && a.every((ip, index) => ip.text === b[index]?.text);
}

function sameClaim(a: Claim, b: Claim): boolean {
  return a.sharingKey === b.sharingKey && a.backendKey === b.backendKey &&
    a.ports.length === b.ports.length &&
    a.ports.every((port, index) => port === b.ports[index]);
}
