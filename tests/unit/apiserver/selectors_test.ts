import { assertEquals, assertThrows } from "@std/assert";
import {
  checkFieldTerms,
  objectTest,
  parseFieldSelector,
  parseLabelSelector,
} from "../../lab/apiserver/selectors.ts";
import { ApiError } from "../../lab/apiserver/status.ts";

Deno.test("label selectors: every operator", () => {
  const labels = { app: "web", tier: "front", size: "5" };
  const rows: [string, boolean][] = [
    ["", true],
    ["app=web", true],
    ["app==web", true],
    ["app = web", true],
    ["app!=web", false],
    ["none!=web", true],
    ["app", true],
    ["!app", false],
    ["!none", true],
    ["none", false],
    ["app in (web,db)", true],
    ["app in (db)", false],
    ["app notin (db)", true],
    ["none notin (db)", true],
    ["none in (db)", false],
    ["app=web,tier=front", true],
    ["app=web,tier=back", false],
    ["app in (web, db),tier", true],
    ["size>4", true],
    ["size<5", false],
    ["app>4", false],
    ["app=", false],
    ["none=", false],
    ["kubernetes.io/x notin (a),app", true],
  ];
  for (const [selector, expected] of rows) {
    assertEquals(parseLabelSelector(selector)(labels), expected, selector);
  }
});

Deno.test("label selectors: what is none is 400", () => {
  for (const selector of ["a=b=c", "a in b", "=x", "a b"]) {
    assertEquals(assertThrows(() => parseLabelSelector(selector), ApiError).code, 400, selector);
  }
});

Deno.test("field selectors name only what the kind allows", () => {
  const terms = parseFieldSelector("metadata.name=a,spec.type!=ClusterIP");
  checkFieldTerms(terms, ["spec.type"], true);
  assertThrows(() => checkFieldTerms(terms, [], true), ApiError, "field label not supported: spec.type");
  assertThrows(() => checkFieldTerms(parseFieldSelector("metadata.namespace=a"), [], false), ApiError);
  assertThrows(() => parseFieldSelector("nonsense"), ApiError);
});

Deno.test("field selectors compare as text; unset is empty, and false for the booleans that can be selected", () => {
  const object = { apiVersion: "v1", kind: "Node", metadata: { name: "n" }, spec: {} };
  const test = (selector: string) => objectTest(() => true, parseFieldSelector(selector))(object);
  assertEquals(test("metadata.name=n"), true);
  assertEquals(test("metadata.name!=n"), false);
  assertEquals(test("spec.unschedulable=false"), true);
  assertEquals(test("spec.nodeName="), true);
});
