/** What each case of the contract suite gets: a client, a namespace of its own, and ways to wait. */
import type { Clock } from "../../../core/clock.ts";
import { Logger, type LogRecord } from "../../../core/log.ts";
import { KubeApiError, type KubeObject } from "../../../kube/api.ts";
import { type ClientOptions, type KubeClient, openClient } from "../../../kube/client.ts";
import { systemClock } from "../../../kube/clock.ts";
import type { ApiServerConfig } from "../../../kube/config.ts";
import { namespaces } from "../../../kube/resources.ts";
import { until } from "../../lab/wait.ts";
import type { ServerUnderTest } from "./servers.ts";

export interface ContractCase {
  readonly name: string;
  readonly run: (world: World) => Promise<void>;
}

/** An object with whatever fields the case reads. */
export interface Loose extends KubeObject {
  readonly [field: string]: unknown;
}

export interface World {
  readonly server: ServerUnderTest;
  /** The administrator's. */
  readonly api: KubeClient;
  /** Empty, and of this case alone. */
  readonly namespace: string;
  readonly log: Logger;
  readonly records: LogRecord[];
  /** Another client; closed when the case ends. */
  client(options?: Partial<ClientOptions> & { readonly token?: string; readonly url?: string }): KubeClient;
  /** Runs when the case has ended, however it ended. */
  after(cleanup: () => void | Promise<void>): void;
  config(token?: string, url?: string): ApiServerConfig;
}

export async function inWorld(server: ServerUnderTest, number: number, test: ContractCase): Promise<void> {
  const cleanups: (() => void | Promise<void>)[] = [];
  const records: LogRecord[] = [];
  const config = (token = server.adminToken, url = server.url): ApiServerConfig => ({
    url,
    namespace: "default",
    source: "the contract suite",
    tls: () => Promise.resolve({ caPem: server.caPem }),
    headers: () => Promise.resolve({ authorization: `Bearer ${token}` }),
  });
  const client: World["client"] = ({ token, url, ...options } = {}) => {
    const made = openClient({
      config: config(token, url),
      clock: systemClock,
      random: Math.random,
      userAgent: "pewter-contract",
      ...options,
    });
    cleanups.push(() => made.close());
    return made;
  };
  const api = client();
  const namespace = `case-${number}`;
  const world: World = {
    server,
    api,
    namespace,
    log: new Logger("debug", (record) => records.push(record), () => Date.now()),
    records,
    client,
    after: (cleanup) => void cleanups.push(cleanup),
    config,
  };
  try {
    await api.create(namespaces, { metadata: { name: namespace } });
    await test.run(world);
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup();
  }
}

/** Polls with a bound. */
export async function eventually(
  what: string,
  check: () => boolean | Promise<boolean>,
  withinMs = 10_000,
): Promise<void> {
  await until(what, withinMs, async () => (await check()) || undefined, 20);
}

/** The refusal that `work` must end with, as `status reason`. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(() => new Error("it was accepted"), (error: unknown) => error);
  if (error instanceof KubeApiError) return `${error.status} ${error.reason}`;
  throw error;
}

export function configMap(namespace: string, name: string, data: Record<string, string> = {}): Loose {
  return { metadata: { namespace, name }, ...(Object.keys(data).length === 0 ? {} : { data }) };
}

/** A Service of type LoadBalancer. */
export function service(namespace: string, name: string, spec: Record<string, unknown> = {}): Loose {
  return {
    metadata: { namespace, name },
    spec: { type: "LoadBalancer", ports: [{ name: "http", port: 80, protocol: "TCP" }], ...spec },
  };
}

/** Runs through time `factor` times as fast as the machine's clock. */
export function hurried(factor: number): Clock {
  return {
    nowMs: () => systemClock.nowMs() * factor,
    wallMs: () => systemClock.wallMs(),
    sleep: (ms, signal) => systemClock.sleep(ms / factor, signal),
    timer: (ms, fn) => systemClock.timer(ms / factor, fn),
  };
}
