/** What kubeconfig files say, read as kubectl reads them (client-go `clientcmd`, `Config` of v1). */
import { KubeConfigError } from "./config.ts";
import { Fields, isMapping, type Pem } from "./kubeconfigfields.ts";
import { type User, userOf } from "./kubeconfiguser.ts";

/** An API server. */
export interface Cluster {
  readonly name: string;
  /** An http(s) URL without a slash at its end. */
  readonly server: string;
  /** The authorities that may sign the server's certificate, besides the system's. */
  readonly ca: Pem | undefined;
  readonly insecureSkipVerify: boolean;
  readonly serverName: string | undefined;
  readonly proxyUrl: string | undefined;
}

/** One context with what it names. */
export interface Chosen {
  readonly context: string;
  readonly namespace: string;
  readonly cluster: Cluster;
  readonly user: User;
}

/** The entries of one file or of several, by name. What is in them is judged when they are chosen. */
export interface Entries {
  readonly currentContext: string | undefined;
  readonly contexts: ReadonlyMap<string, Fields>;
  readonly clusters: ReadonlyMap<string, Fields>;
  readonly users: ReadonlyMap<string, Fields>;
}

/**
 * @param document what the file's YAML holds
 * @param path the file's; for messages, and as where relative paths start
 * @throws {KubeConfigError} naming file and field
 */
export function entriesOf(document: unknown, path: string): Entries {
  const where = `kubeconfig ${path}`;
  if (!isMapping(document)) throw new KubeConfigError(`${where} can't be used: it holds no \`kind: Config\``);
  const top = new Fields(path, where, document);
  const kind = top.text("kind") ?? "Config";
  if (kind !== "Config") throw top.problem(`kind must be Config, and is ${JSON.stringify(kind)}`);
  return {
    currentContext: top.text("current-context"),
    contexts: namedEntries(top, "contexts", "context"),
    clusters: namedEntries(top, "clusters", "cluster"),
    users: namedEntries(top, "users", "user"),
  };
}

function namedEntries(top: Fields, list: string, what: string): Map<string, Fields> {
  const entries = new Map<string, Fields>();
  for (const item of top.list(list)) {
    const name = item.requiredText("name");
    const where = `${top.where}, ${what} ${name}`;
    if (entries.has(name)) throw new KubeConfigError(`${where}: two in ${list} have this name`);
    entries.set(name, item.inside(what, where));
  }
  return entries;
}

/** Of entries with one name the first file's counts, as a whole, and so does the first current-context. */
export function mergeEntries(files: readonly Entries[]): Entries {
  const merge = (of: (entries: Entries) => ReadonlyMap<string, Fields>) =>
    new Map(files.toReversed().flatMap((entries) => [...of(entries)]));
  return {
    currentContext: files.map(({ currentContext }) => currentContext).find((name) => name !== undefined),
    contexts: merge(({ contexts }) => contexts),
    clusters: merge(({ clusters }) => clusters),
    users: merge(({ users }) => users),
  };
}

/**
 * Takes the named context, or else the current one.
 *
 * @param files for messages: the paths that the entries come from
 * @throws {KubeConfigError} naming the file and what it lacks
 */
export function chooseContext(entries: Entries, files: string, wanted?: string): Chosen {
  const name = wanted ?? entries.currentContext;
  if (name === undefined) {
    throw new KubeConfigError(`kubeconfig ${files} has no current-context; set one with kubectl config`);
  }
  const context = entries.contexts.get(name);
  if (context === undefined) throw new KubeConfigError(`kubeconfig ${files} has no context ${name}`);
  const clusterName = context.requiredText("cluster");
  const userName = context.text("user");
  const missing = (what: string) =>
    new KubeConfigError(`kubeconfig ${files}, context ${name}: there is no ${what}`);
  const cluster = entries.clusters.get(clusterName);
  if (cluster === undefined) throw missing(`cluster ${clusterName}`);
  const user = userName === undefined ? new Fields("", "", {}) : entries.users.get(userName);
  if (user === undefined) throw missing(`user ${userName}`);
  return {
    context: name,
    namespace: context.text("namespace") ?? "default",
    cluster: clusterOf(clusterName, cluster),
    user: userOf(userName ?? "anonymous", user),
  };
}

function clusterOf(name: string, fields: Fields): Cluster {
  const server = fields.requiredText("server");
  if (!URL.canParse(server) || !/^https?:/i.test(server)) {
    throw fields.problem(`server ${JSON.stringify(server)} is not an http(s) URL`);
  }
  const cluster: Cluster = {
    name,
    server: server.replace(/\/+$/, ""),
    ca: fields.pem("certificate-authority"),
    insecureSkipVerify: fields.flag("insecure-skip-tls-verify"),
    serverName: fields.text("tls-server-name"),
    proxyUrl: fields.text("proxy-url"),
  };
  if (cluster.proxyUrl === undefined) return cluster;
  // Not quoted: it may hold a password.
  if (!URL.canParse(cluster.proxyUrl)) throw fields.problem("proxy-url is not a URL");
  if (!cluster.insecureSkipVerify && cluster.serverName === undefined) return cluster;
  throw fields.problem(
    "proxy-url does not go together with insecure-skip-tls-verify or tls-server-name; " +
      "give the authority instead (certificate-authority)",
  );
}
