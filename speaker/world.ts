/** What the speaker knows of the cluster, and which Services a change concerns. */
import type { EndpointSlice } from "../core/endpointslice.ts";
import { keyOf } from "../core/meta.ts";
import type { Node } from "../core/node.ts";
import type { Service } from "../core/service.ts";
import type { IPAddressPool } from "../crds/ipaddresspool.ts";
import type { L2Advertisement } from "../crds/l2advertisement.ts";
import { compileL2Advertisements } from "../crds/l2advertisements.ts";
import { compilePools } from "../crds/pools.ts";
import type { Problem } from "../core/problem.ts";
import { Cache, type CacheInput } from "./cache.ts";
import { EndpointIndex } from "./endpointindex.ts";
import { decideLayer2, type Layer2Decision } from "./l2/decision.ts";
import { Ranking } from "./l2/ranking.ts";
import { Layer2View } from "./l2/view.ts";

/** Something that was learnt about the cluster. */
export type WorldInput =
  | { readonly source: "services"; readonly input: CacheInput<Service> }
  | { readonly source: "endpointSlices"; readonly input: CacheInput<EndpointSlice> }
  | { readonly source: "nodes"; readonly input: CacheInput<Node> }
  | { readonly source: "pools"; readonly input: CacheInput<IPAddressPool> }
  | { readonly source: "advertisements"; readonly input: CacheInput<L2Advertisement> };

export interface WorldOptions {
  /** As --lb-class. */
  readonly lbClass: string;
  /** As --ignore-exclude-lb. */
  readonly ignoreExcludeLabel: boolean;
}

/** A Service, decided anew. */
export type Decided =
  | { readonly key: string; readonly service: Service; readonly decision: Layer2Decision }
  | { readonly key: string; readonly gone: "serviceDeleted" | "notLoadBalancer" };

/** Stands in the index for addresses in no pool, which any pool may take in; no pool has this name. */
const noPool = "";

/** Everything known, with the indexes that tell whom a change concerns. */
export class World {
  readonly #options: WorldOptions;
  readonly #services = new Cache<Service>(keyOf);
  readonly #endpoints = new EndpointIndex();
  readonly #nodes = new Cache<Node>(keyOf);
  readonly #pools = new Cache<IPAddressPool>(keyOf);
  readonly #advertisements = new Cache<L2Advertisement>(keyOf);
  readonly #ranking = new Ranking();
  readonly #touched = new Set<string>();
  /** Services that are there and no longer of type LoadBalancer, until the next decision. */
  readonly #changedType = new Set<string>();
  /** The Services that were last decided by a pool, and the other way round. */
  readonly #byPool = new Map<string, Set<string>>();
  readonly #poolsOf = new Map<string, readonly string[]>();
  #isLive: (node: string) => boolean = () => false;
  #view: Layer2View | null = null;
  #poolTexts: ReadonlyMap<string, string> = new Map();
  #problems: readonly Problem[] = [];

  constructor(options: WorldOptions) {
    this.#options = options;
  }

  /** What has not arrived completely yet. */
  missing(): readonly string[] {
    const parts = {
      services: this.#services,
      endpointslices: this.#endpoints,
      nodes: this.#nodes,
      ipaddresspools: this.#pools,
      l2advertisements: this.#advertisements,
    };
    return Object.entries(parts).filter(([, part]) => !part.synced).map(([name]) => name);
  }

  node(name: string): Node | undefined {
    return this.#nodes.get(name);
  }

  /** What was wrong with the configuration when it was last compiled. */
  get problems(): readonly Problem[] {
    return this.#problems;
  }

  apply({ source, input }: WorldInput): void {
    switch (source) {
      case "services":
        return this.#applyServices(input);
      case "endpointSlices":
        return this.#endpoints.apply(input, (key) => this.#touched.add(key));
      case "nodes":
        return this.#nodes.apply(input, (_, before, after) => {
          if (!sameNode(before, after)) this.#view = null;
        });
      case "pools":
        return this.#pools.apply(input, () => this.#view = null);
      case "advertisements":
        return this.#advertisements.apply(input, () => this.#view = null);
    }
  }

  /** Who has a live speaker is another matter now; it stays so until the next call. */
  setLive(isLive: (node: string) => boolean): void {
    this.#isLive = isLive;
    this.#view = null;
  }

  /** Touches Services for a reason outside of this world. */
  touch(keys: Iterable<string>): void {
    for (const key of keys) this.#touched.add(key);
  }

  /** Decides what has been touched since the last call, in the order of keys. */
  decideTouched(): readonly Decided[] {
    const view = this.view();
    const decided = [...this.#touched].sort().flatMap((key) => this.#decide(key, view) ?? []);
    this.#touched.clear();
    this.#changedType.clear();
    return decided;
  }

  /** Others than LoadBalancers are not kept: a cluster has many, and none of them is ever announced. */
  #applyServices(input: CacheInput<Service>): void {
    const objects = input.type === "synced" ? input.items : input.type === "changed" ? [input.object] : [];
    for (const object of objects) if (!isLoadBalancer(object)) this.#changedType.add(keyOf(object));
    this.#services.apply(onlyLoadBalancers(input), (key) => this.#touched.add(key));
  }

  #decide(key: string, view: Layer2View): Decided | null {
    const service = this.#services.get(key);
    if (service === undefined) {
      // Endpoints of what is no LoadBalancer, and never was one.
      if (!this.#poolsOf.has(key)) return null;
      this.#place(key, null);
      return { key, gone: this.#changedType.has(key) ? "notLoadBalancer" : "serviceDeleted" };
    }
    const decision = decideLayer2(service, this.#endpoints.of(key), view);
    this.#place(key, decision.refusal?.reason === "ipNotAllowed" ? [noPool] : decision.pools);
    return { key, service, decision };
  }

  /** Notes on whose pools the decision rests; null when there is none any more. */
  #place(key: string, pools: readonly string[] | null): void {
    for (const pool of this.#poolsOf.get(key) ?? []) this.#byPool.get(pool)?.delete(key);
    if (pools === null) {
      this.#poolsOf.delete(key);
      return;
    }
    this.#poolsOf.set(key, pools);
    for (const pool of pools) {
      const keys = this.#byPool.get(pool);
      if (keys === undefined) this.#byPool.set(pool, new Set([key]));
      else keys.add(key);
    }
  }

  /** What decisions rest on at this moment, for who wants to see every node's part in one. */
  view(): Layer2View {
    if (this.#view !== null) return this.#view;
    const nodes = this.#nodes.values();
    // A pool's serviceAllocation concerns the controller alone, so namespaces are not needed.
    const pools = compilePools(this.#pools.values(), []);
    const advertisements = compileL2Advertisements(this.#advertisements.values(), pools.pools, nodes);
    this.#problems = [...pools.problems, ...advertisements.problems];
    this.#view = new Layer2View({
      ...this.#options,
      pools,
      advertisements,
      nodes,
      isLive: this.#isLive,
      ranking: this.#ranking,
    });
    this.#touchByPool(this.#view.poolTexts());
    return this.#view;
  }

  #touchByPool(texts: ReadonlyMap<string, string>): void {
    const changed = [...texts].filter(([pool, text]) => this.#poolTexts.get(pool) !== text).map(([pool]) =>
      pool
    );
    const gone = [...this.#poolTexts.keys()].filter((pool) => !texts.has(pool));
    this.#poolTexts = texts;
    const concerned = [...changed, ...gone];
    if (concerned.length === 0) return;
    for (const pool of [...concerned, noPool]) this.touch(this.#byPool.get(pool) ?? []);
  }
}

function isLoadBalancer({ type }: Service): boolean {
  return type === "LoadBalancer";
}

function onlyLoadBalancers(input: CacheInput<Service>): CacheInput<Service> {
  if (input.type === "synced") return { type: "synced", items: input.items.filter(isLoadBalancer) };
  if (input.type === "deleted" || isLoadBalancer(input.object)) return input;
  return { type: "deleted", object: input.object };
}

/** A kubelet writes its Node every few seconds; what of that is kept here hardly ever changes. */
function sameNode(a: Node | undefined, b: Node | undefined): boolean {
  return a !== undefined && b !== undefined && a.networkUnavailable === b.networkUnavailable &&
    a.excludedByLabel === b.excludedByLabel && sameLabels(a.labels, b.labels);
}

function sameLabels(a: Node["labels"], b: Node["labels"]): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
