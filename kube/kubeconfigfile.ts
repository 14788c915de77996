/** What kubeconfig files say, read as kubectl reads them. Import this file lazily, as `kubeconfig.ts`. */
import { dirname, resolve } from "node:path";
import { type Cluster, KubeConfig, type User } from "@kubernetes/client-node";
import { parse } from "yaml";
import { KubeConfigError } from "./config.ts";

/** One context with what it names. */
export interface Chosen {
  readonly context: string;
  readonly namespace: string;
  readonly cluster: Cluster;
  readonly user: User;
  /** Read for each request; counts more than the user's token. */
  readonly tokenFile: string | undefined;
}

/** What the files hold together. */
interface Merged {
  readonly config: KubeConfig;
  /** Absolute paths by user: the one field that the library reads under a wrong name. */
  readonly tokenFiles: ReadonlyMap<string, string>;
}

/**
 * Of entries with one name the first counts, and so does the first current-context.
 *
 * @throws {KubeConfigError}
 */
export function chooseFrom(paths: readonly string[], context: string | undefined): Chosen {
  return choose(readFiles(paths), paths.join(":"), context);
}

function readFiles(paths: readonly string[]): Merged {
  const merged = new KubeConfig();
  const tokenFiles = new Map<string, string>();
  for (const path of paths) {
    const next = new KubeConfig();
    try {
      for (const [user, file] of tokenFilesOf(path)) if (!tokenFiles.has(user)) tokenFiles.set(user, file);
      next.loadFromFile(path);
    } catch (error) {
      throw new KubeConfigError(
        // The first line only: YAML parsers quote the file below it, secrets included.
        `kubeconfig ${path} can't be used: ${error instanceof Error ? error.message.split("\n")[0] : error}`,
      );
    }
    for (const cluster of next.getClusters()) {
      if (!merged.getCluster(cluster.name)) merged.addCluster(cluster);
    }
    for (const user of next.getUsers()) if (!merged.getUser(user.name)) merged.addUser(user);
    for (const ctx of next.getContexts()) if (!merged.getContextObject(ctx.name)) merged.addContext(ctx);
    if (!merged.getCurrentContext()) merged.setCurrentContext(next.getCurrentContext());
  }
  return { config: merged, tokenFiles };
}

/** Relative paths start at the kubeconfig's folder. */
function tokenFilesOf(path: string): [string, string][] {
  const parsed = parse(Deno.readTextFileSync(path)) as {
    readonly users?: readonly { readonly name: string; readonly user?: { readonly tokenFile?: string } }[];
  } | null;
  if (parsed === null || typeof parsed !== "object") throw new Error("it holds no `kind: Config`");
  return (parsed.users ?? []).flatMap(({ name, user }) =>
    user?.tokenFile ? [[name, resolve(dirname(path), user.tokenFile)] as [string, string]] : []
  );
}

function choose({ config, tokenFiles }: Merged, files: string, wanted: string | undefined): Chosen {
  const name = wanted ?? config.getCurrentContext();
  if (!name) {
    throw new KubeConfigError(`kubeconfig ${files} has no current-context; set one with kubectl config`);
  }
  const context = config.getContextObject(name);
  if (!context) throw new KubeConfigError(`kubeconfig ${files} has no context ${name}`);
  const cluster = config.getCluster(context.cluster);
  if (!cluster) {
    throw new KubeConfigError(`kubeconfig ${files}, context ${name}: no cluster ${context.cluster}`);
  }
  const user = context.user ? config.getUser(context.user) : { name: "anonymous" };
  if (!user) throw new KubeConfigError(`kubeconfig ${files}, context ${name}: no user ${context.user}`);
  refuseWhatCannotBe(cluster, `kubeconfig ${files}, cluster ${cluster.name}`);
  return {
    context: name,
    namespace: context.namespace || "default",
    cluster,
    user,
    tokenFile: tokenFiles.get(user.name),
  };
}

function refuseWhatCannotBe(cluster: Cluster, where: string): void {
  if (!URL.canParse(cluster.server) || !/^https?:/.test(cluster.server)) {
    throw new KubeConfigError(`${where}: server ${JSON.stringify(cluster.server)} is not an http(s) URL`);
  }
  if (cluster.proxyUrl && (cluster.skipTLSVerify || cluster.tlsServerName)) {
    throw new KubeConfigError(
      `${where}: proxy-url does not go together with insecure-skip-tls-verify or tls-server-name; ` +
        `give the authority instead (certificate-authority)`,
    );
  }
}
