/**
 * The embedded Kubernetes API server of Pewter's lab: a tool for tests and the demo, in memory, in this process. It is
 * not Kubernetes: README.md says what it leaves out. The contract suite keeps it honest against a real kube-apiserver.
 */
import { Authenticator } from "./authn.ts";
import { SchemaLoader } from "./builtin_schemas.ts";
import { Collector } from "./collector.ts";
import { customKinds } from "./crd.ts";
import { Faults } from "./faults.ts";
import { Handler } from "./handler.ts";
import { makeKubeconfig } from "./kubeconfig.ts";
import { labPaths } from "./lab_paths.ts";
import { Lister } from "./list.ts";
import { Authorizer } from "./rbac.ts";
import { Registry } from "./registry.ts";
import { seed } from "./seeds.ts";
import { ServiceAllocator } from "./service_alloc.ts";
import type { ServerState } from "./state.ts";
import { Store } from "./store.ts";
import { makeCertificates, type ServerCertificate } from "./tls.ts";
import { Transport } from "./transport.ts";
import type { Watch } from "./watch.ts";

/** How to start the server; all of it may be left out. */
export interface ApiServerOptions {
  /** Where to listen; 127.0.0.1 unless said. */
  readonly hostname?: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** More names and addresses for the certificate, beside localhost, 127.0.0.1, ::1 and the hostname. */
  readonly subjectAltNames?: readonly string[];
  /** Where ca.crt, server.crt and server.key are written; nowhere unless said. */
  readonly certDir?: string;
  /** The time that goes into objects. */
  readonly now?: () => Date;
  /** Namespaces to create beside default, kube-system, kube-public and kube-node-lease. */
  readonly seedNamespaces?: readonly string[];
  /** How often watches that allow it get a bookmark; 10,000 ms unless said (a real one: about a minute). */
  readonly bookmarkIntervalMs?: number;
  /** How many changes of one kind are remembered for watches; 20,000 unless said. */
  readonly historyLimit?: number;
  /** The admin's token; a random one unless said. */
  readonly adminToken?: string;
}

/** A running server. */
export interface ApiServer {
  /** As in `https://127.0.0.1:43211`. */
  readonly url: string;
  readonly port: number;
  /** The certificate authority to trust, PEM. */
  readonly caPem: string;
  readonly caKey: string;
  readonly tokens: { readonly admin: string };
  /** Faults on demand. */
  readonly faults: Faults;
  /** Direct access, past all rules. */
  readonly store: Store;
  /** Accepts a token for a user from now on. What the user may do, RBAC objects say; system:masters may do all. */
  addUser(user: { readonly name: string; readonly groups?: readonly string[]; readonly token: string }): void;
  /** A kubeconfig for admin or a user that was added, by name. */
  kubeconfig(user?: string): string;
  /** Ends everything; watches are cut. */
  stop(): Promise<void>;
}

const CRDS = "apiextensions.k8s.io/customresourcedefinitions";

/** Keeps what is derived from stored objects in step with them. */
function follow(state: ServerState): void {
  state.store.observe((storage, { type, entry, before }) => {
    const after = type === "DELETED" ? undefined : entry.object;
    if (storage === "/services") state.allocator.committed(before?.object, after);
    if (storage === CRDS) {
      state.registry.setCustom(entry.object.metadata.name, after === undefined ? [] : customKinds(after));
    }
  });
}

function randomToken(): string {
  return crypto.getRandomValues(new Uint8Array(24)).toHex();
}

function urlHost(hostname: string): string {
  if (hostname === "0.0.0.0" || hostname === "::") return "127.0.0.1";
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}

/** The names and addresses that clients may connect to. */
function certificateNames(hostname: string, more: readonly string[]): string[] {
  return ["localhost", "127.0.0.1", "::1", hostname, "kubernetes.default.svc", ...more];
}

async function writeCertificates(dir: string, { caPem, certPem, keyPem }: ServerCertificate): Promise<void> {
  await Deno.mkdir(dir, { recursive: true });
  await Deno.writeTextFile(`${dir}/ca.crt`, caPem);
  await Deno.writeTextFile(`${dir}/server.crt`, certPem);
  await Deno.writeTextFile(`${dir}/server.key`, keyPem, { mode: 0o600 });
}

/** An empty cluster, but for what every cluster has from the start. */
function makeState(options: ApiServerOptions, now: () => Date): ServerState {
  const state: ServerState = {
    store: new Store(options.historyLimit ?? 20_000),
    registry: new Registry(),
    allocator: new ServiceAllocator(),
    authenticator: new Authenticator(),
    now,
  };
  follow(state);
  new Collector(state);
  seed(state, options.seedNamespaces ?? []);
  return state;
}

/** Timers that stop with the server. */
class Sleeper {
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        resolve();
      }, ms);
      this.#timers.add(timer);
    });
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}

/** Puts the parts together, not yet listening. */
function assemble(options: ApiServerOptions, certificate: ServerCertificate, state: ServerState) {
  const { hostname = "127.0.0.1", port = 0, bookmarkIntervalMs = 10_000 } = options;
  const { store } = state;
  const watches = new Set<Watch>();
  const sleeper = new Sleeper();
  const transport: Transport = new Transport({
    hostname,
    port,
    certPem: certificate.certPem,
    keyPem: certificate.keyPem,
    handle: (request) => handler.handle(request),
  });
  const faults: Faults = new Faults({
    up: () => transport.up(),
    down: () => transport.down(),
    expireHistory: () => store.expire(),
    sendBookmarks: () => watches.forEach((watch) => watch.bookmark()),
  });
  const handler: Handler = new Handler({
    state,
    authorizer: new Authorizer(store),
    lister: new Lister(store, () => state.now().getTime()),
    schemas: new SchemaLoader(),
    watch: { store, faults, watches, bookmarkIntervalMs },
    sleep: sleeper.sleep,
    lab: labPaths(faults),
  });
  const stop = async (): Promise<void> => {
    faults.clear();
    sleeper.stop();
    for (const watch of [...watches]) watch.close();
    await transport.down();
  };
  return { transport, faults, stop };
}

/** Starts a server. It answers when this resolves. @throws Error with code EADDRINUSE */
export async function startApiServer(options: ApiServerOptions = {}): Promise<ApiServer> {
  const { hostname = "127.0.0.1", now = () => new Date() } = options;
  const certificate = await makeCertificates(
    certificateNames(hostname, options.subjectAltNames ?? []),
    now(),
  );
  if (options.certDir !== undefined) await writeCertificates(options.certDir, certificate);
  const state = makeState(options, now);
  const { transport, faults, stop } = assemble(options, certificate, state);
  const tokens = new Map<string, string>();
  const addUser: ApiServer["addUser"] = ({ name, groups = [], token }) => {
    state.authenticator.add(token, { name, groups });
    tokens.set(name, token);
  };
  const admin = options.adminToken ?? randomToken();
  addUser({ name: "admin", groups: ["system:masters"], token: admin });
  await transport.up();
  const url = `https://${urlHost(hostname)}:${transport.port}`;
  return {
    url,
    port: transport.port,
    caPem: certificate.caPem,
    caKey: certificate.caKeyPem,
    tokens: { admin },
    faults,
    store: state.store,
    addUser,
    kubeconfig(user = "admin") {
      const token = tokens.get(user);
      if (token !== undefined) return makeKubeconfig(url, certificate.caPem, user, token);
      throw new Error(`the lab API server has no user ${JSON.stringify(user)}; add it with addUser`);
    },
    stop,
  };
}
