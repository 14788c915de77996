/** The command lines of etcd, kube-apiserver and kube-controller-manager. */
import { serviceNetworks } from "../topology.ts";

export function etcdArguments(etcd: string, dir: string, url: string, peer: string): readonly string[] {
  return [
    etcd,
    `--data-dir=${dir}/etcd`,
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    "--unsafe-no-fsync",
  ];
}

/** Where a kube-apiserver lives. */
export interface ApiserverPlace {
  readonly dir: string;
  readonly etcdUrl: string;
  readonly bindAddress: string;
  readonly advertiseAddress: string;
  readonly port: number;
}

export function apiserverArguments(binary: string, place: ApiserverPlace): readonly string[] {
  const { dir } = place;
  return [
    binary,
    `--etcd-servers=${place.etcdUrl}`,
    `--bind-address=${place.bindAddress}`,
    `--advertise-address=${place.advertiseAddress}`,
    `--secure-port=${place.port}`,
    `--cert-dir=${dir}/certificates`,
    `--service-account-key-file=${dir}/service-account.pub`,
    `--service-account-signing-key-file=${dir}/service-account.key`,
    "--service-account-issuer=https://kubernetes.default.svc",
    `--token-auth-file=${dir}/tokens.csv`,
    "--authorization-mode=RBAC",
    `--service-cluster-ip-range=${serviceNetworks.ipv4},${serviceNetworks.ipv6}`,
    "--allow-privileged=true",
    "--disable-admission-plugins=ServiceAccount",
    "--endpoint-reconciler-type=none",
  ];
}

export function controllerManagerArguments(
  binary: string,
  dir: string,
  kubeconfigPath: string,
  controllers: readonly string[],
): readonly string[] {
  return [
    binary,
    `--kubeconfig=${kubeconfigPath}`,
    `--service-account-private-key-file=${dir}/service-account.key`,
    `--controllers=${controllers.join(",")}`,
    "--leader-elect=false",
    "--secure-port=0",
  ];
}
