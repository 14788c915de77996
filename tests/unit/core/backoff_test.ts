import { assertEquals } from "@std/assert";
import { backoffMs } from "../../../core/backoff.ts";

const policy = { baseMs: 100, maxMs: 1_000 };

Deno.test("backoff: the span doubles with each failure, up to the limit", () => {
  const spans = [0, 1, 2, 3, 4, 5, 6, 1_000, Infinity].map((failures) => backoffMs(policy, failures, 1));
  assertEquals(spans, [100, 100, 200, 400, 800, 1_000, 1_000, 1_000, 1_000]);
});

Deno.test("backoff: full jitter takes any part of the span", () => {
  assertEquals([0, 0.25, 0.5].map((random) => backoffMs(policy, 3, random)), [0, 100, 200]);
});

Deno.test("backoff: what the other side asked for comes first, the jitter on top", () => {
  assertEquals(backoffMs(policy, 1, 0.5, 5_000), 5_050);
});
