/** The generated CRDs, as far as they can be judged without an API server. */
import { assert, assertEquals } from "@std/assert";
import { generate, kinds } from "../../../crds/generate.ts";
import type { Schema } from "../../../crds/schema.ts";

Deno.test("a file for each kind, marked as generated, the same each time", () => {
  const files = generate();
  assertEquals(
    files.map(({ path }) => path),
    kinds.map(({ plural }) => `deploy/manifests/10-crd-${plural}.yaml`),
  );
  for (const { text } of files) assert(text.startsWith("# Generated"), text.slice(0, 80));
  assertEquals(generate(), files);
});

function* fieldsOf(schema: Schema, path: string): Generator<[path: string, schema: Schema]> {
  yield [path, schema];
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    yield* fieldsOf(property, `${path}.${name}`);
  }
  if (schema.items !== undefined) yield* fieldsOf(schema.items, `${path}[]`);
  if (schema.additionalProperties !== undefined) yield* fieldsOf(schema.additionalProperties, `${path}{}`);
}

Deno.test("every field is described by a sentence, and every rule names its field", () => {
  let rules = 0;
  for (const { kind, versions } of kinds) {
    for (const { name, spec, status } of versions) {
      for (
        const [path, schema] of [
          ...(spec === null ? [] : fieldsOf(spec, "spec")),
          ...fieldsOf(status, "status"),
        ]
      ) {
        assert(/^[A-Z].*\.$/.test(schema.description), `${kind} ${name} ${path}: ${schema.description}`);
        for (const { message } of schema["x-kubernetes-validations"] ?? []) {
          rules++;
          const names = path.split(/[.[\]{}]+/).concat(Object.keys(schema.properties ?? {})).filter((part) =>
            part !== ""
          );
          assert(names.some((part) => message.includes(part)), `${path}: ${message}`);
        }
      }
    }
  }
  assert(rules > 0);
});
