/** The embedded API server as a lab uses it: in the driver's own process, so that faults are a call away. */
import { findCommand } from "../../setup.ts";
import { startApiServer } from "../apiserver/server.ts";
import { mainInterface, type Topology } from "../topology.ts";
import type { ControlPlane } from "./controlplane.ts";

export async function startEmbedded(topology: Topology): Promise<ControlPlane> {
  const { ipv4 } = mainInterface(topology.control);
  const server = await startApiServer({ hostname: ipv4, port: 6443 });
  return {
    kind: "embedded",
    title: "the embedded API server (a tool for tests and the demo, not Kubernetes)",
    access: { url: `https://${ipv4}:${server.port}`, caPem: server.caPem, token: server.tokens.admin },
    tlsServerName: "kubernetes.default.svc",
    makesEndpointSlices: false,
    kubeProxy: null,
    kubectl: findCommand("kubectl"),
    processes: [],
    stopApiServer: () => server.faults.down(),
    startApiServer: () => Promise.resolve(server.faults.up()),
  };
}
