/**
 * OpenAPI, as far as kubectl needs it: version 3 with the schemas and with the query parameters of PATCH, from which
 * kubectl sees that the server validates fields. Version 2 is there without definitions: kubectl then uses what it has
 * built in.
 */
import { type Answer, json } from "./answers.ts";
import { modelName, type SchemaLoader } from "./builtin_schemas.ts";
import { isObject, type JsonObject } from "./json.ts";
import { apiVersionOf, type KindInfo } from "./kinds.ts";
import { VERSION } from "./lab_version.ts";
import type { Registry } from "./registry.ts";
import { ApiError, noSuchPath } from "./status.ts";

const V2_PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
const PREFIX = "#/components/schemas/";
const INFO = { title: "Pewter lab API server (for tests)", version: VERSION.gitVersion };

function pathOf(groupVersion: string): string {
  return groupVersion.includes("/") ? `apis/${groupVersion}` : `api/${groupVersion}`;
}

function index(registry: Registry): JsonObject {
  const paths: JsonObject = {};
  for (const groupVersion of new Set(registry.all().map(apiVersionOf))) {
    const path = pathOf(groupVersion);
    paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${registry.generation}` };
  }
  return { paths };
}

function parameter(name: string): JsonObject {
  return { name, in: "query", schema: { type: "string", uniqueItems: true } };
}

/** The paths of one kind, with the little that kubectl reads of them. */
function kindPaths(info: KindInfo, schemaName: string): JsonObject {
  const gvk = { group: info.group, kind: info.kind, version: info.version };
  const base = `/${pathOf(apiVersionOf(info))}/${
    info.namespaced ? "namespaces/{namespace}/" : ""
  }${info.plural}`;
  const content = { "application/json": { schema: { $ref: PREFIX + schemaName } } };
  const operation = (action: string, more: JsonObject = {}): JsonObject => ({
    operationId: `${action}${info.kind}${info.version}${info.group.replaceAll(".", "")}`,
    parameters: ["dryRun", "fieldManager", "fieldValidation"].map(parameter),
    responses: { "200": { description: "OK", content } },
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": gvk,
    ...more,
  });
  // Strategic merge patch is not offered here: kubectl then computes it with its own merge keys.
  const patchTypes = [
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/apply-patch+yaml",
  ];
  const patchContent = Object.fromEntries(patchTypes.map((type) => [type, { schema: { type: "object" } }]));
  const pathParameters = [...(info.namespaced ? ["namespace"] : []), "name"].map((name) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  return {
    [base]: { post: operation("post", { requestBody: { content } }), get: operation("list") },
    [`${base}/{name}`]: {
      parameters: pathParameters,
      get: operation("get"),
      put: operation("put", { requestBody: { content } }),
      patch: operation("patch", { requestBody: { content: patchContent } }),
    },
  };
}

/** A schema name as Kubernetes makes it of a CustomResourceDefinition: the group backwards. */
function customSchemaName(info: KindInfo): string {
  return [...info.group.split(".").reverse(), info.version, info.kind].join(".");
}

async function document(kinds: readonly KindInfo[], loader: SchemaLoader): Promise<JsonObject> {
  const schemas: JsonObject = {};
  let paths: JsonObject = {};
  const builtIn = await loader.load();
  for (const info of kinds) {
    const name = info.custom === undefined ? modelName(info) : customSchemaName(info);
    if (info.custom === undefined) builtIn.collect(name, PREFIX, schemas);
    else {
      builtIn.collect("V1ObjectMeta", PREFIX, schemas);
      const own = info.custom.schema["properties"];
      const metadata = { allOf: [{ $ref: `${PREFIX}V1ObjectMeta` }] };
      schemas[name] = { ...info.custom.schema, properties: { ...(isObject(own) ? own : {}), metadata } };
    }
    const gvk = { group: info.group, kind: info.kind, version: info.version };
    schemas[name] = { ...schemas[name] as JsonObject, "x-kubernetes-group-version-kind": [gvk] };
    paths = { ...paths, ...kindPaths(info, name) };
  }
  return { openapi: "3.0.0", info: INFO, paths, components: { schemas } };
}

/** Version 2 as protobuf, which kubectl insists on: `swagger` (1), `info` (2) with title and version, no `paths` (8). */
function emptyV2(): Uint8Array<ArrayBuffer> {
  const field = (number: number, bytes: Uint8Array): number[] => [number << 3 | 2, bytes.length, ...bytes];
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  const about = Uint8Array.from([...field(1, text(INFO.title)), ...field(2, text(INFO.version))]);
  return Uint8Array.from([...field(1, text("2.0")), ...field(2, about), ...field(8, new Uint8Array())]);
}

/** Answers a path under /openapi. @throws ApiError 404, 406 */
export async function openApi(
  registry: Registry,
  loader: SchemaLoader,
  path: string,
  accept: string | null,
): Promise<Answer> {
  const onlyProtobuf = accept?.includes("protobuf") === true && !accept.includes("json");
  if (path === "/openapi/v2" && onlyProtobuf) {
    return { code: 200, headers: { "Content-Type": V2_PROTOBUF }, body: emptyV2() };
  }
  if (onlyProtobuf) {
    throw new ApiError(
      406,
      "NotAcceptable",
      "only the following media types are accepted: application/json",
      {},
    );
  }
  if (path === "/openapi/v2") return json({ swagger: "2.0", info: INFO, paths: {}, definitions: {} });
  if (path === "/openapi/v3") return json(index(registry));
  const wanted = path.slice("/openapi/v3/".length);
  const kinds = registry.all().filter((info) => pathOf(apiVersionOf(info)) === wanted);
  if (kinds.length === 0) throw noSuchPath();
  return json(await document(kinds, loader));
}
