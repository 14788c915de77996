import { assert, assertEquals } from "@std/assert";
import { KubeApiError, KubeUnreachableError } from "../../../kube/api.ts";
import type { KeyedWrite, WriteOutcome } from "../../../kube/keyedwrite.ts";
import { WriteQueue } from "../../../kube/writequeue.ts";
import { bench, quiet } from "./support.ts";

const conflict = new KubeApiError(409, "Conflict", "modified");
const busy = new KubeApiError(429, "TooManyRequests", "busy", 3_000);
const invalid = new KubeApiError(422, "Invalid", "no such field");

interface Seen {
  readonly sent: string[];
  readonly done: string[];
}

function harness(concurrency = 32) {
  const b = bench();
  const queue = new WriteQueue({ ...b, concurrency: () => concurrency });
  const seen: Seen = { sent: [], done: [] };
  const gates = new Map<string, () => void>();
  /** A write that fails with the given errors first; `gated` waits for `open(name)`. */
  const write = (name: string, errors: Error[] = [], gated = false, again?: KeyedWrite): KeyedWrite => ({
    send: async (signal) => {
      seen.sent.push(name);
      if (gated) {
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        gates.set(name, resolve);
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        await promise;
      }
      const error = errors.shift();
      if (error !== undefined) throw error;
    },
    decideAgain: () => again,
    onDone: ({ type }: WriteOutcome) => seen.done.push(`${name} ${type}`),
  });
  return { ...b, queue, ...seen, write, open: (name: string) => gates.get(name)?.() };
}

Deno.test("write queue: keys go side by side up to the bound, one key one at a time", async () => {
  const h = harness(2);
  for (const key of ["a", "b", "c"]) h.queue.put(key, h.write(key, [], true));
  h.queue.put("a", h.write("a2"));
  await quiet();
  assertEquals(h.sent, ["a", "b"]);
  assertEquals(h.queue.size, 3);
  h.open("b");
  await quiet();
  assertEquals(h.sent, ["a", "b", "c"]);
  h.open("a");
  await quiet();
  assertEquals(h.sent, ["a", "b", "c", "a2"]);
  h.open("c");
  await h.queue.idle();
  assertEquals(h.done, ["b written", "a written", "a2 written", "c written"]);
});

Deno.test("write queue: the latest of one key wins", async () => {
  const h = harness();
  h.queue.put("a", h.write("first", [], true));
  h.queue.put("a", h.write("second"));
  h.queue.put("a", h.write("third"));
  assert(h.queue.waits("a"));
  await quiet();
  h.open("first");
  await h.queue.idle();
  assertEquals(h.sent, ["first", "third"]);
  assertEquals(h.done, ["second superseded", "first written", "third written"]);
});

Deno.test("write queue: a conflict asks for a new decision", async () => {
  const h = harness();
  h.queue.put("a", h.write("stale", [conflict], false, h.write("fresh")));
  await h.queue.idle();
  assertEquals(h.sent, ["stale", "fresh"]);
  assertEquals(h.done, ["fresh written", "stale written"]);
});

Deno.test("write queue: a conflict may leave nothing to write", async () => {
  const h = harness();
  h.queue.put("a", h.write("stale", [conflict]));
  await h.queue.idle();
  assertEquals(h.done, ["stale settled"]);
});

Deno.test("write queue: endless conflicts slow down", async () => {
  const h = harness();
  const stubborn: KeyedWrite = {
    send: () => {
      h.sent.push("x");
      return Promise.reject(conflict);
    },
    decideAgain: () => stubborn,
  };
  h.queue.put("a", stubborn);
  await h.clock.advance(60_000);
  assert(h.sent.length > 5 && h.sent.length < 30, `${h.sent.length} attempts in a minute`);
  await Promise.all([h.queue.drain(0), h.clock.advance(1)]);
});

Deno.test("write queue: busy and unreachable servers are tried again, after Retry-After", async () => {
  const h = harness();
  h.queue.put(
    "a",
    h.write("a", [busy, new KubeUnreachableError("cut", "cut"), new KubeApiError(500, "x", "x")]),
  );
  await h.clock.advance(2_999);
  assertEquals(h.sent.length, 1);
  await h.clock.advance(60_000);
  assertEquals(h.sent.length, 4);
  assertEquals(h.done, ["a written"]);
  assertEquals(h.clock.pending, 0);
});

Deno.test("write queue: while one key waits to be tried again the others go on, and a later put takes its place", async () => {
  const h = harness(1);
  h.queue.put("a", h.write("a", [busy]));
  h.queue.put("b", h.write("b"));
  await quiet();
  assertEquals(h.sent, ["a", "b"]);
  h.queue.put("a", h.write("a2"));
  await h.clock.advance(10_000);
  assertEquals(h.sent, ["a", "b", "a2"]);
  assertEquals(h.done, ["b written", "a superseded", "a2 written"]);
});

Deno.test("write queue: what the server refuses is not repeated", async () => {
  const h = harness();
  h.queue.put("a", h.write("a", [invalid]));
  h.queue.put("b", h.write("b", [new TypeError("our own mistake")]));
  await h.queue.idle();
  await h.clock.advance(100_000);
  assertEquals(h.sent, ["a", "b"]);
  assertEquals(h.done, ["a refused", "b refused"]);
});

Deno.test("write queue: withdraw takes back what waits, never what is in flight", async () => {
  const h = harness(1);
  h.queue.put("a", h.write("a", [], true));
  h.queue.put("a", h.write("a2"));
  h.queue.put("b", h.write("b"));
  h.queue.withdraw("a");
  h.queue.withdraw("b");
  h.queue.withdraw("unknown");
  await quiet();
  h.open("a");
  await h.queue.idle();
  assertEquals(h.sent, ["a"]);
  assertEquals(h.done, ["a2 abandoned", "b abandoned", "a written"]);
});

Deno.test("write queue: drain lets out what there is, and takes no more", async () => {
  const h = harness(1);
  h.queue.put("a", h.write("a", [], true));
  h.queue.put("b", h.write("b"));
  await quiet();
  const drained = h.queue.drain(1_000);
  h.queue.put("c", h.write("c"));
  h.open("a");
  await drained;
  assertEquals(h.sent, ["a", "b"]);
  assertEquals(h.done, ["c abandoned", "a written", "b written"]);
  assertEquals(h.clock.pending, 0);
});

Deno.test("write queue: drain aborts what is late", async () => {
  const h = harness(1);
  h.queue.put("a", h.write("a", [], true));
  h.queue.put("b", h.write("b"));
  await quiet();
  const drained = h.queue.drain(1_000);
  await h.clock.advance(1_000);
  await drained;
  await quiet();
  assertEquals(h.done.sort(), ["a abandoned", "b abandoned"]);
  assert(h.said().includes("writesAbandoned"));
});

Deno.test("write queue: nothing keeps the process alive after drain", async () => {
  const h = harness();
  h.queue.put("a", h.write("a", [new KubeUnreachableError("cut", "cut")]));
  await quiet();
  const drained = h.queue.drain(10);
  await h.clock.advance(10);
  await drained;
  assertEquals([h.clock.pending, h.queue.size, h.done], [0, 0, ["a abandoned"]]);
});

Deno.test("write queue: 10,000 keys, 32 side by side", async () => {
  const h = harness();
  let now = 0;
  let most = 0;
  for (let key = 0; key < 10_000; key++) {
    h.queue.put(String(key), {
      send: async () => {
        most = Math.max(most, ++now);
        await Promise.resolve();
        now--;
      },
      decideAgain: () => undefined,
    });
  }
  await h.queue.idle();
  assertEquals(most, 32);
});

Deno.test("write queue: a drain of no time aborts at once, and says that ends are unknown", async () => {
  const h = harness();
  for (const name of ["a", "b"]) h.queue.put(name, h.write(name, [], true));
  assertEquals(h.queue.load, 2);
  assertEquals(await h.queue.drain(0), false);
  await quiet();
  assertEquals([h.queue.size, h.done.sort()], [0, ["a abandoned", "b abandoned"]]);
});

Deno.test("write queue: a drain in which all went out says so; one that broke something off doesn't", async () => {
  const calm = harness();
  calm.queue.put("a", calm.write("a"));
  assertEquals(await calm.queue.drain(1_000), true);
  assertEquals(await harness().queue.drain(0), true);
  const stuck = harness();
  stuck.queue.put("a", stuck.write("a", [], true));
  const drained = stuck.queue.drain(1_000);
  await stuck.clock.advance(1_000);
  assertEquals(await drained, false);
});

Deno.test("write queue: load leaves out who waits for another attempt, and each rest is told", async () => {
  const b = bench();
  let rests = 0;
  const queue = new WriteQueue({ ...b, rested: () => rests++ });
  const errors = [busy];
  queue.put("a", {
    send: () => {
      const error = errors.shift();
      return error === undefined ? Promise.resolve() : Promise.reject(error);
    },
    decideAgain: () => undefined,
  });
  assertEquals(queue.load, 1);
  await quiet();
  assertEquals([queue.load, queue.size, rests], [0, 1, 1]);
  await b.clock.advance(60_000);
  assertEquals([queue.load, queue.size, rests], [0, 0, 2]);
});

Deno.test("write queue: to finish is to send nothing more, and to let what is in flight end", async () => {
  const h = harness(1);
  h.queue.put("a", h.write("a", [], true));
  h.queue.put("b", h.write("b"));
  await quiet();
  h.queue.put("a", h.write("a again"));
  const finished = h.queue.finish(1_000);
  h.open("a");
  assertEquals(await finished, true);
  assertEquals([h.sent, h.done], [["a"], ["a again abandoned", "b abandoned", "a written"]]);
});

Deno.test("write queue: a write that got no answer leaves the end unknown, whether it waits or is in flight", async () => {
  const cut = () => new KubeUnreachableError("cut", "cut");
  const waiting = harness();
  waiting.queue.put("a", waiting.write("a", [cut()]));
  await quiet();
  assertEquals(await waiting.queue.finish(1_000), false);
  const flying = harness();
  flying.queue.put("a", flying.write("a", [cut()], true));
  await quiet();
  const finished = flying.queue.finish(1_000);
  flying.open("a");
  assertEquals([await finished, flying.sent], [false, ["a"]]);
  // A conflict is an answer: nothing was written, and nothing is sent again.
  const refused = harness();
  refused.queue.put("a", refused.write("a", [conflict], true, refused.write("b")));
  await quiet();
  const known = refused.queue.finish(1_000);
  refused.open("a");
  assertEquals([await known, refused.sent], [true, ["a"]]);
});
