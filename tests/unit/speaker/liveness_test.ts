/** Which nodes have a live speaker, case by case. */
import { assertEquals } from "@std/assert";
import { Liveness, type LivenessInput } from "../../../speaker/liveness.ts";

const options = { ownLease: "me", leaseDurationMs: 3000, renewIntervalMs: 1000 };

let versions = 0;

function lease(name: string, holder: string = name) {
  return { name, holder, durationMs: 3000, resourceVersion: String(++versions) };
}

function changed(name: string, holder?: string): LivenessInput {
  return { type: "changed", object: lease(name, holder) };
}

/** Renews the own Lease each second, as seen from outside, up to a moment. */
function pass(liveness: Liveness, fromMs: number, untilMs: number): void {
  for (let nowMs = fromMs; nowMs <= untilMs; nowMs += 1000) {
    liveness.observe(changed("me"), nowMs);
    liveness.judge(nowMs);
  }
}

function live(liveness: Liveness, nowMs: number): string {
  const { mode, leases } = liveness.verdict(nowMs);
  return mode === "leases" ? [...leases].sort().join() : mode;
}

Deno.test("liveness: nothing is known before the Leases are listed", () => {
  const liveness = new Liveness(options);
  assertEquals(live(liveness, 0), "unknown");
  assertEquals(liveness.nextDueMs(0), Infinity);
  assertEquals(live(liveness, 100_000), "unknown");
});

Deno.test("liveness: no Lease at all, until one could have been written: then every node counts", () => {
  const liveness = new Liveness(options);
  liveness.observe({ type: "synced", items: [] }, 500);
  assertEquals([live(liveness, 900), liveness.nextDueMs(900)], ["unknown", Infinity]);
  liveness.observe({ type: "joining" }, 1000);
  liveness.observe({ type: "joining" }, 2000);
  assertEquals(live(liveness, 1000), "unknown");
  assertEquals(liveness.nextDueMs(1000), 4000);
  assertEquals(live(liveness, 4000), "everyNode");
  assertEquals(liveness.nextDueMs(4000), Infinity);
  liveness.observe(changed("me"), 5000);
  assertEquals(live(liveness, 5000), "me");
});

Deno.test("liveness: Leases may not be read: every node counts; they may after all: they count", () => {
  const liveness = new Liveness(options);
  liveness.observe({ type: "forbidden" }, 0);
  assertEquals([live(liveness, 0), liveness.forbidden], ["everyNode", true]);
  liveness.observe({ type: "synced", items: [lease("me"), lease("b")] }, 5000);
  assertEquals([live(liveness, 5000), liveness.forbidden], ["b,me", false]);
});

Deno.test("liveness: at the start a Lease counts for its duration, however old it is", () => {
  const liveness = new Liveness(options);
  liveness.observe({ type: "synced", items: [lease("me"), lease("dead"), lease("gone", "")] }, 0);
  assertEquals(live(liveness, 0), "dead,me");
  pass(liveness, 500, 2500);
  assertEquals(liveness.nextDueMs(2500), 3000);
  liveness.judge(2999);
  assertEquals(live(liveness, 2999), "dead,me");
  liveness.judge(3000);
  assertEquals(live(liveness, 3000), "me");
});

Deno.test("liveness: a Lease that is given back or deleted is dead at once", () => {
  const liveness = new Liveness(options);
  const b = lease("b"), c = lease("c");
  liveness.observe({ type: "synced", items: [lease("me"), b, c, lease("d")] }, 0);
  liveness.observe(changed("b", ""), 10);
  assertEquals(live(liveness, 10), "c,d,me");
  liveness.observe({ type: "deleted", object: c }, 20);
  assertEquals(live(liveness, 20), "d,me");
  liveness.observe({ type: "synced", items: [lease("me")] }, 30);
  assertEquals(live(liveness, 30), "me");
  liveness.observe(changed("b"), 40);
  assertEquals(live(liveness, 40), "b,me");
});

Deno.test("liveness: the own Lease is never judged by time", () => {
  const liveness = new Liveness(options);
  liveness.observe({ type: "synced", items: [lease("me"), lease("b")] }, 0);
  for (let nowMs = 1000; nowMs <= 20_000; nowMs += 1000) {
    liveness.observe(changed("b"), nowMs);
    liveness.judge(nowMs);
  }
  assertEquals(live(liveness, 20_000), "b,me");
});

Deno.test("liveness: a list that says nothing new is no renewal", () => {
  const liveness = new Liveness(options);
  const b = lease("b");
  liveness.observe({ type: "synced", items: [lease("me"), b] }, 0);
  for (let nowMs = 1000; nowMs <= 3000; nowMs += 1000) {
    liveness.observe({ type: "synced", items: [lease("me"), b] }, nowMs);
    liveness.judge(nowMs);
  }
  assertEquals(live(liveness, 3000), "me");
});

Deno.test("liveness: out of touch nobody is judged, and afterwards everyone has a whole duration", () => {
  const liveness = new Liveness(options);
  const b = lease("b");
  liveness.observe({ type: "synced", items: [lease("me"), b] }, 0);
  liveness.judge(30_000);
  liveness.observe({ type: "synced", items: [lease("me"), b] }, 30_000);
  liveness.judge(30_000);
  assertEquals(live(liveness, 30_000), "b,me");
  pass(liveness, 31_000, 32_000);
  assertEquals(live(liveness, 32_000), "b,me");
  assertEquals(liveness.nextDueMs(32_000), 33_000);
  liveness.judge(33_000);
  assertEquals(live(liveness, 33_000), "me");
});

Deno.test("liveness: each Lease's own duration counts, and ours where it has none", () => {
  const liveness = new Liveness(options);
  const long = { ...lease("long"), durationMs: 10_000 };
  const none = { ...lease("none"), durationMs: 0 };
  liveness.observe({ type: "synced", items: [lease("me"), long, none] }, 0);
  pass(liveness, 1000, 3000);
  assertEquals(live(liveness, 3000), "long,me");
  pass(liveness, 4000, 10_000);
  assertEquals(live(liveness, 10_000), "me");
});

Deno.test("liveness: the verdict is the same object while nothing changes", () => {
  const liveness = new Liveness(options);
  liveness.observe({ type: "synced", items: [lease("me"), lease("b")] }, 0);
  const verdict = liveness.verdict(0);
  liveness.observe(changed("b"), 500);
  liveness.observe(changed("me"), 600);
  assertEquals(liveness.verdict(600) === verdict, true);
  liveness.observe(changed("b", ""), 700);
  assertEquals(liveness.verdict(700) === verdict, false);
});
