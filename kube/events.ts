/** Kubernetes Events about objects, as `kubectl describe` shows them. */
import type { CoreV1Event } from "@kubernetes/client-node";
import type { Clock } from "../core/clock.ts";
import type { Logger } from "../core/log.ts";
import type { Wire } from "../core/wire.ts";
import type { KubeApi, KubeObject } from "./api.ts";
import { kubeLog } from "./catalogue.ts";
import { EventCorrelator, type EventSeries } from "./eventseries.ts";
import { asError, isConflict, isNotFound, mayWorkLater } from "./failures.ts";
import type { KeyedWrite } from "./keyedwrite.ts";
import { coreEvents } from "./resources.ts";
import { kubeTime } from "./times.ts";
import { WriteQueue } from "./writequeue.ts";

/** The object that an Event is about. */
export interface Regarding {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Left out for cluster-wide objects, whose Events go to `default`. */
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
}

export type EventType = "Normal" | "Warning";

export interface EventRecorderOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  /** `source.component` and `reportingComponent`. */
  readonly component: string;
  /** `source.host` and `reportingInstance`: the node, for speakers. */
  readonly host?: string;
  /** Whether writes are going on that matter more; asked before each Event. See {@link EventRecorder.resume}. */
  readonly yields?: () => boolean;
}

/** Events are told after the fact: they must not crowd out the writes that matter. */
const concurrency = 4;
/** For so long they yield altogether; after it, one goes out at a time. */
const longestYieldMs = 5_000;
/** Series that wait to be written; more are dropped. */
const waitingLimit = 20_000;
const longestMessage = 1024;
/** DNS subdomain, minus the dot and the 16 hexadecimal digits behind it. */
const longestNameStart = 253 - 17;

/** One series and the Event that carries it. */
interface Carried {
  readonly series: EventSeries;
  readonly regarding: Regarding;
  readonly type: EventType;
  readonly reason: string;
  readonly name: string;
  written: boolean;
}

/** core/v1 Events: they are what `kubectl describe` counts, as in `60m (x351 over 60d)`. */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #correlator = new EventCorrelator();
  readonly #queue: WriteQueue;
  readonly #carried = new WeakMap<EventSeries, Carried>();
  /** So that neither two Events of this process nor those of two processes get one name. */
  readonly #firstNumber: number;
  #numbered = 0;
  #dropped = 0;
  /** Since when they yield; undefined when they don't. */
  #yieldsSinceMs: number | undefined;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#firstNumber = Math.floor(options.random() * 1_000_000);
    this.#queue = new WriteQueue({ ...options, concurrency: () => this.#concurrency() });
  }

  /** The writes that matter more may have come to an end. */
  resume(): void {
    this.#queue.resume();
  }

  /** Never blocks and never throws. The same (object, type, reason, message) counts up instead of making a new Event. */
  record(regarding: Regarding, type: EventType, reason: string, message: string): void {
    const { clock } = this.#options;
    const { apiVersion, kind, namespace, name, uid } = regarding;
    const object = [apiVersion, kind, namespace, name, uid].join("/");
    const series = this.#correlator.count(object, `${type}\n${reason}`, message, clock.wallMs());
    if (this.#queue.waits(series.key)) return;
    const why = !this.#correlator.admit(object, clock.nowMs())
      ? "too many about this object"
      : this.#queue.size >= waitingLimit
      ? "too many wait to be written"
      : undefined;
    if (why !== undefined) return this.#drop(regarding, reason, why);
    this.#queue.put(series.key, this.#write(this.#carry(series, regarding, type, reason)));
  }

  /** How many were not written: too many about one object, or refused. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Lets what waits go out for at most `withinMs`, then drops the rest. */
  async drain(withinMs: number): Promise<void> {
    await this.#queue.drain(withinMs);
  }

  #concurrency(): number {
    if (this.#options.yields?.() !== true) {
      this.#yieldsSinceMs = undefined;
      return concurrency;
    }
    const nowMs = this.#options.clock.nowMs();
    this.#yieldsSinceMs ??= nowMs;
    return nowMs - this.#yieldsSinceMs < longestYieldMs ? 0 : 1;
  }

  #carry(series: EventSeries, regarding: Regarding, type: EventType, reason: string): Carried {
    const known = this.#carried.get(series);
    if (known !== undefined) return known;
    // As in client-go the name ends in the time in nanoseconds, of which those below the millisecond are ours to choose.
    const belowMs = (this.#firstNumber + this.#numbered++) % 1_000_000;
    const nanoseconds = BigInt(Math.floor(this.#options.clock.wallMs())) * 1_000_000n + BigInt(belowMs);
    const start = regarding.name.slice(0, longestNameStart).replace(/[.-]+$/, "");
    const name = `${start}.${nanoseconds.toString(16)}`;
    const carried = { series, regarding, type, reason, name, written: false };
    this.#carried.set(series, carried);
    return carried;
  }

  #write(carried: Carried): KeyedWrite {
    return {
      send: (signal) => this.#send(carried, signal),
      // AlreadyExists: it was written, only the answer got lost. What has been counted since still has to go out.
      decideAgain: () => {
        carried.written = true;
        return this.#write(carried);
      },
    };
  }

  async #send(carried: Carried, signal: AbortSignal): Promise<void> {
    try {
      if (carried.written && await this.#countUp(carried, signal)) return;
      await this.#options.api.create(coreEvents, this.#body(carried), { signal });
      carried.written = true;
    } catch (error) {
      if (signal.aborted || mayWorkLater(error) || isConflict(error)) throw error;
      this.#dropped++;
      const object = nameOf(carried.regarding);
      this.#options.log.write(kubeLog.eventRefused, {
        object,
        reason: carried.reason,
        error: asError(error),
      });
    }
  }

  /** False when the Event is no longer there: the API server forgets them after an hour. */
  async #countUp({ series, regarding, name }: Carried, signal: AbortSignal): Promise<boolean> {
    const patch = {
      count: series.count,
      lastTimestamp: kubeTime(series.lastMs),
      message: cut(series.message),
    };
    try {
      await this.#options.api.patch(coreEvents, namespaceOf(regarding), name, patch, {
        type: "merge",
        signal,
      });
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  #body({ series, regarding, type, reason, name }: Carried): EventObject {
    const { component, host } = this.#options;
    return {
      metadata: { name, namespace: namespaceOf(regarding) },
      involvedObject: { ...regarding },
      type,
      reason,
      message: cut(series.message),
      source: { component, ...(host === undefined ? {} : { host }) },
      reportingComponent: component,
      reportingInstance: host ?? "",
      firstTimestamp: kubeTime(series.firstMs),
      lastTimestamp: kubeTime(series.lastMs),
      count: series.count,
    };
  }

  #drop(regarding: Regarding, reason: string, why: string): void {
    this.#dropped++;
    this.#options.log.write(kubeLog.eventDropped, { object: nameOf(regarding), reason, why });
  }
}

type EventObject = KubeObject & Omit<Wire<CoreV1Event>, "metadata">;

function namespaceOf(regarding: Regarding): string {
  return regarding.namespace || "default";
}

function nameOf({ kind, namespace, name }: Regarding): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

function cut(message: string): string {
  return message.length <= longestMessage ? message : `${message.slice(0, longestMessage - 3)}...`;
}
