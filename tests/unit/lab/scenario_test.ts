import { assertEquals, assertThrows } from "@std/assert";
import { matches } from "../../lab/scenario/references.ts";
import { ScenarioError } from "../../lab/scenario/fields.ts";
import { readScenario } from "../../lab/scenario/read.ts";
import { Tally } from "../../lab/tally.ts";

const see = { see: [{ http: "web" }] };

Deno.test("a text stands for an expectation's first field, and 10 s for the bound", () => {
  const [step] = readScenario({ name: "small", steps: [see] }, "small").steps;
  assertEquals(step, {
    title: null,
    action: { see: [{ http: { to: "web" } }], withinMs: 10_000, forMs: 0 },
  });
});

Deno.test("pods at the top are the first step", () => {
  const pods = [{ name: "a", node: "node-1", labels: { app: "a" } }];
  const scenario = readScenario({ name: "small", pods, steps: [see] }, "small");
  assertEquals(scenario.steps.length, 2);
  assertEquals(Object.keys(scenario.steps[0]?.action ?? {}), ["pods"]);
});

Deno.test("durations have units", () => {
  const [step] = readScenario({ name: "x", steps: [{ ...see, within: "1.5s", for: "200ms" }] }, "x").steps;
  assertEquals(step?.action, { see: [{ http: { to: "web" } }], withinMs: 1500, forMs: 200 });
});

const refused: readonly (readonly [what: string, steps: unknown, says: string])[] = [
  ["an unknown action", [{ jump: "high" }], "steps[0]: jump is not known"],
  ["two actions", [{ kill: "controller", stop: "controller" }], "exactly one of"],
  ["an unknown expectation", [{ see: [{ smell: "web" }] }], "see[0]: smell is not known"],
  ["an unknown field of one", [{ see: [{ http: { to: "web", colour: "red" } }] }], "colour is not known"],
  ["an expectation of nothing", [{ see: [{ http: { port: 80 } }] }], "to must be given"],
  ["two expectations in one item", [{ see: [{ http: "web", udp: "web" }] }], "one expectation"],
  ["a bound that is no duration", [{ ...see, within: "soon" }], "a duration such as"],
  ["a bound without anything to see", [{ kill: "controller", within: "1s" }, see], "belong to see"],
  ["a scenario that sees nothing", [{ kill: "controller" }], "no step sees anything"],
  ["a period without a limit", [{ throughout: { http: "web", steps: [] } }], "failed or longestGap"],
  ["steps that are no list", { see: [] }, "a list is wanted"],
];

for (const [what, steps, says] of refused) {
  Deno.test(`refused: ${what}`, () => {
    assertThrows(() => readScenario({ name: "x", steps }, "x"), ScenarioError, says);
  });
}

Deno.test("refused: an unknown field of the file", () => {
  assertThrows(() => readScenario({ name: "x", surprise: 1, steps: [see] }, "x"), ScenarioError, "surprise");
});

Deno.test("an object has what is wanted: mappings in part, lists whole, null for absent", () => {
  const object = { spec: { a: 1, list: [{ x: 1, y: 2 }] }, status: {} };
  assertEquals(matches(object, { spec: { a: 1 } }), true);
  assertEquals(matches(object, { spec: { list: [{ x: 1 }] } }), true);
  assertEquals(matches(object, { spec: { list: [] } }), false);
  assertEquals(matches(object, { status: { loadBalancer: null } }), true);
  assertEquals(matches(object, { spec: { a: null } }), false);
});

Deno.test("a run of nothing, or only of skips, fails", () => {
  const tally = new Tally();
  tally.skip("a", "no machine");
  assertEquals(tally.finish(), 1);
  tally.result("b", null, 1);
  assertEquals(tally.finish(), 0);
  tally.result("c", "broken", 1);
  assertEquals(tally.finish(), 1);
});
