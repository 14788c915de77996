import { assertEquals, assertRejects } from "@std/assert";
import { FakeClock } from "../../support/fakeclock.ts";

Deno.test("fake clock: timers fire in order at their own times, also those set on the way", async () => {
  const clock = new FakeClock(1_000);
  const fired: string[] = [];
  const at = (name: string) => fired.push(`${name} ${clock.nowMs()}`);
  clock.timer(20, () => at("b"));
  clock.timer(10, () => {
    at("a");
    clock.timer(5, () => at("a2"));
  });
  clock.timer(20, () => at("c"));
  clock.timer(15, () => at("cancelled")).cancel();
  await clock.advance(19);
  assertEquals(fired, ["a 1010", "a2 1015"]);
  assertEquals([clock.pending, clock.nextDueMs], [2, 1_020]);
  clock.advanceSync(1);
  assertEquals(fired.slice(2), ["b 1020", "c 1020"]);
  assertEquals(clock.wallMs() - Date.UTC(2030, 0, 1), 20);
});

Deno.test("fake clock: what a sleep was waited for with runs before the next timer", async () => {
  const clock = new FakeClock();
  const seen: number[] = [];
  const loop = (async () => {
    for (let round = 0; round < 3; round++) {
      await clock.sleep(10);
      seen.push(clock.nowMs());
    }
  })();
  await clock.advance(100);
  await loop;
  assertEquals(seen, [10, 20, 30]);
});

Deno.test("fake clock: a sleep ends with its signal", async () => {
  const clock = new FakeClock();
  const abort = new AbortController();
  const sleeping = assertRejects(() => clock.sleep(10, abort.signal), Error, "enough");
  abort.abort(new Error("enough"));
  await sleeping;
  assertEquals(clock.pending, 0);
  await assertRejects(() => clock.sleep(10, abort.signal), Error, "enough");
});
