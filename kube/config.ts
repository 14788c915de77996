/** Where the API server is and how to show who we are. */

/** Everything that a connection needs; `tls` and `headers` are asked again, since files and tokens change. */
export interface ApiServerConfig {
  /** Without a slash at the end, as in `https://10.96.0.1:443`. */
  readonly url: string;
  /** The namespace that this process lives in, or that the kubeconfig's context names; `default` otherwise. */
  readonly namespace: string;
  /** Where this came from, for people: `in-cluster service account`, `kubeconfig /root/.kube/config, context lab`. */
  readonly source: string;
  readonly proxyUrl?: string;
  /** Asked for each new set of connections. */
  tls(): Promise<TlsMaterial>;
  /** Asked for each request. */
  headers(): Promise<Readonly<Record<string, string>>>;
  /** The API server refused the credentials (401): forget what is cached of them. */
  rejected?(): void;
}

/** PEM texts, and the two liberties that a kubeconfig may take. */
export interface TlsMaterial {
  /** Authorities that are trusted besides the system's. */
  readonly caPem?: string;
  readonly certPem?: string;
  readonly keyPem?: string;
  readonly insecureSkipVerify?: boolean;
  /** The name that the server's certificate must have, when it isn't the URL's. */
  readonly serverName?: string;
}

/** No API server can be named from what there is; the message says what was looked at and what to do. */
export class KubeConfigError extends Error {
  override readonly name = "KubeConfigError";
}

/** What `findApiServer` looks at. */
export interface ConfigSources {
  /** From `--kubeconfig`; when given nothing else is looked at. */
  readonly kubeconfig?: string;
  /** The context to use instead of the file's current one. */
  readonly context?: string;
  /** Where the service account's files are; the usual place when not given. */
  readonly serviceAccountDir?: string;
}

export type ReadEnv = (name: string) => string | undefined;

/**
 * Finds the API server where controller-runtime does, in its order: the named kubeconfig, or else $KUBECONFIG (a list),
 * or else the Pod's service account, or else ~/.kube/config.
 *
 * @throws {KubeConfigError} when none of them is there or the chosen one can't be used
 */
export async function findApiServer(
  sources: ConfigSources = {},
  env: ReadEnv = (name) => Deno.env.get(name),
): Promise<ApiServerConfig> {
  const { context, serviceAccountDir } = sources;
  const given = (sources.kubeconfig ?? "").trim();
  if (given !== "") return await fromKubeconfig([given], context);
  const listed = (env("KUBECONFIG") ?? "").split(":").filter((path) => path !== "");
  const present = listed.filter(isFile);
  if (present.length > 0) return await fromKubeconfig(present, context);
  const home = listed.length === 0 ? homeKubeconfig(env) : [];
  const host = env("KUBERNETES_SERVICE_HOST") ?? "";
  if (host !== "") {
    try {
      return await fromServiceAccount(host, env("KUBERNETES_SERVICE_PORT") ?? "443", serviceAccountDir);
    } catch (error) {
      if (!(error instanceof KubeConfigError) || home.length === 0) throw error;
    }
  }
  if (home.length > 0) return await fromKubeconfig(home, context);
  const none = listed.length > 0
    ? `none of the files in $KUBECONFIG is there (${listed.join(", ")})`
    : "neither $KUBECONFIG nor ~/.kube/config names one";
  throw new KubeConfigError(
    `no API server is known: ${none}, and this is not a Pod (KUBERNETES_SERVICE_HOST is not set); ` +
      "give --kubeconfig=<file>",
  );
}

/** ~/.kube/config, where it is there. */
function homeKubeconfig(env: ReadEnv): string[] {
  const home = env("HOME") ?? "";
  return home === "" ? [] : [`${home}/.kube/config`].filter(isFile);
}

/** Files of a list that are missing are left out, as kubectl does. */
function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function fromKubeconfig(
  paths: readonly string[],
  context: string | undefined,
): Promise<ApiServerConfig> {
  const { loadKubeconfig } = await import("./kubeconfig.ts");
  return await loadKubeconfig(paths, context);
}

async function fromServiceAccount(host: string, port: string, dir?: string): Promise<ApiServerConfig> {
  const { serviceAccountConfig } = await import("./serviceaccount.ts");
  return serviceAccountConfig(host, port, dir);
}
