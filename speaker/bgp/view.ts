/** What decisions about routes have in common at one moment: pools and advertisements. */
import type { Ip } from "../../core/ip.ts";
import { anyMatches, type Labels } from "../../core/selector.ts";
import type { CompiledBGPAdvertisement } from "../../crds/compiledbgpadvertisement.ts";
import { type CompiledPools, findPool, type Pool } from "../../crds/pools.ts";
import type { Placing } from "../placement.ts";

/** All that {@link BgpView} is made of. */
export interface BgpViewOptions {
  /** As --lb-class. */
  readonly lbClass: string;
  /** As --ignore-exclude-lb. */
  readonly ignoreExcludeLabel: boolean;
  readonly pools: CompiledPools;
  /** Ascending by name. */
  readonly advertisements: readonly CompiledBGPAdvertisement[];
}

/** One moment's knowledge; when something changes a new one is made. */
export class BgpView implements Placing {
  readonly lbClass: string;
  readonly ignoreExcludeLabel: boolean;
  readonly #pools: CompiledPools;
  readonly #byPool = new Map<string, CompiledBGPAdvertisement[]>();

  constructor(options: BgpViewOptions) {
    this.lbClass = options.lbClass;
    this.ignoreExcludeLabel = options.ignoreExcludeLabel;
    this.#pools = options.pools;
    for (const advertisement of options.advertisements) {
      for (const pool of advertisement.pools.keys()) {
        const reaching = this.#byPool.get(pool);
        if (reaching === undefined) this.#byPool.set(pool, [advertisement]);
        else reaching.push(advertisement);
      }
    }
  }

  poolOf(ip: Ip): string | null {
    return findPool(this.#pools, ip)?.name ?? null;
  }

  pool(name: string): Pool | null {
    return this.#pools.pools.get(name) ?? null;
  }

  /** The pool's advertisements that cover a Service with these labels, on whichever nodes. */
  advertisementsFor(pool: string, labels: Labels): readonly CompiledBGPAdvertisement[] {
    return (this.#byPool.get(pool) ?? []).filter(({ serviceSelectors }) =>
      serviceSelectors.length === 0 || anyMatches(serviceSelectors, labels)
    );
  }
}
