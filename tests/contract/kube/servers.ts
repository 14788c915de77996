/** The servers that the contract suite runs against, behind one interface. */
import { type ApiServer, startApiServer } from "../../lab/apiserver/server.ts";
import type { Faults } from "../../lab/apiserver/faults.ts";
import { type KubernetesBinaries, kubernetesBinaries } from "../../lab/controlplane/binaries.ts";
import { type RealControlPlane, startRealControlPlane } from "../../lab/controlplane/real.ts";

/** A running API server, new for each run of the suite. */
export interface ServerUnderTest {
  readonly kind: "embedded" | "real";
  readonly url: string;
  readonly caPem: string;
  /** In the group system:masters. */
  readonly adminToken: string;
  /** Of the user `limited`, who may do nothing until RBAC objects say so. */
  readonly limitedToken: string;
  readonly kubectl: string | null;
  /** Only where the server has them. */
  readonly faults?: Faults;
  /** Forgets history: what is older than now can't be watched or paged from. Connections may be cut. */
  forget(): Promise<void>;
  /** Out of reach until `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
  stop(): Promise<void>;
}

const limitedToken = "limited-user-of-the-contract-suite";

export async function embeddedServer(): Promise<ServerUnderTest> {
  const server: ApiServer = await startApiServer();
  server.addUser({ name: "limited", groups: ["guests"], token: limitedToken });
  return {
    kind: "embedded",
    url: server.url,
    caPem: server.caPem,
    adminToken: server.tokens.admin,
    limitedToken,
    kubectl: kubectlPath(await kubernetesBinaries()),
    faults: server.faults,
    forget: () => Promise.resolve(server.faults.expireHistory()),
    down: () => server.faults.down(),
    up: () => Promise.resolve(server.faults.up()),
    stop: () => server.stop(),
  };
}

export async function realServer(binaries: KubernetesBinaries): Promise<ServerUnderTest> {
  const dir = await Deno.makeTempDir({ prefix: "pewter-contract-" });
  const users = [{ token: limitedToken, user: "limited", groups: ["guests"] }];
  const server = await startRealControlPlane({ binaries, dir, guard: true, users });
  return {
    kind: "real",
    url: server.url,
    caPem: server.caPem,
    adminToken: server.adminToken,
    limitedToken,
    kubectl: binaries.kubectl,
    forget: () => compact(server),
    down: () => server.stopApiServer(),
    up: () => server.startApiServer(),
    stop: async () => {
      await server.stop();
      await Deno.remove(dir, { recursive: true });
    },
  };
}

function kubectlPath(binaries: Awaited<ReturnType<typeof kubernetesBinaries>>): string | null {
  return "unavailable" in binaries ? null : binaries.kubectl;
}

/** etcd forgets by compaction; kube-apiserver's own cache of recent changes goes with a restart. */
async function compact(server: RealControlPlane): Promise<void> {
  const ask = async (path: string, body: unknown) => {
    const answer = await fetch(server.etcdUrl + path, { method: "POST", body: JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`etcd ${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as { readonly header: { readonly revision: string } };
  };
  const { header } = await ask("/v3/kv/range", { key: btoa("/") });
  await ask("/v3/kv/compaction", { revision: header.revision, physical: true });
  await server.stopApiServer();
  await server.startApiServer();
}
