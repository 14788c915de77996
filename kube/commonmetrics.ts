/** The measuring that the controller and the speaker have in common. */
import type { Clock } from "../core/clock.ts";
import { type Reading, reading, single } from "../core/metric.ts";
import type { Problem } from "../core/problem.ts";
import type { KubeApi } from "./api.ts";
import { ApiMeter } from "./apimeter.ts";
import { kubeMetrics as metrics } from "./metriccatalogue.ts";
import type { MetricRegistry } from "./metricregistry.ts";
import { processMetrics, processReadings } from "./processreadings.ts";

export class CommonMetrics {
  /** Counts what went wrong because of an update. */
  readonly failed: (count?: number) => void;
  /** Takes the time of one decision. */
  readonly decided: (tookMs: number) => void;
  readonly #meter: ApiMeter;

  constructor(readonly registry: MetricRegistry, clock: Clock) {
    const updates = registry.counter(metrics.metallb_k8s_client_updates_total);
    const errors = registry.counter(metrics.metallb_k8s_client_update_errors_total);
    const decisions = registry.histogram(metrics.pewter_decision_duration_seconds);
    const writes = registry.histogram(metrics.pewter_write_duration_seconds);
    this.failed = (count = 1) => errors.add({}, count);
    this.decided = (tookMs) => decisions.observe({}, tookMs / 1000);
    this.#meter = new ApiMeter({
      clock,
      arrived: () => updates.add({}),
      wrote: (resource, result, tookMs) => {
        writes.observe({ resource, result }, tookMs / 1000);
        if (result !== "ok" && followsUpdate(resource)) this.failed();
      },
    });
    registry.collect([metrics.pewter_watch_age_seconds], () => [this.#watchAges()]);
    registry.collect(processMetrics, processReadings);
  }

  /** The same API, measured. */
  meter(api: KubeApi): KubeApi {
    return this.#meter.meter(api);
  }

  #watchAges(): Reading {
    const ages = [...this.#meter.silences()].map(([resource, ms]) => ({
      labels: { resource },
      value: ms / 1000,
    }));
    return reading(metrics.pewter_watch_age_seconds, ages);
  }
}

/** What {@link configurationReadings} gives. */
export const configurationMetrics = [
  metrics.metallb_k8s_client_config_loaded_bool,
  metrics.metallb_k8s_client_config_stale_bool,
  metrics.pewter_problems,
] as const;

/** How the configuration stands; `loaded`: all of it was listed and applied at least once. */
export function configurationReadings(loaded: boolean, problems: readonly Problem[]): readonly Reading[] {
  const counts = Map.groupBy(problems, ({ kind, severity }) => `${kind} ${severity}`);
  const samples = [...counts].map(([key, { length: value }]) => {
    const [kind = "", severity = ""] = key.split(" ");
    return { labels: { kind, severity }, value };
  });
  const invalid = problems.some(({ severity }) => severity === "error");
  return [
    single(metrics.metallb_k8s_client_config_loaded_bool, loaded ? 1 : 0),
    single(metrics.metallb_k8s_client_config_stale_bool, invalid ? 1 : 0),
    reading(metrics.pewter_problems, samples),
  ];
}

/** Leases and reviews are written for other reasons, and Events only tell. */
function followsUpdate(resource: string): boolean {
  return !["events", "leases", "tokenreviews", "subjectaccessreviews"].includes(resource);
}
