/** Label selectors as Kubernetes defines them. */
import { assert, assertEquals } from "@std/assert";
import { anyMatches, compileSelector, type LabelSelector, type Selector } from "../../../core/selector.ts";

function compiled(selector: LabelSelector): Selector {
  const result = compileSelector(selector);
  assert("selector" in result, JSON.stringify(result));
  return result.selector;
}

const expression = (key: string, operator: string, ...values: string[]): LabelSelector => ({
  matchExpressions: [{ key, operator, ...(values.length === 0 ? {} : { values }) }],
});

const everything = [{}, { app: "web" }, { app: "api" }, { app: "" }, { app: "web", tier: "front" }];

Deno.test("each operator fits the labels that Kubernetes says", () => {
  const rows: [selector: LabelSelector, fits: boolean[]][] = [
    [{}, [true, true, true, true, true]],
    [{ matchLabels: {}, matchExpressions: [] }, [true, true, true, true, true]],
    [{ matchLabels: { app: "web" } }, [false, true, false, false, true]],
    [{ matchLabels: { app: "" } }, [false, false, false, true, false]],
    [{ matchLabels: { app: "web", tier: "front" } }, [false, false, false, false, true]],
    [expression("app", "In", "web", "api"), [false, true, true, false, true]],
    [expression("app", "NotIn", "web"), [true, false, true, true, false]],
    [expression("app", "Exists"), [false, true, true, true, true]],
    [expression("app", "DoesNotExist"), [true, false, false, false, false]],
    [{ matchLabels: { app: "web" }, ...expression("tier", "DoesNotExist") }, [
      false,
      true,
      false,
      false,
      false,
    ]],
  ];
  for (const [selector, fits] of rows) {
    assertEquals(
      everything.map((labels) => compiled(selector).matches(labels)),
      fits,
      JSON.stringify(selector),
    );
  }
});

Deno.test("names of Object's own members are labels like others", () => {
  assertEquals(compiled(expression("constructor", "Exists")).matches({}), false);
  assertEquals(compiled(expression("toString", "DoesNotExist")).matches({}), true);
  assertEquals(compiled({ matchLabels: { constructor: "a" } }).matches({ constructor: "a" }), true);
});

Deno.test("equal selectors have equal texts, whatever their order", () => {
  const one = compiled({
    matchLabels: { b: "2", a: "1" },
    matchExpressions: [{ key: "c", operator: "In", values: ["y", "x"] }, { key: "d", operator: "Exists" }],
  });
  const other = compiled({
    matchLabels: { a: "1", b: "2" },
    matchExpressions: [{ key: "d", operator: "Exists" }, { key: "c", operator: "In", values: ["x", "y"] }],
  });
  assertEquals(one.text, other.text);
  const texts = [
    ...[{}, { matchLabels: { a: "" } }, expression("a", "Exists"), expression("a", "DoesNotExist")],
    ...[expression("a", "In", "x"), expression("a", "NotIn", "x"), expression("a", "In", "x", "y")],
  ].map((selector) => compiled(selector).text);
  assertEquals(new Set(texts).size, texts.length, texts.join(" | "));
});

Deno.test("all that is wrong is said, each with its place", () => {
  const rows: [selector: LabelSelector, fields: string[]][] = [
    [expression("app", "in", "web"), ["matchExpressions[0].operator"]],
    [expression("app", "In"), ["matchExpressions[0].values"]],
    [expression("app", "Exists", "web"), ["matchExpressions[0].values"]],
    [expression("app", "In", "web", "web"), ["matchExpressions[0].values"]],
    [expression("", "Exists"), ["matchExpressions[0].key"]],
    [expression("-app", "Exists"), ["matchExpressions[0].key"]],
    [expression("Example.com/app", "Exists"), ["matchExpressions[0].key"]],
    [expression("a".repeat(64), "Exists"), ["matchExpressions[0].key"]],
    [expression("app", "In", "my web"), ["matchExpressions[0].values"]],
    [{ matchLabels: { "my app": "web", app: "a".repeat(64) } }, ["matchLabels", "matchLabels"]],
    [
      { matchExpressions: [{ key: "", operator: "Is" }, { key: "b", operator: "In" }] },
      ["matchExpressions[0].key", "matchExpressions[0].operator", "matchExpressions[1].values"],
    ],
    [
      { matchExpressions: [{ key: "a", operator: "Exists" }, { key: "a", operator: "Exists", values: [] }] },
      ["matchExpressions[1]"],
    ],
  ];
  for (const [selector, fields] of rows) {
    const result = compileSelector(selector);
    assert("problems" in result, JSON.stringify(selector));
    assertEquals(result.problems.map(({ field }) => field), fields, JSON.stringify(selector));
  }
});

Deno.test("of several selectors one must fit; of none, nothing does", () => {
  const web = compiled({ matchLabels: { app: "web" } });
  const api = compiled({ matchLabels: { app: "api" } });
  assertEquals(anyMatches([], { app: "web" }), false);
  assertEquals(anyMatches([web, api], { app: "api" }), true);
  assertEquals(anyMatches([web, api], { app: "db" }), false);
});
