/** What only a server with faults on demand can be made to do. */
import { assert, assertEquals } from "@std/assert";
import { systemClock } from "../../../kube/clock.ts";
import { configMaps, services } from "../../../kube/resources.ts";
import { WriteQueue } from "../../../kube/writequeue.ts";
import type { Faults } from "../../lab/apiserver/faults.ts";
import { follow, synced } from "./reflectors.ts";
import {
  configMap,
  type ContractCase,
  eventually,
  hurried,
  type Loose,
  refusal,
  service,
  type World,
} from "./world.ts";

const nameOf = ({ metadata }: { metadata: { name: string } }) => metadata.name;

function faultsOf({ server, after }: World): Faults {
  if (server.faults === undefined) throw new Error("this server has no faults on demand");
  const { faults } = server;
  after(() => faults.clear());
  return faults;
}

const watched = { verb: "watch", resource: "configmaps" };

export const faultCases: readonly ContractCase[] = [
  {
    name: "a watch that is cut goes on where it stopped",
    run: async (world) => {
      const { api, namespace } = world;
      const faults = faultsOf(world);
      const receiver = follow(world);
      for (let round = 0; round < 5; round++) {
        await eventually("an open watch", () => faults.openWatches(watched) === 1);
        await api.create(configMaps, configMap(namespace, `before-${round}`));
        assertEquals(faults.cut(watched), 1);
        await api.create(configMaps, configMap(namespace, `after-${round}`));
        await eventually(
          "both",
          () => receiver.known.has(`before-${round}`) && receiver.known.has(`after-${round}`),
        );
      }
      assertEquals(synced(receiver), 1);
      assertEquals(receiver.told.filter((type) => type === "contact").length, 1);
    },
  },
  {
    name: "a watch that is refused with 410 becomes a list",
    run: async (world) => {
      const { api, namespace } = world;
      const faults = faultsOf(world);
      const receiver = follow(world);
      await eventually("an open watch", () => faults.openWatches(watched) === 1);
      faults.refuse({ ...watched, code: 410, times: 2 });
      faults.cut(watched);
      await api.create(configMaps, configMap(namespace, "a"));
      await eventually("a", () => receiver.known.has("a"));
      await eventually("a list for each", () => synced(receiver) === 3);
      assertEquals(faults.refused(410), 2);
    },
  },
  {
    name: "429 is waited out for as long as Retry-After says",
    run: async (world) => {
      const faults = faultsOf(world);
      faults.refuse({ verb: "list", resource: "configmaps", code: 429, times: 2, retryAfterSeconds: 1 });
      const startedMs = performance.now();
      await world.api.list(configMaps, nameOf, { namespace: world.namespace });
      const tookMs = performance.now() - startedMs;
      assert(tookMs >= 2_000 && tookMs < 6_000, `it took ${tookMs} ms`);
      assertEquals(faults.refused(429), 2);
    },
  },
  {
    name: "429 to a watch is waited out too",
    run: async (world) => {
      const { api, namespace } = world;
      const faults = faultsOf(world);
      const before = faults.refused(429);
      faults.refuse({ ...watched, code: 429, times: 1, retryAfterSeconds: 1 });
      const receiver = follow(world);
      await api.create(configMaps, configMap(namespace, "a"));
      await eventually("a", () => receiver.known.has("a"));
      await eventually("an open watch", () => faults.openWatches(watched) === 1);
      assertEquals(faults.refused(429), before + 1);
    },
  },
  {
    name: "a conflict on a write makes it decide again on what is there now",
    run: async (world) => {
      const { api, namespace, log } = world;
      const faults = faultsOf(world);
      await api.create(services, service(namespace, "a"));
      faults.refuse({ verb: ["update", "patch"], resource: "services/status", code: 409, times: 3 });
      const queue = new WriteQueue({ clock: systemClock, random: Math.random, log });
      const outcomes: string[] = [];
      let decisions = 0;
      const decide = async () => {
        decisions++;
        const fresh = await api.get<Loose>(services, namespace, "a");
        const status = { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } };
        return {
          send: async (signal: AbortSignal) =>
            void await api.replace(services, { ...fresh, status }, { subresource: "status", signal }),
          decideAgain: decide,
          onDone: ({ type }: { type: string }) => void outcomes.push(type),
        };
      };
      queue.put("a", await decide());
      await queue.idle();
      assertEquals(decisions, 4);
      assert(outcomes.length > 0 && outcomes.every((type) => type === "written"));
    },
  },
  {
    name: "500 and 503 are tried again by the write queue",
    run: async (world) => {
      const { api, namespace, log } = world;
      const faults = faultsOf(world);
      faults.refuse({ verb: "create", resource: "configmaps", code: 500, times: 1 });
      faults.refuse({ verb: "create", resource: "configmaps", code: 503, times: 1 });
      const queue = new WriteQueue({ clock: systemClock, random: Math.random, log });
      queue.put("a", {
        send: async (signal) => void await api.create(configMaps, configMap(namespace, "a"), { signal }),
        decideAgain: () => undefined,
      });
      await queue.idle();
      await api.get(configMaps, namespace, "a");
    },
  },
  {
    name: "a server error that nobody repeats is told as it is",
    run: async (world) => {
      faultsOf(world).refuse({ verb: "get", resource: "configmaps", code: 500, times: 1 });
      assertEquals(await refusal(world.api.get(configMaps, world.namespace, "a")), "500 InternalError");
    },
  },
  {
    name: "a slow server is waited for",
    run: async (world) => {
      const { api, namespace } = world;
      faultsOf(world).slow(700, { resource: "configmaps" });
      const receiver = follow(world);
      await api.create(configMaps, configMap(namespace, "a"));
      await eventually("a", () => receiver.known.has("a"));
      assertEquals(receiver.told.filter((type) => type === "contact").length, 1);
    },
  },
  {
    name: "a server that hangs is out of touch, and found again when it answers",
    run: async (world) => {
      const { api, namespace } = world;
      const faults = faultsOf(world);
      const clock = hurried(20);
      const receiver = follow(world, world.client({ clock }), clock);
      await eventually("an open watch", () => faults.openWatches(watched) === 1);
      const end = faults.stall(watched);
      await api.create(configMaps, configMap(namespace, "a"));
      await eventually("contact lost", () => receiver.contact === false);
      assert(!receiver.known.has("a"));
      end();
      await eventually("contact and a", () => receiver.contact === true && receiver.known.has("a"));
      assertEquals(synced(receiver), 1);
    },
  },
];
