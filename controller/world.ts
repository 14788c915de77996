/**
 * What the controller knows: trimmed objects, and what has changed since the last decision. It decides nothing.
 */
import type { Namespace } from "../core/namespace.ts";
import type { Service } from "../core/service.ts";
import type { IPAddressPool } from "../crds/ipaddresspool.ts";
import { type ConfigurationInput, ConfigurationObjects } from "./configurationobjects.ts";
import { applyChange, type ChangeOf, type Difference, labelsDiffer, specDiffers } from "./objects.ts";

export type Input =
  | ChangeOf<"service", Service>
  | ChangeOf<"pool", IPAddressPool>
  | ChangeOf<"namespace", Namespace>
  | ConfigurationInput;

export class World {
  readonly services = new Map<string, Service>();
  readonly pools = new Map<string, IPAddressPool>();
  readonly namespaces = new Map<string, Namespace>();
  /** What is only judged. */
  readonly configuration = new ConfigurationObjects();
  /** Keys of Services that changed, or went, since they were last taken. */
  readonly #changed = new Set<string>();
  #poolsChanged = false;
  #configurationRevision = 0;
  readonly #synced = new Set<Input["kind"]>();
  readonly #namespace: string;

  /** `namespace` is the installation's: pools elsewhere have no effect. */
  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  /** Every kind that decides about addresses was listed at least once. */
  get complete(): boolean {
    return this.#synced.size === 3;
  }

  /** Another number when what is to be said of the configuration may be something else than before. */
  get configurationRevision(): number {
    return this.#configurationRevision;
  }

  /** Takes a fact in. */
  take(input: Input): void {
    switch (input.kind) {
      case "service":
        this.#hear(input);
        for (const { key } of applyChange(this.services, input)) this.#changed.add(key);
        return;
      case "pool":
        this.#hear(input);
        if (this.#takePools(input).some(specDiffers)) this.#changePools();
        return;
      case "namespace":
        this.#hear(input);
        if (applyChange(this.namespaces, input).some(labelsDiffer) && this.#anySelectsNamespaces()) {
          this.#changePools();
        }
        return;
      default:
        if (this.configuration.take(input)) this.#configurationRevision++;
    }
  }

  /** What is to be decided about: the Services that changed, and whether anything that makes pools did. */
  takeChanges(): { readonly services: ReadonlySet<string>; readonly pools: boolean } {
    const changes = { services: new Set(this.#changed), pools: this.#poolsChanged };
    this.forgetChanges();
    return changes;
  }

  /** Nothing has changed: for those who don't decide, or will decide about everything. */
  forgetChanges(): void {
    this.#changed.clear();
    this.#poolsChanged = false;
  }

  #hear({ type, kind }: Input): void {
    if (type === "synced") this.#synced.add(kind);
  }

  #changePools(): void {
    this.#poolsChanged = true;
    this.#configurationRevision++;
  }

  #takePools(input: ChangeOf<"pool", IPAddressPool>): readonly Difference<IPAddressPool>[] {
    if (input.type === "synced") {
      const items = input.items.filter((pool) => pool.namespace === this.#namespace);
      return applyChange(this.pools, { ...input, items });
    }
    return input.object.namespace === this.#namespace ? applyChange(this.pools, input) : [];
  }

  /** Whether labels of namespaces matter at all. */
  #anySelectsNamespaces(): boolean {
    return [...this.pools.values()].some(({ spec }) =>
      spec?.serviceAllocation?.namespaceSelectors !== undefined
    );
  }
}
