import { assert, assertEquals, assertMatch } from "@std/assert";
import { KubeApiError, KubeUnreachableError } from "../../../kube/api.ts";
import { runLeaderElection } from "../../../kube/leaderelection.ts";
import { type LeaseObject, trimLease } from "../../../kube/leases.ts";
import { leases } from "../../../kube/resources.ts";
import { type Bench, bench, quiet } from "./support.ts";

interface Candidate {
  readonly name: string;
  /** Undefined before the first election. */
  acting: AbortSignal | undefined;
  elections: number;
  stop(): Promise<void>;
}

function candidate(b: Bench, name: string): Candidate {
  const abort = new AbortController();
  const self: Candidate = {
    name,
    acting: undefined,
    elections: 0,
    stop: async () => {
      abort.abort();
      await done;
    },
  };
  const onElected = (acting: AbortSignal) => {
    self.acting = acting;
    self.elections++;
  };
  const done = runLeaderElection(
    { ...b, namespace: "pewter-system", name: "pewter-controller", identity: name, onElected },
    abort.signal,
  );
  return self;
}

const acts = ({ acting }: Candidate) => acting !== undefined && !acting.aborted;

function holder(b: Bench): string | undefined {
  const [found] = b.api.all(leases);
  return found === undefined ? undefined : trimLease(found as LeaseObject).holder;
}

Deno.test("leader election: one of three acts, and the next one at once when it leaves", async () => {
  const b = bench();
  const all = ["a", "b", "c"].map((name) => candidate(b, name));
  await b.clock.advance(60_000);
  assertEquals(all.filter(acts).length, 1);
  const [leader] = all.filter(acts);
  assert(leader !== undefined);
  assertEquals(holder(b), leader.name);
  assertEquals(leader.elections, 1);
  await leader.stop();
  assert(!acts(leader));
  assertEquals(holder(b), "");
  await b.clock.advance(3_000);
  const rest = all.filter((other) => other !== leader);
  assertEquals(rest.filter(acts).length, 1);
  await Promise.all(rest.map((other) => other.stop()));
  assertEquals(b.clock.pending, 0);
});

Deno.test("leader election: a leader out of touch stops before another may start", async () => {
  const b = bench();
  const a = candidate(b, "a");
  await quiet();
  assert(acts(a));
  b.api.fail("any", new KubeUnreachableError("no route", "cut"), Infinity);
  await b.clock.advance(12_001);
  assert(!acts(a));
  assert(b.said().includes("leaderLost"));
  b.api.recover();
  await b.clock.advance(3_000);
  assert(acts(a));
  assertEquals(a.elections, 2);
  await a.stop();
});

Deno.test("leader election: requests that hang don't hide the deadline", async () => {
  const b = bench();
  const a = candidate(b, "a");
  await quiet();
  const release = b.api.hold("replace");
  await b.clock.advance(9_999);
  assert(acts(a));
  await b.clock.advance(1);
  assert(!acts(a));
  release();
  await b.clock.advance(5_000);
  assert(acts(a));
  await a.stop();
});

Deno.test("leader election: two leaders never act at one time, whoever can't reach the server", async () => {
  const server = bench();
  const one = { ...bench(), clock: server.clock, api: server.api };
  const [a, b] = [candidate(one, "a"), candidate(server, "b")];
  await server.clock.advance(1_000);
  for (let round = 0; round < 60; round++) {
    if (round % 3 === 1) server.api.fail("replace", new KubeUnreachableError("cut", "cut"), 7);
    if (round % 5 === 2) server.api.fail("replace", new KubeApiError(500, "InternalError", "etcd"), 4);
    for (let part = 0; part < 10; part++) {
      await server.clock.advance(500);
      assert(!(acts(a) && acts(b)), `both act at ${server.clock.nowMs()} ms`);
    }
  }
  assert(a.elections + b.elections > 2);
  await Promise.all([a.stop(), b.stop()]);
});

Deno.test("leader election: takes over a Lease left by a crash once it is silent long enough", async () => {
  const b = bench();
  const crashed: LeaseObject = {
    metadata: { namespace: "pewter-system", name: "pewter-controller" },
    spec: {
      holderIdentity: "gone",
      leaseDurationSeconds: 15,
      leaseTransitions: 4,
      renewTime: "x",
      acquireTime: "x",
    },
  };
  b.api.put(leases, crashed);
  const a = candidate(b, "a");
  await b.clock.advance(14_999);
  assert(!acts(a));
  await b.clock.advance(3_000);
  assert(acts(a));
  const [found] = b.api.all(leases);
  assertEquals(trimLease(found as LeaseObject).transitions, 5);
  assertMatch(trimLease(found as LeaseObject).renewTime, /^2030-01-01T00:00:1\d\.\d{6}Z$/);
  assert(b.said().includes("leaderWaiting"));
  await a.stop();
});

Deno.test("leader election: a stop that gets no answer ends within 3 s", async () => {
  const b = bench();
  const a = candidate(b, "a");
  await quiet();
  b.api.hold("replace");
  const stopped = a.stop();
  assert(!acts(a));
  await b.clock.advance(3_000);
  await stopped;
  assertEquals(holder(b), "a");
});
