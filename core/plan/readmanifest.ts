/**
 * Looks whether a value is an object that could be applied: its identity, and the types of those fields of built-in kinds
 * that decisions read. What is wrong in the spec of a metallb.io object is a problem of the plan, and not looked at here.
 */
import { configurationGroup, planKindOf } from "./kinds.ts";
import { InputError, type Manifest, type Place } from "./manifest.ts";

/** What a field has to be; one that is absent or null is always right. */
type Shape =
  | "text"
  | "number"
  | "boolean"
  /** Text that messages must not show. */
  | "secret"
  | { readonly mapOf: Shape }
  | { readonly listOf: Shape }
  | { readonly fields: Readonly<Record<string, Shape>> };

const fields = (fields: Readonly<Record<string, Shape>>): Shape => ({ fields });
const listOf = (shape: Shape): Shape => ({ listOf: shape });
const labels: Shape = { mapOf: "text" };

const metadata = fields({
  ...{ name: "text", namespace: "text", uid: "text", resourceVersion: "text", creationTimestamp: "text" },
  ...{ generation: "number", labels, annotations: labels },
});

/** By kind, beside the metadata. */
const shapes: Readonly<Record<string, Shape>> = {
  Service: fields({
    spec: fields({
      ...{ type: "text", loadBalancerClass: "text", loadBalancerIP: "text", clusterIP: "text" },
      ...{ clusterIPs: listOf("text"), ipFamilies: listOf("text"), ipFamilyPolicy: "text" },
      ...{ externalTrafficPolicy: "text", selector: labels },
      ports: listOf(fields({ protocol: "text", port: "number" })),
    }),
    status: fields({
      loadBalancer: fields({ ingress: listOf(fields({ ip: "text", hostname: "text" })) }),
    }),
  }),
  EndpointSlice: fields({
    endpoints: listOf(fields({
      nodeName: "text",
      addresses: listOf("text"),
      conditions: fields({ ready: "boolean", serving: "boolean" }),
    })),
  }),
  Node: fields({ status: fields({ conditions: listOf(fields({ type: "text", status: "text" })) }) }),
  Secret: fields({ type: "text", data: { mapOf: "secret" }, stringData: { mapOf: "secret" } }),
};

/**
 * The value as a manifest; in it fields that are null are absent, as for the API server.
 *
 * @throws {InputError} when it is none
 */
export function readManifest(value: unknown, place: Place): Manifest {
  if (!isMapping(value)) throw new InputError(place, `an object must be a mapping, not ${describe(value)}`);
  for (const field of ["apiVersion", "kind"]) {
    if (typeof value[field] !== "string" || value[field] === "") {
      throw new InputError(place, `an object must have ${field}, as text`);
    }
  }
  const object = value as { readonly apiVersion: string; readonly kind: string } & typeof value;
  const kind = planKindOf(object);
  // Nothing of it is read, and of some kinds there are objects without a name: kustomizations, for instance.
  if (kind === null) return { ...object, metadata: {} };
  const read = kind.group === configurationGroup
    ? { ...object, metadata: withoutNulls(object["metadata"]) }
    : withoutNulls(object) as typeof object;
  const whole = (field: string, wrong: string) => new InputError(place, `${nameOf(read)}: ${field} ${wrong}`);
  check(read["metadata"], metadata, "metadata", whole);
  const { name } = isMapping(read["metadata"]) ? read["metadata"] : {};
  if (name === undefined || name === "") throw whole("metadata.name", "is missing");
  check(read, shapes[object.kind] ?? fields({}), "", whole);
  return read as unknown as Manifest;
}

const scalars = {
  text: { type: "string", words: "text" },
  number: { type: "number", words: "a number" },
  boolean: { type: "boolean", words: "true or false" },
} as const;

type Wrong = (field: string, wrong: string) => InputError;

function check(value: unknown, shape: Shape, path: string, wrong: Wrong): void {
  if (value === undefined) return;
  if (shape === "secret") {
    if (typeof value !== "string") throw wrong(path, "must be text; put it in quotes");
    return;
  }
  if (typeof shape === "string") {
    const { type, words } = scalars[shape];
    const actual: string = typeof value;
    if (actual === type) return;
    const quotes = shape === "text" && !(value instanceof Object) ? "; put it in quotes" : "";
    throw wrong(path, `must be ${words}, not ${describe(value)}${quotes}`);
  }
  if ("listOf" in shape) {
    if (!Array.isArray(value)) throw wrong(path, `must be a list, not ${describe(value)}`);
    value.forEach((item: unknown, index) => {
      if (item === undefined || item === null) throw wrong(`${path}[${index}]`, "is empty");
      check(item, shape.listOf, `${path}[${index}]`, wrong);
    });
    return;
  }
  if (!isMapping(value)) throw wrong(path, `must be a mapping, not ${describe(value)}`);
  const inner = (name: string) => path === "" ? name : `${path}.${name}`;
  if ("mapOf" in shape) {
    for (const [name, one] of Object.entries(value)) check(one, shape.mapOf, inner(name), wrong);
  } else {
    for (const [name, one] of Object.entries(shape.fields)) {
      check(Object.hasOwn(value, name) ? value[name] : undefined, one, inner(name), wrong);
    }
  }
}

function nameOf({ kind, metadata }: { readonly kind: string; readonly metadata?: unknown }): string {
  const { name } = isMapping(metadata) ? metadata : {};
  return typeof name === "string" ? `${kind} "${name}"` : kind;
}

/** In a map of texts null is the empty text, as the API server decodes it: such a label is there. */
const textMaps = ["labels", "annotations", "selector"];

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([, one]) => one !== null).map(([name, one]) =>
      textMaps.includes(name) && isMapping(one)
        ? [name, Object.fromEntries(Object.entries(one).map(([key, text]) => [key, text ?? ""]))]
        : [name, withoutNulls(one)]
    ),
  );
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a mapping" : JSON.stringify(value);
}
