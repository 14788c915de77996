/**
 * Schemas of the built-in kinds, taken from the model classes of `@kubernetes/client-node`, which know every field and
 * its type. They are loaded when first asked for, since that takes half a second and 60 MB.
 */
import { isObject, type JsonObject } from "./json.ts";
import type { KindInfo } from "./kinds.ts";

interface Attribute {
  readonly baseName: string;
  readonly type: string;
  readonly format: string;
}

/** Maps whose values are quantities: a number is as good as text there. */
const QUANTITIES = new Set(["allocatable", "capacity", "limits", "overhead", "requests", "sizeLimit"]);

/** Fields whose values the models call text, but which take numbers too. */
const ANY: JsonObject = { "x-kubernetes-preserve-unknown-fields": true };

function attributesOf(model: unknown): readonly Attribute[] | undefined {
  if (typeof model !== "function" || !("getAttributeTypeMap" in model)) return undefined;
  const get = model.getAttributeTypeMap;
  return typeof get === "function" ? get.call(model) as readonly Attribute[] : undefined;
}

/** The model's class for a kind. */
export function modelName(info: KindInfo): string {
  if (info.kind !== "Event") return `V1${info.kind}`;
  return info.group === "" ? "CoreV1Event" : "EventsV1Event";
}

/** Makes the schema of a type; `link` says how another model is referred to. */
function schemaOf({ baseName, type, format }: Attribute, link: (model: string) => JsonObject): JsonObject {
  const list = /^Array<(.+)>$/.exec(type);
  if (list !== null) {
    return { type: "array", items: schemaOf({ baseName: "", type: list[1] ?? "", format }, link) };
  }
  const map = /^\{ \[key: string\]: (.+); \}$/.exec(type);
  if (map !== null) {
    if (QUANTITIES.has(baseName)) {
      return { type: "object", additionalProperties: { "x-kubernetes-int-or-string": true } };
    }
    return {
      type: "object",
      additionalProperties: schemaOf({ baseName: "", type: map[1] ?? "", format }, link),
    };
  }
  switch (type) {
    case "string":
      return QUANTITIES.has(baseName) ? { "x-kubernetes-int-or-string": true } : { type };
    case "boolean":
      return { type };
    case "number":
      return format === "double" ? { type: "number" } : { type: "integer", format };
    case "Date":
    case "V1MicroTime":
      return { type: "string", format: "date-time" };
    case "IntOrString":
      return { "x-kubernetes-int-or-string": true };
    case "any":
      return ANY;
    default:
      return link(type);
  }
}

/** null is as good as leaving a field out, as Go's decoder has it. */
function nullable(schema: JsonObject): JsonObject {
  return schema["nullable"] === true ? schema : { ...schema, nullable: true };
}

/** The schemas of all models that are asked for. */
export class BuiltInSchemas {
  readonly #resolved = new Map<string, JsonObject>();
  constructor(private readonly models: Readonly<Record<string, unknown>>) {}

  /** For validation: references are followed, so the result may contain itself. */
  resolved(model: string): JsonObject {
    const known = this.#resolved.get(model);
    if (known !== undefined) return known;
    const attributes = attributesOf(this.models[model]);
    if (attributes === undefined) return ANY;
    const properties: JsonObject = {};
    const schema: JsonObject = { type: "object", nullable: true, properties };
    this.#resolved.set(model, schema);
    for (const attribute of attributes) {
      properties[attribute.baseName] = nullable(schemaOf(attribute, (name) => this.resolved(name)));
    }
    return schema;
  }

  /** For OpenAPI: the schemas of a model and of all it refers to, by name, with `$ref` between them. */
  collect(model: string, prefix: string, into: JsonObject): void {
    if (isObject(into[model])) return;
    const properties: JsonObject = {};
    into[model] = { type: "object", properties };
    for (const attribute of attributesOf(this.models[model]) ?? []) {
      properties[attribute.baseName] = schemaOf(attribute, (name) => {
        if (attributesOf(this.models[name]) === undefined) return { type: "object", ...ANY };
        this.collect(name, prefix, into);
        return { allOf: [{ $ref: `${prefix}${name}` }] };
      });
    }
  }
}

/** Loads the models once for each server. */
export class SchemaLoader {
  #loading: Promise<BuiltInSchemas> | undefined;
  load(): Promise<BuiltInSchemas> {
    return this.#loading ??= import("@kubernetes/client-node").then((models) =>
      new BuiltInSchemas(models as unknown as Record<string, unknown>)
    );
  }
}
