import { assertEquals } from "@std/assert";
import { isAtLeast, isNewer } from "../../../core/resourceversion.ts";

Deno.test("resourceVersions ascend as numbers do, however long they are", () => {
  const long = "123456789012345678901234567890";
  const rows: readonly (readonly [a: string, b: string, newer: boolean])[] = [
    ["10", "9", true],
    ["9", "10", false],
    ["10", "10", false],
    ["11", "10", true],
    [`${long}1`, long, true],
    [`${long.slice(0, -1)}1`, long, true],
    ["1", "", true],
    ["", "", false],
  ];
  for (const [a, b, newer] of rows) {
    assertEquals([a, b, isNewer(a, b)], [a, b, newer]);
    assertEquals([a, b, isAtLeast(b, a)], [a, b, !newer]);
  }
});
