import { assert, assertEquals } from "@std/assert";
import { electionStart, electionStep } from "../../../kube/election.ts";
import type { ElectionEvent, ElectionSettings, ElectionState } from "../../../kube/electionmodel.ts";
import type { LeaseView } from "../../../kube/leases.ts";

const settings: ElectionSettings = {
  identity: "me",
  isPredecessor: (holder) => holder === "me before",
  leaseDurationMs: 15_000,
  renewDeadlineMs: 10_000,
  retryPeriodMs: 2_000,
};

function lease(holder: string, renewTime = "t0", resourceVersion = "1"): LeaseView {
  return {
    name: "l",
    namespace: "ns",
    holder,
    durationMs: 15_000,
    acquireTime: "t",
    renewTime,
    transitions: 0,
    resourceVersion,
    handover: "",
  };
}

/** Runs events at their times; gives the last step and the kinds of all effects. */
function run(script: readonly (readonly [nowMs: number, event: ElectionEvent])[], from = electionStart) {
  let state: ElectionState = from;
  let last = electionStep(settings, state, { type: "due" }, 0);
  const effects: string[] = [];
  for (const [nowMs, event] of script) {
    last = electionStep(settings, state, event, nowMs);
    state = last.state;
    effects.push(...last.effects.map(({ type }) => type));
  }
  return { ...last, all: effects };
}

const acting = (renewedMs: number, asking = false): ElectionState => ({
  role: "acting",
  lease: lease("me"),
  renewedMs,
  asking,
});

Deno.test("election: nobody's Lease is taken", () => {
  for (const found of [undefined, lease(""), lease("me")]) {
    const { reason, effects } = run([[0, { type: "due" }], [1, { type: "read", lease: found }]]);
    assertEquals(effects, [{ type: "write", over: found, holder: "me" }]);
    assertEquals(reason, found === undefined ? "noLease" : found.holder === "" ? "free" : "ours");
  }
});

Deno.test("election: the Lease of an earlier process in one's place is taken, and what it left is not relied on", () => {
  const found = { ...lease("me before"), handover: "77" };
  const written = { type: "written", lease: lease("me"), begunMs: 1 } as const;
  const step = run([[0, { type: "due" }], [1, { type: "read", lease: found }], [2, written]]);
  assertEquals(step.effects[0], { type: "startActing", handover: "" });
});

Deno.test("election: another's Lease is left alone as long as its record changes", () => {
  let state: ElectionState = electionStart;
  for (let nowMs = 0; nowMs < 100_000; nowMs += 2_000) {
    state = electionStep(settings, state, { type: "due" }, nowMs).state;
    const read = { type: "read", lease: lease("other", `t${Math.floor(nowMs / 14_000)}`) } as const;
    const step = electionStep(settings, state, read, nowMs);
    assertEquals(step.reason, "heldByAnother");
    state = step.state;
  }
});

Deno.test("election: a holder whose record stands still for its own duration is replaced, whatever its times say", () => {
  const silent = { type: "read", lease: lease("other", "2099-01-01T00:00:00.000000Z") } as const;
  const due = { type: "due" } as const;
  const before = run([[0, due], [0, silent], [14_999, due], [14_999, silent]]);
  assertEquals(before.reason, "heldByAnother");
  assertEquals(before.effects, [{ type: "wake", inMs: 1 }]);
  const after = run([[0, due], [0, silent], [15_000, due], [15_000, silent]]);
  assertEquals(after.reason, "holderSilent");
});

Deno.test("election: who wrote acts, counted from when the write was begun", () => {
  const written = { type: "written", lease: lease("me"), begunMs: 100 } as const;
  const step = run([[0, { type: "due" }], [50, { type: "read", lease: undefined }], [400, written]]);
  assertEquals(step.state, { role: "acting", lease: lease("me"), renewedMs: 100, asking: false });
  assertEquals(step.effects, [{ type: "startActing", handover: "" }, { type: "wake", inMs: 2_000 }]);
});

Deno.test("election: an answer that came after the deadline is no ground to act on", () => {
  const written = { type: "written", lease: lease("me"), begunMs: 0 } as const;
  const step = run([[0, { type: "due" }], [0, { type: "read", lease: undefined }], [10_000, written]]);
  assertEquals(step.reason, "deadlineMissed");
  assert(!step.all.includes("startActing"));
});

Deno.test("election: who loses the race waits", () => {
  const step = run([[0, { type: "due" }], [0, { type: "read", lease: undefined }], [1, {
    type: "conflict",
  }]]);
  assertEquals(step.state, electionStart);
  assertEquals(step.effects, [{ type: "wake", inMs: 2_000 }]);
});

Deno.test("election: a leader renews each period without reading first", () => {
  const step = electionStep(settings, acting(0), { type: "due" }, 2_000);
  assertEquals(step.effects, [{ type: "write", over: lease("me"), holder: "me" }, {
    type: "wake",
    inMs: 2_000,
  }]);
});

Deno.test("election: failures are borne until the deadline, not a millisecond longer", () => {
  const early = electionStep(settings, acting(0, true), { type: "failed" }, 9_999);
  assertEquals(early.state.role, "acting");
  assertEquals(early.effects, [{ type: "wake", inMs: 1 }]);
  const late = electionStep(settings, acting(0), { type: "due" }, 10_000);
  assertEquals(late.reason, "deadlineMissed");
  assertEquals(late.effects[0], { type: "stopActing", why: "lost" });
  const hanging = electionStep(settings, acting(0, true), { type: "due" }, 10_000);
  assertEquals(hanging.effects, [{ type: "stopActing", why: "lost" }, { type: "abortRequest" }]);
});

Deno.test("election: after a conflict the leader looks who holds it", () => {
  const asked = electionStep(settings, acting(0, true), { type: "conflict" }, 2_000);
  assertEquals(asked.effects[0], { type: "read" });
  const mine = electionStep(settings, asked.state, { type: "read", lease: lease("me", "t", "7") }, 2_001);
  assertEquals(mine.effects[0], { type: "write", over: lease("me", "t", "7"), holder: "me" });
  const gone = electionStep(settings, asked.state, { type: "read", lease: undefined }, 2_001);
  assertEquals(gone.effects[0], { type: "write", over: undefined, holder: "me" });
  const theirs = electionStep(settings, asked.state, { type: "read", lease: lease("other") }, 2_001);
  assertEquals(theirs.reason, "takenByAnother");
  assertEquals(theirs.effects[0], { type: "stopActing", why: "lost" });
});

Deno.test("election: told to stop, the leader first stops acting, and gives the Lease back when that has ended", () => {
  const step = electionStep(settings, acting(0), { type: "stop" }, 1);
  assertEquals(step.effects, [{ type: "stopActing", why: "stop" }]);
  const ended = electionStep(settings, step.state, { type: "ended", handover: "77" }, 2);
  assertEquals(ended.effects, [{ type: "write", over: lease("me"), holder: "", handover: "77" }]);
  const released = { type: "written", lease: lease(""), begunMs: 2 } as const;
  assertEquals(electionStep(settings, ended.state, released, 3).state, { role: "gone" });
});

Deno.test("election: a renewal in flight at the stop is given back when it comes", () => {
  const step = electionStep(settings, acting(0, true), { type: "stop" }, 1);
  assertEquals(step.effects, [{ type: "stopActing", why: "stop" }]);
  const renewed = { type: "written", lease: lease("me", "t", "9"), begunMs: 0 } as const;
  const ended = { type: "ended", handover: "" } as const;
  const back = [{ type: "write", over: lease("me", "t", "9"), holder: "", handover: "" } as const];
  for (const [first, second] of [[renewed, ended], [ended, renewed]] as const) {
    const half = electionStep(settings, step.state, first, 2);
    assertEquals(half.effects, []);
    assertEquals(electionStep(settings, half.state, second, 3).effects, back);
  }
});

Deno.test("election: what a leader left when it gave the Lease back reaches the next; what a dead one left doesn't", () => {
  for (const [holder, handover] of [["", "77"], ["other", ""]] as const) {
    const found = { ...lease(holder), handover: "77" };
    const written = { type: "written", lease: lease("me"), begunMs: 0 } as const;
    const step = run([
      [0, { type: "due" }],
      [0, { type: "read", lease: found }],
      [
        15_000,
        { type: "seen", lease: found },
      ],
      [15_001, { type: "due" }],
      [15_001, { type: "read", lease: found }],
      [15_002, {
        ...written,
        begunMs: 15_001,
      }],
    ]);
    assertEquals(step.effects[0], { type: "startActing", handover });
  }
});

Deno.test("election: a Lease that is seen to be given back is taken at once, without another look", () => {
  const waiting = run([[0, { type: "due" }], [0, { type: "read", lease: lease("other") }]]).state;
  const seen = electionStep(settings, waiting, { type: "seen", lease: lease("", "t1", "2") }, 500);
  assertEquals(seen.effects, [{ type: "write", over: lease("", "t1", "2"), holder: "me" }]);
  // A look that is under way tells as much.
  const asking = electionStep(settings, waiting, { type: "due" }, 500).state;
  assertEquals(electionStep(settings, asking, { type: "seen", lease: lease("") }, 501).effects, []);
});

Deno.test("election: a leader that sees another's name in a newer record stops; an older record is no news", () => {
  const newer = electionStep(settings, acting(0), { type: "seen", lease: lease("other", "t", "12") }, 1);
  assertEquals([newer.reason, newer.effects[0]], ["takenByAnother", { type: "stopActing", why: "lost" }]);
  for (const seen of [lease("other", "t", "1"), lease("me", "t", "12")]) {
    assertEquals(electionStep(settings, acting(0), { type: "seen", lease: seen }, 1).effects, []);
  }
});

Deno.test("election: who only waited leaves without a word", () => {
  const step = electionStep(settings, electionStart, { type: "stop" }, 0);
  assertEquals([step.state, step.effects], [{ role: "gone" }, []]);
});

Deno.test("election: every state takes every event, and only an acting state was ever started", () => {
  const events: ElectionEvent[] = [
    { type: "due" },
    { type: "read", lease: undefined },
    { type: "read", lease: lease("other") },
    { type: "written", lease: lease("me"), begunMs: 0 },
    { type: "conflict" },
    { type: "failed" },
    { type: "seen", lease: lease("other", "t2", "3") },
    { type: "stop" },
    { type: "ended", handover: "" },
  ];
  const walk = (state: ElectionState, on: boolean, depth: number, nowMs: number): number => {
    if (depth === 0) return 1;
    let steps = 0;
    for (const event of events) {
      const step = electionStep(settings, state, event, nowMs);
      let now = on;
      for (const { type } of step.effects) {
        if (type === "startActing") assert(!now, "started twice");
        if (type === "stopActing") assert(now, "stopped what was not started");
        now = type === "startActing" || (now && type !== "stopActing");
      }
      assertEquals(step.state.role === "acting", now, `${state.role} + ${event.type}`);
      steps += walk(step.state, now, depth - 1, nowMs + 3_000);
    }
    return steps;
  };
  assertEquals(walk(electionStart, false, 5, 0), 9 ** 5);
});
