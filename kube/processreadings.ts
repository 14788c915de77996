/** What the process uses, as far as Deno tells without further permissions: /proc would want all of them. */
import process from "node:process";
import { type Reading, single } from "../core/metric.ts";
import { kubeMetrics as metrics } from "./metriccatalogue.ts";

export const processMetrics = [
  metrics.process_cpu_seconds_total,
  metrics.process_resident_memory_bytes,
  metrics.process_heap_bytes,
  metrics.process_start_time_seconds,
] as const;

export function processReadings(): readonly Reading[] {
  const { user, system } = process.cpuUsage();
  const { rss, heapTotal } = Deno.memoryUsage();
  return [
    single(metrics.process_cpu_seconds_total, (user + system) / 1e6),
    single(metrics.process_resident_memory_bytes, rss),
    single(metrics.process_heap_bytes, heapTotal),
    single(metrics.process_start_time_seconds, performance.timeOrigin / 1000),
  ];
}
