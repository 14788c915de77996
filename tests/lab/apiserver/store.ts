/**
 * Where the objects are: one counter of resourceVersions, a bounded history for watches, and subscribers. It holds
 * objects as they were written and never changes them; it knows nothing of HTTP, kinds or rules.
 */
import type { ApiObject } from "./json.ts";

/** One stored version of an object. */
export class Entry {
  #json: string | undefined;
  constructor(
    /** `namespace/name`, or `name` for what has no namespace. */
    readonly key: string,
    readonly object: Readonly<ApiObject>,
    readonly revision: number,
  ) {}
  /** The object as JSON, made once however many lists and watches send it. */
  get json(): string {
    return this.#json ??= JSON.stringify(this.object);
  }
  /** The object as JSON without kind and apiVersion, as lists of built-in kinds have their items. */
  get untypedJson(): string {
    const { kind, apiVersion, ...rest } = this.object;
    const head = JSON.stringify({ kind, apiVersion }).slice(0, -1);
    return this.json.startsWith(head) ? `{${this.json.slice(head.length + 1)}` : JSON.stringify(rest);
  }
}

/** What happened to one object. `before` is missing for "ADDED". */
export interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly revision: number;
  readonly entry: Entry;
  readonly before?: Entry;
}

/** The objects of one kind. */
class Collection {
  readonly entries = new Map<string, Entry>();
  readonly subscribers = new Set<(change: Change) => void>();
  history: Change[] = [];
  /** Changes up to this revision are forgotten. */
  forgotten = 0;
  #sorted: Entry[] | undefined;

  sorted(): readonly Entry[] {
    return this.#sorted ??= [...this.entries.values()].sort((a, b) => a.key < b.key ? -1 : 1);
  }
  changed(): void {
    this.#sorted = undefined;
  }
}

/** `namespace/name`, or `name` without a namespace. */
export function keyOf(namespace: string | undefined, name: string): string {
  return namespace === undefined || namespace === "" ? name : `${namespace}/${name}`;
}

/** The store of the embedded API server. Tests may read and write it directly: every write is seen by watches. */
export class Store {
  #revision = 1;
  readonly #collections = new Map<string, Collection>();
  readonly #observers = new Set<(storage: string, change: Change) => void>();

  constructor(
    /** How many changes of one kind are remembered for watches. */
    readonly historyLimit: number,
  ) {}

  /** The newest resourceVersion. */
  get revision(): number {
    return this.#revision;
  }

  #collection(storage: string): Collection {
    let found = this.#collections.get(storage);
    if (found === undefined) this.#collections.set(storage, found = new Collection());
    return found;
  }

  get(storage: string, key: string): Entry | undefined {
    return this.#collection(storage).entries.get(key);
  }

  /** All objects of a kind in the order of their keys; a new array, or a cached one that must not be changed. */
  list(storage: string): readonly Entry[] {
    return this.#collection(storage).sorted();
  }

  count(storage: string): number {
    return this.#collection(storage).entries.size;
  }

  storages(): string[] {
    return [...this.#collections.keys()];
  }

  /** Writes an object under the next resourceVersion, which it sets in the object's metadata. */
  put(storage: string, key: string, object: ApiObject): Entry {
    const collection = this.#collection(storage);
    const before = collection.entries.get(key);
    const revision = ++this.#revision;
    object.metadata.resourceVersion = String(revision);
    const entry = new Entry(key, object, revision);
    collection.entries.set(key, entry);
    collection.changed();
    const type = before === undefined ? "ADDED" : "MODIFIED";
    this.#publish(storage, collection, {
      type,
      revision,
      entry,
      ...(before === undefined ? {} : { before }),
    });
    return entry;
  }

  /** Removes an object; watches see it with the resourceVersion of the removal, as etcd's do. */
  remove(storage: string, key: string): Entry | undefined {
    const collection = this.#collection(storage);
    const before = collection.entries.get(key);
    if (before === undefined) return undefined;
    collection.entries.delete(key);
    collection.changed();
    const revision = ++this.#revision;
    const last = {
      ...before.object,
      metadata: { ...before.object.metadata, resourceVersion: String(revision) },
    };
    const entry = new Entry(key, last, revision);
    this.#publish(storage, collection, { type: "DELETED", revision, entry, before });
    return entry;
  }

  #publish(storage: string, collection: Collection, change: Change): void {
    collection.history.push(change);
    if (collection.history.length > this.historyLimit * 2) {
      const dropped = collection.history.splice(0, collection.history.length - this.historyLimit);
      collection.forgotten = dropped.at(-1)?.revision ?? collection.forgotten;
    }
    for (const subscriber of collection.subscribers) subscriber(change);
    for (const observer of this.#observers) observer(storage, change);
  }

  /** Changes of a kind after a revision, or "expired" when some of them are forgotten. */
  since(storage: string, revision: number): readonly Change[] | "expired" {
    const collection = this.#collection(storage);
    if (revision < collection.forgotten) return "expired";
    let first = collection.history.length;
    while (first > 0 && (collection.history[first - 1]?.revision ?? 0) > revision) first--;
    return collection.history.slice(first);
  }

  /** The oldest revision from which changes of this kind are still known. */
  oldest(storage: string): number {
    return this.#collection(storage).forgotten;
  }

  /** Calls back on each change of a kind until the returned function is called. */
  subscribe(storage: string, onChange: (change: Change) => void): () => void {
    const { subscribers } = this.#collection(storage);
    subscribers.add(onChange);
    return () => subscribers.delete(onChange);
  }

  /** Like {@link subscribe}, for all kinds; for garbage collection and the caches inside the server. */
  observe(onChange: (storage: string, change: Change) => void): void {
    this.#observers.add(onChange);
  }

  /** Forgets all history: every watch from an older resourceVersion, and every continue token, gets 410. */
  expire(): void {
    this.#revision++;
    for (const collection of this.#collections.values()) {
      collection.history = [];
      collection.forgotten = this.#revision;
    }
  }
}
