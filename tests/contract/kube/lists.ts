/** Lists: pages, selectors, one moment in time. */
import { assert, assertEquals } from "@std/assert";
import { systemClock } from "../../../kube/clock.ts";
import { configMaps } from "../../../kube/resources.ts";
import { openTransport, type Transport, type TransportRequest } from "../../../kube/transport.ts";
import { WriteQueue } from "../../../kube/writequeue.ts";
import { configMap, type ContractCase, type World } from "./world.ts";

const nameOf = ({ metadata }: { metadata: { name: string } }) => metadata.name;

/** Makes many, side by side. */
async function makeMany({ api, namespace, log }: World, count: number): Promise<string[]> {
  const queue = new WriteQueue({ clock: systemClock, random: Math.random, log });
  const names = Array.from({ length: count }, (_, index) => `m${String(index).padStart(4, "0")}`);
  for (const name of names) {
    queue.put(name, {
      send: async (signal) => void await api.create(configMaps, configMap(namespace, name), { signal }),
      decideAgain: () => undefined,
    });
  }
  await queue.idle();
  return names;
}

/** Counts list requests, and may do something before one of them. */
function counting(world: World, before: (lists: number) => Promise<void> = () => Promise.resolve()) {
  const inner = openTransport(world.config());
  const paths: string[] = [];
  const transport: Transport = {
    send: async (request: TransportRequest) => {
      paths.push(request.path);
      await before(paths.length);
      return await inner.send(request);
    },
    renew: () => inner.renew(),
    close: () => inner.close(),
  };
  return { transport, paths };
}

export const listCases: readonly ContractCase[] = [
  {
    name: "more objects than fit on a page all arrive, once and in order",
    run: async (world) => {
      const names = await makeMany(world, 520);
      const { transport, paths } = counting(world);
      const api = world.client({ transport });
      const { items } = await api.list(configMaps, nameOf, { namespace: world.namespace });
      assertEquals(items.filter((name) => name.startsWith("m")), names);
      assertEquals(paths.length, 2);
    },
  },
  {
    name: "pages are of one moment: what is written between them is in the watch, not in the list",
    run: async (world) => {
      const { api, namespace } = world;
      const names = await makeMany(world, 9);
      const { transport, paths } = counting(world, async (lists) => {
        if (lists === 2) await api.create(configMaps, configMap(namespace, "m9999"));
      });
      const paged = world.client({ transport, pageSize: 4 });
      const { items, resourceVersion } = await paged.list(configMaps, nameOf, { namespace });
      assertEquals(items.filter((name) => name.startsWith("m")), names);
      assert(paths.length >= 3);
      const seen: string[] = [];
      for await (
        const event of api.watch(configMaps, nameOf, { namespace, resourceVersion, timeoutSeconds: 10 })
      ) {
        if (event.type !== "bookmark") seen.push(`${event.type} ${event.object}`);
        if (seen.length > 0) break;
      }
      assertEquals(seen, ["added m9999"]);
    },
  },
  {
    name: "a list whose pages expire on the way (410) starts again and is complete",
    run: async (world) => {
      const names = await makeMany(world, 9);
      const { transport, paths } = counting(world, async (lists) => {
        if (lists !== 2) return;
        await world.api.create(configMaps, configMap(world.namespace, "m9999"));
        await world.server.forget();
      });
      const api = world.client({ transport, pageSize: 4 });
      const { items } = await api.list(configMaps, nameOf, { namespace: world.namespace });
      assertEquals(items.filter((name) => name.startsWith("m")), [...names, "m9999"]);
      assert(paths.filter((path) => !path.includes("continue=")).length === 2, paths.join("\n"));
    },
  },
  {
    name: "label and field selectors",
    run: async ({ api, namespace }) => {
      for (const [name, tier] of [["a", "web"], ["b", "db"], ["c", "web"]] as const) {
        const object = configMap(namespace, name);
        await api.create(configMaps, { ...object, metadata: { ...object.metadata, labels: { tier } } });
      }
      const list = async (options: { labelSelector?: string; fieldSelector?: string }) =>
        (await api.list(configMaps, nameOf, { namespace, ...options })).items.filter((name) =>
          name.length === 1
        );
      assertEquals(await list({ labelSelector: "tier=web" }), ["a", "c"]);
      assertEquals(await list({ labelSelector: "tier!=web" }), ["b"]);
      assertEquals(await list({ labelSelector: "tier in (db, cache)" }), ["b"]);
      assertEquals(await list({ labelSelector: "!tier" }), []);
      assertEquals(await list({ fieldSelector: "metadata.name=c" }), ["c"]);
    },
  },
  {
    name: "an empty list has a resourceVersion, and one namespace doesn't show another's",
    run: async ({ api, namespace }) => {
      await api.create(configMaps, configMap("default", `other-than-${namespace}`));
      const { items, resourceVersion } = await api.list(configMaps, nameOf, {
        namespace,
        labelSelector: "nobody=has",
      });
      assertEquals(items, []);
      assert(Number(resourceVersion) > 0);
      const mine = await api.list(configMaps, nameOf, { namespace });
      assert(!mine.items.includes(`other-than-${namespace}`));
      const all = await api.list(configMaps, nameOf);
      assert(all.items.includes(`other-than-${namespace}`));
    },
  },
];
