/**
 * A real etcd and kube-apiserver, and where wanted a kube-controller-manager, as processes without containers. It
 * needs no namespaces, so that the contract suite can use it on 127.0.0.1. Start takes 2 to 3 s.
 */
import { LabProcess } from "../process.ts";
import { until } from "../wait.ts";
import { apiserverArguments, controllerManagerArguments, etcdArguments } from "./arguments.ts";
import type { KubernetesBinaries } from "./binaries.ts";
import { writeServiceAccountKeys } from "./keys.ts";
import { kubeconfig } from "./kubeconfig.ts";

/** A user of the API server's token file; see Kubernetes `--token-auth-file`. */
export interface StaticUser {
  readonly token: string;
  readonly user: string;
  readonly groups: readonly string[];
}

export interface RealControlPlaneOptions {
  readonly binaries: KubernetesBinaries;
  /** An existing folder for data, keys and logs. */
  readonly dir: string;
  /** Where kube-apiserver listens; default 127.0.0.1. */
  readonly bindAddress?: string;
  /** The address that others use, in the certificate; default 127.0.0.1. */
  readonly advertiseAddress?: string;
  /** 0 or absent: a free one. */
  readonly port?: number;
  /** Controllers of kube-controller-manager to run, as in its `--controllers`; absent: it isn't started. */
  readonly controllers?: readonly string[];
  /** Further users beside the administrator. */
  readonly users?: readonly StaticUser[];
  /** Outside a lab: true, so that nothing outlives this process. */
  readonly guard: boolean;
}

export interface RealControlPlane {
  /** `https://<advertiseAddress>:<port>`. */
  readonly url: string;
  /** The authority that signed the server's certificate. */
  readonly caPem: string;
  /** A token in the group system:masters. */
  readonly adminToken: string;
  /** Path of a kubeconfig file with the administrator's token. */
  readonly kubeconfigPath: string;
  readonly etcdUrl: string;
  /** For logs, and to be killed. */
  readonly processes: readonly LabProcess[];
  /** SIGKILL to kube-apiserver; the data stays. */
  stopApiServer(): Promise<void>;
  /** Starts it again and waits until it is ready. */
  startApiServer(): Promise<void>;
  /** Ends all processes. */
  stop(): Promise<void>;
}

const readyWithinMs = 90_000;

/** Starts it and waits until it is ready. Throws with the end of the log when a process doesn't come up. */
export async function startRealControlPlane(options: RealControlPlaneOptions): Promise<RealControlPlane> {
  const { binaries, dir, bindAddress = "127.0.0.1", advertiseAddress = "127.0.0.1", guard } = options;
  const etcdUrl = `http://127.0.0.1:${freePort()}`;
  const port = options.port || freePort(bindAddress);
  const url = `https://${
    advertiseAddress.includes(":") ? `[${advertiseAddress}]` : advertiseAddress
  }:${port}`;
  const adminToken = crypto.randomUUID();
  await writeServiceAccountKeys(dir);
  await writeTokens(dir, [
    { token: adminToken, user: "admin", groups: ["system:masters"] },
    ...options.users ?? [],
  ]);
  const make = (name: string, argv: readonly string[]) =>
    new LabProcess({ name, argv, logFile: `${dir}/${name}.log`, guard });
  const etcd = make("etcd", etcdArguments(binaries.etcd, dir, etcdUrl, `http://127.0.0.1:${freePort()}`));
  const apiserver = make(
    "kube-apiserver",
    apiserverArguments(binaries.kubeApiserver, { dir, etcdUrl, bindAddress, advertiseAddress, port }),
  );
  etcd.start();
  apiserver.start();
  const processes = [etcd, apiserver];
  const stop = async () => void await Promise.all(processes.map((process) => process.end()));
  try {
    const caPem = await until(
      "kube-apiserver's certificate",
      readyWithinMs,
      () => readAuthority(dir, apiserver),
    );
    const probe = new ReadinessProbe(url, caPem, adminToken);
    await probe.wait(processes);
    const kubeconfigPath = `${dir}/admin.kubeconfig`;
    await Deno.writeTextFile(
      kubeconfigPath,
      kubeconfig({ server: url, caPem, token: adminToken, user: "admin" }),
    );
    if (options.controllers !== undefined && binaries.kubeControllerManager !== null) {
      const argv = controllerManagerArguments(
        binaries.kubeControllerManager,
        dir,
        kubeconfigPath,
        options.controllers,
      );
      const manager = make("kube-controller-manager", argv);
      manager.start();
      processes.push(manager);
    }
    const stopApiServer = async () => void await apiserver.end();
    const startApiServer = async () => {
      apiserver.start();
      await probe.wait(processes);
    };
    return {
      url,
      caPem,
      adminToken,
      kubeconfigPath,
      etcdUrl,
      processes,
      stopApiServer,
      startApiServer,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

class ReadinessProbe {
  readonly #url: string;
  readonly #client: Deno.HttpClient;
  readonly #headers: Record<string, string>;
  constructor(url: string, caPem: string, token: string) {
    this.#url = `${url}/readyz`;
    this.#client = Deno.createHttpClient({ caCerts: [caPem], poolMaxIdlePerHost: 0 });
    this.#headers = { authorization: `Bearer ${token}` };
  }

  async wait(processes: readonly LabProcess[]): Promise<void> {
    await until("kube-apiserver's readiness", readyWithinMs, async () => {
      const dead = processes.find((process) => process.crashed);
      if (dead !== undefined) return dead;
      const signal = AbortSignal.timeout(2000);
      const answer = await fetch(this.#url, { client: this.#client, headers: this.#headers, signal });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`/readyz: ${text.slice(0, 300)}`);
      return "ready" as const;
    }).then((result) => {
      if (result !== "ready") throw new Error(`${result.name} ended:\n${lastLines(result)}`);
    });
  }
}

function lastLines(process: LabProcess): string {
  return process.logSince(0).trimEnd().split("\n").slice(-8).join("\n");
}

/** kube-apiserver writes its certificate and, after it, the authority that it made for it. */
async function readAuthority(dir: string, apiserver: LabProcess): Promise<string> {
  if (apiserver.crashed) throw new Error(`kube-apiserver ended:\n${lastLines(apiserver)}`);
  const pem = await Deno.readTextFile(`${dir}/certificates/apiserver.crt`);
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----\n?/g) ?? [];
  const last = certificates.at(-1);
  if (last === undefined || certificates.length < 2) throw new Error("apiserver.crt is not complete");
  return last;
}

async function writeTokens(dir: string, users: readonly StaticUser[]): Promise<void> {
  const lines = users.map(({ token, user, groups }) => `${token},${user},${user},"${groups.join(",")}"\n`);
  await Deno.writeTextFile(`${dir}/tokens.csv`, lines.join(""), { mode: 0o600 });
}

/** A port that nobody used a moment ago. */
function freePort(hostname = "127.0.0.1"): number {
  using listener = Deno.listen({ hostname, port: 0 });
  return listener.addr.port;
}
