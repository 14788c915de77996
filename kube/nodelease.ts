/** One Lease for each node, kept renewed by its speaker: that it is alive, for all who can reach the API server. */
import type { Clock } from "../core/clock.ts";
import type { Logger } from "../core/log.ts";
import { type KubeApi, KubeApiError, type OwnerReference } from "./api.ts";
import { kubeLog } from "./catalogue.ts";
import { asError, askedWaitMs, isConflict, isNotFound } from "./failures.ts";
import { leaseTime, type LeaseView, readLease, writeLease } from "./leases.ts";

const labels = {
  "app.kubernetes.io/name": "pewter",
  "app.kubernetes.io/component": "speaker",
} as const;

/** Finds the Leases of all speakers. */
export const speakerLeaseSelector: string = Object.entries(labels).map((entry) => entry.join("=")).join(",");

export interface NodeLeaseOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  /** Where Pewter is installed. */
  readonly namespace: string;
  readonly nodeName: string;
  /** Others take the node for gone after this long without a renewal; rounded up to whole seconds. */
  readonly leaseDurationMs: number;
  readonly renewIntervalMs: number;
  /** The Node object, so that the Lease goes when the Node goes. */
  readonly owner?: OwnerReference;
}

/** A missing permission may be granted any day, and asking costs the API server little. */
const forbiddenRetryMs = 30_000;
const releaseMs = 2_000;
/** `metadata.name` may have 253 characters, and so may a node's name. */
const longestNodePart = 253 - "pewter-speaker-".length;

/** `pewter-speaker-<node>`; of a node name that is too long, the part that differs most: its end. */
export function nodeLeaseName(nodeName: string): string {
  return `pewter-speaker-${nodeName.slice(-longestNodePart).replace(/^[.-]+/, "")}`;
}

/** Keeps it renewed until `signal` is aborted, then releases it (holderIdentity "") and resolves. Never rejects. */
export async function keepNodeLease(options: NodeLeaseOptions, signal: AbortSignal): Promise<void> {
  const keeper = new Keeper(options);
  while (!signal.aborted) {
    const waitMs = await keeper.renew(signal);
    await options.clock.sleep(waitMs, signal).catch(() => {});
  }
  await keeper.release();
}

class Keeper {
  readonly #options: NodeLeaseOptions;
  /** As last read or written; undefined when that isn't known. */
  #lease: LeaseView | undefined;
  #forbidden = false;
  #wasAllowed = false;

  constructor(options: NodeLeaseOptions) {
    this.#options = options;
  }

  /** Renews once; gives the time until the next renewal, in milliseconds. */
  async renew(signal: AbortSignal): Promise<number> {
    const { renewIntervalMs, leaseDurationMs, clock } = this.#options;
    const begunMs = clock.nowMs();
    try {
      // A hanging request must not cost more than one renewal's room.
      await this.#within(Math.max(1_000, leaseDurationMs / 2), signal, (bounded) => this.#renewOnce(bounded));
      this.#forbidden = false;
      this.#wasAllowed = true;
      return Math.max(0, renewIntervalMs - (clock.nowMs() - begunMs));
    } catch (error) {
      this.#lease = undefined;
      return signal.aborted ? 0 : this.#report(error);
    }
  }

  async #renewOnce(signal: AbortSignal): Promise<void> {
    const { nodeName } = this.#options;
    try {
      this.#lease ??= await this.#read(signal);
      this.#lease = await this.#write(nodeName, signal);
    } catch (error) {
      if (!isConflict(error) && !isNotFound(error)) throw error;
      // It was changed, created or deleted under us: look, then write over what is there.
      this.#lease = await this.#read(signal);
      this.#lease = await this.#write(nodeName, signal);
    }
  }

  /** Says that the node has left, so that others need not wait. */
  async release(): Promise<void> {
    try {
      await this.#within(releaseMs, undefined, async (signal) => {
        // A renewal that was broken off may have been written, or not.
        this.#lease ??= await this.#read(signal);
        if (this.#lease?.holder !== this.#options.nodeName) return;
        await this.#write("", signal);
        this.#options.log.write(kubeLog.nodeLeaseReleased, { lease: this.#lease.name });
      });
    } catch (error) {
      this.#report(error);
    }
  }

  #read(signal: AbortSignal): Promise<LeaseView | undefined> {
    const { api, namespace, nodeName } = this.#options;
    return readLease(api, namespace, nodeLeaseName(nodeName), signal);
  }

  #write(holder: string, signal: AbortSignal): Promise<LeaseView> {
    const { api, namespace, nodeName, clock, leaseDurationMs, owner } = this.#options;
    const time = leaseTime(clock.wallMs());
    const former = this.#lease;
    const taken = former?.holder !== holder;
    const wish = {
      namespace,
      name: nodeLeaseName(nodeName),
      labels,
      holder,
      durationMs: leaseDurationMs,
      acquireTime: taken ? time : former.acquireTime,
      renewTime: time,
      transitions: (former?.transitions ?? 0) + (former !== undefined && taken && holder !== "" ? 1 : 0),
      ...(owner === undefined ? {} : { owner }),
    };
    return writeLease(api, wish, former?.resourceVersion, signal);
  }

  async #within<T>(
    ms: number,
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const abort = new AbortController();
    const onAbort = () => abort.abort(signal?.reason);
    const late = this.#options.clock.timer(ms, () => abort.abort(new Error(`no answer within ${ms} ms`)));
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      return await work(abort.signal);
    } finally {
      late.cancel();
      signal?.removeEventListener("abort", onAbort);
    }
  }

  #report(error: unknown): number {
    const { log, nodeName, renewIntervalMs, random } = this.#options;
    const lease = nodeLeaseName(nodeName);
    if (error instanceof KubeApiError && error.status === 403) {
      if (!this.#forbidden) log.write(kubeLog.leaseForbidden, { lease, error: asError(error) });
      this.#forbidden = true;
      // An API server that has just started refuses everything until it has read the roles.
      return this.#wasAllowed ? renewIntervalMs : forbiddenRetryMs;
    }
    const retryInMs = Math.round(askedWaitMs(error) + renewIntervalMs * (0.5 + random() * 0.5));
    log.write(kubeLog.leaseFailed, { lease, error: asError(error), retryInMs });
    return retryInMs;
  }
}
