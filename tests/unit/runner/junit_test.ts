import { assertEquals } from "@std/assert";
import { readJunit } from "../../runner/junit.ts";
import { readResults, refuseEmpty, suiteLines, totalLine } from "../../runner/results.ts";
import { strayTests } from "../../runner/suites.ts";

const passed = (name: string, file = "./a_test.ts") =>
  `<testcase name="${name}" classname="${file}" time="0">\n</testcase>`;
const failed = (name: string, file = "./a_test.ts") =>
  `<testcase name="${name}" classname="${file}"><failure message="no">x &lt;skipped/&gt;</failure></testcase>`;
const skipped = (name: string) =>
  `<testcase name="${name}" classname="./a_test.ts">\n  <skipped/>\n</testcase>`;

Deno.test("junit: tests are counted by their outcome", () => {
  assertEquals(readJunit("unit", passed("a") + failed("b") + passed("c") + skipped("d [skipped: no root]")), {
    suite: "unit",
    ran: 3,
    passed: 2,
    failed: ["b"],
    skipped: [{ name: "d", reason: "no root" }],
  });
});

Deno.test("junit: a test with steps is counted by its steps", () => {
  const { passed: count, failed: names } = readJunit(
    "unit",
    failed("a") + passed("a &gt; one") + failed("a &gt; two") + passed("a &gt; one &gt; deep") + passed("ab"),
  );
  assertEquals([count, names], [2, ["a > two"]]);
});

Deno.test("junit: a test that failed though its steps passed is counted", () => {
  assertEquals(readJunit("unit", failed("a") + passed("a &gt; one")).failed, ["a"]);
});

Deno.test("junit: the same name in another file is another test", () => {
  assertEquals(readJunit("unit", passed("a") + passed("a &gt; b", "./b_test.ts")).passed, 2);
});

Deno.test("junit: a skip without a reason is a failure", () => {
  const result = readJunit("unit", skipped("a") + skipped("b [skipped: ]"));
  assertEquals(result.failed, ["a: skipped without a reason", "b [skipped: ]: skipped without a reason"]);
});

Deno.test("junit: names are read as they were written", () => {
  const name = "&lt;a&gt; &amp;amp; &quot;b&quot; &apos;c&apos; &#233;&#xe9; [skipped: x &gt; y]";
  assertEquals(readJunit("unit", skipped(name)).skipped, [{ name: `<a> &amp; "b" 'c' éé`, reason: "x > y" }]);
});

Deno.test("results: an empty suite fails, also when all of it was skipped", () => {
  const empty = { suite: "fuzz", ran: 0, passed: 0, failed: [], skipped: [] };
  assertEquals(refuseEmpty(empty).failed, ["fuzz: nothing ran"]);
  assertEquals(refuseEmpty({ ...empty, skipped: [{ name: "a", reason: "b" }] }).failed, [
    "fuzz: nothing ran",
  ]);
  assertEquals(refuseEmpty({ ...empty, ran: 1, passed: 1 }).failed, []);
});

Deno.test("results: the lines that people and scripts read", () => {
  const one = {
    suite: "unit",
    ran: 4,
    passed: 3,
    failed: ["x"],
    skipped: [{ name: "y", reason: "no root" }],
  };
  assertEquals(suiteLines(one), [
    "unit: ran 4 (3 passed, 1 failed, 1 skipped)",
    "  failed: x",
    "  skipped: y: no root",
  ]);
  assertEquals(totalLine([one, { ...one, passed: 4, failed: [] }]), "7 passed, 1 failed, 2 skipped");
  assertEquals(totalLine([]), "0 passed, 0 failed, 0 skipped");
});

Deno.test("suites: a test file that no suite runs is found", () => {
  const files = [
    "tests/unit/a_test.ts",
    "tests/lab/b_test.ts",
    "tests/c.test.ts",
    "tests/support/attest.ts",
    "tests/test.ts",
  ];
  assertEquals(strayTests(files), ["tests/lab/b_test.ts", "tests/c.test.ts", "tests/test.ts"]);
});

Deno.test("results: what a crashed run left behind is not taken for results", () => {
  const one = { suite: "unit", ran: 1, passed: 1, failed: [], skipped: [] };
  assertEquals(readResults(JSON.stringify([one])), [one]);
  for (const text of ["", "null", "{}", "[1]", "[null]", JSON.stringify([{ ...one, failed: 1 }]), "[{"]) {
    assertEquals(readResults(text), null, text);
  }
});
