import { assert, assertEquals } from "@std/assert";
import { KubeApiError, type KubeObject, KubeUnreachableError } from "../../../kube/api.ts";
import { reflect, type ReflectorInput } from "../../../kube/reflector.ts";
import { services } from "../../../kube/resources.ts";
import { type Bench, bench, quiet } from "./support.ts";

interface Reflected extends Bench {
  readonly posted: ReflectorInput<string>[];
  /** What was posted since the last call. */
  fresh(): ReflectorInput<string>[];
  stop(): Promise<void>;
}

function service(name: string): KubeObject {
  return { metadata: { namespace: "default", name } };
}

const trim = ({ metadata }: KubeObject) => {
  if (metadata.name === "bad") throw new TypeError("spec is not an object");
  return metadata.name;
};

async function start(prepare: (b: Bench) => void = () => {}): Promise<Reflected> {
  const b = bench();
  prepare(b);
  const posted: ReflectorInput<string>[] = [];
  const abort = new AbortController();
  const done = reflect({ ...b, resource: services, trim, post: (input) => posted.push(input) }, abort.signal);
  await quiet();
  let shown = 0;
  return {
    ...b,
    posted,
    fresh: () => posted.slice(shown, shown = posted.length),
    stop: async () => {
      abort.abort();
      await done;
      assertEquals(b.api.watches, 0);
      assertEquals(b.clock.pending, 0);
    },
  };
}

const unreachable = (how: "cut" | "silent" = "cut") => new KubeUnreachableError("no route", how);

Deno.test("reflector: a complete list, then each change", async () => {
  const r = await start(({ api }) => api.put(services, service("a")));
  assertEquals(r.fresh(), [{ type: "synced", items: ["a"] }, { type: "contact", ok: true }]);
  r.api.put(services, service("b"));
  r.api.put(services, service("a"));
  r.api.remove(services, "default", "b");
  await quiet();
  assertEquals(r.fresh(), [
    { type: "changed", object: "b" },
    { type: "changed", object: "a" },
    { type: "deleted", object: "b" },
  ]);
  await r.stop();
});

Deno.test("reflector: what happens between two watches is not missed, and no list is needed", async () => {
  const r = await start();
  r.fresh();
  const release = r.api.hold("watch");
  r.api.endWatches(unreachable());
  await quiet();
  r.api.put(services, service("missed"));
  release();
  await r.clock.advance(1_000);
  assertEquals(r.fresh(), [{ type: "changed", object: "missed" }]);
  assertEquals(r.api.calls.filter(({ method }) => method === "list").length, 1);
  await r.stop();
});

Deno.test("reflector: a bookmark moves the place from which the watch goes on", async () => {
  const r = await start();
  r.api.compact();
  r.api.bookmark();
  await quiet();
  r.fresh();
  r.api.endWatches();
  await r.clock.advance(1_000);
  assertEquals(r.fresh(), []);
  assertEquals(r.api.calls.filter(({ method }) => method === "list").length, 1);
  await r.stop();
});

Deno.test("reflector: 410 means list again, at once, and the receiver gets the whole set", async () => {
  const r = await start(({ api }) => {
    api.put(services, service("a"));
    api.put(services, service("b"));
  });
  r.fresh();
  const release = r.api.hold("watch");
  r.api.endWatches(unreachable());
  await r.clock.advance(1_000);
  r.api.remove(services, "default", "b");
  r.api.compact();
  release();
  await quiet();
  assertEquals(r.fresh(), [{ type: "synced", items: ["a"] }]);
  await r.stop();
});

Deno.test("reflector: a server that always says 410 is not hammered", async () => {
  const r = await start();
  r.api.fail("watch", new KubeApiError(410, "Expired", "too old"), Infinity);
  r.api.endWatches();
  const before = r.api.calls.length;
  await r.clock.advance(60_000);
  const requests = r.api.calls.length - before;
  assert(requests > 10 && requests < 60, `${requests} requests in a minute`);
  await r.stop();
});

Deno.test("reflector: contact is lost when a cut connection can't be made again, and regained", async () => {
  const r = await start();
  r.fresh();
  r.api.fail("watch", unreachable(), 3);
  r.api.endWatches(unreachable());
  await r.clock.advance(10_000);
  assertEquals(r.fresh(), [{ type: "contact", ok: false }, { type: "contact", ok: true }]);
  assert(r.said().includes("contactLost") && r.said().includes("contactRegained"));
  await r.stop();
});

Deno.test("reflector: one cut connection alone is not a loss of contact", async () => {
  const r = await start();
  r.fresh();
  r.api.endWatches(unreachable());
  await r.clock.advance(10_000);
  assertEquals(r.fresh(), []);
  assertEquals(r.api.watches, 1);
  await r.stop();
});

Deno.test("reflector: a silent connection is a loss of contact at once", async () => {
  const r = await start();
  r.fresh();
  r.api.endWatches(unreachable("silent"));
  await quiet();
  assertEquals(r.fresh(), [{ type: "contact", ok: false }]);
  await r.clock.advance(1_000);
  assertEquals(r.fresh(), [{ type: "contact", ok: true }]);
  await r.stop();
});

Deno.test("reflector: never gives up while nothing answers, and syncs when it does", async () => {
  const r = await start(({ api }) => api.fail("any", unreachable(), Infinity));
  await r.clock.advance(3_600_000);
  assertEquals(r.fresh(), [{ type: "contact", ok: false }]);
  const attempts = r.api.calls.length;
  assert(attempts > 300 && attempts < 1_000, `${attempts} attempts in an hour`);
  r.api.recover();
  await r.clock.advance(10_000);
  assertEquals(r.fresh(), [{ type: "synced", items: [] }, { type: "contact", ok: true }]);
  await r.stop();
});

Deno.test("reflector: a refusal is contact, and is asked again", async () => {
  const r = await start(({ api }) => api.fail("list", new KubeApiError(403, "Forbidden", "no"), 2));
  assertEquals(r.fresh(), [{ type: "contact", ok: true }]);
  await r.clock.advance(5_000);
  assertEquals(r.fresh(), [{ type: "synced", items: [] }]);
  await r.stop();
});

Deno.test("reflector: Retry-After is kept", async () => {
  const r = await start(({ api }) =>
    api.fail("list", new KubeApiError(429, "TooManyRequests", "busy", 7_000))
  );
  await r.clock.advance(6_999);
  assertEquals(r.api.calls.length, 1);
  await r.clock.advance(300);
  assert(r.api.calls.length > 1);
  await r.stop();
});

Deno.test("reflector: watches that end at once are not opened in a tight loop", async () => {
  const r = await start();
  const before = r.api.calls.length;
  for (let round = 0; round < 50; round++) {
    r.api.endWatches();
    await r.clock.advance(100);
  }
  const opened = r.api.calls.length - before;
  assert(opened > 2 && opened < 20, `${opened} watches in 5 s`);
  await r.stop();
});

Deno.test("reflector: the server is asked to end each watch after 20 to 25 s", async () => {
  const r = await start();
  const { options } = r.api.calls.find(({ method }) => method === "watch") ?? {};
  const { timeoutSeconds } = options as { timeoutSeconds: number };
  assert(timeoutSeconds >= 20 && timeoutSeconds <= 25);
  await r.stop();
});

Deno.test("reflector: an object that can't be read is reported and left out, the others arrive", async () => {
  const r = await start(({ api }) => {
    api.put(services, service("a"));
    api.put(services, service("bad"));
  });
  assertEquals(r.fresh()[0], { type: "synced", items: ["a"] });
  r.api.put(services, service("bad"));
  r.api.put(services, service("c"));
  await quiet();
  assertEquals(r.fresh(), [{ type: "changed", object: "c" }]);
  const unread = r.records.filter(({ event }) => event.name === "objectUnreadable");
  assertEquals(unread.map(({ fields }) => fields["object"]), ["default/bad", "default/bad"]);
  await r.stop();
});

Deno.test("reflector: stops in the middle of anything", async () => {
  for (const method of ["list", "watch"] as const) {
    const b = bench();
    b.api.hold(method);
    const abort = new AbortController();
    const done = reflect({ ...b, resource: services, trim, post: () => {} }, abort.signal);
    await quiet();
    abort.abort();
    await done;
    assertEquals(b.clock.pending, 0);
  }
  const r = await start(({ api }) => api.fail("list", unreachable()));
  await r.stop();
});

Deno.test("reflector: how far nothing was missed is told after what was posted, also by bookmarks", async () => {
  const b = bench();
  b.api.put(services, service("a"));
  const told: string[] = [];
  const abort = new AbortController();
  const done = reflect({
    ...{ ...b, resource: services, trim },
    post: (input) => void (input.type === "contact" || told.push(input.type)),
    reached: (resourceVersion) => told.push(resourceVersion),
  }, abort.signal);
  await quiet();
  const put = (name: string) => b.api.put(services, service(name)).metadata.resourceVersion ?? "";
  const first = told[1] ?? "";
  const [second, third] = [put("b"), put("bad")];
  await quiet();
  b.api.compact();
  b.api.bookmark();
  await quiet();
  const fourth = String(Number(third) + 1);
  assertEquals(told, ["synced", first, "changed", second, third, fourth]);
  abort.abort();
  await done;
});
