/** Watches: what they tell, where they start, how they end. */
import { assert, assertEquals } from "@std/assert";
import { KubeApiError, type WatchEvent, type WatchOptions } from "../../../kube/api.ts";
import { configMaps } from "../../../kube/resources.ts";
import { configMap, type ContractCase, eventually, type World } from "./world.ts";

interface Trimmed {
  readonly name: string;
  readonly data: unknown;
}

const trim = (raw: { metadata: { name: string } }): Trimmed => ({
  name: raw.metadata.name,
  data: (raw as { data?: unknown }).data ?? null,
});

interface Watching {
  readonly events: WatchEvent<Trimmed>[];
  /** Of changes: `type name`. */
  told(): string[];
  readonly ended: Promise<unknown>;
  stop(): void;
}

/** Watches from now on, and is open when this resolves. */
async function watching({ api, namespace }: World, options: Partial<WatchOptions> = {}): Promise<Watching> {
  const { resourceVersion } = await api.list(configMaps, trim, { namespace, labelSelector: "nobody=has" });
  const abort = new AbortController();
  const events: WatchEvent<Trimmed>[] = [];
  const open = Promise.withResolvers<void>();
  const ended = (async () => {
    const all = {
      namespace,
      resourceVersion,
      signal: abort.signal,
      onOpen: () => open.resolve(),
      ...options,
    };
    for await (const event of api.watch(configMaps, trim, all)) events.push(event);
    return "ended";
  })();
  await Promise.race([open.promise, ended]);
  return {
    events,
    told: () =>
      events.flatMap((event) => event.type === "bookmark" ? [] : [`${event.type} ${event.object.name}`]),
    ended,
    stop: () => abort.abort(),
  };
}

export const watchCases: readonly ContractCase[] = [
  {
    name: "each change is told once, in order, trimmed, with a growing resourceVersion",
    run: async (world) => {
      const { api, namespace } = world;
      const w = await watching(world);
      await api.create(configMaps, configMap(namespace, "a", { n: "1" }));
      await api.patch(configMaps, namespace, "a", { data: { n: "2" } }, { type: "merge" });
      await api.create(configMaps, configMap(namespace, "b"));
      await api.delete(configMaps, namespace, "a");
      await eventually("4 changes", () => w.told().filter((text) => !text.includes("kube-root")).length >= 4);
      w.stop();
      assertEquals(await w.ended, "ended");
      const mine = w.events.filter((event) => event.type !== "bookmark" && event.object.name.length === 1);
      assertEquals(mine.map((event) => event.type === "bookmark" ? null : [event.type, event.object]), [
        ["added", { name: "a", data: { n: "1" } }],
        ["modified", { name: "a", data: { n: "2" } }],
        ["added", { name: "b", data: null }],
        ["deleted", { name: "a", data: { n: "2" } }],
      ]);
      const versions = mine.map(({ resourceVersion }) => Number(resourceVersion));
      assertEquals(versions, [...new Set(versions)].sort((a, b) => a - b));
    },
  },
  {
    name: "a watch tells what happened since its resourceVersion",
    run: async (world) => {
      const { api, namespace } = world;
      const { resourceVersion } = await api.list(configMaps, trim, { namespace });
      await api.create(configMaps, configMap(namespace, "a"));
      await api.delete(configMaps, namespace, "a");
      const w = await watching(world, { resourceVersion });
      await eventually("what was missed", () => w.told().includes("deleted a"));
      assertEquals(w.told().filter((text) => text.endsWith(" a")), ["added a", "deleted a"]);
      w.stop();
      await w.ended;
    },
  },
  {
    name:
      "a watch with nothing to tell gets a bookmark of what passed it by, and the server ends it when asked to",
    run: async (world) => {
      const startedMs = performance.now();
      const w = await watching(world, { timeoutSeconds: 3 });
      // A kube-apiserver sends no bookmark that is no newer than where the watch began.
      await world.api.create(configMaps, configMap("default", `not-in-${world.namespace}`));
      assertEquals(await w.ended, "ended");
      const tookMs = performance.now() - startedMs;
      assert(tookMs > 1_000 && tookMs < 8_000, `it took ${tookMs} ms`);
      const bookmarks = w.events.filter(({ type }) => type === "bookmark");
      assert(bookmarks.length > 0);
      assert(Number(bookmarks[0]?.resourceVersion) > 0);
    },
  },
  {
    name: "a watch goes on from a bookmark",
    run: async (world) => {
      const { api, namespace } = world;
      const w = await watching(world, { timeoutSeconds: 3 });
      await api.create(configMaps, configMap(namespace, "a"));
      await w.ended;
      const bookmark = w.events.findLast(({ type }) => type === "bookmark");
      assert(bookmark !== undefined);
      await api.create(configMaps, configMap(namespace, "b"));
      const next = await watching(world, { resourceVersion: bookmark.resourceVersion });
      await eventually("b", () => next.told().includes("added b"));
      assert(!next.told().includes("added a"));
      next.stop();
      await next.ended;
    },
  },
  {
    name: "a watch from what the server has forgotten is 410",
    run: async (world) => {
      const { api, namespace } = world;
      const { resourceVersion } = await api.list(configMaps, trim, { namespace });
      await api.create(configMaps, configMap(namespace, "a"));
      await world.server.forget();
      const w = await watching(world, { resourceVersion }).catch((error: unknown) => error);
      const error = w instanceof Error ? w : await (w as Watching).ended.catch((error: unknown) => error);
      assert(error instanceof KubeApiError, String(error));
      assertEquals(error.status, 410);
      assert(["Expired", "Gone"].includes(error.reason), error.reason);
    },
  },
  {
    name: "with a selector, what ceases to match is told as deleted, and what begins to as added",
    run: async (world) => {
      const { api, namespace } = world;
      const w = await watching(world, { labelSelector: "tier=web" });
      const label = (tier: string) => ({ metadata: { labels: { tier } } });
      await api.create(configMaps, configMap(namespace, "a"));
      for (const tier of ["web", "db", "web"]) {
        await api.patch(configMaps, namespace, "a", label(tier), { type: "merge" });
      }
      await eventually("3 changes", () => w.told().length >= 3);
      assertEquals(w.told(), ["added a", "deleted a", "added a"]);
      w.stop();
      await w.ended;
    },
  },
  {
    name: "other namespaces are not told",
    run: async (world) => {
      const { api, namespace } = world;
      const w = await watching(world);
      await api.create(configMaps, configMap("default", `not-in-${namespace}`));
      await api.create(configMaps, configMap(namespace, "a"));
      await eventually("a", () => w.told().includes("added a"));
      assert(!w.told().some((text) => text.includes("not-in")));
      w.stop();
      await w.ended;
    },
  },
  {
    name: "a watch ends at once and quietly when it is aborted, also by leaving the loop",
    run: async (world) => {
      const w = await watching(world);
      const startedMs = performance.now();
      w.stop();
      assertEquals(await w.ended, "ended");
      const { api, namespace } = world;
      const { resourceVersion } = await api.list(configMaps, trim, { namespace });
      await api.create(configMaps, configMap(namespace, "a"));
      for await (const event of api.watch(configMaps, trim, { namespace, resourceVersion })) {
        assertEquals(event.type, "added");
        break;
      }
      assert(performance.now() - startedMs < 3_000);
    },
  },
  {
    name: "an object of 300 kB arrives whole",
    run: async (world) => {
      const { api, namespace } = world;
      const w = await watching(world);
      const text = "ß".repeat(150_000);
      await api.create(configMaps, configMap(namespace, "big", { text }));
      await eventually("big", () => w.told().includes("added big"));
      const event = w.events.find((event) => event.type === "added" && event.object.name === "big");
      assertEquals(event?.type === "added" ? event.object.data : null, { text });
      w.stop();
      await w.ended;
    },
  },
];
