/** One address in use, and by whom. */
import type { Ip, IpFamily } from "../core/ip.ts";
import type { Position } from "./freeaddresses.ts";
import type { PoolSpace } from "./poolspace.ts";

/** `TCP/80` */
export type PortKey = string;

/** What a Service brings with it when it looks for an address. */
export interface Claim {
  /** `namespace/name` */
  readonly service: string;
  /** The value of allow-shared-ip; "" shares with nobody. */
  readonly sharingKey: string;
  /** Which pods stand behind it: "" for Cluster, the canonical selector for Local. */
  readonly backendKey: string;
  readonly ports: readonly PortKey[];
}

/** The addresses in use of one family, by number. */
export type Holdings = Readonly<Record<IpFamily, Map<bigint, Holding>>>;

/** Where an address lies. */
export interface Place {
  readonly space: PoolSpace;
  readonly position: Position;
}

export class Holding {
  readonly ip: Ip;
  /** The keys of all who hold it. */
  readonly sharingKey: string;
  readonly backendKey: string;
  /** null while the address lies in no pool. */
  place: Place | null = null;
  /** The latest who came. */
  #claim: Claim;
  /** Without a sharing key there is never a second one, and no need for an index. */
  readonly #index: { readonly ports: Map<PortKey, string>; readonly services: Set<string> } | null;

  constructor(ip: Ip, first: Claim) {
    this.ip = ip;
    this.sharingKey = first.sharingKey;
    this.backendKey = first.backendKey;
    this.#claim = first;
    this.#index = first.sharingKey === "" ? null : { ports: new Map(), services: new Set() };
    this.add(first);
  }

  /** Who holds the address beside this Service, sorted. */
  othersThan(service: string): readonly string[] {
    if (this.#index === null) return this.#claim.service === service ? [] : [this.#claim.service];
    return [...this.#index.services].filter((other) => other !== service).sort();
  }

  /** Whether anybody but this Service holds the address. */
  isHeldBeside(service: string): boolean {
    if (this.#index === null) return this.#claim.service !== service;
    return this.#index.services.size > Number(this.#index.services.has(service));
  }

  /** The Service that has the port; undefined when nobody does. */
  userOf(port: PortKey): string | undefined {
    if (this.#index !== null) return this.#index.ports.get(port);
    return this.#claim.ports.includes(port) ? this.#claim.service : undefined;
  }

  /** One more holds it; only for equal keys. */
  add(claim: Claim): void {
    this.#claim = claim;
    this.#index?.services.add(claim.service);
    for (const port of claim.ports) this.#index?.ports.set(port, claim.service);
  }

  /** One lets go; true when that was the last. */
  remove({ service, ports }: Claim): boolean {
    if (this.#index === null) return true;
    this.#index.services.delete(service);
    for (const port of ports) {
      if (this.#index.ports.get(port) === service) this.#index.ports.delete(port);
    }
    return this.#index.services.size === 0;
  }
}
