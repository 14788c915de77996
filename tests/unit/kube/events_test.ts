import { assert, assertEquals, assertMatch } from "@std/assert";
import { KubeApiError, type KubeObject, KubeUnreachableError } from "../../../kube/api.ts";
import { EventRecorder, type Regarding } from "../../../kube/events.ts";
import { coreEvents } from "../../../kube/resources.ts";
import { type Bench, bench, quiet } from "./support.ts";

const web: Regarding = { apiVersion: "v1", kind: "Service", namespace: "shop", name: "web", uid: "u1" };

interface Written extends KubeObject {
  readonly count: number;
  readonly message: string;
  readonly firstTimestamp: string;
  readonly lastTimestamp: string;
  readonly [field: string]: unknown;
}

function recorder(b: Bench): EventRecorder {
  return new EventRecorder({ ...b, component: "metallb-speaker", host: "n1" });
}

const written = (b: Bench) => b.api.all(coreEvents) as Written[];

Deno.test("events: the first is created with all that kubectl shows", async () => {
  const b = bench();
  const r = recorder(b);
  r.record(web, "Normal", "nodeAssigned", "announcing from node n1");
  await quiet();
  const [{ metadata, ...event }] = written(b) as [Written];
  assertEquals(metadata.namespace, "shop");
  assertMatch(metadata.name, /^web\.[0-9a-f]{16}$/);
  assertEquals(event, {
    involvedObject: { ...web },
    type: "Normal",
    reason: "nodeAssigned",
    message: "announcing from node n1",
    source: { component: "metallb-speaker", host: "n1" },
    reportingComponent: "metallb-speaker",
    reportingInstance: "n1",
    firstTimestamp: "2030-01-01T00:00:00Z",
    lastTimestamp: "2030-01-01T00:00:00Z",
    count: 1,
  });
});

Deno.test("events: the same again counts up and keeps the first time", async () => {
  const b = bench();
  const r = recorder(b);
  for (let round = 0; round < 3; round++) {
    r.record(web, "Normal", "nodeAssigned", "announcing");
    await b.clock.advance(60_000);
  }
  const [event, ...others] = written(b);
  assertEquals(others, []);
  assertEquals([event?.count, event?.firstTimestamp, event?.lastTimestamp], [
    3,
    "2030-01-01T00:00:00Z",
    "2030-01-01T00:02:00Z",
  ]);
});

Deno.test("events: what happens while one is being written goes out in one write", async () => {
  const b = bench();
  const r = recorder(b);
  const release = b.api.hold("create");
  for (let round = 0; round < 10; round++) r.record(web, "Normal", "nodeAssigned", "announcing");
  await quiet();
  release();
  await quiet();
  assertEquals(written(b).map(({ count }) => count), [10]);
  assert(b.api.calls.length <= 2);
});

Deno.test("events: another type, reason, message or object is another Event", async () => {
  const b = bench();
  const r = recorder(b);
  r.record(web, "Normal", "IPAllocated", "a");
  r.record(web, "Warning", "IPAllocated", "a");
  r.record(web, "Normal", "ClearAssignment", "a");
  r.record(web, "Normal", "IPAllocated", "b");
  r.record({ ...web, name: "api" }, "Normal", "IPAllocated", "a");
  await quiet();
  assertEquals(written(b).map(({ count }) => count), [1, 1, 1, 1, 1]);
});

Deno.test("events: a loop about one object is held to 25 writes at once and then one in five minutes", async () => {
  const b = bench();
  const r = recorder(b);
  for (let round = 0; round < 1_000; round++) {
    r.record(web, "Warning", "LoadBalancerFailed", "no address");
    await quiet();
  }
  assertEquals(b.api.calls.length, 25);
  assertEquals(r.dropped, 975);
  await b.clock.advance(300_000);
  r.record(web, "Warning", "LoadBalancerFailed", "no address");
  await quiet();
  assertEquals(written(b).map(({ count }) => count), [1_001]);
  r.record({ ...web, name: "api" }, "Warning", "LoadBalancerFailed", "no address");
  await quiet();
  assertEquals(b.api.calls.length, 27);
});

Deno.test("events: messages that always differ become one combined Event", async () => {
  const b = bench();
  const r = recorder(b);
  for (let round = 0; round < 20; round++) {
    r.record(web, "Warning", "LoadBalancerFailed", `attempt ${round}`);
    await quiet();
  }
  const all = written(b);
  assertEquals(all.length, 10);
  const combined = all.filter(({ message }) => message.startsWith("(combined from similar events): "));
  assertEquals(combined.map(({ count, message }) => [count, message]), [
    [11, "(combined from similar events): attempt 19"],
  ]);
});

Deno.test("events: one that the API server has forgotten is made anew, with its count", async () => {
  const b = bench();
  const r = recorder(b);
  r.record(web, "Normal", "nodeAssigned", "announcing");
  await quiet();
  const [event] = written(b);
  assert(event !== undefined);
  b.api.remove(coreEvents, "shop", event.metadata.name);
  r.record(web, "Normal", "nodeAssigned", "announcing");
  await quiet();
  assertEquals(written(b).map(({ count }) => count), [2]);
});

Deno.test("events: an answer that got lost does not make a second Event", async () => {
  const b = bench();
  const r = recorder(b);
  r.record(web, "Normal", "nodeAssigned", "announcing");
  await quiet();
  const [event] = written(b);
  assert(event !== undefined);
  b.api.calls.length = 0;
  const again = recorder({ ...b, random: () => 0.5 });
  // The same name, as after a retry of a create that had worked.
  b.clock.setWall(Date.UTC(2030, 0, 1));
  again.record(web, "Normal", "nodeAssigned", "announcing");
  await quiet();
  assertEquals(b.api.calls.map(({ method }) => method), ["create", "patch"]);
  assertEquals(written(b).length, 1);
});

Deno.test("events: refusals are dropped and counted, an unreachable server is waited for", async () => {
  const b = bench();
  const r = recorder(b);
  b.api.fail("create", new KubeApiError(403, "Forbidden", "namespace is being terminated"));
  r.record(web, "Normal", "IPAllocated", "a");
  await quiet();
  assertEquals([r.dropped, written(b).length], [1, 0]);
  b.api.fail("create", new KubeUnreachableError("cut", "cut"), 4);
  r.record(web, "Normal", "IPAllocated", "b");
  await b.clock.advance(30_000);
  assertEquals([r.dropped, written(b).length], [1, 1]);
});

Deno.test("events: drain writes what waits", async () => {
  const b = bench();
  const r = recorder(b);
  for (let name = 0; name < 100; name++) r.record({ ...web, name: `s${name}` }, "Normal", "IPAllocated", "a");
  await r.drain(1_000);
  assertEquals(written(b).length, 100);
});

Deno.test("events: cluster-wide objects have theirs in default, long names and messages are cut", async () => {
  const b = bench();
  const r = recorder(b);
  const name = `${"n".repeat(235)}.${"m".repeat(17)}`;
  r.record({ apiVersion: "v1", kind: "Node", name }, "Normal", "x", "y".repeat(2_000));
  await quiet();
  const [event] = written(b);
  assertEquals(event?.metadata.namespace, "default");
  assert((event?.metadata.name.length ?? 999) <= 253);
  assertMatch(event?.metadata.name ?? "", /^n+\.[0-9a-f]+$/);
  assertEquals(event?.message.length, 1024);
});

Deno.test("events: they yield to writes that matter more, then go out; after 5 s of yielding one at a time", async () => {
  const b = bench();
  let busy = true;
  const r = new EventRecorder({ ...b, component: "metallb-controller", yields: () => busy });
  const record = (name: string) => r.record({ ...web, name, uid: name }, "Normal", "IPAllocated", "assigned");
  for (let index = 0; index < 10; index++) record(`s${index}`);
  await b.clock.advance(4_999);
  r.resume();
  await quiet();
  assertEquals(written(b).length, 0);
  const release = b.api.hold("create");
  await b.clock.advance(1);
  r.resume();
  await quiet();
  const creates = () => b.api.calls.filter(({ method }) => method === "create").length;
  assertEquals(creates(), 1);
  busy = false;
  r.resume();
  await quiet();
  assertEquals(creates(), 4);
  release();
  await quiet();
  assertEquals(written(b).length, 10);
});
