/** One replica acts: the one that holds the Lease. This file carries out what the rules in `election.ts` ask for. */
import type { Clock, Timer } from "../core/clock.ts";
import type { Logger } from "../core/log.ts";
import type { KubeApi } from "./api.ts";
import { kubeLog } from "./catalogue.ts";
import { electionStart, electionStep } from "./election.ts";
import type {
  ElectionEffect,
  ElectionEvent,
  ElectionReason,
  ElectionSettings,
  ElectionState,
} from "./electionmodel.ts";
import { asError, isConflict, isNotFound } from "./failures.ts";
import { leaseTime, type LeaseView, readLease, trimLease, writeLease } from "./leases.ts";
import { reflect } from "./reflector.ts";
import { leases } from "./resources.ts";
import { type Term, TermEnd } from "./term.ts";

export interface LeaderElectionOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  readonly namespace: string;
  /** The Lease's name. */
  readonly name: string;
  /** Differs for each replica: the Pod's name, or host and a random part. */
  readonly identity: string;
  /**
   * Whether this holder was an earlier process in this one's place, which is dead since this one runs: an earlier container
   * of its Pod. It need not be waited for. Not given: none was.
   */
  readonly isPredecessor?: (holder: string) => boolean;
  /** 15,000 when not given; rounded up to whole seconds. */
  readonly leaseDurationMs?: number;
  /** After how long without a renewal the leader stops acting; 10,000 when not given; less than the duration. */
  readonly renewDeadlineMs?: number;
  /** How often the Lease is looked at or renewed; 2,000 when not given. */
  readonly retryPeriodMs?: number;
  /**
   * This replica acts from now on, until the term ends. Gives what to leave to the next when it does nothing any more;
   * must not reject.
   */
  readonly onElected: (term: Term) => Promise<string>;
}

/** How long ending a term and giving the Lease back may take. */
const releaseMs = 3_000;

/**
 * Takes part until `signal` is aborted; then stops acting, gives the Lease back and resolves. After a loss it takes part
 * again, so `onElected` may be called more than once.
 */
export async function runLeaderElection(options: LeaderElectionOptions, signal: AbortSignal): Promise<void> {
  await new Election(options).run(signal);
}

class Election {
  readonly #options: LeaderElectionOptions;
  readonly #settings: ElectionSettings;
  readonly #finished = Promise.withResolvers<void>();
  #state: ElectionState = electionStart;
  #timer: Timer | undefined;
  #request: AbortController | undefined;
  #acting: AbortController | undefined;
  #shownHolder: string | undefined;
  /** Until when the Lease is ours for sure, on the monotonic clock. */
  #holdsUntilMs = -Infinity;

  constructor(options: LeaderElectionOptions) {
    this.#options = options;
    this.#settings = {
      identity: options.identity,
      isPredecessor: options.isPredecessor ?? (() => false),
      leaseDurationMs: options.leaseDurationMs ?? 15_000,
      renewDeadlineMs: options.renewDeadlineMs ?? 10_000,
      retryPeriodMs: options.retryPeriodMs ?? 2_000,
    };
  }

  async run(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const onStop = () => {
      this.#post({ type: "stop" });
      const late = this.#options.clock.timer(releaseMs, () => {
        this.#request?.abort(new Error("too late"));
        this.#post({ type: "failed" });
      });
      this.#finished.promise.finally(() => late.cancel());
    };
    signal.addEventListener("abort", onStop, { once: true });
    const watching = new AbortController();
    const watched = this.#watch(watching.signal);
    this.#post({ type: "due" });
    await this.#finished.promise;
    this.#timer?.cancel();
    watching.abort();
    await watched;
  }

  /** So that a Lease that is given back is seen at once; without it, each look would tell. */
  #watch(signal: AbortSignal): Promise<void> {
    const { namespace, name } = this.#options;
    const see = (lease: LeaseView) => lease.name === name && this.#post({ type: "seen", lease });
    return reflect<LeaseView>({
      ...this.#options,
      resource: leases,
      trim: trimLease,
      namespace,
      fieldSelector: `metadata.name=${name}`,
      post: (input) => {
        if (input.type === "changed") see(input.object);
        if (input.type === "synced") input.items.forEach(see);
      },
    }, signal);
  }

  #post(event: ElectionEvent): void {
    const before = this.#state.role;
    const { state, effects, reason } = electionStep(
      this.#settings,
      this.#state,
      event,
      this.#options.clock.nowMs(),
    );
    this.#state = state;
    if (state.role === "acting") this.#holdsUntilMs = state.renewedMs + this.#settings.renewDeadlineMs;
    this.#report(before, state, reason);
    for (const effect of effects) this.#carryOut(effect);
    if (state.role === "gone") this.#finished.resolve();
  }

  #carryOut(effect: ElectionEffect): void {
    switch (effect.type) {
      case "read":
        return void this.#ask((signal) => this.#read(signal));
      case "write":
        return void this.#ask((signal) => this.#write(effect, signal));
      case "startActing":
        return this.#start(effect.handover);
      case "stopActing":
        if (effect.why === "lost") this.#holdsUntilMs = -Infinity;
        return this.#acting?.abort(new TermEnd(effect.why));
      case "abortRequest":
        return this.#request?.abort(new Error("the renewal deadline has passed"));
      case "wake":
        this.#timer?.cancel();
        this.#timer = this.#options.clock.timer(this.#spread(effect.inMs), () => this.#post({ type: "due" }));
    }
  }

  #start(handover: string): void {
    const acting = this.#acting = new AbortController();
    const { clock, onElected } = this.#options;
    const holds = () => acting === this.#acting && clock.nowMs() < this.#holdsUntilMs;
    onElected({ acting: acting.signal, handover, holds }).then((left) => {
      // That of an earlier term says nothing about this one.
      if (acting === this.#acting && acting.signal.aborted) this.#post({ type: "ended", handover: left });
    });
  }

  /** Those who wait must not all look at the same moment, except for the one at which they may act; a leader's are exact. */
  #spread(ms: number): number {
    const spreads = this.#state.role === "waiting" && ms >= this.#settings.retryPeriodMs;
    return spreads ? ms * (1 + this.#options.random() * 0.2) : ms;
  }

  async #ask(request: (signal: AbortSignal) => Promise<ElectionEvent>): Promise<void> {
    const abort = this.#request = new AbortController();
    const { clock, name, log } = this.#options;
    const late = clock.timer(
      this.#settings.renewDeadlineMs,
      () => abort.abort(new Error("no answer in time")),
    );
    const event = await request(abort.signal).catch((error): ElectionEvent => {
      log.write(kubeLog.leaseFailed, {
        lease: name,
        error: asError(error),
        retryInMs: this.#settings.retryPeriodMs,
      });
      return { type: "failed" };
    });
    late.cancel();
    this.#post(event);
  }

  async #read(signal: AbortSignal): Promise<ElectionEvent> {
    const { api, namespace, name } = this.#options;
    return { type: "read", lease: await readLease(api, namespace, name, signal) };
  }

  async #write(
    { over, holder, handover = "" }: ElectionEffect & { type: "write" },
    signal: AbortSignal,
  ): Promise<ElectionEvent> {
    const { api, namespace, name, clock } = this.#options;
    const begunMs = clock.nowMs();
    const time = leaseTime(clock.wallMs());
    const taken = over?.holder !== holder;
    const wish = {
      namespace,
      name,
      holder,
      // Given back, it is anybody's at once, also for those who only look at times.
      durationMs: holder === "" ? 1_000 : this.#settings.leaseDurationMs,
      acquireTime: taken ? time : over.acquireTime,
      renewTime: time,
      transitions: (over?.transitions ?? 0) + (over !== undefined && taken && holder !== "" ? 1 : 0),
      handover,
    };
    try {
      const lease = await writeLease(api, wish, over?.resourceVersion, signal);
      return { type: "written", lease, begunMs };
    } catch (error) {
      if (isConflict(error) || (isNotFound(error) && over !== undefined)) return { type: "conflict" };
      throw error;
    }
  }

  #report(before: ElectionState["role"], state: ElectionState, reason: ElectionReason): void {
    const { log, name, identity } = this.#options;
    if (reason === "elected") log.write(kubeLog.leaderElected, { lease: name, identity });
    else if (reason === "released") log.write(kubeLog.leaderReleased, { lease: name });
    else if (before === "acting" && state.role === "waiting") {
      log.write(kubeLog.leaderLost, { lease: name, why: reason });
    }
    const holder = state.role === "waiting" ? state.seen?.lease.holder : undefined;
    if (holder !== undefined && holder !== this.#shownHolder) {
      log.write(kubeLog.leaderWaiting, { lease: name, holder });
    }
    this.#shownHolder = holder;
  }
}
