/** Measures the controller while somebody may look. */
import type { Clock } from "../../core/clock.ts";
import { type Reading, single } from "../../core/metric.ts";
import type { KubeApi } from "../../kube/api.ts";
import { CommonMetrics, configurationMetrics, configurationReadings } from "../../kube/commonmetrics.ts";
import { kubeMetrics } from "../../kube/metriccatalogue.ts";
import type { MetricRegistry } from "../../kube/metricregistry.ts";
import type { Effect } from "../effects.ts";
import type { Machine } from "../machine.ts";
import { controllerMetrics as metrics } from "../metriccatalogue.ts";
import { allocationMetrics, allocationReadings } from "../readings.ts";

/** What is read of the replica that acts, whenever somebody looks. */
export interface Acting {
  readonly machine: Pick<Machine, "decisions" | "problems" | "ledger">;
  readonly queue: { readonly size: number };
  readonly events: { readonly dropped: number };
}

/** What is known, acting or not. */
interface Followed {
  /** Everything that decides about addresses was listed. */
  readonly complete: boolean;
}

/** Hears what the controller does. */
export interface ControllerMeter {
  follows(world: Followed): void;
  /** A term of acting begins, or, with null, it ends. */
  acts(acting: Acting | null): void;
  decided(tookMs: number): void;
  effects(effects: readonly Effect[]): void;
}

export class ControllerMetrics implements ControllerMeter {
  readonly #common: CommonMetrics;
  #world: Followed | null = null;
  #acting: Acting | null = null;
  /** In terms that are over. */
  #droppedEvents = 0;

  constructor(registry: MetricRegistry, clock: Clock) {
    this.#common = new CommonMetrics(registry, clock);
    const own = [metrics.pewter_write_queue_length, metrics.pewter_leader];
    registry.collect(
      [...allocationMetrics, ...configurationMetrics, ...own, kubeMetrics.pewter_events_dropped_total],
      () => this.#readings(),
    );
  }

  /** The same API, measured. */
  meter(api: KubeApi): KubeApi {
    return this.#common.meter(api);
  }

  follows(world: Followed): void {
    this.#world = world;
  }

  acts(acting: Acting | null): void {
    this.#droppedEvents += this.#acting?.events.dropped ?? 0;
    this.#acting = acting;
  }

  decided(tookMs: number): void {
    this.#common.decided(tookMs);
  }

  effects(effects: readonly Effect[]): void {
    const failures = effects.filter((effect) =>
      effect.type === "refused" || (effect.type === "reportProblem" && effect.problem.severity === "error")
    );
    if (failures.length > 0) this.#common.failed(failures.length);
  }

  /** Of pools and Services only the replica that acts says something: those that stand by decide nothing. */
  #readings(): readonly Reading[] {
    const acting = this.#acting;
    const dropped = this.#droppedEvents + (acting?.events.dropped ?? 0);
    return [
      single(metrics.pewter_leader, acting === null ? 0 : 1),
      single(metrics.pewter_write_queue_length, acting?.queue.size ?? 0),
      single(kubeMetrics.pewter_events_dropped_total, dropped),
      ...configurationReadings(this.#world?.complete ?? false, acting?.machine.problems ?? []),
      ...acting === null
        ? []
        : allocationReadings(acting.machine.ledger.pools, acting.machine.decisions.values()),
    ];
  }
}
