/** A cluster in which anything happens, by chance from a seed, kept both for the machine and for the oracle. */
import { ControllerCluster } from "../../support/controllercluster.ts";
import { pick, some } from "../../support/seededrandom.ts";
import type { OraclePool, OracleService, OracleWorld } from "./oracle.ts";

/** Runs of addresses that pools are made of; each belongs to one pool at a time. */
const blocks: readonly (readonly string[])[] = [
  ["192.0.2.254", "192.0.2.255", "192.0.3.0", "192.0.3.1"],
  ["10.0.0.0", "10.0.0.1"],
  ["10.0.0.2"],
  ["10.9.0.7", "10.9.0.8", "10.9.0.9"],
  ["2001:db8::", "2001:db8::1", "2001:db8::2"],
  ["2001:db8:0:1::ff"],
  ["fd00::9", "fd00::a"],
];

const namespaces = ["a", "b", "c"];
const tiers = ["web", "db"];
const names = ["s1", "s2", "s3", "s4", "s5"];
const poolNames = ["p1", "p2", "p3", "p4"];
const ports = ["TCP/80", "TCP/81", "UDP/80"];

interface ChaosPool {
  readonly blocks: readonly (readonly string[])[];
  readonly autoAssign: boolean;
  readonly avoidBuggyIPs: boolean;
  readonly allocation:
    | {
      readonly priority?: number;
      readonly namespaces?: string[];
      readonly team?: string;
      readonly tiers?: string[];
    }
    | null;
}

type ChaosService = Omit<OracleService, "status" | "handled"> & {
  readonly type: string;
  readonly foreign: boolean;
  readonly local: boolean;
  readonly app: string;
};

export class Chaos {
  readonly cluster = new ControllerCluster();
  readonly #random: () => number;
  readonly #services = new Map<string, ChaosService>();
  readonly #pools = new Map<string, ChaosPool>();
  /** The team that each namespace is labelled with. */
  readonly #teams = new Map<string, string>();
  #made = 0;

  constructor(random: () => number) {
    this.#random = random;
    for (const namespace of namespaces) this.#labelNamespace(namespace);
    for (const name of poolNames) this.#changePool(name);
  }

  /** A few things happen at once. */
  batch(): void {
    const count = 1 + Math.floor(this.#random() * 4);
    for (let index = 0; index < count; index++) this.#anything();
  }

  world(): OracleWorld {
    return {
      services: [...this.#services.values()].map((service): OracleService => {
        const { type, foreign, local, app, ...rest } = service;
        return {
          ...rest,
          handled: type === "LoadBalancer" && !foreign,
          backend: local ? `app=${app}` : "",
          status: this.cluster.ips(service.key),
        };
      }),
      pools: [...this.#pools].map(([name, pool]): OraclePool => ({
        name,
        addresses: pool.blocks.flat(),
        autoAssign: pool.autoAssign,
        avoidsBuggy: pool.avoidBuggyIPs,
        reserved: pool.allocation && {
          priority: pool.allocation.priority ?? 0,
          namespaces: this.#admitted(pool.allocation),
          tiers: pool.allocation.tiers ?? null,
        },
      })),
    };
  }

  #anything(): void {
    const dice = this.#random();
    const key = `${pick(this.#random, namespaces)}/${pick(this.#random, names)}`;
    if (dice < 0.08) this.#changePool(pick(this.#random, poolNames));
    else if (dice < 0.11) this.#labelNamespace(pick(this.#random, namespaces));
    else if (dice < 0.15) this.#editStatus(key);
    else if (dice < 0.28) this.#removeService(key);
    else this.#changeService(key);
  }

  #changePool(name: string): void {
    const random = this.#random;
    const taken = new Set(
      [...this.#pools].filter(([other]) => other !== name).flatMap(([, pool]) => pool.blocks),
    );
    const free = blocks.filter((block) => !taken.has(block));
    const chosen = some(random, free, 0.5).sort(() => random() - 0.5);
    if (chosen.length === 0) {
      if (this.#pools.delete(name)) this.cluster.removePool(name);
      return;
    }
    const pool: ChaosPool = {
      blocks: chosen,
      autoAssign: random() < 0.8,
      avoidBuggyIPs: random() < 0.3,
      allocation: random() < 0.5 ? null : {
        ...(random() < 0.6 ? { priority: Math.floor(random() * 3) } : {}),
        ...(random() < 0.3 ? { namespaces: some(random, namespaces, 0.6) } : {}),
        ...(random() < 0.3 ? { team: pick(random, ["red", "blue"]) } : {}),
        ...(random() < 0.3 ? { tiers: [pick(random, tiers)] } : {}),
      },
    };
    this.#pools.set(name, pool);
    this.cluster.pool(name, poolSpec(pool));
  }

  #labelNamespace(name: string): void {
    const team = pick(this.#random, ["red", "blue", "none"]);
    this.#teams.set(name, team);
    this.cluster.namespace(name, { team });
  }

  #changeService(key: string): void {
    const random = this.#random;
    const former = this.#services.get(key);
    const make = (field: keyof ChaosService) => former === undefined || random() < 0.25 || field === "uid";
    const fresh = this.#freshService(key);
    const kept = former ?? fresh;
    const choose = <Field extends keyof ChaosService>(field: Field) =>
      make(field) ? fresh[field] : kept[field];
    const service: ChaosService = {
      ...kept,
      type: choose("type"),
      tier: choose("tier"),
      ...(make("families") ? pickFamilies(fresh) : pickFamilies(kept)),
      ...(make("wishedIps") ? pickWishes(fresh) : pickWishes(kept)),
      sharingKey: choose("sharingKey"),
      local: choose("local"),
      app: choose("app"),
      ports: choose("ports"),
    };
    this.#services.set(key, service);
    this.cluster.service(key, serviceWish(service));
  }

  #freshService(key: string): ChaosService {
    const random = this.#random;
    const families = pick(random, ["4", "4", "6", "46", "46"] as const);
    const wish = random();
    return {
      key,
      namespace: key.split("/")[0] ?? "",
      uid: `uid-${++this.#made}`,
      created: Math.floor(random() * 50),
      type: random() < 0.92 ? "LoadBalancer" : "ClusterIP",
      foreign: random() < 0.05,
      tier: pick(random, tiers),
      families,
      policy: families === "46"
        ? pick(random, ["PreferDualStack", "RequireDualStack", "PreferDualStack", "SingleStack"] as const)
        : pick(random, ["SingleStack", "PreferDualStack", "SingleStack", "RequireDualStack"] as const),
      prefersIPv6: random() < 0.4,
      wishedPool: random() < 0.2 ? pick(random, poolNames) : null,
      wishedIps: wish < 0.2 ? this.#someIps(families) : null,
      unreadable: wish > 0.95,
      sharingKey: pick(random, ["", "k", "k", "x"]),
      local: random() < 0.3,
      app: pick(random, ["one", "two"]),
      backend: "",
      ports: some(random, ports, 0.5),
    };
  }

  #someIps(families: string): readonly string[] {
    const all = blocks.flat();
    const four = pick(this.#random, all.filter((ip) => !ip.includes(":")));
    const six = pick(this.#random, all.filter((ip) => ip.includes(":")));
    if (this.#random() < 0.1) return [this.#random() < 0.5 ? four : six];
    if (families === "4") return [four];
    if (families === "6") return [six];
    return this.#random() < 0.5 ? [four, six] : [six, four];
  }

  #removeService(key: string): void {
    if (this.#services.delete(key)) this.cluster.removeService(key);
  }

  #editStatus(key: string): void {
    if (!this.#services.has(key)) return;
    const ips = this.#random() < 0.3 ? [] : this.#someIps(pick(this.#random, ["4", "6", "46"]));
    this.cluster.service(key, { ips });
  }

  #admitted(
    { namespaces: named = [], team }: NonNullable<ChaosPool["allocation"]>,
  ): readonly string[] | null {
    // An empty list restricts nothing.
    if (named.length === 0 && team === undefined) return null;
    const labelled = [...this.#teams].filter(([, label]) => label === team).map(([name]) => name);
    return [...named, ...labelled];
  }
}

function pickFamilies({ families, policy, prefersIPv6 }: ChaosService) {
  return { families, policy, prefersIPv6 };
}

function pickWishes({ wishedPool, wishedIps, unreadable }: ChaosService) {
  return { wishedPool, wishedIps, unreadable };
}

function poolSpec({ blocks, allocation, ...rest }: ChaosPool) {
  const addresses = blocks.map((block) => `${block[0]}-${block[block.length - 1]}`);
  if (allocation === null) return { addresses, ...rest };
  const { priority, namespaces, team, tiers } = allocation;
  return {
    addresses,
    ...rest,
    serviceAllocation: {
      ...(priority === undefined ? {} : { priority }),
      ...(namespaces === undefined ? {} : { namespaces }),
      ...(team === undefined ? {} : { namespaceSelectors: [{ matchLabels: { team } }] }),
      ...(tiers === undefined
        ? {}
        : { serviceSelectors: [{ matchExpressions: [{ key: "tier", operator: "In", values: tiers }] }] }),
    },
  };
}

const clusterIps = { "4": ["10.96.0.1"], "6": ["fd01::1"], "46": ["10.96.0.1", "fd01::1"] };

function serviceWish(service: ChaosService) {
  const { wishedPool, wishedIps, unreadable, sharingKey, families, prefersIPv6 } = service;
  const requested = unreadable ? "nonsense" : wishedIps?.join(",");
  return {
    uid: service.uid,
    created: service.created,
    type: service.type,
    ...(service.foreign ? { class: "example.com/other" } : {}),
    labels: { tier: service.tier },
    clusterIPs: clusterIps[families],
    families: service.policy,
    ipFamilies: prefersIPv6 ? ["IPv6", "IPv4"] : ["IPv4", "IPv6"],
    annotations: {
      ...(wishedPool === null ? {} : { "address-pool": wishedPool }),
      ...(requested === undefined ? {} : { loadBalancerIPs: requested }),
      ...(sharingKey === "" ? {} : { "allow-shared-ip": sharingKey }),
    },
    local: service.local,
    selector: { app: service.app },
    ports: service.ports.join(" "),
  };
}
