/** The built executables under a real API server, for figures of whole processes. */
import type { ApiServerConfig } from "../../kube/config.ts";
import { LabApi, type Manifest, parseManifests } from "../lab/api.ts";
import { kubernetesBinaries } from "../lab/controlplane/binaries.ts";
import { type RealControlPlane, startRealControlPlane } from "../lab/controlplane/real.ts";
import { LabProcess } from "../lab/process.ts";
import { until } from "../lab/wait.ts";

const root = new URL("../../", import.meta.url).pathname;
export const namespace = "metallb-system";

export interface Stage {
  readonly plane: RealControlPlane;
  readonly api: LabApi;
  readonly dir: string;
}

/** A real etcd and kube-apiserver with our kinds in it; a sentence where this machine can't have them. */
export async function openStage(): Promise<Stage | string> {
  const binaries = await kubernetesBinaries();
  if ("unavailable" in binaries) return binaries.unavailable;
  const dir = await Deno.makeTempDir({ prefix: "pewter-bench-" });
  const plane = await startRealControlPlane({ binaries, dir, guard: false });
  const api = new LabApi({ url: plane.url, caPem: plane.caPem, token: plane.adminToken });
  await api.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  for await (const entry of Deno.readDir(`${root}deploy/manifests`)) {
    if (!entry.name.startsWith("10-crd-")) continue;
    const text = await Deno.readTextFile(`${root}deploy/manifests/${entry.name}`);
    for (const crd of parseManifests(text, entry.name)) await api.apply(crd);
  }
  await until("the kinds are served", 20_000, async () => {
    await api.list("metallb.io/v1beta1", "IPAddressPool");
    return true;
  });
  return { plane, api, dir };
}

export async function closeStage({ plane, dir }: Stage): Promise<void> {
  await plane.stop();
  await Deno.remove(dir, { recursive: true });
}

/** The stage as our own client sees it. */
export function adminConfig({ plane }: Stage): ApiServerConfig {
  return {
    url: plane.url,
    namespace,
    source: "the bench's own API server",
    tls: () => Promise.resolve({ caPem: plane.caPem }),
    headers: () => Promise.resolve({ authorization: `Bearer ${plane.adminToken}` }),
  };
}

/** Where a Pod finds its service account; /run is the bench's own, see tests/lab/isolation.ts. */
const accountFolder = "/run/secrets/kubernetes.io/serviceaccount";

/**
 * Starts one of the built executables against the stage, as in a Pod: with a service account's files. (A kubeconfig file
 * costs 2 MiB more, where it is YAML and not JSON.)
 */
export function startProduct(
  stage: Stage,
  name: "controller" | "speaker",
  args: readonly string[],
): LabProcess {
  const { plane } = stage;
  Deno.mkdirSync(accountFolder, { recursive: true });
  Deno.writeTextFileSync(`${accountFolder}/token`, plane.adminToken);
  Deno.writeTextFileSync(`${accountFolder}/ca.crt`, plane.caPem);
  Deno.writeTextFileSync(`${accountFolder}/namespace`, namespace);
  const { hostname, port } = new URL(plane.url);
  const process = new LabProcess({
    name,
    argv: [`${root}dist/bin/${name}`, `--namespace=${namespace}`, ...args],
    logFile: `${stage.dir}/${name}-${crypto.randomUUID().slice(0, 8)}.log`,
    env: { HOME: stage.dir, KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port },
  });
  process.start();
  return process;
}

/** Waits for an event in the process's log; gives its line. */
export async function logged(process: LabProcess, event: string): Promise<Record<string, unknown>> {
  return await until(`${process.name} logs ${event}`, 60_000, () => {
    if (process.crashed) throw new Error(`it ended: ${process.logSince(0).slice(-500)}`);
    const line = process.logSince(0).split("\n").find((text) => text.includes(`"event":"${event}"`));
    return line === undefined ? undefined : JSON.parse(line) as Record<string, unknown>;
  }, 20);
}

/** Resident memory in MiB, as `ps` and a Pod's metrics count it. */
export function residentMib(process: LabProcess): number {
  const status = Deno.readTextFileSync(`/proc/${process.pid}/status`);
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? NaN) / 1024;
}

/** Resident memory of a process with nothing to do: when it has not moved by half a MiB for 10 s. */
export async function idleMib(process: LabProcess): Promise<number> {
  let level = residentMib(process);
  let sinceMs = performance.now();
  return await until(`${process.name} settles`, 120_000, () => {
    const now = residentMib(process);
    if (Math.abs(now - level) < 0.5) return performance.now() - sinceMs >= 10_000 ? now : undefined;
    level = now;
    sinceMs = performance.now();
    return undefined;
  }, 500);
}

/** Runs a task for each item, `width` side by side. */
export async function sideBySide<T>(
  items: readonly T[],
  width: number,
  task: (item: T) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await task(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}

/** A Service of type LoadBalancer without a selector; another class than none keeps our controller off it. */
export function serviceManifest(name: string, loadBalancerClass?: string): Manifest {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace: "default" },
    spec: {
      type: "LoadBalancer",
      allocateLoadBalancerNodePorts: false,
      ports: [{ port: 80, protocol: "TCP" }],
      ...(loadBalancerClass === undefined ? {} : { loadBalancerClass }),
    },
  };
}

export function poolManifest(name: string, addresses: readonly string[]): Manifest {
  return {
    apiVersion: "metallb.io/v1beta1",
    kind: "IPAddressPool",
    metadata: { name, namespace },
    spec: { addresses },
  };
}
