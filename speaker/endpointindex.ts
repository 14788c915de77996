/** Which nodes have serving endpoints of which Service; of an EndpointSlice nothing else is kept. */
import type { EndpointSlice } from "../core/endpointslice.ts";
import { keyOf } from "../core/meta.ts";
import type { CacheInput } from "./cache.ts";
import { type ServingEndpoints, servingEndpoints } from "./l2/endpoints.ts";

interface Part {
  readonly service: string;
  readonly serving: ServingEndpoints;
}

const none: ServingEndpoints = { any: false, nodes: new Set() };

/** The serving endpoints of all Services. */
export class EndpointIndex {
  readonly #parts = new Map<string, Part>();
  readonly #byService = new Map<string, Set<string>>();
  #synced = false;

  /** A complete set has arrived. */
  get synced(): boolean {
    return this.#synced;
  }

  /** Takes an input in; `touch` is called with each Service whose serving endpoints may differ now. */
  apply(input: CacheInput<EndpointSlice>, touch: (service: string) => void): void {
    switch (input.type) {
      case "synced": {
        this.#synced = true;
        const keys = new Set(input.items.map(keyOf));
        for (const key of [...this.#parts.keys()]) if (!keys.has(key)) this.#delete(key, touch);
        for (const slice of input.items) this.#set(slice, touch);
        break;
      }
      case "changed":
        this.#set(input.object, touch);
        break;
      case "deleted":
        this.#delete(keyOf(input.object), touch);
        break;
    }
  }

  /** All slices of the Service taken together. */
  of(service: string): ServingEndpoints {
    const parts = [...this.#byService.get(service) ?? []].map((key) => this.#parts.get(key)?.serving ?? none);
    const [first = none] = parts;
    if (parts.length < 2) return first;
    return {
      any: parts.some(({ any }) => any),
      nodes: new Set(parts.flatMap(({ nodes }) => [...nodes])),
    };
  }

  #set(slice: EndpointSlice, touch: (service: string) => void): void {
    const key = keyOf(slice);
    const before = this.#parts.get(key);
    if (slice.serviceName === "") return this.#delete(key, touch);
    const service = keyOf({ namespace: slice.namespace, name: slice.serviceName });
    const serving = servingEndpoints([slice]);
    if (before?.service === service && same(before.serving, serving)) return;
    this.#delete(key, touch);
    this.#parts.set(key, { service, serving });
    const keys = this.#byService.get(service);
    if (keys === undefined) this.#byService.set(service, new Set([key]));
    else keys.add(key);
    touch(service);
  }

  #delete(key: string, touch: (service: string) => void): void {
    const before = this.#parts.get(key);
    if (before === undefined) return;
    this.#parts.delete(key);
    const keys = this.#byService.get(before.service);
    keys?.delete(key);
    if (keys?.size === 0) this.#byService.delete(before.service);
    touch(before.service);
  }
}

function same(a: ServingEndpoints, b: ServingEndpoints): boolean {
  return a.any === b.any && a.nodes.size === b.nodes.size && a.nodes.isSubsetOf(b.nodes);
}
