/**
 * The part of OpenAPI v3 that CustomResourceDefinitions of this project use, and functions that write it tersely.
 * Every field has a description; there is no way to leave it out.
 */

/** See Kubernetes `apiextensions.k8s.io/v1 JSONSchemaProps`. */
export interface Schema {
  readonly type: "object" | "array" | "string" | "boolean" | "integer";
  readonly description: string;
  readonly format?: "int32" | "int64" | "date-time";
  readonly default?: string | number | boolean;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly required?: readonly string[];
  readonly "x-kubernetes-validations"?: readonly Rule[];
  readonly "x-kubernetes-list-type"?: "atomic" | "set" | "map";
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-map-type"?: "atomic" | "granular";
}

/** A CEL rule, which the API server applies on every write, with or without our webhooks. */
export interface Rule {
  /** An expression over `self` that is true for what is allowed. */
  readonly rule: string;
  /** What is allowed, in a sentence that names the field. */
  readonly message: string;
  /** The child that is to blame, as in `.values`. */
  readonly fieldPath?: string;
}

type Extra = Omit<Partial<Schema>, "type" | "description" | "items" | "properties">;

export function text(description: string, extra: Extra = {}): Schema {
  return { type: "string", description, ...extra };
}

export function boolean(description: string, extra: Extra = {}): Schema {
  return { type: "boolean", description, ...extra };
}

export function integer(description: string, extra: Extra = {}): Schema {
  return { type: "integer", description, ...extra };
}

export function list(description: string, items: Schema, extra: Extra = {}): Schema {
  return { type: "array", description, items, ...extra };
}

/** A list in which nothing stands twice; the order of its items means nothing. */
export function set(description: string, items: Schema, extra: Extra = {}): Schema {
  return list(description, items, { "x-kubernetes-list-type": "set", ...extra });
}

export function mapping(
  description: string,
  properties: Readonly<Record<string, Schema>>,
  extra: Extra = {},
): Schema {
  // The API server drops a mapping that is empty, and kubectl would see a difference each time.
  const fields = Object.keys(properties).length === 0 ? {} : { properties };
  return { type: "object", description, ...fields, ...extra };
}

/** Adds CEL rules. */
export function withRules(schema: Schema, ...rules: readonly Rule[]): Schema {
  return { ...schema, "x-kubernetes-validations": [...schema["x-kubernetes-validations"] ?? [], ...rules] };
}
