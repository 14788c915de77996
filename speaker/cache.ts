/** What arrives of one Kubernetes resource, and the complete picture that it adds up to. */

/** What a reflector posts about objects. */
export type CacheInput<T> =
  /** The complete set. */
  | { readonly type: "synced"; readonly items: readonly T[] }
  /** Added or modified. */
  | { readonly type: "changed"; readonly object: T }
  /** With the object's last state. */
  | { readonly type: "deleted"; readonly object: T };

/** Holds the objects of one resource by their keys. */
export class Cache<T> {
  readonly #keyOf: (object: T) => string;
  readonly #objects = new Map<string, T>();
  #synced = false;

  constructor(keyOf: (object: T) => string) {
    this.#keyOf = keyOf;
  }

  /** A complete set has arrived. */
  get synced(): boolean {
    return this.#synced;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  values(): readonly T[] {
    return [...this.#objects.values()];
  }

  /** Takes an input in, and tells of each object that it adds, replaces or removes. */
  apply(
    input: CacheInput<T>,
    onChange: (key: string, before: T | undefined, after: T | undefined) => void,
  ): void {
    if (input.type === "synced") {
      this.#synced = true;
      const keys = new Set(input.items.map(this.#keyOf));
      for (const key of [...this.#objects.keys()]) if (!keys.has(key)) this.#set(key, undefined, onChange);
      for (const item of input.items) this.#set(this.#keyOf(item), item, onChange);
    } else {
      this.#set(this.#keyOf(input.object), input.type === "deleted" ? undefined : input.object, onChange);
    }
  }

  #set(
    key: string,
    after: T | undefined,
    onChange: (key: string, before: T | undefined, after: T | undefined) => void,
  ): void {
    const before = this.#objects.get(key);
    if (before === undefined && after === undefined) return;
    if (after === undefined) this.#objects.delete(key);
    else this.#objects.set(key, after);
    onChange(key, before, after);
  }
}
