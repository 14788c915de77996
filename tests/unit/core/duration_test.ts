/** Durations as Go writes them. */
import { assertEquals } from "@std/assert";
import { parseDurationMs, parseDurationNs } from "../../../core/duration.ts";

Deno.test("what Go's time.ParseDuration takes", () => {
  const rows: [text: string, ns: bigint][] = [
    ["0", 0n],
    ["0s", 0n],
    ["+0", 0n],
    ["1ns", 1n],
    ["1us", 1_000n],
    ["1µs", 1_000n],
    ["1μs", 1_000n],
    ["250ms", 250_000_000n],
    ["1s", 1_000_000_000n],
    ["1m30s", 90_000_000_000n],
    ["1h2m3s4ms5us6ns", 3_723_004_005_006n],
    ["1.5h", 5_400_000_000_000n],
    [".5s", 500_000_000n],
    ["1.s", 1_000_000_000n],
    ["-3s", -3_000_000_000n],
    ["+3s", 3_000_000_000n],
    ["3s2m", 123_000_000_000n],
    ["0.000000001s", 1n],
    ["0.0000000001s", 0n],
    ["9223372036854775807ns", 9_223_372_036_854_775_807n],
  ];
  for (const [text, ns] of rows) assertEquals(parseDurationNs(text), ns, text);
});

Deno.test("what it refuses", () => {
  const bad = [
    ...[
      "",
      " ",
      "s",
      "3",
      "1.5",
      "+",
      "-",
      ".",
      ".s",
      "3 s",
      " 3s",
      "3s ",
      "3S",
      "1d",
      "1x",
      "s3",
      "--3s",
      "1e3s",
    ],
    ...["3s,", "1h 2m", "0x10s", "9223372036854775808ns", "2562048h", "NaN", "١s"],
  ];
  for (const text of bad) assertEquals(parseDurationNs(text), null, JSON.stringify(text));
});

Deno.test("milliseconds keep fractions", () => {
  assertEquals(parseDurationMs("1.5ms"), 1.5);
  assertEquals(parseDurationMs("90s"), 90_000);
  assertEquals(parseDurationMs("soon"), null);
});
