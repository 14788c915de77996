/**
 * What the controller should decide, by lists and loops: every Service is looked at anew each time, every address one
 * after the other. Slow, and obvious.
 */

/** A Service as the oracle sees it. */
export interface OracleService {
  readonly key: string;
  readonly namespace: string;
  readonly uid: string;
  readonly created: number;
  /** Of type LoadBalancer, and of our class. */
  readonly handled: boolean;
  readonly tier: string;
  readonly families: "4" | "6" | "46";
  readonly policy: "SingleStack" | "PreferDualStack" | "RequireDualStack";
  readonly prefersIPv6: boolean;
  readonly wishedPool: string | null;
  readonly wishedIps: readonly string[] | null;
  /** The request can't be read. */
  readonly unreadable: boolean;
  readonly sharingKey: string;
  readonly backend: string;
  readonly ports: readonly string[];
  /** status.loadBalancer.ingress */
  readonly status: readonly string[];
}

export interface OraclePool {
  readonly name: string;
  /** In the order of assignment. */
  readonly addresses: readonly string[];
  readonly autoAssign: boolean;
  readonly avoidsBuggy: boolean;
  /** null: for everybody. */
  readonly reserved: {
    readonly priority: number;
    /** null: every namespace. */
    readonly namespaces: readonly string[] | null;
    /** null: every label. */
    readonly tiers: readonly string[] | null;
  } | null;
}

export interface OracleWorld {
  readonly services: readonly OracleService[];
  readonly pools: readonly OraclePool[];
}

interface Holder {
  readonly service: OracleService;
  readonly ips: readonly string[];
}

/** What the controller remembers from one decision to the next. */
export class Oracle {
  /** By key; with the Service as it was when it was decided upon. */
  #holders = new Map<string, Holder>();
  #seen = new Map<string, OracleService>();
  #started = false;

  /** The addresses of every handled Service, by key. */
  decide(world: OracleWorld): Map<string, readonly string[]> {
    for (const [key, { uid }] of this.#seen) {
      if (world.services.some((service) => service.key === key && service.uid === uid)) continue;
      this.#seen.delete(key);
      this.#holders.delete(key);
    }
    const byAge = [...world.services].sort((a, b) => a.created - b.created || (a.key < b.key ? -1 : 1));
    if (!this.#started) { for (const service of byAge) this.#reserve(service, world); }
    this.#started = true;
    const holding = byAge.filter((service) => service.status.length > 0 || this.#holders.has(service.key));
    for (const service of holding) this.#decideOne(service, world);
    const [one, none] = [byAge.filter((service) => this.#holders.has(service.key)), byAge];
    for (const service of one) this.#extend(service, world);
    for (const service of none) if (!this.#holders.has(service.key)) this.#decideOne(service, world);
    return new Map(
      byAge.filter(({ handled }) => handled).map(({ key }) => [key, this.#holders.get(key)?.ips ?? []]),
    );
  }

  /** Whether the Service would be served, or served better, with what is free now. */
  couldTakeMore(service: OracleService, world: OracleWorld): boolean {
    if (!service.handled || service.unreadable || obstacle(service, world)) return false;
    const has = this.#holders.get(service.key)?.ips ?? [];
    if (has.length === 0) return this.#find(service, world).length > 0;
    return wantsAnother(service, has) && this.#another(service, has, world) !== undefined;
  }

  #reserve(service: OracleService, world: OracleWorld): void {
    if (!service.handled || obstacle(service, world) || !this.#mayKeep(service, service.status, world)) {
      return;
    }
    this.#holders.set(service.key, { service, ips: service.status });
  }

  #decideOne(service: OracleService, world: OracleWorld): void {
    const before = this.#holders.get(service.key);
    const seen = this.#seen.get(service.key);
    this.#holders.delete(service.key);
    this.#seen.delete(service.key);
    if (!service.handled) return;
    this.#seen.set(service.key, service);
    if (obstacle(service, world)) return;
    const statusIsNews = seen === undefined || seen.status.join() !== service.status.join();
    const candidates = [statusIsNews ? service.status : [], before?.ips ?? []];
    let ips = candidates.find((some) => this.#mayKeep(service, some, world)) ?? [];
    if (!service.unreadable) {
      if (!fitsWishes(service, ips, world)) ips = [];
      if (ips.length > 0) ips = service.wishedIps ?? ips;
      if (ips.length === 0) ips = this.#find(service, world);
    }
    if (ips.length > 0) this.#holders.set(service.key, { service, ips });
  }

  #extend(service: OracleService, world: OracleWorld): void {
    const ips = this.#holders.get(service.key)?.ips ?? [];
    if (service.unreadable || !wantsAnother(service, ips)) return;
    const other = this.#another(service, ips, world);
    if (other !== undefined) this.#holders.set(service.key, { service, ips: [...ips, other] });
  }

  #mayKeep(service: OracleService, ips: readonly string[], world: OracleWorld): boolean {
    const families = familiesOf(ips);
    if (ips.length === 0 || ips.length > 2 || (ips.length === 2 && families !== "46")) return false;
    const partly = service.families === "46" && service.policy === "PreferDualStack";
    if (families !== service.families && !partly) return false;
    return ips.every((ip) => this.#mayHave(service, ip, world));
  }

  /** All rules about one address: 2.4 and 2.7. */
  #mayHave(service: OracleService, ip: string, world: OracleWorld): boolean {
    const pool = world.pools.find(({ addresses }) => addresses.includes(ip));
    if (pool === undefined || !admits(pool, service)) return false;
    if (pool.avoidsBuggy && /\.(0|255)$/.test(ip)) return false;
    return [...this.#holders.values()]
      .filter((holder) => holder.service.key !== service.key && holder.ips.includes(ip))
      .every(({ service: other }) =>
        service.sharingKey !== "" && service.sharingKey === other.sharingKey &&
        service.backend === other.backend && !service.ports.some((port) => other.ports.includes(port))
      );
  }

  #find(service: OracleService, world: OracleWorld): readonly string[] {
    const { wishedIps, wishedPool, families } = service;
    if (wishedIps !== null) {
      const fits = familiesOf(wishedIps) === families && fitsWishes(service, wishedIps, world) &&
        wishedIps.every((ip) => this.#mayHave(service, ip, world));
      return fits ? wishedIps : [];
    }
    if (families === "46" && service.policy === "SingleStack") return [];
    if (wishedPool !== null) {
      const named = world.pools.filter(({ name }) => name === wishedPool);
      return this.#firstFit(service, named, world);
    }
    const auto = world.pools.filter(({ autoAssign }) => autoAssign).sort((a, b) => a.name < b.name ? -1 : 1);
    const rank = ({ reserved }: OraclePool) => reserved?.priority || Infinity;
    const reserved = auto.filter((pool) => pool.reserved !== null && admits(pool, service));
    reserved.sort((a, b) => rank(a) === rank(b) ? 0 : rank(a) - rank(b));
    const found = this.#firstFit(service, reserved, world);
    return found.length > 0 ? found : this.#firstFit(
      service,
      auto.filter((pool) => pool.reserved === null),
      world,
    );
  }

  #firstFit(service: OracleService, pools: readonly OraclePool[], world: OracleWorld): readonly string[] {
    for (const families of combinations(service)) {
      for (const pool of pools) {
        const ips = families.map((family) => this.#firstOf(service, pool, family, world));
        if (ips.every((ip) => ip !== undefined)) return ips as string[];
      }
    }
    return [];
  }

  #firstOf(
    service: OracleService,
    pool: OraclePool,
    family: string,
    world: OracleWorld,
  ): string | undefined {
    return pool.addresses.find((ip) => familiesOf([ip]) === family && this.#mayHave(service, ip, world));
  }

  #another(service: OracleService, [ip]: readonly string[], world: OracleWorld): string | undefined {
    const pool = world.pools.find(({ addresses }) => ip !== undefined && addresses.includes(ip));
    const family = familiesOf([ip ?? ""]) === "4" ? "6" : "4";
    return pool && this.#firstOf(service, pool, family, world);
  }
}

/** `4`, `6` or `46`; anything else for what is no set of one or two families. */
export function familiesOf(ips: readonly string[]): string {
  return ips.map((ip) => ip.includes(":") ? "6" : "4").sort().join("");
}

export function admits({ reserved }: OraclePool, { namespace, tier }: OracleService): boolean {
  return reserved === null ||
    ((reserved.namespaces?.includes(namespace) ?? true) && (reserved.tiers?.includes(tier) ?? true));
}

function obstacle({ policy, families }: OracleService, { pools }: OracleWorld): boolean {
  return pools.length === 0 || (policy === "RequireDualStack" && families !== "46");
}

function fitsWishes(
  { wishedPool, wishedIps }: OracleService,
  ips: readonly string[],
  { pools }: OracleWorld,
): boolean {
  const inPool = (ip: string) =>
    wishedPool === null || pools.some(({ name, addresses }) => name === wishedPool && addresses.includes(ip));
  return ips.every(inPool) && (wishedIps === null || [...wishedIps].sort().join() === [...ips].sort().join());
}

function wantsAnother({ families, policy, wishedIps }: OracleService, ips: readonly string[]): boolean {
  return families === "46" && policy === "PreferDualStack" && wishedIps === null && ips.length === 1;
}

/** 2.5 */
function combinations({ families, policy, prefersIPv6 }: OracleService): readonly (readonly string[])[] {
  if (families !== "46") return [[families]];
  if (policy === "RequireDualStack") return [["4", "6"]];
  return [["4", "6"], ...(prefersIPv6 ? [["6"], ["4"]] : [["4"], ["6"]])];
}
