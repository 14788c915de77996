/** Whole speakers over one fake API server, each with a fake data plane; only time is the test's. */
import { Logger, type LogRecord } from "../../core/log.ts";
import type { KubeObject } from "../../kube/api.ts";
import {
  coreEvents,
  endpointSlices,
  ipAddressPools,
  l2Advertisements,
  nodes,
  services,
} from "../../kube/resources.ts";
import type { SpeakerMetrics } from "../../speaker/io/metrics.ts";
import { Speaker, type SpeakerSettings } from "../../speaker/io/speaker.ts";
import { installNamespace } from "./clusterobjects.ts";
import { FakeClock, settle } from "./fakeclock.ts";
import { FakeDataplane } from "./fakedataplane.ts";
import { FakeKube } from "./fakekube.ts";

/** Nothing that a healthy cluster does takes longer; on the fake clock, in milliseconds. */
const patienceMs = 20_000;

export class RunningSpeaker {
  readonly lines: LogRecord[] = [];
  readonly dataplane: FakeDataplane;
  readonly speaker: Speaker;
  /** Settles when it has ended. */
  readonly ended: Promise<void>;
  readonly #stop = new AbortController();

  constructor(
    kube: FakeKube,
    clock: FakeClock,
    settings: Partial<SpeakerSettings> & { nodeName: string },
    metrics?: SpeakerMetrics,
  ) {
    this.dataplane = new FakeDataplane(clock);
    this.dataplane.network.setLink({ name: "eth0", addresses: ["10.0.0.200/24", "fe80::1/64"] });
    this.speaker = new Speaker({
      ...{ clock, dataplane: this.dataplane },
      ...(metrics === undefined ? { api: kube } : { api: metrics.meter(kube), meter: metrics }),
      random: () => 0.5,
      log: new Logger("debug", (record) => this.lines.push(record), () => clock.wallMs()),
      soon: (run) => void clock.timer(0, run),
    }, {
      namespace: installNamespace,
      lbClass: "",
      ignoreExcludeLabel: false,
      leaseDurationMs: 3000,
      renewIntervalMs: 1000,
      excludeInterfaces: [],
      ...settings,
    });
    this.ended = this.speaker.run(this.#stop.signal);
    this.ended.catch(() => {});
  }

  stop(): void {
    this.#stop.abort("SIGTERM");
  }

  /** The names of the log events so far. */
  get said(): string[] {
    return this.lines.map(({ event }) => event.name);
  }

  get announced(): string[] {
    return this.dataplane.announced;
  }
}

export class FakeCluster {
  readonly kube = new FakeKube();
  readonly clock = new FakeClock();
  readonly speakers = new Map<string, RunningSpeaker>();

  /** Nodes of these names, a pool 10.0.0.0/24, and an advertisement of it. */
  constructor(...nodeNames: readonly string[]) {
    for (const name of nodeNames) this.kube.put(nodes, { metadata: { name } });
    this.putPool("public", ["10.0.0.0/24"]);
    this.putAdvertisement("l2", {});
  }

  start(
    nodeName: string,
    settings: Partial<SpeakerSettings> = {},
    metrics?: SpeakerMetrics,
  ): RunningSpeaker {
    const speaker = new RunningSpeaker(this.kube, this.clock, { ...settings, nodeName }, metrics);
    this.speakers.set(nodeName, speaker);
    return speaker;
  }

  putPool(name: string, addresses: readonly string[]): void {
    this.kube.put(ipAddressPools, inInstall(name, { addresses }));
  }

  putAdvertisement(name: string, spec: object): void {
    this.kube.put(l2Advertisements, inInstall(name, spec));
  }

  putService(
    name: string,
    ips: readonly string[],
    spec: object = {},
    annotations: Record<string, string> = {},
  ): void {
    this.kube.put(services, {
      metadata: { namespace: "default", name, annotations },
      spec: { type: "LoadBalancer", ...spec },
      status: { loadBalancer: { ingress: ips.map((ip) => ({ ip })) } },
    } as KubeObject);
  }

  putEndpoints(serviceName: string, ...nodeNames: readonly string[]): void {
    this.kube.put(endpointSlices, {
      metadata: {
        namespace: "default",
        name: serviceName,
        labels: { "kubernetes.io/service-name": serviceName },
      },
      endpoints: nodeNames.map((nodeName) => ({ nodeName, addresses: ["10.1.0.1"] })),
    } as KubeObject);
  }

  /** A Service with addresses and an endpoint on node-a. */
  putReadyService(name: string, ...ips: readonly string[]): void {
    this.putService(name, ips);
    this.putEndpoints(name, "node-a");
  }

  /** `type reason message` of each Event about a Service, in the order in which they were written. */
  get events(): string[] {
    return this.kube.all(coreEvents)
      .map((object) =>
        object as KubeObject & { type: string; reason: string; message: string; count: number }
      )
      .sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
      .map(({ type, reason, message }) => `${type} ${reason} ${message}`);
  }

  /** Lets time pass until the condition holds; gives how long that took, in milliseconds. */
  async until(what: string, condition: () => boolean): Promise<number> {
    const startMs = this.clock.nowMs();
    for (;;) {
      await settle();
      const spentMs = this.clock.nowMs() - startMs;
      if (condition()) return spentMs;
      if (spentMs >= patienceMs) throw new Error(`${what}: not within ${patienceMs} ms`);
      const dueMs = this.clock.nextDueMs ?? this.clock.nowMs() + 100;
      await this.clock.advance(Math.min(100, Math.max(0, dueMs - this.clock.nowMs())));
    }
  }

  /** Ends all speakers, so that no test leaves one behind. */
  async end(): Promise<void> {
    for (const speaker of this.speakers.values()) speaker.stop();
    await this.clock.advance(5000);
    await Promise.allSettled([...this.speakers.values()].map(({ ended }) => ended));
  }
}

function inInstall(name: string, spec: object): KubeObject {
  return { metadata: { namespace: installNamespace, name }, spec } as KubeObject;
}
