/** Writes of statuses to the API server: each carries the resourceVersion it was decided on, and none is sent twice. */
import type { Clock, Timer } from "../../core/clock.ts";
import type { Logger } from "../../core/log.ts";
import { keyOf, type Meta } from "../../core/meta.ts";
import { type KubeApi, KubeApiError, type KubeObject, type Resource } from "../../kube/api.ts";
import type { KeyedWrite, WriteOutcome } from "../../kube/keyedwrite.ts";
import type { WriteQueue } from "../../kube/writequeue.ts";
import { controllerLog } from "../catalogue.ts";

/** A change of an object's status, and what follows. */
export interface StatusWrite {
  readonly resource: Resource;
  /** The object as it was decided upon. */
  readonly object: Meta;
  readonly change: { readonly metadata?: Readonly<Record<string, unknown>>; readonly status: unknown };
  /** Takes the object as the server has it now: after the write, or after a conflict. */
  readonly reread: (raw: KubeObject) => void;
  /** Called once, when the write has come to an end. */
  readonly ended: (type: WriteOutcome["type"]) => void;
}

export interface StatusWritesOptions {
  readonly api: KubeApi;
  readonly queue: WriteQueue;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether this replica may write at this moment. */
  readonly holds: () => boolean;
}

/** A write that the server refuses, for lack of a right perhaps, is tried again after this time. */
const refusedRetryMs = 30_000;

export class StatusWrites {
  readonly #options: StatusWritesOptions;
  /** What was put last for a key: until its object changes there is no point in putting it again. */
  readonly #put = new Map<string, string>();
  readonly #retries = new Map<string, Timer>();

  constructor(options: StatusWritesOptions) {
    this.#options = options;
  }

  /** Wants this written for the object that the key names; false when it is under way already. */
  put(key: string, write: StatusWrite): boolean {
    const { resourceVersion } = write.object;
    const { metadata, ...rest } = write.change;
    const patch = { metadata: { ...metadata, resourceVersion }, ...rest };
    const text = JSON.stringify(patch);
    if (this.#put.get(key) === text) return false;
    this.#cancelRetry(key);
    this.#put.set(key, text);
    this.#options.queue.put(key, this.#keyed(key, text, patch, write));
    return true;
  }

  /** Nothing has to be written for the key any more. */
  withdraw(key: string): void {
    this.#cancelRetry(key);
    this.#put.delete(key);
    this.#options.queue.withdraw(key);
  }

  /** Tries nothing again from now on. */
  stop(): void {
    for (const key of [...this.#retries.keys()]) this.#cancelRetry(key);
  }

  #keyed(key: string, text: string, patch: unknown, write: StatusWrite): KeyedWrite {
    const { api, holds } = this.#options;
    const { resource, object: { namespace, name } } = write;
    const keyed: KeyedWrite = {
      send: async (signal) => {
        // After a pause of this process another replica may act already, and this one doesn't know it yet.
        if (!holds()) await aborted(signal);
        const options = { type: "merge", subresource: "status", signal } as const;
        write.reread(await api.patch<KubeObject>(resource, namespace, name, patch, options));
      },
      decideAgain: async () => await this.#reread(write) ? keyed : undefined,
      onDone: (outcome) => this.#done(key, text, outcome, write),
    };
    return keyed;
  }

  /** After a conflict: what the object is now is a fact like any other. True when it is as it was decided upon. */
  async #reread({ resource, object, reread }: StatusWrite): Promise<boolean> {
    try {
      const raw = await this.#options.api.get<KubeObject>(resource, object.namespace, object.name);
      if (raw.metadata.resourceVersion === object.resourceVersion) return true;
      reread(raw);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
    return false;
  }

  #done(key: string, text: string, outcome: WriteOutcome, write: StatusWrite): void {
    const isLast = this.#put.get(key) === text;
    // One that the server has, or refuses, need not be put again; a refused one comes back by itself.
    if (isLast && outcome.type !== "written" && outcome.type !== "refused") this.#put.delete(key);
    if (outcome.type === "refused" && isLast && !isGone(outcome.error)) this.#retryLater(key, write);
    write.ended(outcome.type);
  }

  #retryLater(key: string, write: StatusWrite): void {
    const object = `${write.resource.kind} ${keyOf(write.object)}`;
    this.#options.log.write(controllerLog.writePostponed, { object, retryInMs: refusedRetryMs });
    const retry = () => {
      this.#retries.delete(key);
      this.#put.delete(key);
      this.put(key, write);
    };
    this.#retries.set(key, this.#options.clock.timer(refusedRetryMs, retry));
  }

  #cancelRetry(key: string): void {
    this.#retries.get(key)?.cancel();
    this.#retries.delete(key);
  }
}

/** Rejects when the signal is aborted, and never resolves. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function isGone(error: unknown): boolean {
  return error instanceof KubeApiError && error.status === 404;
}
