/** One speaker over its ports: it runs the same on real ones and on fakes. */
import type { Clock } from "../../core/clock.ts";
import type { Logger } from "../../core/log.ts";
import type { Node } from "../../core/node.ts";
import type { KubeApi, OwnerReference } from "../../kube/api.ts";
import { EventRecorder } from "../../kube/events.ts";
import { keepNodeLease, nodeLeaseName } from "../../kube/nodelease.ts";
import { speakerLog } from "../catalogue.ts";
import type { Dataplane, Fact } from "../dataplane.ts";
import { type Input, Machine } from "../machine.ts";
import { applyEffects } from "./apply.ts";
import { DataplaneCounters } from "./dataplanecounters.ts";
import { Loop } from "./loop.ts";
import type { SpeakerMeter } from "./metrics.ts";
import { followAll } from "./sources.ts";
import { type StateKeeper, stateKeeper } from "./state.ts";

/** How long the Lease may take to be given back at the end. */
const releaseMs = 250;
/** How long this node goes on answering after that: others see the Lease go, and announce, within some 50 ms. */
const handoverMs = 200;
/** How long sockets may take to close, and Events to go out. */
const closeMs = 500;

/** After so long without an answer the data plane has stopped for good. */
const silenceMs = 20_000;

export interface SpeakerPorts {
  readonly api: KubeApi;
  readonly dataplane: Dataplane;
  readonly clock: Clock;
  readonly log: Logger;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** See {@link Loop}. */
  readonly soon: (run: () => void) => void;
  /** Left out where nobody may look. */
  readonly meter?: SpeakerMeter;
}

export interface SpeakerSettings {
  readonly nodeName: string;
  /** Where Pewter is installed. */
  readonly namespace: string;
  readonly lbClass: string;
  readonly ignoreExcludeLabel: boolean;
  readonly leaseDurationMs: number;
  readonly renewIntervalMs: number;
  /** Go regular expressions of interfaces to leave alone. */
  readonly excludeInterfaces: readonly string[];
  /** This process's Pod; not given: there is none. */
  readonly podName?: string;
}

/** The data plane can't go on, and so the speaker can't. */
export class DataplaneError extends Error {
  override readonly name = "DataplaneError";
  /** `errno` as in "EPERM", when a system call was refused. */
  constructor(message: string, readonly errno: string | null) {
    super(message);
  }
}

export class Speaker {
  readonly #ports: SpeakerPorts;
  readonly #settings: SpeakerSettings;
  readonly #machine: Machine;
  readonly #counters: DataplaneCounters;
  readonly #failure = Promise.withResolvers<never>();
  readonly #closed = Promise.withResolvers<void>();
  readonly #prepared = Promise.withResolvers<void>();

  constructor(ports: SpeakerPorts, settings: SpeakerSettings) {
    this.#ports = ports;
    this.#settings = settings;
    this.#machine = new Machine({ ...settings, leaseNameOf: nodeLeaseName });
    this.#counters = new DataplaneCounters(ports.dataplane, ports.clock);
    // It may come when nobody waits for it any more.
    this.#failure.promise.catch(() => {});
  }

  /** What has to arrive before anything is announced; empty when it has. */
  missing(): readonly string[] {
    return this.#machine.missing();
  }

  /** Undefined when well, else what calls for a restart. */
  unhealthy(): string | undefined {
    const silentMs = this.#counters.silentMs();
    return silentMs < silenceMs ? undefined : `the data plane has been silent for ${Math.round(silentMs)} ms`;
  }

  /**
   * Announces until `stop` is aborted, then hands over and resolves.
   *
   * @throws {DataplaneError} when it can't announce
   */
  async run(stop: AbortSignal): Promise<void> {
    const { dataplane, clock, api, log, random, meter } = this.#ports;
    const { nodeName, excludeInterfaces } = this.#settings;
    const events = new EventRecorder({
      ...{ api, clock, random, log },
      component: "metallb-speaker",
      host: nodeName,
    });
    const state = this.#stateKeeper();
    const loop = this.#loop(events, state);
    meter?.measure({ machine: this.#machine, counters: this.#counters, events });
    dataplane.onFact((fact) => this.#hear(fact, loop.post));
    dataplane.send({ type: "start", excludeInterfaces });

    const watching = new AbortController();
    const leaving = new AbortController();
    const followed = followAll({ ...this.#ports, ...this.#settings, post: loop.post }, watching.signal);
    const stated = state.run(watching.signal);
    const lease = this.#keepLease(leaving.signal);
    try {
      await Promise.race([aborted(stop), this.#failure.promise]);
      loop.stop();
      leaving.abort();
      await this.#within(releaseMs, lease);
      await clock.sleep(handoverMs);
    } finally {
      loop.stop();
      leaving.abort();
      dataplane.send({ type: "stop" });
      await this.#within(releaseMs, lease);
      watching.abort();
      await this.#within(
        closeMs,
        Promise.all([followed, stated, this.#closed.promise, events.drain(closeMs)]),
      );
    }
  }

  #stateKeeper(): StateKeeper {
    const machine = this.#machine;
    const { podName = "" } = this.#settings;
    return stateKeeper({
      ...{ ...this.#ports, ...this.#settings, podName },
      findings: () => machine.missing().length > 0 ? null : { problems: machine.problems, unread: [] },
    });
  }

  #loop(events: EventRecorder, state: StateKeeper): Loop {
    const machine = this.#machine;
    const { dataplane, log, meter } = this.#ports;
    let judged = machine.problems;
    return new Loop({
      ...{ ...this.#ports, machine },
      ...meter === undefined ? {} : { decided: (tookMs: number) => meter.decided(tookMs) },
      apply: (effects) => {
        meter?.effects(effects);
        applyEffects(effects, { dataplane, events, log });
        if (machine.prepared) this.#prepared.resolve();
        if (judged === machine.problems) return;
        judged = machine.problems;
        state.look();
      },
      failed: this.#failure.reject,
    });
  }

  /** Tells the others that this node announces; the Node owns the Lease, so that it goes when the Node goes. */
  async #keepLease(leaving: AbortSignal): Promise<void> {
    await Promise.race([this.#prepared.promise, aborted(leaving)]);
    if (leaving.aborted) return;
    const { nodeName } = this.#settings;
    const node = this.#machine.ownNode;
    if (node === undefined) this.#ports.log.write(speakerLog.nodeUnknown, { node: nodeName });
    await keepNodeLease({ ...this.#ports, ...this.#settings, ...ownedBy(node) }, leaving);
  }

  #hear(fact: Fact, post: (input: Input) => void): void {
    if (fact.type === "stopped") this.#closed.resolve();
    else if (fact.type === "failed") {
      this.#closed.resolve();
      this.#failure.reject(new DataplaneError(fact.message, fact.errno));
    } else if (fact.type === "counters") this.#counters.hear(fact);
    else post({ source: "dataplane", fact });
  }

  async #within(ms: number, work: Promise<unknown>): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = this.#ports.clock.timer(ms, late.resolve);
    await Promise.race([work, late.promise]);
    timer.cancel();
  }
}

function ownedBy(node: Node | undefined): { readonly owner?: OwnerReference } {
  if (node === undefined) return {};
  return { owner: { apiVersion: "v1", kind: "Node", name: node.name, uid: node.uid } };
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  else signal.addEventListener("abort", () => resolve(), { once: true });
  return promise;
}
