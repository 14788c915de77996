/** Carries out what the machine decided: status writes, Events and log lines. */
import type { Clock, Timer } from "../../core/clock.ts";
import { exactNumber } from "../../core/exactnumber.ts";
import type { Logger } from "../../core/log.ts";
import { keyOf, type Meta } from "../../core/meta.ts";
import type { Problem } from "../../core/problem.ts";
import { isNewer } from "../../core/resourceversion.ts";
import { trimService } from "../../core/service.ts";
import { trimIPAddressPool } from "../../crds/ipaddresspool.ts";
import type { KubeApi, Resource } from "../../kube/api.ts";
import type { EventRecorder, Regarding } from "../../kube/events.ts";
import {
  bfdProfiles,
  bgpAdvertisements,
  bgpPeers,
  communities,
  ipAddressPools,
  l2Advertisements,
  services,
} from "../../kube/resources.ts";
import type { WriteQueue } from "../../kube/writequeue.ts";
import { controllerLog } from "../catalogue.ts";
import type { Effect } from "../effects.ts";
import { allocatedFromPoolAnnotation } from "../servicestatus.ts";
import type { Input } from "../world.ts";
import { StatusWrites } from "./statuswrites.ts";

export interface ApplierOptions {
  readonly api: KubeApi;
  readonly queue: WriteQueue;
  readonly events: Pick<EventRecorder, "record">;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether this replica may write at this moment. */
  readonly holds: () => boolean;
  /** Takes objects as they came back from the server. */
  readonly post: (input: Input) => void;
  /** Asks the machine to look again, without news. */
  readonly lookAgain: () => void;
}

/** Between two writes of one pool's counters, which may change with every Service. */
const poolRestMs = 200;

export class Applier {
  readonly #options: ApplierOptions;
  readonly #writes: StatusWrites;
  #written = "";
  /** Pools whose counters were just written, or are being written; null while the write is under way. */
  readonly #resting = new Map<string, Timer | null>();

  constructor(options: ApplierOptions) {
    this.#options = options;
    this.#writes = new StatusWrites(options);
  }

  /** The highest resourceVersion of a Service that was written; "" before the first. */
  get written(): string {
    return this.#written;
  }

  apply(effects: readonly Effect[]): void {
    for (const effect of effects) this.#applyOne(effect);
  }

  /** Starts nothing by itself from now on. */
  stop(): void {
    this.#writes.stop();
    for (const timer of this.#resting.values()) timer?.cancel();
  }

  #applyOne(effect: Effect): void {
    const { events, log } = this.#options;
    switch (effect.type) {
      case "writeStatus":
        return this.#writeStatus(effect);
      case "settled":
        return this.#writes.withdraw(serviceKey(effect.key));
      case "writePoolStatus":
        return this.#writePoolStatus(effect);
      case "recordEvent": {
        const { type, reason, message } = effect.event;
        return events.record(regarding(services, effect.service), type, reason, message);
      }
      case "refused":
        return log.write(controllerLog.refused, { service: effect.key, ...effect.refusal });
      case "reportProblem":
        return this.#report(effect);
      case "problemSolved": {
        const { field, message } = effect.problem;
        return log.write(controllerLog.problemSolved, { object: objectName(effect.problem), field, message });
      }
    }
  }

  #writeStatus({ service, ips, pool }: Effect & { type: "writeStatus" }): void {
    const { log, post } = this.#options;
    const key = keyOf(service);
    this.#writes.put(serviceKey(key), {
      resource: services,
      object: service,
      change: {
        metadata: { annotations: { [allocatedFromPoolAnnotation]: pool === "" ? null : pool } },
        status: { loadBalancer: { ingress: ips.length === 0 ? null : ips.map((ip) => ({ ip })) } },
      },
      reread: (raw) => {
        const object = trimService(raw);
        if (isNewer(object.resourceVersion, this.#written)) this.#written = object.resourceVersion;
        post({ kind: "service", type: "reread", object });
      },
      ended: (type) => {
        if (type !== "written") return;
        if (ips.length === 0) log.write(controllerLog.cleared, { service: key });
        else log.write(controllerLog.assigned, { service: key, ips, pool });
      },
    });
  }

  #writePoolStatus({ pool, status }: Effect & { type: "writePoolStatus" }): void {
    const key = `pool/${keyOf(pool)}`;
    // What they are by then is written afterwards: every look compares them anew.
    if (this.#resting.has(key)) return;
    const counters = Object.entries(status).map(([name, count]) => [name, exactNumber(count)]);
    const isNew = this.#writes.put(key, {
      resource: ipAddressPools,
      object: pool,
      change: { status: Object.fromEntries(counters) },
      reread: (raw) => this.#options.post({ kind: "pool", type: "reread", object: trimIPAddressPool(raw) }),
      ended: () => this.#rest(key),
    });
    if (isNew && !this.#resting.has(key)) this.#resting.set(key, null);
  }

  #rest(key: string): void {
    const { clock, lookAgain } = this.#options;
    const over = () => {
      this.#resting.delete(key);
      lookAgain();
    };
    this.#resting.set(key, clock.timer(poolRestMs, over));
  }

  #report({ problem, object }: Effect & { type: "reportProblem" }): void {
    const { events, log } = this.#options;
    const { severity, field, message } = problem;
    log.write(controllerLog.problem, { severity, object: objectName(problem), field, message });
    const resource = configurationKinds.get(problem.kind);
    if (object === null || resource === undefined) return;
    const reason = severity === "error" ? "ConfigurationError" : "ConfigurationWarning";
    events.record(regarding(resource, object), "Warning", reason, `${field}: ${message}`);
  }
}

/** The kinds that problems may be in. */
const configurationKinds: ReadonlyMap<string, Resource> = new Map(
  [ipAddressPools, l2Advertisements, bgpAdvertisements, bgpPeers, bfdProfiles, communities].map((
    resource,
  ) => [
    resource.kind,
    resource,
  ]),
);

function objectName(problem: Problem): string {
  return `${problem.kind} ${keyOf(problem)}`;
}

function serviceKey(key: string): string {
  return `service/${key}`;
}

function regarding({ group, version, kind }: Resource, object: Meta): Regarding {
  const { namespace, name, uid, resourceVersion } = object;
  return {
    apiVersion: group === "" ? version : `${group}/${version}`,
    kind,
    name,
    namespace,
    uid,
    resourceVersion,
  };
}
