/** What decisions about Services have in common at one moment: pools, advertisements, nodes. */
import type { Ip } from "../../core/ip.ts";
import { anyMatches, type Labels } from "../../core/selector.ts";
import type { CompiledL2Advertisement, CompiledL2Advertisements } from "../../crds/l2advertisements.ts";
import { type CompiledPools, findPool } from "../../crds/pools.ts";
import { type Field, fieldOf, type NodeView } from "./field.ts";
import type { Ranking } from "./ranking.ts";

/** All that {@link Layer2View} is made of. */
export interface Layer2ViewOptions extends NodeView {
  /** As --lb-class. */
  readonly lbClass: string;
  readonly pools: CompiledPools;
  readonly advertisements: CompiledL2Advertisements;
  /** Kept from view to view, for what it remembers. */
  readonly ranking: Ranking;
}

/** One moment's knowledge. It answers the same for as long as it lives; when something changes a new one is made. */
export class Layer2View {
  readonly lbClass: string;
  readonly ranking: Ranking;
  readonly nodeNames: readonly string[];
  readonly #options: Layer2ViewOptions;
  readonly #fields = new Map<string, Field>();
  readonly #byPool = new Map<string, CompiledL2Advertisement[]>();

  constructor(options: Layer2ViewOptions) {
    this.#options = options;
    this.lbClass = options.lbClass;
    this.ranking = options.ranking;
    this.nodeNames = options.nodes.map((node) => node.name).sort();
    for (const advertisement of options.advertisements.advertisements) {
      for (const pool of advertisement.pools) {
        const reaching = this.#byPool.get(pool);
        if (reaching === undefined) this.#byPool.set(pool, [advertisement]);
        else reaching.push(advertisement);
      }
    }
  }

  /** The name of the pool that the address lies in, or null. */
  poolOf(ip: Ip): string | null {
    return findPool(this.#options.pools, ip)?.name ?? null;
  }

  /** The pool's advertisements that cover a Service with these labels, on whichever nodes. */
  advertisementsFor(pool: string, labels: Labels): readonly CompiledL2Advertisement[] {
    return (this.#byPool.get(pool) ?? []).filter(({ serviceSelectors }) =>
      serviceSelectors.length === 0 || anyMatches(serviceSelectors, labels)
    );
  }

  /**
   * All that a pool adds to decisions about its addresses, as text by the pool's name: where two views have the same text,
   * they decide the same about a Service whose addresses lie in that pool alone.
   */
  poolTexts(): ReadonlyMap<string, string> {
    const texts = new Map<string, string>();
    for (const pool of this.#options.pools.pools.values()) {
      const advertisements = this.#byPool.get(pool.name) ?? [];
      const rules = advertisements.map(({ name, nodes, interfaces, serviceSelectors }) =>
        [name, [...nodes], interfaces, serviceSelectors.map(({ text }) => text)] as const
      );
      const ranges = pool.ranges.map(({ family, first, last }) => `${family} ${first}-${last}`);
      texts.set(pool.name, JSON.stringify([ranges, rules, this.field([advertisements]).standings]));
    }
    return texts;
  }

  /** See {@link fieldOf}; worked out once for each set of advertisements. */
  field(pools: readonly (readonly CompiledL2Advertisement[])[]): Field {
    const key = pools.map((advertisements) => advertisements.map(({ name }) => name).join(",")).join("|");
    const known = this.#fields.get(key);
    if (known !== undefined) return known;
    const field = fieldOf(pools, this.#options);
    this.#fields.set(key, field);
    return field;
  }
}
