/** Sees every state of every Service, and whether two ever had one address, or one changed its own. */
import { Logger } from "../../../core/log.ts";
import { type Service, trimService } from "../../../core/service.ts";
import { systemClock } from "../../../kube/clock.ts";
import { reflect } from "../../../kube/reflector.ts";
import { services } from "../../../kube/resources.ts";
import type { Bed } from "./bed.ts";

export class Witness {
  /** What must never be, as sentences. */
  readonly offences: string[] = [];
  /** When each Service was first seen with an address, as `performance.now()` counts. */
  readonly firstMs = new Map<string, number>();
  readonly #ips = new Map<string, readonly string[]>();
  readonly #holders = new Map<string, string>();
  readonly #abort = new AbortController();
  readonly #watched: Promise<void>;

  private constructor(bed: Bed, listed: () => void) {
    this.#watched = reflect<Service>({
      api: bed.api,
      resource: services,
      trim: trimService,
      clock: systemClock,
      random: Math.random,
      log: new Logger("none", () => {}, () => 0),
      post: (input) => {
        if (input.type === "synced") {
          this.#seeAll(input.items);
          listed();
        } else if (input.type !== "contact") this.#see(input.object, input.type === "deleted");
      },
    }, this.#abort.signal);
  }

  /** Begins now: from here on nothing is missed, as long as the server forgets nothing. */
  static async of(bed: Bed): Promise<Witness> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const witness = new Witness(bed, resolve);
    await promise;
    return witness;
  }

  async end(): Promise<void> {
    this.#abort.abort();
    await this.#watched;
  }

  /** First what went, so that nothing seems to be held by what is gone. */
  #seeAll(all: readonly Service[]): void {
    const present = new Map(all.map((service) => [service.name, service]));
    for (const [name, ips] of this.#ips) {
      const now = present.get(name)?.ingress.map(({ ip }) => ip) ?? [];
      for (const ip of ips) if (!now.includes(ip)) this.#holders.delete(ip);
    }
    for (const service of all) this.#see(service, false);
  }

  #see({ name, ingress }: Service, isGone: boolean): void {
    const now = isGone ? [] : ingress.map(({ ip }) => ip);
    const before = this.#ips.get(name) ?? [];
    for (const ip of before) if (!now.includes(ip)) this.#holders.delete(ip);
    for (const ip of now) {
      const holder = this.#holders.get(ip) ?? name;
      if (holder !== name) this.offences.push(`${ip} was given to ${name} while ${holder} had it`);
      this.#holders.set(ip, name);
    }
    if (before.length > 0 && now.length > 0 && before.join() !== now.join()) {
      this.offences.push(`${name} had ${before} and then ${now}`);
    }
    if (now.length > 0 && !this.firstMs.has(name)) this.firstMs.set(name, performance.now());
    this.#ips.set(name, now);
  }
}
