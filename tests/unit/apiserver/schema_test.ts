import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../lab/apiserver/json.ts";
import { prune, setDefaults } from "../../lab/apiserver/prune.ts";
import { schemaProblems } from "../../lab/apiserver/schema.ts";

function problems(value: unknown, schema: JsonObject): string[] {
  return schemaProblems({ f: value }, { type: "object", properties: { f: schema } })
    .map(({ reason, field, message }) => `${reason} ${field}: ${message}`);
}

Deno.test("schema: every rule refuses with the field, the reason and Kubernetes' words", () => {
  const rows: [unknown, JsonObject, string[]][] = [
    ["x", { type: "integer" }, [
      'FieldValueTypeInvalid f: Invalid value: "string": f in body must be of type integer: "string"',
    ]],
    [1, { type: "string" }, [
      'FieldValueTypeInvalid f: Invalid value: "integer": f in body must be of type string: "integer"',
    ]],
    [null, { type: "string" }, [
      'FieldValueTypeInvalid f: Invalid value: "null": f in body must be of type string: "null"',
    ]],
    [null, { type: "string", nullable: true }, []],
    [1, { type: "number" }, []],
    [1.5, { type: "integer" }, [
      'FieldValueTypeInvalid f: Invalid value: "number": f in body must be of type integer: "number"',
    ]],
    [0, { type: "integer", minimum: 1 }, [
      "FieldValueInvalid f: Invalid value: 0: f in body should be greater than or equal to 1",
    ]],
    [11, { type: "integer", maximum: 10 }, [
      "FieldValueInvalid f: Invalid value: 11: f in body should be less than or equal to 10",
    ]],
    [10, { type: "integer", maximum: 10, exclusiveMaximum: true }, [
      "FieldValueInvalid f: Invalid value: 10: f in body should be less than 10",
    ]],
    [3, { type: "integer", multipleOf: 2 }, [
      "FieldValueInvalid f: Invalid value: 3: f in body should be a multiple of 2",
    ]],
    ["c", { type: "string", enum: ["a", "b"] }, [
      'FieldValueNotSupported f: Unsupported value: "c": supported values: "a", "b"',
    ]],
    ["A", { type: "string", pattern: "^[a-z]+$" }, [
      "FieldValueInvalid f: Invalid value: \"A\": f in body should match '^[a-z]+$'",
    ]],
    ["abc", { type: "string", maxLength: 2 }, [
      "FieldValueTooLong f: Too long: may not be more than 2 bytes",
    ]],
    ["", { type: "string", minLength: 1 }, [
      'FieldValueInvalid f: Invalid value: "": f in body should be at least 1 chars long',
    ]],
    [[], { type: "array", minItems: 1 }, [
      "FieldValueInvalid f: Invalid value: 0: f in body should have at least 1 items",
    ]],
    [[1, 2], { type: "array", maxItems: 1 }, ["FieldValueTooMany f: Too many: 2: must have at most 1 items"]],
    [["a", "a"], { type: "array", "x-kubernetes-list-type": "set" }, [
      'FieldValueDuplicate f[1]: Duplicate value: "a"',
    ]],
    [
      [{ k: 1, v: 1 }, { k: 1, v: 2 }],
      { type: "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"] },
      ['FieldValueDuplicate f[1]: Duplicate value: {"k":1}'],
    ],
    [{}, { type: "object", required: ["a"] }, ["FieldValueRequired f.a: Required value"]],
    [["x", 1], { type: "array", items: { type: "string" } }, [
      'FieldValueTypeInvalid f[1]: Invalid value: "integer": f[1] in body must be of type string: "integer"',
    ]],
    [5, { "x-kubernetes-int-or-string": true }, []],
    ["5", { "x-kubernetes-int-or-string": true }, []],
    [{ a: { b: 1 } }, { type: "object", additionalProperties: { type: "string" } }, [
      'FieldValueTypeInvalid f.a: Invalid value: "object": f.a in body must be of type string: "object"',
    ]],
    ["yesterday", { type: "string", format: "date-time" }, [
      'FieldValueInvalid f: Invalid value: "yesterday": f in body must be of type date-time: "yesterday"',
    ]],
    [1, { anyOf: [{ type: "string" }, { type: "boolean" }] }, [
      "FieldValueInvalid f: Invalid value: 1: f in body must validate at least one schema (anyOf)",
    ]],
    [1, { not: { type: "integer" } }, [
      "FieldValueInvalid f: Invalid value: 1: f in body must not validate the schema (not)",
    ]],
  ];
  for (const [value, schema, expected] of rows) assertEquals(problems(value, schema), expected);
});

Deno.test("pruning removes unknown fields and says which; metadata and preserved parts stay", () => {
  const schema = {
    type: "object",
    properties: {
      spec: {
        type: "object",
        properties: {
          list: { type: "array", items: { type: "object", properties: { a: { type: "string" } } } },
          free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
          map: { type: "object", additionalProperties: { type: "object", properties: { a: {} } } },
        },
      },
    },
  };
  const value = {
    apiVersion: "v",
    kind: "k",
    metadata: { name: "n", labels: { x: "y" } },
    extra: 1,
    spec: { list: [{ a: "1", b: "2" }], free: { any: { thing: 1 } }, map: { k: { a: 1, c: 2 } }, more: 1 },
  };
  const unknown: string[] = [];
  prune(value, schema, (path) => unknown.push(path));
  assertEquals(unknown.sort(), ["extra", "spec.list[0].b", "spec.map.k.c", "spec.more"]);
  assertEquals(value.metadata, { name: "n", labels: { x: "y" } });
  assertEquals(value.spec as unknown, {
    list: [{ a: "1" }],
    free: { any: { thing: 1 } },
    map: { k: { a: 1 } },
  });
});

Deno.test("defaults fill what is missing, also inside of what was defaulted, in lists and in maps", () => {
  const inner = { type: "object", properties: { n: { type: "integer", default: 7 } } };
  const schema = {
    type: "object",
    properties: {
      made: { ...inner, default: {} },
      absent: inner,
      list: { type: "array", items: inner },
      map: { type: "object", additionalProperties: inner },
      given: { type: "boolean", default: true },
    },
  };
  const value = { list: [{}, { n: 1 }], map: { k: {} }, given: false };
  setDefaults(value, schema);
  assertEquals(value as unknown, {
    made: { n: 7 },
    list: [{ n: 7 }, { n: 1 }],
    map: { k: { n: 7 } },
    given: false,
  });
});
