/** What both daemons measure: their way to the API server, their configuration, their decisions, and themselves. */
import { metricCatalogue } from "../core/metric.ts";

export const kubeMetrics = metricCatalogue({
  metallb_k8s_client_updates_total: [
    "counter",
    "Objects that arrived from the API server, by list or watch, and were taken in",
  ],
  metallb_k8s_client_update_errors_total: [
    "counter",
    "What went wrong because of them: Services refused, invalid configuration found, writes that failed",
  ],
  metallb_k8s_client_config_loaded_bool: [
    "gauge",
    "1 once everything was listed and the configuration applied, else 0",
  ],
  metallb_k8s_client_config_stale_bool: [
    "gauge",
    "1 while there is invalid configuration, which is left out while all else applies, else 0",
  ],
  pewter_problems: [
    "gauge",
    "Problems of the configuration now: errors have no effect, warnings are probably not meant",
    "kind",
    "severity",
  ],
  pewter_decision_duration_seconds: [
    "histogram",
    "How long deciding took, for all that had arrived together",
  ],
  pewter_watch_age_seconds: [
    "gauge",
    "Time since the API server was last heard on the watch of a resource; above 35 it is out of reach",
    "resource",
  ],
  pewter_write_duration_seconds: [
    "histogram",
    "How long writes to the API server took, with the repetitions that it asked for; " +
    "result is ok, conflict, refused or unreachable",
    "resource",
    "result",
  ],
  pewter_events_dropped_total: [
    "counter",
    "Kubernetes Events that were not written: too many about one object, or refused",
  ],
  process_cpu_seconds_total: ["counter", "User and system CPU time spent"],
  process_resident_memory_bytes: ["gauge", "Resident memory size"],
  process_heap_bytes: ["gauge", "Memory that JavaScript's heap holds in the main isolate"],
  process_start_time_seconds: ["gauge", "When the process started, since the Unix epoch"],
});
