/**
 * Kubeconfig files, with everything that they may hold: contexts, client certificates, tokens, exec plugins. Import this
 * file lazily: the library behind it costs 60 MB and 0.4 s.
 */
import { type Cluster, KubeConfig, type User } from "@kubernetes/client-node";
import { type ApiServerConfig, KubeConfigError, type TlsMaterial } from "./config.ts";
import { chooseFrom, type Chosen } from "./kubeconfigfile.ts";

/** How old what was read from the files may be before they are read again. */
const rereadMs = 10_000;

/** What the library fills in for a request. */
interface Applied {
  headers?: Record<string, string>;
  auth?: string;
  ca?: string | Uint8Array;
  cert?: string | Uint8Array;
  key?: string | Uint8Array;
}

/**
 * Takes the named context, or else the current one.
 *
 * @throws {KubeConfigError} naming the file and what it lacks
 */
export async function loadKubeconfig(paths: readonly string[], context?: string): Promise<ApiServerConfig> {
  const files = paths.join(":");
  const chosen = chooseFrom(paths, context);
  const { cluster } = chosen;
  const credentials = new Credentials(chosen, () => chooseFrom(paths, context));
  await credentials.apply();
  return {
    url: cluster.server,
    namespace: chosen.namespace,
    source: `kubeconfig ${files}, context ${chosen.context}`,
    ...(cluster.proxyUrl ? { proxyUrl: cluster.proxyUrl } : {}),
    tls: async () => tlsOf(cluster, await credentials.apply()),
    headers: async () => ({ ...headersOf(await credentials.apply()), ...await credentials.tokenFromFile() }),
    rejected: () => credentials.forget(),
  };
}

/** Who we are, kept until it is old or the API server refused it. */
class Credentials {
  readonly #reread: () => Chosen;
  #chosen: Chosen;
  #auth: KubeConfig;
  #readAtMs: number;

  constructor(chosen: Chosen, reread: () => Chosen) {
    this.#chosen = chosen;
    this.#reread = reread;
    this.#auth = authOf(chosen);
    this.#readAtMs = performance.now();
  }

  /** Headers, certificate and key as of now; runs the exec plugin when what it gave has expired. */
  async apply(): Promise<Applied> {
    this.#refresh();
    const applied: Applied = {};
    try {
      await this.#auth.applyToHTTPSOptions(applied);
    } catch (error) {
      const plugin = this.#chosen.user.exec?.command;
      throw new KubeConfigError(
        `user ${this.#chosen.user.name} of context ${this.#chosen.context}: ` +
          (plugin === undefined ? "" : `the exec plugin ${plugin} failed: `) +
          (error instanceof Error ? error.message.trim() : String(error)),
        { cause: error },
      );
    }
    return applied;
  }

  /** An authorization header when the user has a tokenFile. */
  async tokenFromFile(): Promise<Record<string, string>> {
    const { tokenFile, user, context } = this.#chosen;
    if (tokenFile === undefined) return {};
    try {
      return { authorization: `Bearer ${(await Deno.readTextFile(tokenFile)).trim()}` };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new KubeConfigError(
        `user ${user.name} of context ${context}: tokenFile ${tokenFile} can't be read: ${why}`,
        { cause: error },
      );
    }
  }

  forget(): void {
    this.#auth = authOf(this.#chosen);
    this.#readAtMs = -Infinity;
  }

  /** Files may be rewritten under us (a token file is); an exec plugin's answer lives in the library's own cache. */
  #refresh(): void {
    if (this.#chosen.user.exec || performance.now() - this.#readAtMs < rereadMs) return;
    this.#readAtMs = performance.now();
    try {
      this.#chosen = this.#reread();
      this.#auth = authOf(this.#chosen);
    } catch {
      // Caught half written, or gone: what was read before still counts, and the API server says when it doesn't.
    }
  }
}

/** A KubeConfig for the credentials alone: it must not make connections or judge the URL's scheme. */
function authOf({ cluster, user }: Chosen): KubeConfig {
  const auth = new KubeConfig();
  const { proxyUrl: _, ...direct } = cluster;
  const skipTLSVerify = cluster.skipTLSVerify || cluster.server.startsWith("http:");
  auth.loadFromClusterAndUser({ ...direct, skipTLSVerify }, user.exec ? withExecInfo(user, cluster) : user);
  return auth;
}

/** Plugins written for client-go expect KUBERNETES_EXEC_INFO (client.authentication.k8s.io `ExecCredential`). */
function withExecInfo(user: User, cluster: Cluster): User {
  const { apiVersion, provideClusterInfo, env, args } = user.exec;
  const info = {
    apiVersion: apiVersion ?? "client.authentication.k8s.io/v1",
    kind: "ExecCredential",
    spec: {
      interactive: false,
      ...(provideClusterInfo
        ? { cluster: { server: cluster.server, "certificate-authority-data": cluster.caData } }
        : {}),
    },
  };
  const variable = { name: "KUBERNETES_EXEC_INFO", value: JSON.stringify(info) };
  return { ...user, exec: { ...user.exec, args: args ?? [], env: [variable, ...(env ?? [])] } };
}

function tlsOf(cluster: Cluster, { ca, cert, key }: Applied): TlsMaterial {
  return {
    ...(ca ? { caPem: text(ca) } : {}),
    ...(cert ? { certPem: text(cert) } : {}),
    ...(key ? { keyPem: text(key) } : {}),
    ...(cluster.skipTLSVerify ? { insecureSkipVerify: true } : {}),
    ...(cluster.tlsServerName ? { serverName: cluster.tlsServerName } : {}),
  };
}

function headersOf({ headers, auth }: Applied): Record<string, string> {
  const basic = auth === undefined
    ? {}
    : { authorization: `Basic ${new TextEncoder().encode(auth).toBase64()}` };
  return {
    ...basic,
    ...Object.fromEntries(
      Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value.trim()]),
    ),
  };
}

function text(pem: string | Uint8Array): string {
  return typeof pem === "string" ? pem : new TextDecoder().decode(pem);
}
