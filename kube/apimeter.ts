/** Measures what passes a {@link KubeApi}, so that nobody who uses one has to. */
import type { Clock } from "../core/clock.ts";
import {
  type KubeApi,
  KubeApiError,
  type KubeObject,
  type ListOptions,
  type Resource,
  type Trim,
  type WatchOptions,
} from "./api.ts";
import { isConflict } from "./failures.ts";
import { leases } from "./resources.ts";

export type WriteResult = "ok" | "conflict" | "refused" | "unreachable";

export interface ApiMeterOptions {
  readonly clock: Clock;
  /** An object arrived, by list or watch. */
  readonly arrived: () => void;
  /** A write ended; `resource` is the plural, as in `services` or `services/status`. */
  readonly wrote: (resource: string, result: WriteResult, tookMs: number) => void;
}

/** A watch that somebody keeps up, and when the server last gave a sign on it. */
interface Watched {
  heardMs: number;
  signal: AbortSignal | undefined;
}

export class ApiMeter {
  readonly #options: ApiMeterOptions;
  readonly #watched = new Map<string, Watched>();

  constructor(options: ApiMeterOptions) {
    this.#options = options;
  }

  /** For how long each resource that is watched has been silent, in milliseconds. A healthy watch is reopened every 25 s. */
  silences(): ReadonlyMap<string, number> {
    const nowMs = this.#options.clock.nowMs();
    const going = [...this.#watched].filter(([, { signal }]) => signal?.aborted !== true);
    return new Map(going.map(([resource, { heardMs }]) => [resource, nowMs - heardMs]));
  }

  /** The same API, measured. */
  meter(api: KubeApi): KubeApi {
    return {
      get: (resource, namespace, name, signal) => api.get(resource, namespace, name, signal),
      list: async <T>(resource: Resource, trim: Trim<T>, options?: ListOptions) => {
        const result = await api.list(resource, this.#counted(resource, trim), options);
        this.#hear(resource);
        return result;
      },
      watch: <T>(resource: Resource, trim: Trim<T>, options: WatchOptions) => {
        this.#follow(resource, options.signal);
        const hear = () => this.#hear(resource);
        const counted = this.#counted(resource, trim);
        return api.watch<T>(resource, (raw) => (hear(), counted(raw)), {
          ...options,
          onOpen: () => (hear(), options.onOpen?.()),
        });
      },
      create: (resource, object, options) =>
        this.#timed(resource, options?.subresource, () => api.create(resource, object, options)),
      replace: (resource, object, options) =>
        this.#timed(resource, options?.subresource, () => api.replace(resource, object, options)),
      patch: (resource, namespace, name, patch, options) =>
        this.#timed(
          resource,
          options.subresource,
          () => api.patch(resource, namespace, name, patch, options),
        ),
      delete: (resource, namespace, name, options) =>
        this.#timed(resource, undefined, () => api.delete(resource, namespace, name, options)),
    };
  }

  /** Leases are no configuration: they change every second. */
  #counted<T>(resource: Resource, trim: Trim<T>): Trim<T> {
    if (resource === leases) return trim;
    const { arrived } = this.#options;
    return (raw: KubeObject) => {
      arrived();
      return trim(raw);
    };
  }

  #follow(resource: Resource, signal: AbortSignal | undefined): void {
    const name = nameOf(resource);
    const known = this.#watched.get(name);
    if (known !== undefined && known.signal?.aborted !== true) known.signal = signal;
    else this.#watched.set(name, { heardMs: this.#options.clock.nowMs(), signal });
  }

  #hear(resource: Resource): void {
    const watched = this.#watched.get(nameOf(resource));
    if (watched !== undefined) watched.heardMs = this.#options.clock.nowMs();
  }

  async #timed<T>(
    { plural }: Resource,
    subresource: string | undefined,
    write: () => Promise<T>,
  ): Promise<T> {
    const { clock, wrote } = this.#options;
    const resource = subresource === undefined ? plural : `${plural}/${subresource}`;
    const startMs = clock.nowMs();
    try {
      const written = await write();
      wrote(resource, "ok", clock.nowMs() - startMs);
      return written;
    } catch (error) {
      wrote(resource, resultOf(error), clock.nowMs() - startMs);
      throw error;
    }
  }
}

/** As in `services` and `ipaddresspools.metallb.io`. */
function nameOf({ group, plural }: Resource): string {
  return group === "" ? plural : `${plural}.${group}`;
}

function resultOf(error: unknown): WriteResult {
  if (isConflict(error)) return "conflict";
  return error instanceof KubeApiError ? "refused" : "unreachable";
}
