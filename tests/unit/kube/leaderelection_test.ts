import { assert, assertEquals, assertMatch } from "@std/assert";
import { KubeApiError, KubeUnreachableError } from "../../../kube/api.ts";
import { runLeaderElection } from "../../../kube/leaderelection.ts";
import { type LeaseObject, trimLease } from "../../../kube/leases.ts";
import { leases } from "../../../kube/resources.ts";
import { type Term, TermEnd } from "../../../kube/term.ts";
import { type Bench, bench, quiet } from "./support.ts";

interface Candidate {
  readonly name: string;
  /** Undefined before the first election. */
  acting: AbortSignal | undefined;
  elections: number;
  readonly terms: Term[];
  /** What a term still has to do at its end. */
  ends: () => Promise<void>;
  stop(): Promise<void>;
}

function candidate(b: Bench, name: string): Candidate {
  const abort = new AbortController();
  const self: Candidate = {
    name,
    acting: undefined,
    elections: 0,
    terms: [],
    ends: () => Promise.resolve(),
    stop: async () => {
      abort.abort();
      await done;
    },
  };
  const onElected = (term: Term) => {
    self.acting = term.acting;
    self.terms.push(term);
    self.elections++;
    return new Promise<string>((resolve) => {
      term.acting.addEventListener("abort", () => resolve(self.ends().then(() => `left by ${name}`)));
    });
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
  const leftMs = b.clock.nowMs();
  await leader.stop();
  assert(!acts(leader));
  await b.clock.advance(0);
  assertEquals(b.clock.nowMs(), leftMs);
  const rest = all.filter((other) => other !== leader);
  assertEquals(rest.filter(acts).length, 1);
  await Promise.all(rest.map((other) => other.stop()));
  assertEquals(b.clock.pending, 0);
});

Deno.test("leader election: the Lease is given back when the term's work has ended, with what it leaves to the next", async () => {
  const b = bench();
  const [one, two] = [candidate(b, "one"), candidate(b, "two")];
  await b.clock.advance(3_000);
  const work = Promise.withResolvers<void>();
  one.ends = () => work.promise;
  const stopped = one.stop();
  await b.clock.advance(1_000);
  assertEquals([acts(one), acts(two), holder(b)], [false, false, "one"]);
  work.resolve();
  await stopped;
  await quiet();
  assertEquals([acts(two), holder(b)], [true, "two"]);
  assertEquals(two.terms.map(({ handover }) => handover), ["left by one"]);
  await two.stop();
});

Deno.test("leader election: who was paused past its deadline knows it before any timer fires", async () => {
  const b = bench();
  const a = candidate(b, "a");
  await quiet();
  const [term] = a.terms;
  assert(term !== undefined);
  assert(term.holds());
  b.api.fail("replace", new KubeUnreachableError("cut", "cut"), Infinity);
  await b.clock.advance(9_999);
  assert(term.holds());
  // As after SIGSTOP: time has passed, and no timer has fired yet.
  b.clock.pause(1);
  assert(!term.holds() && !term.acting.aborted);
  await b.clock.advance(0);
  assert(term.acting.reason instanceof TermEnd && term.acting.reason.why === "lost");
  b.api.recover();
  await a.stop();
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
