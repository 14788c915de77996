/**
 * A small client of the Kubernetes API for the lab: manifests as plain objects, server-side apply, lists, watches. It
 * shares no code with kube/, which is under test.
 */
import { parseAllDocuments } from "yaml";
import { ApiError, toError } from "./apierror.ts";
import { Discovery } from "./discovery.ts";
import { linesOf } from "./lines.ts";

/** Any object of the API, as its JSON. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly deletionTimestamp?: string;
  };
  readonly [field: string]: unknown;
}

/** Who is asked, and as whom. */
export interface ApiAccess {
  readonly url: string;
  /** Undefined for plain http. */
  readonly caPem?: string;
  readonly token: string;
}

export class LabApi {
  readonly #access: ApiAccess;
  readonly #client: Deno.HttpClient;
  readonly #discovery = new Discovery((path) => this.request("GET", path));

  constructor(access: ApiAccess) {
    this.#access = access;
    this.#client = Deno.createHttpClient({
      ...(access.caPem === undefined ? {} : { caCerts: [access.caPem] }),
      http2: false,
    });
  }

  /** One request; throws {@link ApiError} for an answer that is not 2xx. */
  async request<T = Manifest>(
    method: string,
    path: string,
    body?: unknown,
    contentType = "application/json",
  ): Promise<T> {
    const response = await this.#fetch(method, path, AbortSignal.timeout(15_000), body, contentType);
    const text = await response.text();
    if (response.ok) return (text === "" ? {} : JSON.parse(text)) as T;
    throw toError(response.status, text, `${method} ${path}`);
  }

  #fetch(method: string, path: string, signal: AbortSignal, body?: unknown, type = "application/json") {
    return fetch(this.#access.url + path, {
      method,
      client: this.#client,
      signal,
      headers: {
        authorization: `Bearer ${this.#access.token}`,
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": type }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** The path of a kind's collection, or of one object; found by discovery. */
  async path(apiVersion: string, kind: string, namespace?: string, name?: string): Promise<string> {
    const { plural, namespaced } = await this.#discovery.find(apiVersion, kind);
    const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const scope = namespaced && namespace !== undefined ? `/namespaces/${namespace}` : "";
    return `${root}${scope}/${plural}${name === undefined ? "" : `/${name}`}`;
  }

  /** The path of an object; without a namespace, namespaced kinds are in `default`. */
  async pathOf(object: Manifest): Promise<string> {
    const { apiVersion, kind, metadata: { name, namespace } } = object;
    const { namespaced } = await this.#discovery.find(apiVersion, kind);
    return await this.path(apiVersion, kind, namespaced ? namespace ?? "default" : undefined, name);
  }

  async get<T = Manifest>(
    apiVersion: string,
    kind: string,
    namespace: string | undefined,
    name: string,
  ): Promise<T> {
    return await this.request<T>("GET", await this.path(apiVersion, kind, namespace, name));
  }

  /** As {@link get}; undefined when it isn't there. */
  async find<T = Manifest>(
    apiVersion: string,
    kind: string,
    namespace: string | undefined,
    name: string,
  ): Promise<T | undefined> {
    return await this.get<T>(apiVersion, kind, namespace, name).catch((error) => {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    });
  }

  /** All of a kind, or those of one namespace. `query` as in `labelSelector=app=web`. */
  async list<T = Manifest>(
    apiVersion: string,
    kind: string,
    namespace?: string,
    query = "",
  ): Promise<readonly T[]> {
    const path = await this.path(apiVersion, kind, namespace);
    const list = await this.request<{ readonly items: readonly T[] | null }>(
      "GET",
      query === "" ? path : `${path}?${query}`,
    );
    return list.items ?? [];
  }

  async create<T = Manifest>(object: Manifest): Promise<T> {
    const path = await this.pathOf(object);
    return await this.request<T>("POST", path.slice(0, path.lastIndexOf("/")), object);
  }

  /** Server-side apply; a `status` in the manifest is left out, see {@link patchStatus}. */
  async apply(object: Manifest): Promise<Manifest> {
    const query = "?fieldManager=lab&force=true";
    return await this.request(
      "PATCH",
      await this.pathOf(object) + query,
      object,
      "application/apply-patch+yaml",
    );
  }

  async patch(object: Manifest, patch: unknown, subresource = ""): Promise<Manifest> {
    const path = await this.pathOf(object) + (subresource === "" ? "" : `/${subresource}`);
    return await this.request("PATCH", path, patch, "application/merge-patch+json");
  }

  /** Deletes at once; nothing happens when it isn't there. */
  async delete(object: Manifest): Promise<void> {
    const body = {
      kind: "DeleteOptions",
      apiVersion: "v1",
      gracePeriodSeconds: 0,
      propagationPolicy: "Background",
    };
    await this.request("DELETE", await this.pathOf(object), body).catch((error) => {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    });
  }

  /** A token of a ServiceAccount, as the kubelet asks for it. */
  async serviceAccountToken(namespace: string, name: string): Promise<string> {
    const body = {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: { expirationSeconds: 86_400 },
    };
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
    const answer = await this.request<{ readonly status: { readonly token: string } }>("POST", path, body);
    return answer.status.token;
  }

  /** Calls `onChange` for the present objects (once all are known) and after each change, until aborted. */
  async follow<T extends Manifest>(
    apiVersion: string,
    kind: string,
    onChange: (all: readonly T[]) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const path = await this.path(apiVersion, kind);
    while (!signal.aborted) {
      try {
        await this.#listAndWatch(path, onChange, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof ApiError && error.status !== 410 && error.status < 500) throw error;
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
    }
  }

  async #listAndWatch<T extends Manifest>(
    path: string,
    onChange: (all: readonly T[]) => void,
    signal: AbortSignal,
  ) {
    interface List {
      readonly items: readonly T[] | null;
      readonly metadata: { readonly resourceVersion: string };
    }
    const list = await this.request<List>("GET", path);
    const known = new Map((list.items ?? []).map((item) => [objectKey(item), item]));
    onChange([...known.values()]);
    const query = `?watch=true&resourceVersion=${list.metadata.resourceVersion}`;
    const response = await this.#fetch("GET", path + query, signal);
    if (!response.ok || response.body === null) throw toError(response.status, await response.text(), path);
    for await (const line of linesOf(response.body)) {
      if (line === "") continue;
      const event = JSON.parse(line) as { type: string; object: T & { code?: number; message?: string } };
      if (event.type === "ERROR") {
        throw new ApiError(event.object.code ?? 500, "Expired", event.object.message ?? "");
      }
      if (event.type === "DELETED") known.delete(objectKey(event.object));
      else if (event.type !== "BOOKMARK") known.set(objectKey(event.object), event.object);
      onChange([...known.values()]);
    }
  }
}

function objectKey(object: Manifest): string {
  return `${object.metadata.namespace ?? ""}/${object.metadata.name}`;
}

/** The objects of a YAML text; Lists are taken apart. Throws with line and column where it isn't YAML. */
export function parseManifests(text: string, origin: string): readonly Manifest[] {
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new Error(`${origin}: ${error.message}`);
    return checkManifest(document.toJS(), origin);
  });
}

function checkManifest(value: unknown, origin: string): readonly Manifest[] {
  if (value === null || value === undefined) return [];
  const object = value as Partial<Manifest> & { readonly items?: readonly unknown[] };
  if (object.kind?.endsWith("List") && Array.isArray(object.items)) {
    return object.items.flatMap((item) => checkManifest(item, origin));
  }
  if (object.apiVersion === undefined || object.kind === undefined || object.metadata?.name === undefined) {
    throw new Error(`${origin}: not a Kubernetes object: ${JSON.stringify(value).slice(0, 100)}`);
  }
  return [object as Manifest];
}
