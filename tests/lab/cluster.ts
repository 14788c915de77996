/**
 * The lab in the kubelets' place: Node and Pod objects with their statuses, and a process in a namespace of its own
 * for each Pod.
 */
import type { LabApi, Manifest } from "./api.ts";
import { labFolder } from "./isolation.ts";
import { addPodNetwork, type PodNetwork, removePodNetwork } from "./network.ts";
import type { PodServerInput } from "./podserver.ts";
import { LabProcess } from "./process.ts";
import { mainInterface, type NodeHost, type Topology } from "./topology.ts";
import { until } from "./wait.ts";

/** A Pod as a scenario asks for it. */
export interface PodSpec {
  readonly name: string;
  /** Default: `default`. */
  readonly namespace?: string;
  readonly node: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Default: TCP 8080. */
  readonly ports?: PodServerInput["ports"];
}

interface RunningPod {
  readonly manifest: Manifest;
  readonly network: PodNetwork;
  readonly process: LabProcess;
}

const podServer = new URL("podserver.ts", import.meta.url).pathname;

export class Cluster {
  readonly #api: LabApi;
  readonly #topology: Topology;
  readonly #pods = new Map<string, RunningPod>();
  readonly #nextPod = new Map<string, number>();

  constructor(api: LabApi, topology: Topology) {
    this.#api = api;
    this.#topology = topology;
  }

  get podProcesses(): readonly LabProcess[] {
    return [...this.#pods.values()].map((pod) => pod.process);
  }

  node(name: string): NodeHost {
    const node = this.#topology.nodes.find((candidate) => candidate.name === name);
    if (node !== undefined) return node;
    throw new Error(
      `there is no node ${name}; there are ${this.#topology.nodes.map((each) => each.name).join(", ")}`,
    );
  }

  /** Creates the Node objects, ready and with addresses of both families. */
  async registerNodes(): Promise<void> {
    await Promise.all(this.#topology.nodes.map((node) => this.restoreNode(node.name)));
  }

  /** A Node as it is at the start: also takes back labels and conditions that a scenario gave it. */
  async restoreNode(name: string): Promise<void> {
    const node = this.node(name);
    const wanted = nodeManifest(node);
    const present = await this.#api.find("v1", "Node", undefined, name);
    if (present === undefined) await this.#api.create(wanted);
    else {
      const labels = Object.fromEntries(Object.keys(present.metadata.labels ?? {}).map((key) => [key, null]));
      await this.#api.patch(wanted, { metadata: { labels: { ...labels, ...wanted.metadata.labels } } });
    }
    await this.setNodeConditions(name, {});
  }

  /** Sets conditions other than those of a healthy node, as in `{ NetworkUnavailable: "True" }`. */
  async setNodeConditions(name: string, conditions: Readonly<Record<string, string>>): Promise<void> {
    const node = this.node(name);
    const all = { Ready: "True", NetworkUnavailable: "False", ...conditions };
    const now = new Date().toISOString().replace(/\.\d+/, "");
    const leg = mainInterface(node);
    const status = {
      addresses: [
        { type: "InternalIP", address: leg.ipv4 },
        { type: "InternalIP", address: leg.ipv6 },
        { type: "Hostname", address: name },
      ],
      conditions: Object.entries(all).map(([type, value]) => ({
        type,
        status: value,
        reason: "Lab",
        message: "set by the lab",
        lastHeartbeatTime: now,
        lastTransitionTime: now,
      })),
    };
    await this.#api.patch(nodeManifest(node), { status }, "status");
  }

  /** Starts a Pod's process, waits until it listens, and makes its object, ready. */
  async addPod(spec: PodSpec): Promise<void> {
    const node = this.node(spec.node);
    const number = (this.#nextPod.get(node.name) ?? 1) + 1;
    if (number > 250) throw new Error(`${node.name} has had 249 Pods; its address range is used up`);
    this.#nextPod.set(node.name, number);
    const manifest = podManifest(spec);
    const key = podKey(manifest);
    if (this.#pods.has(key)) throw new Error(`there is a Pod ${key} already`);
    const network = await addPodNetwork(node, number);
    const process = startPodServer(spec, network);
    this.#pods.set(key, { manifest, network, process });
    await until(`Pod ${key} listening`, 15_000, () => listens(process, network.ipv4, portsOf(spec)), 20);
    await this.#api.create(manifest);
    await this.setPodReady(key, true);
  }

  /** `key` is namespace/name. */
  async setPodReady(key: string, ready: boolean): Promise<void> {
    const { manifest, network } = this.#pod(key);
    const status = {
      phase: "Running",
      hostIP: mainInterface(network.node).ipv4,
      podIP: network.ipv4,
      podIPs: [{ ip: network.ipv4 }, { ip: network.ipv6 }],
      conditions: ["Ready", "ContainersReady", "PodScheduled"].map((type) => ({
        type,
        status: ready || type === "PodScheduled" ? "True" : "False",
      })),
    };
    await this.#api.patch(manifest, { status }, "status");
  }

  /** Deletes the object, then ends the process. */
  async removePod(key: string): Promise<void> {
    const { manifest, network, process } = this.#pod(key);
    this.#pods.delete(key);
    await this.#api.delete(manifest);
    await process.end();
    await removePodNetwork(network);
  }

  async removeAllPods(): Promise<void> {
    await Promise.all([...this.#pods.keys()].map((key) => this.removePod(key)));
  }

  #pod(key: string): RunningPod {
    const pod = this.#pods.get(key);
    if (pod === undefined) {
      throw new Error(`there is no Pod ${key}; there are ${[...this.#pods.keys()].join(", ")}`);
    }
    return pod;
  }
}

function portsOf(spec: PodSpec): PodServerInput["ports"] {
  return spec.ports ?? [{ port: 8080, protocol: "TCP" }];
}

function podKey(manifest: Manifest): string {
  return `${manifest.metadata.namespace}/${manifest.metadata.name}`;
}

function startPodServer(spec: PodSpec, network: PodNetwork): LabProcess {
  const input: PodServerInput = { pod: spec.name, node: spec.node, ports: portsOf(spec) };
  const process = new LabProcess({
    name: `pod ${spec.name}`,
    argv: [Deno.execPath(), "run", "-A", "--no-config", "--no-lock", podServer, JSON.stringify(input)],
    logFile: `${labFolder}/${network.namespace}.log`,
    namespace: network.namespace,
  });
  process.start();
  return process;
}

/** A Pod with UDP ports only counts as listening at once. */
async function listens(process: LabProcess, hostname: string, ports: PodServerInput["ports"]): Promise<true> {
  if (process.crashed) throw new Error(`it ended: ${process.logSince(0)}`);
  for (const { port, protocol } of ports) {
    if (protocol === "TCP") (await Deno.connect({ hostname, port })).close();
  }
  return true;
}

function nodeManifest(node: NodeHost): Manifest {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: node.name,
      labels: { "kubernetes.io/hostname": node.name, "kubernetes.io/os": "linux" },
    },
    spec: { podCIDR: node.podCidr.ipv4, podCIDRs: [node.podCidr.ipv4, node.podCidr.ipv6] },
  };
}

function podManifest(spec: PodSpec): Manifest {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: spec.name, namespace: spec.namespace ?? "default", labels: spec.labels },
    spec: {
      nodeName: spec.node,
      containers: [{
        name: "server",
        image: "pewter.invalid/lab",
        ports: portsOf(spec).map(({ port, protocol }) => ({ containerPort: port, protocol })),
      }],
    },
  };
}
