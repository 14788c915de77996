/** The real {@link KubeApi}: requests, pages and watches over our own HTTP/1.1 connections. */
import type { Clock } from "../core/clock.ts";
import type {
  DeleteOptions,
  KubeApi,
  KubeObject,
  ListOptions,
  ListResult,
  PatchOptions,
  PatchType,
  Resource,
  Trim,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from "./api.ts";
import type { ApiServerConfig } from "./config.ts";
import { isExpired } from "./failures.ts";
import { apiVersionOf, collectionPath, objectPath, withQuery } from "./paths.ts";
import { Requester } from "./requester.ts";
import { openTransport, type Transport } from "./transport.ts";
import { watchStream } from "./watchstream.ts";

export interface ClientOptions {
  readonly config: ApiServerConfig;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Names this program to the API server, as in `pewter-controller/0.1.0`. */
  readonly userAgent: string;
  /** How many objects a list asks for at a time; 500 when not given. */
  readonly pageSize?: number;
  /** Instead of real connections. */
  readonly transport?: Transport;
}

/** Close it when done, or open connections keep the process alive. */
export interface KubeClient extends KubeApi {
  close(): void;
}

export function openClient(options: ClientOptions): KubeClient {
  const transport = options.transport ?? openTransport(options.config);
  return new HttpKubeClient(
    new Requester({ ...options, transport }),
    transport,
    options.pageSize ?? usualPageSize,
  );
}

const usualPageSize = 500;
/** After this many lists that the server forgot halfway, one is asked for without pages. */
const pagedLists = 2;
const usualWatchSeconds = 25;
const silenceGraceMs = 5_000;

const patchMediaTypes: Readonly<Record<PatchType, string>> = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml",
};

interface Page {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items?: readonly KubeObject[] | null;
}

class HttpKubeClient implements KubeClient {
  readonly #requester: Requester;
  readonly #transport: Transport;
  readonly #pageSize: number;

  constructor(requester: Requester, transport: Transport, pageSize: number) {
    this.#pageSize = pageSize;
    this.#requester = requester;
    this.#transport = transport;
  }

  async get<T extends KubeObject>(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    signal?: AbortSignal,
  ): Promise<T> {
    const path = objectPath(resource, namespace, name);
    return await this.#requester.json({ method: "GET", path, signal }) as T;
  }

  async list<T>(resource: Resource, trim: Trim<T>, options: ListOptions = {}): Promise<ListResult<T>> {
    for (let lists = 1;; lists++) {
      try {
        return await this.#listOnce(resource, trim, options, lists > pagedLists ? undefined : this.#pageSize);
      } catch (error) {
        if (lists > pagedLists || !isExpired(error)) throw error;
      }
    }
  }

  async #listOnce<T>(
    resource: Resource,
    trim: Trim<T>,
    { namespace, labelSelector, fieldSelector, signal }: ListOptions,
    limit: number | undefined,
  ): Promise<ListResult<T>> {
    const items: T[] = [];
    const collection = collectionPath(resource, namespace);
    let more: string | undefined;
    let resourceVersion: string;
    do {
      const path = withQuery(collection, { labelSelector, fieldSelector, limit, continue: more });
      const page = await this.#requester.json({ method: "GET", path, signal }) as Page;
      for (const item of page.items ?? []) items.push(trim(item));
      more = page.metadata?.continue;
      resourceVersion = page.metadata?.resourceVersion ?? "";
    } while (more);
    // All pages are of one moment, so the last one's resourceVersion is the list's.
    return { items, resourceVersion };
  }

  watch<T>(resource: Resource, trim: Trim<T>, options: WatchOptions): AsyncIterable<WatchEvent<T>> {
    const { namespace, labelSelector, fieldSelector, resourceVersion, signal, onOpen } = options;
    const timeoutSeconds = options.timeoutSeconds ?? usualWatchSeconds;
    const path = withQuery(collectionPath(resource, namespace), {
      watch: true,
      allowWatchBookmarks: true,
      labelSelector,
      fieldSelector,
      resourceVersion,
      timeoutSeconds,
    });
    const silenceMs = timeoutSeconds * 1000 + silenceGraceMs;
    return watchStream(this.#requester, { method: "GET", path }, trim, { silenceMs, onOpen, signal });
  }

  async create<T extends KubeObject>(resource: Resource, object: T, options: WriteOptions = {}): Promise<T> {
    const { namespace, name } = object.metadata;
    const path = options.subresource === undefined
      ? collectionPath(resource, namespace)
      : objectPath(resource, namespace, name, options.subresource);
    const body = typed(resource, object);
    return await this.#requester.json({ method: "POST", path, body, signal: options.signal }) as T;
  }

  async replace<T extends KubeObject>(resource: Resource, object: T, options: WriteOptions = {}): Promise<T> {
    const { namespace, name } = object.metadata;
    const path = objectPath(resource, namespace, name, options.subresource);
    const body = typed(resource, object);
    return await this.#requester.json({ method: "PUT", path, body, signal: options.signal }) as T;
  }

  async patch<T extends KubeObject>(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    patch: unknown,
    { type, subresource, fieldManager, force, signal }: PatchOptions,
  ): Promise<T> {
    const path = withQuery(objectPath(resource, namespace, name, subresource), { fieldManager, force });
    const contentType = patchMediaTypes[type];
    return await this.#requester.json({ method: "PATCH", path, body: patch, contentType, signal }) as T;
  }

  async delete(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    { uid, resourceVersion, signal }: DeleteOptions = {},
  ): Promise<void> {
    const path = objectPath(resource, namespace, name);
    const preconditions = {
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    };
    const body = Object.keys(preconditions).length === 0
      ? undefined
      : { apiVersion: "v1", kind: "DeleteOptions", preconditions };
    await this.#requester.json({ method: "DELETE", path, body, signal });
  }

  close(): void {
    this.#transport.close();
  }
}

/** Writers may leave apiVersion and kind out; the API server wants them. */
function typed(resource: Resource, object: KubeObject): KubeObject {
  return { apiVersion: apiVersionOf(resource), kind: resource.kind, ...object };
}
