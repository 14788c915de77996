/** In which form an answer is sent: the objects, only their metadata, or a table, as the Accept header asks. */
import { fromStorage, isStored } from "./convert.ts";
import type { ApiObject, JsonObject } from "./json.ts";
import { apiVersionOf, type KindInfo } from "./kinds.ts";
import { ApiError } from "./status.ts";
import type { Entry } from "./store.ts";
import { columnDefinitions, rowOf } from "./tables.ts";

/** The form of an answer. */
export type Form =
  | { readonly as: "object" }
  | { readonly as: "metadata" }
  | { readonly as: "table"; readonly includeObject: "None" | "Metadata" | "Object" };

/** Chooses the first form that the header names and the server has. @throws ApiError 406 */
export function negotiate(accept: string | null, query: URLSearchParams): Form {
  if (accept === null || accept === "") return { as: "object" };
  for (const part of accept.split(",")) {
    const [type = "", ...parameters] = part.split(";").map((word) => word.trim());
    if (type !== "application/json" && type !== "*/*" && type !== "application/*") continue;
    const as = parameters.find((word) => word.startsWith("as="))?.slice(3);
    if (as === undefined) return { as: "object" };
    const meta = parameters.includes("g=meta.k8s.io") && parameters.includes("v=v1");
    if (as === "Table" && meta) {
      const include = query.get("includeObject");
      return {
        as: "table",
        includeObject: include === "None" || include === "Object" ? include : "Metadata",
      };
    }
    if (as.startsWith("PartialObjectMetadata") && meta) return { as: "metadata" };
  }
  throw new ApiError(
    406,
    "NotAcceptable",
    "only the following media types are accepted: application/json",
    {},
  );
}

/** Only type and metadata of an object. */
function partial(object: Readonly<ApiObject>): JsonObject {
  return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata };
}

/** Turns stored objects into answers of one kind, version and form. */
export class Presenter {
  readonly #plain: boolean;
  constructor(
    readonly info: KindInfo,
    readonly form: Form,
    readonly now: () => Date,
  ) {
    this.#plain = form.as === "object" && isStored(info);
  }

  /** True when objects are sent as stored, so that their JSON can be shared. */
  get plain(): boolean {
    return this.#plain;
  }

  /** One object as JSON. */
  entry(entry: Entry): string {
    if (this.#plain) return entry.json;
    return JSON.stringify(this.object(entry.object));
  }

  /** One object that needs not be stored (dry runs). */
  object(stored: Readonly<ApiObject>, headers = true): JsonObject {
    const object = fromStorage(this.info, stored);
    switch (this.form.as) {
      case "object":
        return object;
      case "metadata":
        return partial(object);
      case "table":
        return this.#table([object], { resourceVersion: object.metadata.resourceVersion }, headers);
    }
  }

  /** A list as JSON; `metadata` is the list's. */
  list(entries: readonly Entry[], metadata: JsonObject): string {
    if (this.form.as === "table") {
      const objects = entries.map((entry) => fromStorage(this.info, entry.object));
      return JSON.stringify(this.#table(objects, metadata, true));
    }
    const head = this.form.as === "metadata"
      ? { kind: "PartialObjectMetadataList", apiVersion: "meta.k8s.io/v1" }
      : { kind: `${this.info.kind}List`, apiVersion: apiVersionOf(this.info) };
    const items = entries.map((entry) => this.#item(entry)).join(",");
    return `${JSON.stringify({ ...head, metadata }).slice(0, -1)},"items":[${items}]}`;
  }

  /** Items of built-in kinds don't say their kind and apiVersion, which the list already says. */
  #item(entry: Entry): string {
    if (this.form.as !== "object" || this.info.custom !== undefined) return this.entry(entry);
    if (this.#plain) return entry.untypedJson;
    const { kind: _kind, apiVersion: _apiVersion, ...rest } = this.object(entry.object);
    return JSON.stringify(rest);
  }

  #table(objects: readonly ApiObject[], metadata: JsonObject, headers: boolean): JsonObject {
    if (this.form.as !== "table") throw new Error("not a table");
    const { includeObject } = this.form;
    const now = this.now();
    return {
      kind: "Table",
      apiVersion: "meta.k8s.io/v1",
      metadata,
      columnDefinitions: headers ? columnDefinitions(this.info) : [],
      rows: objects.map((object) => ({
        cells: rowOf(this.info, object, now),
        ...(includeObject === "None"
          ? {}
          : { object: includeObject === "Object" ? object : partial(object) }),
      })),
    };
  }
}
