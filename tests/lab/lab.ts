/** Puts a lab together: network, control plane, nodes, Service proxies, Pewter, client. */
import { LabApi } from "./api.ts";
import { LabClient } from "./client/client.ts";
import { Cluster } from "./cluster.ts";
import type { ControlPlane } from "./controlplane/controlplane.ts";
import { startEmbedded } from "./controlplane/embedded.ts";
import { kubeconfig } from "./controlplane/kubeconfig.ts";
import { startReal } from "./controlplane/inlab.ts";
import { labFolder } from "./isolation.ts";
import { buildNetwork } from "./network.ts";
import type { LabProcess } from "./process.ts";
import { Product, type ProductPlaces } from "./product.ts";
import { runEndpointSliceStandIn } from "./standins/endpointslices.ts";
import { startKubeProxies } from "./standins/kubeproxy.ts";
import { runServiceProxyStandIn } from "./standins/serviceproxy.ts";
import { makeTopology, type Topology } from "./topology.ts";

export interface LabOptions {
  readonly controlPlane: "real" | "embedded";
  readonly nodeCount?: number;
  readonly places?: ProductPlaces;
  readonly logLevel?: string;
  /** Told of each part as it comes up. */
  readonly say?: (line: string) => void;
}

export interface Lab {
  readonly topology: Topology;
  readonly controlPlane: ControlPlane;
  /** The administrator's access. */
  readonly api: LabApi;
  readonly cluster: Cluster;
  readonly product: Product;
  readonly client: LabClient;
  /** The client behind the router; started when it is first asked for. */
  farClient(): Promise<LabClient>;
  /**
   * The API server is back. What is Kubernetes' own starts anew with it: client-go waits up to a minute before it asks
   * again, and scenarios are about how soon Pewter does.
   */
  startApiServer(): Promise<void>;
  /** Path of an administrator's kubeconfig file, valid inside the lab. */
  readonly kubeconfigPath: string;
  /** All long-running processes but the client's agent, for logs. */
  processes(): readonly LabProcess[];
}

/** Must run inside, see isolation.ts. Pewter is installed and not started yet. */
export async function startLab(options: LabOptions): Promise<Lab> {
  const { say = () => {} } = options;
  const topology = makeTopology(options.nodeCount);
  await buildNetwork(topology);
  say(`network: ${topology.nodes.length} nodes, a client and a switch, each a network namespace`);
  const [client, controlPlane] = await Promise.all([
    LabClient.start(topology.client),
    options.controlPlane === "real" ? startReal(topology) : startEmbedded(topology),
  ]);
  say(`control plane: ${controlPlane.title}`);
  const { access } = controlPlane;
  const api = new LabApi(access);
  const kubeconfigPath = `${labFolder}/admin.kubeconfig`;
  const { url: server, token, caPem } = access;
  const config = { server, token, user: "admin", ...(caPem === undefined ? {} : { caPem }) };
  await Deno.writeTextFile(kubeconfigPath, kubeconfig(config), { mode: 0o600 });
  const cluster = new Cluster(api, topology);
  await cluster.registerNodes();
  const proxies = startServiceProxies(controlPlane, api, topology);
  const product = new Product({
    api,
    topology,
    url: access.url,
    ...(access.caPem === undefined ? {} : { caPem: access.caPem }),
    ...(options.places === undefined ? {} : { places: options.places }),
    ...(options.logLevel === undefined ? {} : { logLevel: options.logLevel }),
  });
  await product.install();
  say("installed: the manifests of deploy/");
  const processes =
    () => [...controlPlane.processes, ...proxies, ...product.processes, ...cluster.podProcesses];
  let far: Promise<LabClient> | null = null;
  const farClient = () => far ??= LabClient.start(topology.far);
  const startApiServer = async () => {
    await controlPlane.startApiServer();
    const clients = [
      ...controlPlane.processes.filter(({ name }) => name === "kube-controller-manager"),
      ...proxies,
    ];
    await Promise.all(clients.map((process) => process.end()));
    for (const process of clients) process.start();
  };
  return {
    topology,
    controlPlane,
    api,
    cluster,
    product,
    client,
    farClient,
    startApiServer,
    kubeconfigPath,
    processes,
  };
}

/** kube-proxy where there is one, else stand-ins in the driver. */
function startServiceProxies(
  controlPlane: ControlPlane,
  api: LabApi,
  topology: Topology,
): readonly LabProcess[] {
  const forever = new AbortController().signal;
  if (!controlPlane.makesEndpointSlices) fatal(runEndpointSliceStandIn(api, forever));
  if (controlPlane.kubeProxy !== null) {
    return startKubeProxies(controlPlane, controlPlane.kubeProxy, topology);
  }
  fatal(runServiceProxyStandIn(api, topology, forever));
  return [];
}

/** A stand-in that gives up makes the lab worthless: end it, saying why. */
function fatal(work: Promise<void>): void {
  work.catch((error) => {
    console.error("the lab's stand-in failed:", error);
    Deno.exit(70);
  });
}
