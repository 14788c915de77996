/** `--live`: plans that start from what an API server has, and what a change would do to it. */
import { assert, assertEquals } from "@std/assert";
import { parse } from "yaml";
import { generate } from "../../../crds/generate.ts";
import type { KubeObject, Resource } from "../../../kube/api.ts";
import { type KubeClient, openClient } from "../../../kube/client.ts";
import { systemClock } from "../../../kube/clock.ts";
import {
  bgpAdvertisements,
  bgpPeers,
  customResourceDefinitions,
  endpointSlices,
  ipAddressPools,
  l2Advertisements,
  nodes,
  services,
} from "../../../kube/resources.ts";
import { type ApiServer, startApiServer } from "../../lab/apiserver/server.ts";
import { type Run, runPewter } from "./pewter.ts";

const installation = "metallb-system";

interface Bed {
  readonly server: ApiServer;
  /** Runs the command as this user. */
  readonly run: (
    args: readonly string[],
    options?: { readonly stdin?: string; readonly user?: string },
  ) => Promise<Run>;
  readonly create: (resource: Resource, metadata: object, rest?: object) => Promise<void>;
  /** Writes a Service's addresses as the controller would. */
  readonly assign: (name: string, ip: string) => Promise<void>;
}

function live(name: string, withDefinitions: boolean, work: (bed: Bed) => Promise<void>): void {
  Deno.test(`pewter plan --live: ${name}`, async () => {
    const server = await startApiServer({ seedNamespaces: [installation] });
    const folder = await Deno.makeTempDir({ prefix: "pewter-plan-" });
    const api = connect(server);
    const create = async (resource: Resource, metadata: object, rest: object = {}) => {
      await api.create(resource, { metadata, ...rest } as KubeObject);
    };
    try {
      if (withDefinitions) {
        for (const { text } of generate()) {
          await api.create(customResourceDefinitions, parse(text) as KubeObject);
        }
      }
      await work({
        server,
        create,
        run: async (args, { stdin = "", user = "admin" } = {}) => {
          await Deno.writeTextFile(`${folder}/kubeconfig`, server.kubeconfig(user));
          return await runPewter([...args, "--live", `--kubeconfig=${folder}/kubeconfig`], { stdin });
        },
        assign: async (name, ip) => {
          const patch = { status: { loadBalancer: { ingress: [{ ip }] } } };
          await api.patch(services, "default", name, patch, { type: "merge", subresource: "status" });
        },
      });
    } finally {
      api.close();
      await server.stop();
      await Deno.remove(folder, { recursive: true });
    }
  });
}

function connect(server: ApiServer): KubeClient {
  return openClient({
    config: {
      ...{ url: server.url, namespace: "default", source: "the test" },
      tls: () => Promise.resolve({ caPem: server.caPem }),
      headers: () => Promise.resolve({ authorization: `Bearer ${server.tokens.admin}` }),
    },
    clock: systemClock,
    random: Math.random,
    userAgent: "pewter-test",
  });
}

/** Two nodes, a pool that is announced both ways, and two Services that have addresses. */
async function furnish({ create, assign }: Bed): Promise<void> {
  const here = (name: string) => ({ name, namespace: installation });
  for (const name of ["node-a", "node-b"]) await create(nodes, { name });
  await create(ipAddressPools, here("lan"), { spec: { addresses: ["192.0.2.10-192.0.2.19"] } });
  await create(ipAddressPools, { name: "lost", namespace: "default" }, {
    spec: { addresses: ["192.0.3.0/24"] },
  });
  await create(l2Advertisements, here("all"));
  await create(bgpAdvertisements, here("all"));
  const spec = { myASN: 64512, peerASN: 64513, peerAddress: "10.0.0.1", passwordSecret: { name: "key" } };
  await create(bgpPeers, here("tor"), { spec });
  for (const [name, ip] of [["web", "192.0.2.11"], ["api", "192.0.2.12"]] as const) {
    const spec = { type: "LoadBalancer", ports: [{ port: 80 }] };
    await create(services, { name, namespace: "default" }, { spec });
    await assign(name, ip);
    const labels = { "kubernetes.io/service-name": name };
    await create(endpointSlices, { name: `${name}-1`, namespace: "default", labels }, {
      addressType: "IPv4",
      endpoints: [{ addresses: ["10.1.0.1"], nodeName: "node-a" }],
      ports: [{ port: 80 }],
    });
  }
}

/** What is looked at of a Service in JSON. */
interface PlannedText {
  readonly name: string;
  readonly ips?: readonly string[];
  readonly events?: readonly unknown[];
  readonly layer2?: { readonly owner: string | null };
}

const manifest = (name: string, more = "") =>
  `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n${more}spec:\n  type: LoadBalancer\n  ports: [{port: 80}]\n`;

const lostNote =
  'IPAddressPool lost in namespace "default" has no effect: metallb.io objects count in the installation\'s namespace, ' +
  '"metallb-system" (--namespace)';

live("the cluster as it is: everything is kept", true, async (bed) => {
  await furnish(bed);
  const { code, stdout, stderr } = await bed.run(["plan", "-o", "json"]);
  assertEquals([code, stderr], [3, ""]);
  const { services, pools, problems, notes } = JSON.parse(stdout);
  const said = services.map(({ name, ips = [], events = [], layer2 }: PlannedText) =>
    `${name} ${ips.join()} ${events.length} events, ${layer2?.owner}`
  );
  assertEquals(said, [
    "api 192.0.2.12 0 events, node-b",
    "kubernetes  0 events, undefined",
    "web 192.0.2.11 0 events, node-a",
  ]);
  assertEquals(pools, [{
    name: "lan",
    assignedIPv4: 2,
    availableIPv4: 8,
    assignedIPv6: 0,
    availableIPv6: 0,
  }]);
  assertEquals(problems.map(({ name, field }: Record<string, string>) => `${name} ${field}`), [
    "tor spec.passwordSecret",
  ]);
  assertEquals(notes, [lostNote]);
});

live("what a change does is shown like a diff, and that nothing does", true, async (bed) => {
  await furnish(bed);
  const change = async (args: readonly string[], stdin = "") => {
    const { stdout } = await bed.run(["plan", ...args], { stdin });
    return stdout.slice(0, stdout.indexOf("\n\nNotes"));
  };
  assertEquals(await change(["-f", "-"], manifest("web")), "Nothing changes.");
  assertEquals(
    await change(["-f", "-"], manifest("web", "  annotations: {metallb.io/loadBalancerIPs: 192.0.2.19}\n")),
    `default/web
- 192.0.2.11 from pool lan
- layer2: node-a, then node-b
+ 192.0.2.19 from pool lan
+ layer2: node-b, then node-a`,
  );
  assertEquals(
    await change(["--without", "Node/node-a", "--without", "Service/api"]),
    `default/api
- 192.0.2.12 from pool lan
- layer2: node-b, then node-a
- bgp: no node announces default/api by BGP: node-a (noMatchingPeer), node-b (noMatchingPeer) (noMatchingPeer)

default/web
- layer2: node-a, then node-b
- bgp: no node announces default/web by BGP: node-a (noMatchingPeer), node-b (noMatchingPeer) (noMatchingPeer)
+ layer2: node-b
+ bgp: no node announces default/web by BGP: node-b (noMatchingPeer) (noMatchingPeer)

Pool lan
- [####................] 2 of 10 IPv4
+ [##..................] 1 of 10 IPv4`,
  );
});

live("explain asks the cluster where no file is named", true, async (bed) => {
  await furnish(bed);
  const { code, stdout } = await bed.run(["explain", "service", "web"]);
  assertEquals(code, 0);
  assert(stdout.includes("yes Service default/web: it keeps 192.0.2.11"), stdout);
  assert(stdout.includes("yes node-a: announces: preference 0"), stdout);
});

live("without our definitions a note names each kind that is missing", false, async (bed) => {
  const { code, stdout } = await bed.run(["plan", "-o", "json", "-f", "-"], { stdin: manifest("web") });
  assertEquals(code, 3);
  const { services, notes } = JSON.parse(stdout);
  assertEquals(services.at(-1).refusal.reason, "noPools");
  assertEquals(notes.length, 7);
  assertEquals(notes[0], "the cluster doesn't know the kind BFDProfile; kubectl apply -f deploy/manifests/");
});

live("what may not be read: Secrets are left out with a note, anything else ends it", true, async (bed) => {
  await furnish(bed);
  const { server, create, run } = bed;
  server.addUser({ name: "reader", groups: [], token: "reader" });
  const refused = await run(["plan"], { user: "reader" });
  assertEquals([refused.code, refused.stdout], [2, ""]);
  assert(refused.stderr.startsWith("pewter plan: ") && refused.stderr.includes("forbidden"), refused.stderr);

  const rbac = (plural: string, kind: string, namespaced: boolean): Resource => ({
    ...{ group: "rbac.authorization.k8s.io", version: "v1", plural, kind, namespaced },
  });
  const subjects = [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "reader" }];
  const roleRef = (kind: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind, name: "reader" });
  await create(rbac("clusterroles", "ClusterRole", false), { name: "reader" }, {
    rules: [
      { apiGroups: [""], resources: ["services", "nodes", "namespaces"], verbs: ["list"] },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list"] },
    ],
  });
  await create(rbac("clusterrolebindings", "ClusterRoleBinding", false), { name: "reader" }, {
    roleRef: roleRef("ClusterRole"),
    subjects,
  });
  await create(rbac("roles", "Role", true), { name: "reader", namespace: installation }, {
    rules: [{ apiGroups: ["metallb.io"], resources: ["*"], verbs: ["list"] }],
  });
  await create(rbac("rolebindings", "RoleBinding", true), { name: "reader", namespace: installation }, {
    roleRef: roleRef("Role"),
    subjects,
  });
  const allowed = await run(["plan", "-o", "json"], { user: "reader" });
  assertEquals([allowed.code, allowed.stderr], [0, ""]);
  const { problems, notes } = JSON.parse(allowed.stdout);
  assertEquals(problems, []);
  assertEquals(notes, [
    'Secrets of namespace "metallb-system" may not be listed, so the peers\' passwordSecret is not checked',
    "the BGP routes are what the configuration asks for; this version's speakers don't speak BGP yet, and announce by " +
    "Layer 2 only",
  ]);
});

live("a server that doesn't answer", true, async ({ server, run }) => {
  await server.faults.down();
  const { code, stdout, stderr } = await run(["plan"]);
  assertEquals([code, stdout], [2, ""]);
  assert(stderr.startsWith("pewter plan: "), stderr);
});
