/**
 * A {@link KubeApi} in memory for tests of what stands on it: objects, resourceVersions, conflicts, watches, and failures
 * when the test asks for them. No selectors, no namespaces' scopes beyond equality, every patch is a merge; for fidelity
 * there is the contract suite.
 */
import {
  type DeleteOptions,
  type KubeApi,
  KubeApiError,
  type KubeObject,
  type ListOptions,
  type ListResult,
  type PatchOptions,
  type Resource,
  type Trim,
  type WatchEvent,
  type WatchOptions,
  type WriteOptions,
} from "../../kube/api.ts";

export type FakeMethod = "get" | "list" | "watch" | "create" | "replace" | "patch" | "delete";

/** One request as it came in. */
export interface FakeCall {
  readonly method: FakeMethod;
  readonly plural: string;
  readonly name: string | undefined;
  readonly options: unknown;
}

interface Change {
  readonly type: "added" | "modified" | "deleted";
  readonly plural: string;
  readonly object: KubeObject;
  readonly revision: number;
}

interface OpenWatch {
  readonly wake: () => void;
  end: { readonly error: Error | undefined } | undefined;
  bookmarks: number[];
}

export class FakeKube implements KubeApi {
  readonly calls: FakeCall[] = [];
  readonly #objects = new Map<string, KubeObject>();
  readonly #history: Change[] = [];
  readonly #watches = new Set<OpenWatch>();
  readonly #failures: { method: FakeMethod | "any"; error: Error; times: number }[] = [];
  #held: { method: FakeMethod; gate: Promise<void> }[] = [];
  #revision = 100;
  #oldest = 0;

  /** Makes the next `times` requests of the method fail. */
  fail(method: FakeMethod | "any", error: Error, times = 1): void {
    this.#failures.push({ method, error, times });
  }

  /** Ends all failures that are left. */
  recover(): void {
    this.#failures.length = 0;
  }

  /** Requests of the method wait until the returned function is called. */
  hold(method: FakeMethod): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    const entry = { method, gate: promise };
    this.#held.push(entry);
    return () => {
      this.#held = this.#held.filter((other) => other !== entry);
      resolve();
    };
  }

  /** Open watches at this moment. */
  get watches(): number {
    return this.#watches.size;
  }

  /** Ends all watches: in good order, or with an error. */
  endWatches(error?: Error): void {
    for (const watch of this.#watches) {
      watch.end = { error };
      watch.wake();
    }
  }

  /** Sends a bookmark of now to all watches. */
  bookmark(): void {
    for (const watch of this.#watches) {
      watch.bookmarks.push(this.#revision);
      watch.wake();
    }
  }

  /** Forgets history: watches from before now get 410. */
  compact(): void {
    this.#oldest = ++this.#revision;
  }

  /** Every object of a resource, sorted by namespace and name. */
  all(resource: Resource): KubeObject[] {
    const prefix = `${resource.group}/${resource.plural}/`;
    return [...this.#objects].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => a < b ? -1 : 1)
      .map(([, object]) => object);
  }

  /** Writes past every check, as another client would. */
  put(resource: Resource, object: KubeObject): KubeObject {
    const key = keyOf(resource, object.metadata.namespace, object.metadata.name);
    return this.#store(resource, key, object);
  }

  /** Removes past every check. */
  remove(resource: Resource, namespace: string | undefined, name: string): void {
    const key = keyOf(resource, namespace, name);
    const object = this.#objects.get(key);
    if (object === undefined) return;
    this.#objects.delete(key);
    this.#changed("deleted", resource, object);
  }

  async get<T extends KubeObject>(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    signal?: AbortSignal,
  ): Promise<T> {
    await this.#arrive("get", resource, name, undefined, signal);
    return this.#existing(resource, namespace, name) as T;
  }

  async list<T>(resource: Resource, trim: Trim<T>, options: ListOptions = {}): Promise<ListResult<T>> {
    await this.#arrive("list", resource, undefined, options, options.signal);
    const items = this.all(resource).filter((object) => inScope(object, options)).map(trim);
    return { items, resourceVersion: String(this.#revision) };
  }

  async *watch<T>(
    resource: Resource,
    trim: Trim<T>,
    options: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>, void, void> {
    await this.#arrive("watch", resource, undefined, options, options.signal);
    let seen = Number(options.resourceVersion);
    if (seen < this.#oldest) throw new KubeApiError(410, "Expired", "too old resource version");
    options.onOpen?.();
    let next = Promise.withResolvers<void>();
    const watch: OpenWatch = { wake: () => next.resolve(), end: undefined, bookmarks: [] };
    this.#watches.add(watch);
    options.signal?.addEventListener("abort", watch.wake);
    try {
      for (;;) {
        next = Promise.withResolvers();
        for (const change of this.#history) {
          if (change.revision <= seen || change.plural !== resource.plural) continue;
          seen = change.revision;
          if (!inScope(change.object, options)) continue;
          yield { type: change.type, object: trim(change.object), resourceVersion: String(change.revision) };
        }
        for (const revision of watch.bookmarks.splice(0)) {
          yield { type: "bookmark", resourceVersion: String(revision) };
        }
        if (options.signal?.aborted) return;
        if (watch.end?.error !== undefined) throw watch.end.error;
        if (watch.end !== undefined) return;
        await next.promise;
      }
    } finally {
      this.#watches.delete(watch);
      options.signal?.removeEventListener("abort", watch.wake);
    }
  }

  async create<T extends KubeObject>(resource: Resource, object: T, options: WriteOptions = {}): Promise<T> {
    const { namespace, name } = object.metadata;
    await this.#arrive("create", resource, name, options, options.signal);
    const key = keyOf(resource, namespace, name);
    if (this.#objects.has(key)) throw new KubeApiError(409, "AlreadyExists", `${key} already exists`);
    return this.#store(resource, key, object) as T;
  }

  async replace<T extends KubeObject>(resource: Resource, object: T, options: WriteOptions = {}): Promise<T> {
    const { namespace, name, resourceVersion } = object.metadata;
    await this.#arrive("replace", resource, name, options, options.signal);
    this.#check(this.#existing(resource, namespace, name), resourceVersion);
    return this.#store(resource, keyOf(resource, namespace, name), object) as T;
  }

  async patch<T extends KubeObject>(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    patch: unknown,
    options: PatchOptions,
  ): Promise<T> {
    await this.#arrive("patch", resource, name, options, options.signal);
    const key = keyOf(resource, namespace, name);
    // Server-side apply makes what is missing.
    const makes = options.type === "apply" && options.subresource === undefined && !this.#objects.has(key);
    if (makes) return this.#store(resource, key, patch as KubeObject) as T;
    const former = this.#existing(resource, namespace, name);
    const { metadata } = patch as Partial<KubeObject>;
    this.#check(former, metadata?.resourceVersion);
    return this.#store(resource, key, merge(former, patch) as KubeObject) as T;
  }

  async delete(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    options: DeleteOptions = {},
  ): Promise<void> {
    await this.#arrive("delete", resource, name, options, options.signal);
    this.#check(this.#existing(resource, namespace, name), options.resourceVersion);
    this.remove(resource, namespace, name);
  }

  async #arrive(
    method: FakeMethod,
    resource: Resource,
    name: string | undefined,
    options: unknown,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    signal?.throwIfAborted();
    this.calls.push({ method, plural: resource.plural, name, options });
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => aborted.reject(signal?.reason);
    aborted.promise.catch(() => {});
    signal?.addEventListener("abort", onAbort, { once: true });
    for (const held of this.#held.filter((entry) => entry.method === method)) {
      await Promise.race([held.gate, aborted.promise]);
    }
    signal?.removeEventListener("abort", onAbort);
    const failure = this.#failures.find((entry) =>
      entry.times > 0 && (entry.method === method || entry.method === "any")
    );
    if (failure === undefined) return;
    failure.times--;
    throw failure.error;
  }

  #existing(resource: Resource, namespace: string | undefined, name: string): KubeObject {
    const key = keyOf(resource, namespace, name);
    const object = this.#objects.get(key);
    if (object === undefined) throw new KubeApiError(404, "NotFound", `${key} not found`);
    return object;
  }

  #check(former: KubeObject, resourceVersion: string | undefined): void {
    if (resourceVersion === undefined || resourceVersion === former.metadata.resourceVersion) return;
    throw new KubeApiError(409, "Conflict", "the object has been modified");
  }

  #store(resource: Resource, key: string, object: KubeObject): KubeObject {
    const type = this.#objects.has(key) ? "modified" : "added";
    const metadata = {
      uid: this.#objects.get(key)?.metadata.uid ?? `uid-${this.#revision + 1}`,
      ...object.metadata,
      resourceVersion: String(this.#revision + 1),
    };
    const stored = { ...object, metadata };
    this.#objects.set(key, stored);
    return this.#changed(type, resource, stored);
  }

  #changed(type: Change["type"], resource: Resource, object: KubeObject): KubeObject {
    this.#history.push({ type, plural: resource.plural, object, revision: ++this.#revision });
    for (const watch of this.#watches) watch.wake();
    return object;
  }
}

function keyOf(resource: Resource, namespace: string | undefined, name: string): string {
  return `${resource.group}/${resource.plural}/${resource.namespaced ? `${namespace}/` : ""}${name}`;
}

function inScope(object: KubeObject, { namespace }: ListOptions): boolean {
  return namespace === undefined || object.metadata.namespace === namespace;
}

/** RFC 7386 */
function merge(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> = { ...(typeof target === "object" ? target : {}) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merge(result[key], value);
  }
  return result;
}
