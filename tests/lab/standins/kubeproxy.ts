/** The real kube-proxy, in nftables mode, in each node's namespace. */
import type { ControlPlane } from "../controlplane/controlplane.ts";
import { kubeconfig } from "../controlplane/kubeconfig.ts";
import { kubeProxyUser } from "../controlplane/inlab.ts";
import { labFolder } from "../isolation.ts";
import { LabProcess } from "../process.ts";
import { podNetworks, type Topology } from "../topology.ts";

export function startKubeProxies(
  { access }: ControlPlane,
  binary: string,
  topology: Topology,
): readonly LabProcess[] {
  const file = `${labFolder}/kube-proxy.kubeconfig`;
  const { token, user } = kubeProxyUser;
  const config = {
    server: access.url,
    token,
    user,
    ...(access.caPem === undefined ? {} : { caPem: access.caPem }),
  };
  Deno.writeTextFileSync(file, kubeconfig(config), { mode: 0o600 });
  return topology.nodes.map((node) => {
    const process = new LabProcess({
      name: `kube-proxy on ${node.name}`,
      argv: [
        binary,
        `--kubeconfig=${file}`,
        "--proxy-mode=nftables",
        `--hostname-override=${node.name}`,
        `--cluster-cidr=${podNetworks.ipv4},${podNetworks.ipv6}`,
        // The lab may not change the limits of the machine's connection tracking.
        "--conntrack-max-per-core=0",
        "--conntrack-min=0",
        "--conntrack-tcp-timeout-established=0",
        "--conntrack-tcp-timeout-close-wait=0",
      ],
      logFile: `${labFolder}/kube-proxy-${node.name}.log`,
      namespace: node.name,
    });
    process.start();
    return process;
  });
}
