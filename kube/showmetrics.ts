/** Metrics as --port, --metrics-cert-dir and --tls-min-version want them; a process without them loads none of this. */
import type { Clock } from "../core/clock.ts";
import type { Logger } from "../core/log.ts";
import { oldestTls, type TlsOptions } from "../core/tlsflags.ts";
import type { KubeApi } from "./api.ts";
import type { MetricRegistry } from "./metricregistry.ts";

export interface ShownMetricsOptions extends TlsOptions {
  readonly port: number;
  readonly metricsCertDir: string;
  /** Asked about those who want to see the metrics. */
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Metrics that are being shown, and what their owner measures with. */
export interface ShownMetrics<Measuring> {
  readonly measuring: Measuring;
  /** Rejects when they can't be shown: with {@link CertificateError}, or because the port can't be had. */
  readonly failure: Promise<never>;
  stop(): Promise<void>;
}

/** TLS takes a tenth of a second of computing, which the first lists and decisions have more use for. */
const afterStartMs = 300;

/**
 * Serves the metrics that `measure` puts into the registry, in a moment: nothing waits for it. Null with port 0, which
 * asks for none.
 */
export async function showMetrics<Measuring>(
  options: ShownMetricsOptions,
  measure: (registry: MetricRegistry) => Measuring,
): Promise<ShownMetrics<Measuring> | null> {
  if (options.port === 0) return null;
  const { openMetricRegistry } = await import("./metricregistry.ts");
  const registry = await openMetricRegistry();
  const serving = serve(options, registry);
  const failure = serving.then(() => new Promise<never>(() => {}));
  // Whoever waits for it hears of it; nobody has to.
  failure.catch(() => {});
  const stop = async () => await (await serving.catch(() => null))?.stop();
  return { measuring: measure(registry), failure, stop };
}

async function serve(options: ShownMetricsOptions, registry: MetricRegistry) {
  await options.clock.sleep(afterStartMs);
  const { serveMetrics } = await import("./metricsserver.ts");
  const minVersion = oldestTls(options) === "1.2" ? "TLSv1.2" : "TLSv1.3";
  return await serveMetrics({ ...options, registry, certDir: options.metricsCertDir, minVersion });
}
