/** The real control plane as a lab uses it: in the driver's namespace, reachable from the LAN. */
import { run } from "../command.ts";
import { labFolder } from "../isolation.ts";
import { mainInterface, type Topology } from "../topology.ts";
import { kubernetesBinaries } from "./binaries.ts";
import type { ControlPlane } from "./controlplane.ts";
import { startRealControlPlane, type StaticUser } from "./real.ts";

/** Bound to the role system:node-proxier by Kubernetes itself. The lab is its token's only place. */
export const kubeProxyUser: StaticUser = { token: "lab-kube-proxy", user: "system:kube-proxy", groups: [] };

/** What the scenarios need of kube-controller-manager. */
const controllers = [
  "endpointslice-controller",
  "garbage-collector-controller",
  "namespace-controller",
  "serviceaccount-controller",
];

export async function startReal(topology: Topology): Promise<ControlPlane> {
  const binaries = await kubernetesBinaries();
  if ("unavailable" in binaries) throw new Error(binaries.unavailable);
  const dir = `${labFolder}/control-plane`;
  await Deno.mkdir(dir);
  const plane = await startRealControlPlane({
    binaries,
    dir,
    bindAddress: "0.0.0.0",
    advertiseAddress: mainInterface(topology.control).ipv4,
    port: 6443,
    controllers,
    users: [kubeProxyUser],
    guard: false,
  });
  const missing = [
    ...(binaries.kubeControllerManager === null ? ["kube-controller-manager"] : []),
    ...(binaries.kubeProxy === null ? ["kube-proxy"] : []),
  ];
  const standIns = missing.length === 0 ? "" : `, stand-ins for ${missing.join(" and ")}`;
  return {
    kind: "real",
    title: `${(await run([binaries.kubeApiserver, "--version"])).trim()}${standIns}`,
    access: { url: plane.url, caPem: plane.caPem, token: plane.adminToken },
    tlsServerName: "kubernetes.default.svc",
    makesEndpointSlices: binaries.kubeControllerManager !== null,
    kubeProxy: binaries.kubeProxy,
    kubectl: binaries.kubectl,
    processes: plane.processes,
    stopApiServer: plane.stopApiServer,
    startApiServer: plane.startApiServer,
  };
}
