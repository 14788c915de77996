/**
 * What the controller knows: trimmed objects, and what has changed since the last decision. It decides nothing.
 */
import { keyOf } from "../core/meta.ts";
import type { Namespace } from "../core/namespace.ts";
import type { Labels } from "../core/selector.ts";
import type { Service } from "../core/service.ts";
import type { IPAddressPool } from "../crds/ipaddresspool.ts";

/**
 * What is told of one kind of object. synced: all there are. changed, deleted: by the watch, in its order. reread: got
 * outside of the watch, so it may come too late: it only counts for an object that is known, and when it is newer.
 */
type ChangeOf<Kind extends string, T> =
  | { readonly kind: Kind; readonly type: "synced"; readonly items: readonly T[] }
  | { readonly kind: Kind; readonly type: "changed" | "deleted" | "reread"; readonly object: T };

export type Input =
  | ChangeOf<"service", Service>
  | ChangeOf<"pool", IPAddressPool>
  | ChangeOf<"namespace", Namespace>;

type Known = Service | IPAddressPool | Namespace;

export class World {
  readonly services = new Map<string, Service>();
  readonly pools = new Map<string, IPAddressPool>();
  readonly namespaces = new Map<string, Namespace>();
  /** Keys of Services that changed, or went, since they were last taken. */
  readonly #changed = new Set<string>();
  #poolsChanged = false;
  readonly #synced = new Set<Input["kind"]>();
  readonly #namespace: string;

  /** `namespace` is the installation's: pools elsewhere have no effect. */
  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  /** Every kind was listed at least once. */
  get complete(): boolean {
    return this.#synced.size === 3;
  }

  /** Takes a fact in. */
  take(input: Input): void {
    if (input.type === "synced") this.#synced.add(input.kind);
    switch (input.kind) {
      case "service":
        for (const { key } of apply(this.services, input)) this.#changed.add(key);
        return;
      case "pool":
        if (this.#takePools(input).some(poolDiffers)) this.#poolsChanged = true;
        return;
      case "namespace":
        if (apply(this.namespaces, input).some(labelsDiffer) && this.#anySelectsNamespaces()) {
          this.#poolsChanged = true;
        }
        return;
    }
  }

  /** What is to be decided about: the Services that changed, and whether anything that makes pools did. */
  takeChanges(): { readonly services: ReadonlySet<string>; readonly pools: boolean } {
    const changes = { services: new Set(this.#changed), pools: this.#poolsChanged };
    this.#changed.clear();
    this.#poolsChanged = false;
    return changes;
  }

  #takePools(input: Input & { kind: "pool" }): readonly Difference<IPAddressPool>[] {
    if (input.type === "synced") {
      const items = input.items.filter((pool) => pool.namespace === this.#namespace);
      return apply(this.pools, { ...input, items });
    }
    return input.object.namespace === this.#namespace ? apply(this.pools, input) : [];
  }

  /** Whether labels of namespaces matter at all. */
  #anySelectsNamespaces(): boolean {
    return [...this.pools.values()].some(({ spec }) =>
      spec?.serviceAllocation?.namespaceSelectors !== undefined
    );
  }
}

/** One object before and after; undefined where there is none. */
interface Difference<T> {
  readonly key: string;
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** Brings a map up to date and says what is new, different or gone. */
function apply<T extends Known>(
  known: Map<string, T>,
  change: ChangeOf<string, T>,
): readonly Difference<T>[] {
  if (change.type === "synced") {
    const present = new Set(change.items.map(keyOf));
    const gone = [...known.keys()].filter((key) => !present.has(key));
    return [
      ...gone.flatMap((key) => remove(known, key)),
      ...change.items.flatMap((object) => replace(known, object)),
    ];
  }
  const { object } = change;
  const key = keyOf(object);
  const before = known.get(key);
  switch (change.type) {
    case "deleted":
      return before?.uid === object.uid ? remove(known, key) : [];
    case "changed":
      return before !== undefined && isNewer(before, object) ? [] : replace(known, object);
    case "reread":
      return before?.uid === object.uid && isNewer(object, before) ? replace(known, object) : [];
  }
}

function remove<T extends Known>(known: Map<string, T>, key: string): readonly Difference<T>[] {
  const before = known.get(key);
  known.delete(key);
  return [{ key, before, after: undefined }];
}

function replace<T extends Known>(known: Map<string, T>, object: T): readonly Difference<T>[] {
  const key = keyOf(object);
  const before = known.get(key);
  known.set(key, object);
  const isSame = before?.uid === object.uid && before.resourceVersion === object.resourceVersion;
  return isSame ? [] : [{ key, before, after: object }];
}

/** Whether one state of an object follows another: resourceVersions of one kind ascend (Kubernetes 1.35, KEP-5504). */
function isNewer(a: Known, b: Known): boolean {
  const [left, right] = [a.resourceVersion, b.resourceVersion];
  if (left.length !== right.length) return left.length > right.length;
  return left > right;
}

/** Whether a pool may work in another way than before; its status doesn't count. */
function poolDiffers({ before, after }: Difference<IPAddressPool>): boolean {
  return before === undefined || after === undefined || before.uid !== after.uid ||
    before.createdMs !== after.createdMs || !sameLabels(before.labels, after.labels) ||
    JSON.stringify(before.spec) !== JSON.stringify(after.spec);
}

function labelsDiffer({ before, after }: Difference<Namespace>): boolean {
  return before === undefined || after === undefined || !sameLabels(before.labels, after.labels);
}

function sameLabels(a: Labels, b: Labels): boolean {
  const entries = Object.entries(a);
  return entries.length === Object.keys(b).length &&
    entries.every(([key, value]) => Object.hasOwn(b, key) && b[key] === value);
}
