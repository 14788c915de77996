/** Measures the speaker while somebody may look. */
import type { Clock } from "../../core/clock.ts";
import { single } from "../../core/metric.ts";
import type { KubeApi } from "../../kube/api.ts";
import { CommonMetrics, configurationMetrics, configurationReadings } from "../../kube/commonmetrics.ts";
import { kubeMetrics } from "../../kube/metriccatalogue.ts";
import type { MetricRegistry } from "../../kube/metricregistry.ts";
import { speakerLog } from "../catalogue.ts";
import type { Effect } from "../effects.ts";
import type { Machine } from "../machine.ts";
import { announcementMetrics, announcementReadings, layer2Metrics, layer2Readings } from "../readings.ts";
import type { DataplaneCounters } from "./dataplanecounters.ts";

/** What is read whenever somebody looks. */
export interface Measured {
  readonly machine: Pick<Machine, "missing" | "problems" | "share" | "liveSpeakers">;
  readonly counters: Pick<DataplaneCounters, "read">;
  readonly events: { readonly dropped: number };
}

/** Hears what the speaker does. */
export interface SpeakerMeter {
  /** These are what counts; called once. */
  measure(measured: Measured): void;
  decided(tookMs: number): void;
  effects(effects: readonly Effect[]): void;
}

export class SpeakerMetrics implements SpeakerMeter {
  readonly #registry: MetricRegistry;
  readonly #common: CommonMetrics;
  readonly #node: string;

  constructor(registry: MetricRegistry, clock: Clock, node: string) {
    this.#registry = registry;
    this.#common = new CommonMetrics(registry, clock);
    this.#node = node;
  }

  meter(api: KubeApi): KubeApi {
    return this.#common.meter(api);
  }

  measure({ machine, counters, events }: Measured): void {
    this.#registry.collect(
      [...announcementMetrics, ...configurationMetrics, kubeMetrics.pewter_events_dropped_total],
      () => [
        ...announcementReadings(this.#node, machine),
        ...configurationReadings(machine.missing().length === 0, machine.problems),
        single(kubeMetrics.pewter_events_dropped_total, events.dropped),
      ],
    );
    this.#registry.collect(layer2Metrics, async () => layer2Readings(await counters.read()));
  }

  decided(tookMs: number): void {
    this.#common.decided(tookMs);
  }

  effects(effects: readonly Effect[]): void {
    const failures = effects.filter((effect) =>
      effect.type === "log" && effect.event === speakerLog.problem && effect.fields["severity"] === "error"
    );
    if (failures.length > 0) this.#common.failed(failures.length);
  }
}
