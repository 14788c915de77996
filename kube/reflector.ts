/** Keeps a receiver in step with one resource: a complete list, then every change, for as long as the process lives. */
import { backoffMs } from "../core/backoff.ts";
import type { Clock } from "../core/clock.ts";
import type { Logger } from "../core/log.ts";
import {
  type KubeApi,
  KubeApiError,
  type KubeObject,
  KubeUnreachableError,
  type ListOptions,
  type Resource,
  type Trim,
  type WatchEvent,
} from "./api.ts";
import { kubeLog } from "./catalogue.ts";
import { Contact } from "./contact.ts";
import { asError, askedWaitMs, isExpired } from "./failures.ts";

/** What a reflector posts. */
export type ReflectorInput<T> =
  /** The complete set: the receiver replaces everything that it knew of this resource. */
  | { readonly type: "synced"; readonly items: readonly T[] }
  /** Added or modified. */
  | { readonly type: "changed"; readonly object: T }
  /** With the object's last state. */
  | { readonly type: "deleted"; readonly object: T }
  /** Posted on each change only: whether the API server answers, be it with a refusal. What is known stays in force. */
  | { readonly type: "contact"; readonly ok: boolean };

export interface ReflectorOptions<T> {
  readonly api: KubeApi;
  readonly resource: Resource;
  readonly trim: Trim<T>;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  /** Called in order; must not throw. */
  readonly post: (input: ReflectorInput<T>) => void;
  /** Called when all that happened up to this resourceVersion has been posted; must not throw. */
  readonly reached?: (resourceVersion: string) => void;
}

/** Never gives up; resolves when the signal is aborted. */
export async function reflect<T>(options: ReflectorOptions<T>, signal: AbortSignal): Promise<void> {
  await new Reflection(options, signal).run();
}

const backoff = { baseMs: 200, maxMs: 10_000 };

/**
 * The server ends each watch after 20 to 25 s, which costs one cheap request on the same connection. It sends a bookmark
 * shortly before, so the resourceVersion stays fresh, and silence beyond that means a dead connection: one is noticed
 * within 30 s, whatever swallowed it. (By themselves bookmarks come about once a minute.)
 */
const watchSeconds = { least: 20, most: 25 };

/** A watch that stayed open this long worked, even when nothing happened in it. */
const provenMs = 1_000;

/** Stands for an object that the trim function could not read: reported and left out, so that the rest goes on. */
const unreadable = Symbol("unreadable");

class Reflection<T> {
  readonly #options: ReflectorOptions<T>;
  readonly #signal: AbortSignal;
  readonly #scope: ListOptions;
  readonly #name: string;
  readonly #contact: Contact;
  /** Undefined: a list comes next. */
  #resourceVersion: string | undefined;
  /** Attempts that failed in a row, and how many of them with 410. */
  #failures = 0;
  #expiries = 0;

  constructor(options: ReflectorOptions<T>, signal: AbortSignal) {
    const { resource, namespace, labelSelector, fieldSelector } = options;
    this.#options = options;
    this.#signal = signal;
    this.#name = resource.group === "" ? resource.plural : `${resource.plural}.${resource.group}`;
    this.#contact = new Contact(this.#name, options);
    this.#scope = {
      signal,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
    };
  }

  async run(): Promise<void> {
    while (!this.#signal.aborted) {
      const doing = this.#resourceVersion === undefined ? "list" : "watch";
      try {
        if (this.#resourceVersion === undefined) await this.#list();
        else await this.#watch(this.#resourceVersion);
      } catch (error) {
        if (!this.#signal.aborted) await this.#recover(doing, error);
      }
    }
  }

  async #list(): Promise<void> {
    const { api, resource, post, log } = this.#options;
    const { items, resourceVersion } = await api.list(resource, (raw) => this.#trim(raw), this.#scope);
    if (this.#signal.aborted) return;
    const readable = items.filter((item): item is T => item !== unreadable);
    log.write(kubeLog.listed, { resource: this.#name, items: readable.length, resourceVersion });
    this.#resourceVersion = resourceVersion;
    post({ type: "synced", items: readable });
    this.#options.reached?.(resourceVersion);
    this.#contact.there();
  }

  /** Returns when the server ended the watch in good order. */
  async #watch(resourceVersion: string): Promise<void> {
    const { api, resource, clock, random, log } = this.#options;
    let openedMs = Infinity;
    const onOpen = () => {
      openedMs = clock.nowMs();
      this.#contact.there();
    };
    const spread = watchSeconds.most - watchSeconds.least + 1;
    const timeoutSeconds = watchSeconds.least + Math.floor(random() * spread);
    const trim = (raw: KubeObject) => this.#trim(raw);
    const options = { ...this.#scope, resourceVersion, timeoutSeconds, onOpen };
    try {
      for await (const event of api.watch(resource, trim, options)) {
        if (this.#signal.aborted) return;
        openedMs = -Infinity;
        this.#contact.there();
        this.#take(event);
      }
    } finally {
      if (clock.nowMs() - openedMs >= provenMs) this.#failures = this.#expiries = 0;
    }
    if (this.#signal.aborted) return;
    log.write(kubeLog.watchEnded, { resource: this.#name });
    if (clock.nowMs() - openedMs < provenMs) await this.#sleep(this.#nextWaitMs());
  }

  #take(event: WatchEvent<T | typeof unreadable>): void {
    this.#resourceVersion = event.resourceVersion;
    if (event.type !== "bookmark" && event.object !== unreadable) {
      this.#options.post({ type: event.type === "deleted" ? "deleted" : "changed", object: event.object });
    }
    this.#options.reached?.(event.resourceVersion);
  }

  #trim(raw: KubeObject): T | typeof unreadable {
    try {
      return this.#options.trim(raw);
    } catch (error) {
      const { namespace, name } = raw.metadata ?? {};
      const object = namespace === undefined ? name : `${namespace}/${name}`;
      this.#options.log.write(kubeLog.objectUnreadable, {
        resource: this.#name,
        object,
        error: asError(error),
      });
      return unreadable;
    }
  }

  async #recover(doing: "list" | "watch", error: unknown): Promise<void> {
    const { log } = this.#options;
    if (isExpired(error)) {
      log.write(kubeLog.watchExpired, { resource: this.#name });
      this.#resourceVersion = undefined;
      // The first time list at once; a server that keeps saying so must not be hammered.
      if (++this.#expiries > 1) await this.#sleep(this.#nextWaitMs());
      return;
    }
    if (error instanceof KubeApiError && error.status < 500) this.#contact.there();
    // A connection that breaks is nothing yet, the next attempt tells; silence has lasted long enough to tell.
    else if (doing === "list" || this.#failures > 0 || !wasCut(error)) this.#contact.lost(asError(error));
    const first = this.#failures === 0;
    const retryInMs = this.#nextWaitMs(askedWaitMs(error));
    const failed = doing === "list" ? kubeLog.listFailed : kubeLog.watchFailed;
    log.write(first ? failed : kubeLog.failsStill, {
      resource: this.#name,
      error: asError(error),
      retryInMs,
    });
    await this.#sleep(retryInMs);
  }

  #nextWaitMs(leastMs = 0): number {
    return backoffMs(backoff, ++this.#failures, this.#options.random(), leastMs);
  }

  async #sleep(ms: number): Promise<void> {
    await this.#options.clock.sleep(ms, this.#signal).catch((error) => {
      if (!this.#signal.aborted) throw error;
    });
  }
}

function wasCut(error: unknown): boolean {
  return error instanceof KubeUnreachableError && error.how === "cut";
}
