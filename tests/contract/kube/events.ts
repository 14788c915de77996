/** Kubernetes Events as people see them. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { systemClock } from "../../../kube/clock.ts";
import { EventRecorder } from "../../../kube/events.ts";
import { coreEvents, services } from "../../../kube/resources.ts";
import { type ContractCase, eventually, type Loose, service, type World } from "./world.ts";

function recorder({ api, log }: World): EventRecorder {
  return new EventRecorder({
    api,
    clock: systemClock,
    random: Math.random,
    log,
    component: "metallb-speaker",
    host: "n1",
  });
}

async function written({ api, namespace }: World): Promise<Loose[]> {
  return (await api.list(coreEvents, (raw) => raw as Loose, { namespace })).items.slice();
}

export const eventCases: readonly ContractCase[] = [
  {
    name: "an Event counts up instead of coming again, and kubectl shows it with its object",
    run: async (world) => {
      const { api, namespace, server } = world;
      const { metadata } = await api.create(services, service(namespace, "web"));
      const r = recorder(world);
      const about = { apiVersion: "v1", kind: "Service", ...metadata };
      const { name, uid } = metadata;
      assert(uid !== undefined);
      const regarding = { apiVersion: "v1", kind: "Service", namespace, name, uid };
      for (let round = 1; round <= 3; round++) {
        r.record(regarding, "Normal", "nodeAssigned", 'announcing from node "n1" with protocol "layer2"');
        await eventually(`count ${round}`, async () => (await written(world))[0]?.["count"] === round);
      }
      const all = await written(world);
      assertEquals(all.length, 1);
      assertEquals((all[0]?.["involvedObject"] as { uid: string }).uid, about.uid);
      assertEquals(all[0]?.["source"], { component: "metallb-speaker", host: "n1" });
      if (server.kubectl === null) return;
      const shown = await kubectl(world, server.kubectl, ["describe", "service", "web"]);
      assertMatch(
        shown,
        /Normal\s+nodeAssigned\s+\S+ \(x3 over \S+\)\s+metallb-speaker\s+announcing from node "n1"/,
      );
    },
  },
  {
    name: "Events of many objects are all written",
    run: async (world) => {
      const { namespace } = world;
      const r = recorder(world);
      for (let index = 0; index < 50; index++) {
        const regarding = { apiVersion: "v1", kind: "Service", namespace, name: `s${index}` };
        r.record(regarding, "Warning", "AllocationFailed", "no available IPs");
      }
      await r.drain(10_000);
      const names = (await written(world)).map((event) => (event["involvedObject"] as { name: string }).name);
      assertEquals(new Set(names).size, 50);
      assertEquals(r.dropped, 0);
    },
  },
  {
    name: "Events about cluster-wide objects go to default",
    run: async (world) => {
      const r = recorder(world);
      const name = `node-${world.namespace}`;
      r.record({ apiVersion: "v1", kind: "Node", name }, "Normal", "test", "hello");
      await r.drain(10_000);
      const { items } = await world.api.list(coreEvents, ({ metadata }) => metadata.name, {
        namespace: "default",
      });
      assertEquals(items.filter((event) => event.startsWith(`${name}.`)).length, 1);
      assertEquals(r.dropped, 0);
    },
  },
];

async function kubectl({ server, namespace }: World, path: string, args: readonly string[]): Promise<string> {
  const ca = await Deno.makeTempFile({ prefix: "pewter-contract-ca-" });
  try {
    await Deno.writeTextFile(ca, server.caPem);
    const access = [
      `--server=${server.url}`,
      `--certificate-authority=${ca}`,
      `--token=${server.adminToken}`,
    ];
    const { stdout, stderr, success } = await new Deno.Command(path, {
      args: [...access, "--namespace", namespace, ...args],
      env: { KUBECONFIG: "/dev/null" },
    }).output();
    if (!success) throw new Error(`kubectl ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(ca);
  }
}
