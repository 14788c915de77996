/** Validation by structural schemas. CEL rules (`x-kubernetes-validations`) are not evaluated. */
import { arrayOr, equal, isObject, type JsonObject, objectOr, textOr } from "./json.ts";
import { child } from "./prune.ts";
import { type FieldProblem, invalidValue, required, unsupported } from "./status.ts";

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function wrongType(value: unknown, path: string, wanted: string): FieldProblem {
  const message =
    `Invalid value: ${JSON.stringify(typeOf(value))}: ${path} in body must be of type ${wanted}: ` +
    JSON.stringify(typeOf(value));
  return { reason: "FieldValueTypeInvalid", field: path, message };
}

function typeProblem(value: unknown, schema: JsonObject, path: string): FieldProblem | undefined {
  if (schema["x-kubernetes-int-or-string"] === true) {
    const fine = typeof value === "string" || Number.isInteger(value);
    return fine ? undefined : wrongType(value, path, "integer,string");
  }
  const wanted = textOr(schema["type"]);
  const actual = typeOf(value);
  if (wanted === "" || wanted === actual || (wanted === "number" && actual === "integer")) return undefined;
  return wrongType(value, path, wanted);
}

function numberProblems(value: number, schema: JsonObject, path: string): FieldProblem[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema as Record<
    string,
    unknown
  >;
  const problems: FieldProblem[] = [];
  if (typeof minimum === "number" && (value < minimum || (exclusiveMinimum === true && value === minimum))) {
    const word = exclusiveMinimum === true ? "greater than" : "greater than or equal to";
    problems.push(invalidValue(path, value, `${path} in body should be ${word} ${minimum}`));
  }
  if (typeof maximum === "number" && (value > maximum || (exclusiveMaximum === true && value === maximum))) {
    const word = exclusiveMaximum === true ? "less than" : "less than or equal to";
    problems.push(invalidValue(path, value, `${path} in body should be ${word} ${maximum}`));
  }
  if (typeof multipleOf === "number" && value % multipleOf !== 0) {
    problems.push(invalidValue(path, value, `${path} in body should be a multiple of ${multipleOf}`));
  }
  return problems;
}

const FORMATS: Readonly<Record<string, RegExp>> = {
  "date-time": /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/,
  date: /^\d{4}-\d\d-\d\d$/,
  ipv4: /^\d{1,3}(\.\d{1,3}){3}$/,
  ipv6: /^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/,
  byte: /^[A-Za-z0-9+/]*={0,2}$/,
};

/** The pattern, which is written for Go's RE2: escapes that JavaScript's strict mode refuses are taken as they are. */
function patternOf(pattern: string): RegExp {
  try {
    return new RegExp(pattern, "u");
  } catch {
    return new RegExp(pattern);
  }
}

function stringProblems(value: string, schema: JsonObject, path: string): FieldProblem[] {
  const { pattern, minLength, maxLength, format } = schema as Record<string, unknown>;
  const length = [...value].length;
  const problems: FieldProblem[] = [];
  if (typeof minLength === "number" && length < minLength) {
    problems.push(invalidValue(path, value, `${path} in body should be at least ${minLength} chars long`));
  }
  if (typeof maxLength === "number" && length > maxLength) {
    const message = `Too long: may not be more than ${maxLength} bytes`;
    problems.push({ reason: "FieldValueTooLong", field: path, message });
  }
  if (typeof pattern === "string" && !patternOf(pattern).test(value)) {
    problems.push(invalidValue(path, value, `${path} in body should match '${pattern}'`));
  }
  const test = typeof format === "string" ? FORMATS[format] : undefined;
  if (test !== undefined && !test.test(value)) {
    problems.push(
      invalidValue(path, value, `${path} in body must be of type ${format}: ${JSON.stringify(value)}`),
    );
  }
  return problems;
}

function arrayProblems(value: readonly unknown[], schema: JsonObject, path: string): FieldProblem[] {
  const { minItems, maxItems, uniqueItems } = schema as Record<string, unknown>;
  const problems: FieldProblem[] = [];
  if (typeof minItems === "number" && value.length < minItems) {
    problems.push(invalidValue(path, value.length, `${path} in body should have at least ${minItems} items`));
  }
  if (typeof maxItems === "number" && value.length > maxItems) {
    const message = `Too many: ${value.length}: must have at most ${maxItems} items`;
    problems.push({ reason: "FieldValueTooMany", field: path, message });
  }
  const keys = arrayOr(schema["x-kubernetes-list-map-keys"]).map(textOr);
  const kind = schema["x-kubernetes-list-type"];
  value.forEach((item, i) => {
    const same = (other: unknown) =>
      kind === "map"
        ? keys.every((key) => equal(objectOr(item)[key], objectOr(other)[key]))
        : (kind === "set" || uniqueItems === true) && equal(item, other);
    if (value.slice(0, i).some(same)) {
      const shown = kind === "map" ? Object.fromEntries(keys.map((key) => [key, objectOr(item)[key]])) : item;
      const message = `Duplicate value: ${JSON.stringify(shown)}`;
      problems.push({ reason: "FieldValueDuplicate", field: `${path}[${i}]`, message });
    }
    problems.push(...schemaProblems(item, objectOr(schema["items"]), `${path}[${i}]`));
  });
  return problems;
}

function objectProblems(value: JsonObject, schema: JsonObject, path: string): FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const name of arrayOr(schema["required"]).map(textOr)) {
    if (value[name] === undefined) problems.push(required(child(path, name)));
  }
  const { minProperties, maxProperties } = schema as Record<string, unknown>;
  const count = Object.keys(value).length;
  if (typeof minProperties === "number" && count < minProperties) {
    problems.push(
      invalidValue(path, count, `${path} in body should have at least ${minProperties} properties`),
    );
  }
  if (typeof maxProperties === "number" && count > maxProperties) {
    const message = `Too many: ${count}: must have at most ${maxProperties} items`;
    problems.push({ reason: "FieldValueTooMany", field: path, message });
  }
  const properties = objectOr(schema["properties"]);
  const additional = schema["additionalProperties"];
  for (const name of Object.keys(value)) {
    if (path === "" && name === "metadata") continue;
    const sub = properties[name] ?? additional;
    if (isObject(sub)) problems.push(...schemaProblems(value[name], sub, child(path, name)));
  }
  return problems;
}

function matches(value: unknown, schema: unknown, path: string): boolean {
  return schemaProblems(value, objectOr(schema), path).length === 0;
}

function combinedProblems(value: unknown, schema: JsonObject, path: string): FieldProblem[] {
  const problems = arrayOr(schema["allOf"]).flatMap((one) => schemaProblems(value, objectOr(one), path));
  const anyOf = arrayOr(schema["anyOf"]);
  if (anyOf.length > 0 && !anyOf.some((one) => matches(value, one, path))) {
    problems.push(invalidValue(path, value, `${path} in body must validate at least one schema (anyOf)`));
  }
  const oneOf = arrayOr(schema["oneOf"]);
  if (oneOf.length > 0 && oneOf.filter((one) => matches(value, one, path)).length !== 1) {
    problems.push(invalidValue(path, value, `${path} in body must validate one and only one schema (oneOf)`));
  }
  if (isObject(schema["not"]) && matches(value, schema["not"], path)) {
    problems.push(invalidValue(path, value, `${path} in body must not validate the schema (not)`));
  }
  return problems;
}

/** Everything in the value that the schema refuses, worded as a Kubernetes API server does. */
export function schemaProblems(value: unknown, schema: JsonObject, path = ""): FieldProblem[] {
  if (value === null && schema["nullable"] === true) return [];
  const wrong = typeProblem(value, schema, path);
  if (wrong !== undefined) return [wrong];
  const problems: FieldProblem[] = [];
  if (Array.isArray(value)) problems.push(...arrayProblems(value, schema, path));
  else if (isObject(value)) problems.push(...objectProblems(value, schema, path));
  else if (typeof value === "string") problems.push(...stringProblems(value, schema, path));
  else if (typeof value === "number") problems.push(...numberProblems(value, schema, path));
  const allowed = schema["enum"];
  if (Array.isArray(allowed) && !allowed.some((one) => equal(one, value))) {
    problems.push(unsupported(path, value, allowed.map(String)));
  }
  return [...problems, ...combinedProblems(value, schema, path)];
}
