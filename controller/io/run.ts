/** Puts the controller together: connection, leadership, probes, and a graceful end. */
import { setImmediate } from "node:timers";
import { Logger, type LogLevel } from "../../core/log.ts";
import { version } from "../../core/version.ts";
import { openClient } from "../../kube/client.ts";
import { systemClock } from "../../kube/clock.ts";
import { findApiServer } from "../../kube/config.ts";
import { serveHealth } from "../../kube/health.ts";
import { ownPod } from "../../kube/ownpod.ts";
import { showMetrics } from "../../kube/showmetrics.ts";
import { standardOutputSink } from "../../kube/logsink.ts";
import { controllerLog } from "../catalogue.ts";
import type { ControllerOptions } from "../flags.ts";
import { aborted, type Parts } from "./act.ts";
import { actAlone, identityIn, lead } from "./lead.ts";
import { ControllerMetrics } from "./metrics.ts";
import { runWebhooks } from "./webhooks.ts";

/**
 * Runs until `stop` is aborted with the signal's name as reason, then resolves; rejects when it can't go on.
 *
 * @throws {KubeConfigError} when no API server is known
 */
export async function runController(
  options: ControllerOptions,
  withoutEffect: readonly string[],
  stop: AbortSignal,
): Promise<void> {
  const { lbClass: loadBalancerClass, healthProbePort: port } = options;
  const clock = systemClock;
  const random = Math.random;
  const log = new Logger(levelOf(options.logLevel), standardOutputSink(), () => clock.wallMs());
  const config = await findApiServer({ kubeconfig: options.kubeconfig });
  const namespace = options.namespace === "" ? config.namespace : options.namespace;
  log.write(controllerLog.starting, { version, namespace, apiServer: config.url, loadBalancerClass });
  if (withoutEffect.length > 0) log.write(controllerLog.flagsWithoutEffect, { flags: withoutEffect });
  stop.addEventListener("abort", () => log.write(controllerLog.stopping, { signal: String(stop.reason) }));
  const failure = Promise.withResolvers<never>();
  // As in MetalLB a process that serves is ready: a standby has to be, or a roll-out would wait for it for ever.
  const health = serveHealth({ hostname: "0.0.0.0", port, notReady: () => undefined });
  const client = openClient({ config, clock, random, userAgent: `pewter-controller/${version}` });
  const pod = ownPod({ api: client, clock, random, log, namespace, podName: options.podName }, stop);
  const shared = {
    ...{ namespace, loadBalancerClass, clock, log, random, pod, soon: setImmediate },
    fail: failure.reject,
  };
  const shown = await showMetrics({ ...options, api: client, clock, log }, (registry) => {
    const meter = new ControllerMetrics(registry, clock);
    return { meter, api: meter.meter(client) };
  });
  shown?.failure.catch(failure.reject);
  const parts = { ...shared, ...shown?.measuring ?? { api: client } };
  try {
    const tasks = [work(options, parts, stop), runWebhooks(options, parts, stop)];
    await Promise.race([Promise.all(tasks), failure.promise]);
  } finally {
    await Promise.all([health.stop(), shown?.stop()]);
    client.close();
  }
}

async function work(options: ControllerOptions, parts: Parts, stop: AbortSignal): Promise<void> {
  if (options.webhookMode === "onlywebhook") {
    parts.log.write(controllerLog.webhooksOnly, {});
    return await aborted(stop);
  }
  if (!options.leaderElect) return await actAlone(parts, stop);
  const { podName, leaseDurationMs } = options;
  await lead({ ...parts, ...identityIn(podName, crypto.randomUUID().slice(0, 8)), leaseDurationMs }, stop);
}

function levelOf(level: ControllerOptions["logLevel"]): LogLevel | "none" {
  return level === "all" ? "debug" : level;
}
