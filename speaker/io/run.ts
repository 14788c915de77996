/** Puts the real speaker together: the API server, the data-plane Worker, probes. */
import { setImmediate } from "node:timers";
import { Logger, type LogLevel } from "../../core/log.ts";
import { version } from "../../core/version.ts";
import { openClient } from "../../kube/client.ts";
import { systemClock } from "../../kube/clock.ts";
import { findApiServer } from "../../kube/config.ts";
import { serveHealth } from "../../kube/health.ts";
import { standardOutputSink } from "../../kube/logsink.ts";
import { showMetrics } from "../../kube/showmetrics.ts";
import { speakerLog } from "../catalogue.ts";
import type { SpeakerOptions } from "../flags.ts";
import { openDataplane } from "./dataplaneclient.ts";
import { excludeListPath, readExcludeList } from "./excludelist.ts";
import { SpeakerMetrics } from "./metrics.ts";
import { Speaker } from "./speaker.ts";

/**
 * Runs until `stop` is aborted with the signal's name as reason, then resolves; rejects when it can't go on.
 *
 * @throws {KubeConfigError} when no API server is known
 * @throws {ExcludeListError} when the list of excluded interfaces can't be read
 * @throws {DataplaneError} when the node's interfaces can't be used
 */
export async function runSpeaker(
  options: SpeakerOptions,
  withoutEffect: readonly string[],
  stop: AbortSignal,
): Promise<void> {
  const clock = systemClock;
  const log = new Logger(levelOf(options.logLevel), standardOutputSink(), () => clock.wallMs());
  const config = await findApiServer({ kubeconfig: options.kubeconfig });
  const namespace = options.namespace === "" ? config.namespace : options.namespace;
  log.write(speakerLog.starting, {
    version,
    node: options.nodeName,
    namespace,
    apiServer: config.url,
    loadBalancerClass: options.lbClass,
  });
  if (withoutEffect.length > 0) log.write(speakerLog.flagsWithoutEffect, { flags: withoutEffect });
  const excludeInterfaces = await excludeList(log);
  const random = Math.random;
  const client = openClient({ config, clock, random, userAgent: `pewter-speaker/${version}` });
  const shown = await showMetrics({ ...options, api: client, clock, log }, (registry) => {
    const meter = new SpeakerMetrics(registry, clock, options.nodeName);
    return { meter, api: meter.meter(client) };
  });
  const speaker = new Speaker(
    {
      ...shown?.measuring ?? { api: client },
      dataplane: openDataplane(),
      clock,
      log,
      random,
      soon: setImmediate,
    },
    {
      ...{ namespace, excludeInterfaces },
      nodeName: options.nodeName,
      podName: options.podName,
      lbClass: options.lbClass,
      ignoreExcludeLabel: options.ignoreExcludeLb,
      leaseDurationMs: options.nodeLeaseDurationMs,
      renewIntervalMs: options.nodeLeaseRenewMs,
    },
  );
  const health = serveHealth({
    // The Pod has the host's network: its probes come from there, and nobody else need ask.
    hostname: "127.0.0.1",
    port: options.healthProbePort,
    unhealthy: () => speaker.unhealthy(),
    notReady: () => {
      const missing = speaker.missing();
      return missing.length === 0 ? undefined : `still waiting for ${missing.join(", ")}`;
    },
  });
  const startMs = clock.nowMs();
  stop.addEventListener("abort", () => log.write(speakerLog.stopping, { signal: String(stop.reason) }));
  try {
    await Promise.race([speaker.run(stop), ...shown === null ? [] : [shown.failure]]);
    log.write(speakerLog.stopped, { afterMs: Math.round(clock.nowMs() - startMs) });
  } finally {
    await Promise.all([health.stop(), shown?.stop()]);
    client.close();
  }
}

async function excludeList(log: Logger): Promise<readonly string[]> {
  const expressions = await readExcludeList(excludeListPath);
  if (expressions === null) {
    log.write(speakerLog.excludeListMissing, { file: excludeListPath });
    return [];
  }
  log.write(speakerLog.excludeListRead, { file: excludeListPath, expressions });
  return expressions;
}

function levelOf(level: SpeakerOptions["logLevel"]): LogLevel | "none" {
  return level === "all" ? "debug" : level;
}
