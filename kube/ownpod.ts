/** The Pod that this process runs in, for objects that shall go when it goes. */
import { backoffMs } from "../core/backoff.ts";
import type { Clock } from "../core/clock.ts";
import type { Logger } from "../core/log.ts";
import type { KubeApi, OwnerReference } from "./api.ts";
import { kubeLog } from "./catalogue.ts";
import { asError, askedWaitMs, mayWorkLater } from "./failures.ts";
import { pods } from "./resources.ts";

export interface OwnPodOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  readonly namespace: string;
  /** "" when it isn't known. */
  readonly podName: string;
}

const backoff = { baseMs: 500, maxMs: 30_000 };

/** null when there is no such Pod, as outside of a cluster, or it may not be read. Never rejects. */
export async function ownPod(options: OwnPodOptions, signal: AbortSignal): Promise<OwnerReference | null> {
  const { api, clock, random, log, namespace, podName } = options;
  if (podName === "") return null;
  for (let failures = 1; !signal.aborted; failures++) {
    try {
      const { metadata: { name, uid } } = await api.get(pods, namespace, podName, signal);
      return uid === undefined ? null : { apiVersion: "v1", kind: "Pod", name, uid };
    } catch (error) {
      if (signal.aborted) break;
      if (!mayWorkLater(error)) {
        log.write(kubeLog.ownPodUnknown, { pod: podName, error: asError(error) });
        break;
      }
      const waitMs = backoffMs(backoff, failures, random(), askedWaitMs(error));
      await clock.sleep(waitMs, signal).catch(() => {});
    }
  }
  return null;
}
