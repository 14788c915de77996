/** An API server with our kinds and a pool, controllers on it, and what tests do with them. */
import { setImmediate } from "node:timers";
import { assertEquals } from "@std/assert";
import { parse } from "yaml";
import { type Candidate, lead, leaseName } from "../../../controller/io/lead.ts";
import { Logger, type LogRecord } from "../../../core/log.ts";
import { type Service, trimService } from "../../../core/service.ts";
import type { ConfigurationStateStatus } from "../../../crds/configurationstate.ts";
import { generate } from "../../../crds/generate.ts";
import { KubeApiError, type KubeObject, type Resource } from "../../../kube/api.ts";
import { type KubeClient, openClient } from "../../../kube/client.ts";
import { systemClock } from "../../../kube/clock.ts";
import type { ApiServerConfig } from "../../../kube/config.ts";
import { readLease } from "../../../kube/leases.ts";
import { ownPod } from "../../../kube/ownpod.ts";
import {
  bfdProfiles,
  bgpAdvertisements,
  bgpPeers,
  communities,
  configurationStates,
  coreEvents,
  customResourceDefinitions,
  ipAddressPools,
  l2Advertisements,
  leases,
  namespaces,
  pods,
  services,
} from "../../../kube/resources.ts";
import { kubeconfig } from "../../lab/controlplane/kubeconfig.ts";
import { until } from "../../lab/wait.ts";
import type { ServerUnderTest } from "../kube/servers.ts";

export const installation = "metallb-system";
export const patienceMs = 30_000;
export const allocatedFrom = "metallb.io/ip-allocated-from-pool";

type EventObject = KubeObject & {
  readonly involvedObject?: { readonly name: string };
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
};

export type StateObject = KubeObject & { readonly status?: ConfigurationStateStatus };

/** One controller process, as far as it isn't the command line: with a connection of its own. */
export class Replica {
  readonly lines: LogRecord[] = [];
  readonly #client: KubeClient;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;

  constructor(config: ApiServerConfig, identity: string, leaseDurationMs: number, podName = "") {
    this.#client = connect(config);
    const shared = {
      ...{ namespace: installation, api: this.#client, clock: systemClock, random: Math.random },
      log: new Logger("debug", (record) => this.lines.push(record), () => Date.now()),
    };
    const candidate: Candidate = {
      ...{ ...shared, identity, leaseDurationMs, loadBalancerClass: "", soon: setImmediate },
      isPredecessor: () => false,
      pod: ownPod({ ...shared, podName }, this.#stop.signal),
      fail: (error) => {
        throw error;
      },
    };
    this.#ended = lead(candidate, this.#stop.signal);
    this.#ended.catch(() => {});
  }

  /** How many lines of this event there are. */
  said(event: string): number {
    return this.lines.filter((line) => line.event.name === event).length;
  }

  async caughtUp(): Promise<void> {
    await until("caught up", patienceMs, () => this.said("caughtUp") > 0 || undefined, 5);
  }

  /** Ends as after SIGTERM. */
  async stop(): Promise<void> {
    this.#stop.abort("SIGTERM");
    await this.#ended;
    this.#client.close();
  }
}

function connect(config: ApiServerConfig): KubeClient {
  return openClient({ config, clock: systemClock, random: Math.random, userAgent: "pewter-test" });
}

export class Bed {
  readonly #replicas = new Set<Replica>();

  private constructor(readonly server: ServerUnderTest, readonly api: KubeClient) {}

  /** A bed on a server, which may have been another's: nothing of that is left. */
  static async make(server: ServerUnderTest, addresses: readonly string[]): Promise<Bed> {
    const bed = new Bed(server, connect(configOf(server)));
    await bed.#install();
    await bed.#clean();
    if (addresses.length > 0) await bed.create(ipAddressPools, "public", { addresses });
    return bed;
  }

  replica(identity = "one", leaseDurationMs = 15_000, podName = ""): Replica {
    const replica = new Replica(configOf(this.server), identity, leaseDurationMs, podName);
    this.#replicas.add(replica);
    return replica;
  }

  async end(): Promise<void> {
    for (const replica of this.#replicas) await replica.stop();
    this.api.close();
  }

  async stop(replica: Replica): Promise<void> {
    this.#replicas.delete(replica);
    await replica.stop();
  }

  /** Makes an object of the configuration. */
  async create(resource: Resource, name: string, spec: object): Promise<void> {
    await this.api.create(resource, { metadata: { namespace: installation, name }, spec } as KubeObject);
  }

  async patch(resource: Resource, name: string, patch: object, subresource?: string): Promise<void> {
    const options = subresource === undefined ? {} : { subresource };
    await this.api.patch(resource, installation, name, patch, { type: "merge", ...options });
  }

  async service(name: string, annotations: Record<string, string> = {}): Promise<void> {
    const spec = { type: "LoadBalancer", ports: [{ port: 80 }] };
    const metadata = { namespace: "default", name, annotations };
    await this.api.create(services, { metadata, spec } as KubeObject);
  }

  async services(): Promise<readonly Service[]> {
    const { items } = await this.api.list(services, trimService, { namespace: "default" });
    return items.filter(({ type }) => type === "LoadBalancer");
  }

  async ips(): Promise<Record<string, readonly string[]>> {
    const all = await this.services();
    return Object.fromEntries(all.map(({ name, ingress }) => [name, ingress.map(({ ip }) => ip)]));
  }

  /** Resolves when these are all addresses there are. */
  async settled(expected: Record<string, readonly string[]>): Promise<void> {
    await until("the addresses", patienceMs, async () => {
      assertEquals(await this.ips(), expected);
      return true;
    }, 10);
  }

  /** Resolves when there are so many Services, and each has an address of its own. */
  async served(count: number): Promise<void> {
    await until("all are served", patienceMs, async () => {
      const all = Object.values(await this.ips());
      return all.length === count && all.every((ips) => ips.length === 1) || undefined;
    });
    assertEquals(new Set(Object.values(await this.ips()).flat()).size, count);
  }

  /** As in `web IPAllocated x1`. */
  async events(): Promise<readonly string[]> {
    const { items } = await this.api.list(coreEvents, (raw) => raw as EventObject);
    return items.map(({ involvedObject, reason, count }) => `${involvedObject?.name} ${reason} x${count}`)
      .sort();
  }

  async holder(): Promise<string> {
    return (await readLease(this.api, installation, leaseName))?.holder ?? "";
  }

  /** undefined when there is none. */
  async state(name = "controller"): Promise<StateObject | undefined> {
    try {
      return await this.api.get<StateObject>(configurationStates, installation, name);
    } catch (error) {
      if (error instanceof KubeApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Resolves when the controller's ConfigurationState says this. */
  async states(result: string, ...fragments: readonly string[]): Promise<StateObject> {
    return await until(`result ${result}`, patienceMs, async () => {
      const state = await this.state();
      const { result: now, errorSummary = "" } = state?.status ?? {};
      assertEquals(now, result, errorSummary);
      const missing = fragments.filter((fragment) => !errorSummary.includes(fragment));
      assertEquals(missing, [], errorSummary);
      return state;
    }, 20);
  }

  async #install(): Promise<void> {
    for (const { text } of generate()) {
      await this.#unlessThere(customResourceDefinitions, parse(text) as KubeObject);
    }
    await this.#unlessThere(namespaces, { metadata: { name: installation } });
    await until("the kinds are served", patienceMs, async () => {
      for (const kind of configuration) await this.api.list(kind, () => true);
      return true;
    });
  }

  async #unlessThere(resource: Resource, object: KubeObject): Promise<void> {
    try {
      await this.api.create(resource, object);
    } catch (error) {
      if (!(error instanceof KubeApiError && error.reason === "AlreadyExists")) throw error;
    }
  }

  async #clean(): Promise<void> {
    const all: readonly (readonly [Resource, string])[] = [
      ...[...configuration, leases, pods, coreEvents].map((kind) => [kind, installation] as const),
      ...[services, coreEvents].map((kind) => [kind, "default"] as const),
    ];
    for (const [kind, namespace] of all) {
      const { items } = await this.api.list(kind, ({ metadata: { name } }) => name, { namespace });
      const names = items.filter((name) => name !== "kubernetes");
      await Promise.all(names.map((name) => this.api.delete(kind, namespace, name)));
    }
  }
}

const configuration = [
  ipAddressPools,
  l2Advertisements,
  bgpAdvertisements,
  bgpPeers,
  bfdProfiles,
  communities,
  configurationStates,
];

export function configOf(server: ServerUnderTest, url = server.url): ApiServerConfig {
  return {
    ...{ url, namespace: "default", source: "the test" },
    tls: () => Promise.resolve({ caPem: server.caPem }),
    headers: () => Promise.resolve({ authorization: `Bearer ${server.adminToken}` }),
  };
}

export function kubeconfigOf({ url, caPem, adminToken }: ServerUnderTest): string {
  return kubeconfig({ server: url, caPem, token: adminToken, user: "admin" });
}
