/** Keeping in step with a server, through what happens to servers and networks. */
import { assert, assertEquals } from "@std/assert";
import type { Clock } from "../../../core/clock.ts";
import type { KubeApi } from "../../../kube/api.ts";
import { systemClock } from "../../../kube/clock.ts";
import { reflect } from "../../../kube/reflector.ts";
import { configMaps } from "../../../kube/resources.ts";
import { openRelay } from "./relay.ts";
import { configMap, type ContractCase, eventually, hurried, type World } from "./world.ts";

/** A receiver: what it knows, and what it was told. */
export interface Receiver {
  readonly known: Map<string, string>;
  readonly told: string[];
  contact: boolean | undefined;
}

/** Follows the case's ConfigMaps until the case ends. */
export function follow(world: World, api: KubeApi = world.api, clock: Clock = systemClock): Receiver {
  const receiver: Receiver = { known: new Map(), told: [], contact: undefined };
  const abort = new AbortController();
  const done = reflect({
    api,
    resource: configMaps,
    namespace: world.namespace,
    trim: (raw) => ({ name: raw.metadata.name, n: (raw as { data?: { n?: string } }).data?.n ?? "" }),
    clock,
    random: Math.random,
    log: world.log,
    post: (input) => {
      receiver.told.push(input.type);
      if (input.type === "contact") receiver.contact = input.ok;
      else if (input.type === "deleted") receiver.known.delete(input.object.name);
      else if (input.type === "changed") receiver.known.set(input.object.name, input.object.n);
      else {
        receiver.known.clear();
        for (const { name, n } of input.items) receiver.known.set(name, n);
      }
    },
  }, abort.signal);
  world.after(async () => {
    abort.abort();
    await done;
  });
  return receiver;
}

export const synced = ({ told }: Receiver) => told.filter((type) => type === "synced").length;

export const reflectorCases: readonly ContractCase[] = [
  {
    name: "a reflector follows what is written",
    run: async (world) => {
      const { api, namespace } = world;
      await api.create(configMaps, configMap(namespace, "a", { n: "1" }));
      const receiver = follow(world);
      await eventually("a", () => receiver.known.get("a") === "1" && receiver.contact === true);
      await api.patch(configMaps, namespace, "a", { data: { n: "2" } }, { type: "merge" });
      await api.create(configMaps, configMap(namespace, "b"));
      await eventually("the changes", () => receiver.known.get("a") === "2" && receiver.known.has("b"));
      await api.delete(configMaps, namespace, "a");
      await eventually("the deletion", () => !receiver.known.has("a"));
      assertEquals(synced(receiver), 1);
    },
  },
  {
    name: "a reflector outlives the server: it says that contact is lost and misses nothing",
    run: async (world) => {
      const { api, namespace, server } = world;
      const receiver = follow(world);
      await eventually("contact", () => receiver.contact === true);
      await server.down();
      try {
        await eventually("contact lost", () => receiver.contact === false);
      } finally {
        await server.up();
      }
      await api.create(configMaps, configMap(namespace, "a", { n: "1" }));
      await eventually("contact and a", () => receiver.contact === true && receiver.known.has("a"), 15_000);
    },
  },
  {
    name: "a reflector whose history is forgotten lists again",
    run: async (world) => {
      const { api, namespace, server } = world;
      await api.create(configMaps, configMap(namespace, "a"));
      const relay = openRelay(new URL(server.url));
      world.after(() => relay.close());
      const clock = hurried(20);
      const receiver = follow(world, world.client({ url: `https://127.0.0.1:${relay.port}`, clock }), clock);
      await eventually("a", () => receiver.known.has("a"));
      relay.blackHole();
      await api.delete(configMaps, namespace, "a");
      await api.create(configMaps, configMap(namespace, "b"));
      await server.forget();
      await eventually("a new list", () => !receiver.known.has("a") && receiver.known.has("b"), 15_000);
    },
  },
  {
    name: "a black-holed watch is noticed within 30 s and taken up on a new connection, without a new list",
    run: async (world) => {
      const { api, namespace, server } = world;
      const relay = openRelay(new URL(server.url));
      world.after(() => relay.close());
      const clock = hurried(20);
      const receiver = follow(world, world.client({ url: `https://127.0.0.1:${relay.port}`, clock }), clock);
      await eventually("contact", () => receiver.contact === true);
      const before = relay.connections;
      relay.blackHole();
      const startedMs = clock.nowMs();
      await api.create(configMaps, configMap(namespace, "a"));
      await eventually("a", () => receiver.known.has("a"));
      const tookMs = clock.nowMs() - startedMs;
      assert(tookMs < 40_000, `it took ${tookMs} ms of its clock`);
      assert(relay.connections > before);
      assertEquals(synced(receiver), 1);
      assertEquals(receiver.told.filter((type) => type === "contact").length, 3);
    },
  },
];
