/**
 * Credentials from an exec plugin or an auth-provider, which the Kubernetes library knows. Import this file lazily: the
 * library costs 60 MB and 0.4 s.
 */
import { KubeConfig } from "@kubernetes/client-node";
import { KubeConfigError } from "./config.ts";
import type { Chosen, Cluster } from "./kubeconfigfile.ts";
import type { ExecPlugin } from "./kubeconfiguser.ts";

export interface PluginCredentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly certPem?: string;
  readonly keyPem?: string;
}

/** What the library fills in for a request. */
interface Applied {
  headers?: Record<string, string>;
  cert?: string | Uint8Array;
  key?: string | Uint8Array;
}

/** Keeps what it was given until that expires or is refused. */
export class Plugin {
  readonly #chosen: Chosen;
  readonly #caPem: string | undefined;
  #library: KubeConfig;
  #asking: Promise<PluginCredentials> | undefined;

  /** @param caPem what an exec plugin is told of the cluster's authority */
  constructor(chosen: Chosen, caPem: string | undefined) {
    this.#chosen = chosen;
    this.#caPem = caPem;
    this.#library = libraryOf(chosen, caPem);
  }

  /**
   * What counts now. Who asks while a program is running gets its answer.
   *
   * @throws {KubeConfigError} naming user, context and program
   */
  async credentials(): Promise<PluginCredentials> {
    const asking = this.#asking ??= this.#ask();
    try {
      return await asking;
    } finally {
      if (this.#asking === asking) this.#asking = undefined;
    }
  }

  /** The API server refused what it was given: asks anew the next time. */
  forget(): void {
    this.#library = libraryOf(this.#chosen, this.#caPem);
    this.#asking = undefined;
  }

  async #ask(): Promise<PluginCredentials> {
    const applied: Applied = {};
    try {
      await this.#library.applyToHTTPSOptions(applied);
    } catch (error) {
      // Deno's own advice would lead nowhere: the permissions are baked in.
      const why = error instanceof Deno.errors.NotCapable
        ? "this program may not run others; the `pewter` command may"
        : error instanceof Error
        ? error.message.trim()
        : String(error);
      throw this.#failed(why, error);
    }
    const { headers = {}, cert, key } = applied;
    if (headers["Authorization"] === undefined && cert === undefined) {
      throw this.#failed("it gave neither a token nor a certificate");
    }
    return {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value.trim()]),
      ),
      ...(cert === undefined ? {} : { certPem: textOf(cert) }),
      ...(key === undefined ? {} : { keyPem: textOf(key) }),
    };
  }

  #failed(why: string, cause?: unknown): KubeConfigError {
    const { user, context } = this.#chosen;
    const what = user.exec === undefined
      ? `the auth-provider ${String(user.authProvider?.["name"])}`
      : `the exec plugin ${user.exec.command}`;
    return new KubeConfigError(`user ${user.name} of context ${context}: ${what} failed: ${why}`, { cause });
  }
}

/** It must not make connections or judge the URL, so it learns nothing of the cluster. */
function libraryOf({ cluster, user }: Chosen, caPem: string | undefined): KubeConfig {
  const library = new KubeConfig();
  library.loadFromClusterAndUser(
    { name: cluster.name, server: cluster.server, skipTLSVerify: true },
    {
      name: user.name,
      ...(user.exec === undefined ? {} : { exec: withExecInfo(user.exec, cluster, caPem) }),
      // A copy, as the library writes the tokens that it gets into it.
      ...(user.authProvider === undefined ? {} : { authProvider: structuredClone(user.authProvider) }),
    },
  );
  return library;
}

/** Plugins written for client-go expect KUBERNETES_EXEC_INFO (client.authentication.k8s.io `ExecCredential`). */
function withExecInfo(exec: ExecPlugin, cluster: Cluster, caPem: string | undefined): object {
  const { command, args, env, apiVersion, provideClusterInfo } = exec;
  const { server, insecureSkipVerify, serverName, proxyUrl } = cluster;
  const about = {
    server,
    "insecure-skip-tls-verify": insecureSkipVerify,
    "tls-server-name": serverName,
    "proxy-url": proxyUrl,
    "certificate-authority-data": caPem === undefined
      ? undefined
      : new TextEncoder().encode(caPem).toBase64(),
  };
  const spec = { interactive: false, ...(provideClusterInfo ? { cluster: about } : {}) };
  const value = JSON.stringify({ apiVersion, kind: "ExecCredential", spec });
  return { command, args, env: [{ name: "KUBERNETES_EXEC_INFO", value }, ...env] };
}

function textOf(pem: string | Uint8Array): string {
  return typeof pem === "string" ? pem : new TextDecoder().decode(pem);
}
