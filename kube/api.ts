/**
 * The port to a Kubernetes API server: what the rest of the program may ask of it. The real client
 * (`client.ts`) and the one over the tests' embedded server pass one contract suite.
 */

/** Names a kind by its place in the API. */
export interface Resource {
  /** "" for the core group. */
  readonly group: string;
  readonly version: string;
  /** The path segment, as in `services`. */
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** What every object has, as far as this program reads it. Times are RFC 3339 text, as on the wire. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Mutable in type only, so that objects fit the client library's models. */
  readonly ownerReferences?: OwnerReference[];
}

/** See Kubernetes `metav1.OwnerReference`. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** An object as it comes from the API server, before it is trimmed. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
}

/** Turns an object as it arrived into the fields that are kept of it. It runs once for each arrival. */
export type Trim<T> = (raw: KubeObject) => T;

export interface ListOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly signal?: AbortSignal;
}

export interface ListResult<T> {
  readonly items: readonly T[];
  /** Where a watch goes on from. */
  readonly resourceVersion: string;
}

export interface WatchOptions extends ListOptions {
  readonly resourceVersion: string;
  /**
   * After how many seconds the server ends the watch by itself; 25 when not given. A watch on which not one byte
   * arrived for 5 s longer than this is taken for dead and rejects with {@link KubeUnreachableError}.
   */
  readonly timeoutSeconds?: number;
  /** Called when the server has accepted the watch, before its first event. */
  readonly onOpen?: () => void;
}

/** One line of a watch. A bookmark carries only the resourceVersion up to which nothing was missed. */
export type WatchEvent<T> =
  | { readonly type: "added" | "modified" | "deleted"; readonly object: T; readonly resourceVersion: string }
  | { readonly type: "bookmark"; readonly resourceVersion: string };

export type PatchType = "json" | "merge" | "strategic" | "apply";

export interface PatchOptions {
  readonly type: PatchType;
  readonly subresource?: string;
  /** Who owns the written fields; required for "apply". */
  readonly fieldManager?: string;
  /** Only for "apply": take fields from other managers. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

export interface WriteOptions {
  readonly subresource?: string;
  readonly signal?: AbortSignal;
}

export interface DeleteOptions {
  /** Refuses (409) when the object is another one by now. */
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly signal?: AbortSignal;
}

/**
 * Every method rejects with {@link KubeApiError} for an answer that is not 2xx, with {@link KubeUnreachableError} when
 * there is no answer, and with the signal's reason when it is aborted.
 */
export interface KubeApi {
  get<T extends KubeObject>(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    signal?: AbortSignal,
  ): Promise<T>;
  /** Reads all pages. */
  list<T>(resource: Resource, trim: Trim<T>, options?: ListOptions): Promise<ListResult<T>>;
  /** Ends when the server ends it or the signal is aborted; throws {@link KubeApiError} 410 when it must list again. */
  watch<T>(resource: Resource, trim: Trim<T>, options: WatchOptions): AsyncIterable<WatchEvent<T>>;
  create<T extends KubeObject>(resource: Resource, object: T, options?: WriteOptions): Promise<T>;
  /** PUT; `metadata.resourceVersion`, when given, must be the current one, else 409. */
  replace<T extends KubeObject>(resource: Resource, object: T, options?: WriteOptions): Promise<T>;
  patch<T extends KubeObject>(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    patch: unknown,
    options: PatchOptions,
  ): Promise<T>;
  delete(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    options?: DeleteOptions,
  ): Promise<void>;
}

/** An answer of the API server that is not 2xx; see Kubernetes `metav1.Status`. */
export class KubeApiError extends Error {
  override readonly name = "KubeApiError";
  constructor(
    /** The HTTP status code, or the `code` of a Status that arrived inside a watch. */
    readonly status: number,
    /** The machine-readable reason, as in `NotFound`, `Conflict`, `AlreadyExists`, `Expired`, `Forbidden`. */
    readonly reason: string,
    message: string,
    /** What the server asked for in Retry-After, in milliseconds. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/** No answer, or not a whole one. `cause` has the transport's error. */
export class KubeUnreachableError extends Error {
  override readonly name = "KubeUnreachableError";
  constructor(
    message: string,
    /** cut: no connection, TLS refused, or broken off; silent: nothing came for too long. */
    readonly how: "cut" | "silent",
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
