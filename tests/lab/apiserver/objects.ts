/** Requests for objects: get, list, watch, create, update, patch, delete. */
import { type Answer, type HttpRequest, json, withWarnings } from "./answers.ts";
import type { User } from "./authn.ts";
import { mediaType, readBody } from "./body.ts";
import { modelName, type SchemaLoader } from "./builtin_schemas.ts";
import { checkBuiltIn } from "./decode.ts";
import { type ApiObject, textOr } from "./json.ts";
import type { KindInfo } from "./kinds.ts";
import type { Lister } from "./list.ts";
import type { Target, Written } from "./persist.ts";
import { negotiate, Presenter } from "./present.ts";
import { isStatus, parseDeletion, remove } from "./remove.ts";
import type { RequestInfo } from "./request.ts";
import type { ServerState, WriteContext } from "./state.ts";
import { ApiError, badRequest, invalid, methodNotAllowed, notFound, required } from "./status.ts";
import { keyOf } from "./store.ts";
import { Watch, type WatchEnvironment } from "./watch.ts";
import { create, patch, type PatchKind, update } from "./write.ts";

/** What it needs. */
export interface ObjectParts {
  readonly state: ServerState;
  readonly lister: Lister;
  readonly watch: WatchEnvironment;
  readonly schemas: SchemaLoader;
}

const PATCH_TYPES: Readonly<Record<string, PatchKind>> = {
  "application/json-patch+json": "json",
  "application/merge-patch+json": "merge",
  "application/strategic-merge-patch+json": "strategic",
  "application/apply-patch+yaml": "apply",
};

/** Serves objects. The caller has checked that the request is allowed and its target exists as a kind. */
export class ObjectService {
  constructor(private readonly parts: ObjectParts) {}

  /** @throws ApiError */
  async serve(request: HttpRequest, info: RequestInfo, target: Target, user: User): Promise<Answer> {
    switch (info.verb) {
      case "get":
        return this.#get(request, info, target);
      case "list":
        return this.#list(request, info, target);
      case "watch":
        return this.#watch(request, info, target);
      case "create":
      case "update":
      case "patch":
        return await this.#write(request, info, target, user);
      case "delete":
      case "deletecollection":
        return await this.#delete(request, info, target, user);
      default:
        throw methodNotAllowed();
    }
  }

  #presenter(request: HttpRequest, info: RequestInfo, kind: KindInfo): Presenter {
    return new Presenter(kind, negotiate(request.header("Accept"), info.query), this.parts.state.now);
  }

  #get(request: HttpRequest, info: RequestInfo, target: Target): Answer {
    const key = keyOf(target.info.namespaced ? target.namespace : undefined, target.name);
    const entry = this.parts.state.store.get(target.info.storage, key);
    const presenter = this.#presenter(request, info, target.info);
    if (entry === undefined) throw notFound(target.info, target.name);
    return json(presenter.entry(entry));
  }

  #list(request: HttpRequest, info: RequestInfo, { info: kind, namespace }: Target): Answer {
    const presenter = this.#presenter(request, info, kind);
    const page = this.parts.lister.list(kind, kind.namespaced ? namespace : "", info);
    const metadata = {
      resourceVersion: String(page.revision),
      ...(page.continueToken === "" ? {} : { continue: page.continueToken }),
      ...(page.remaining === undefined ? {} : { remainingItemCount: page.remaining }),
    };
    return json(presenter.list(page.entries, metadata));
  }

  #watch(request: HttpRequest, info: RequestInfo, { info: kind, namespace }: Target): Answer {
    const presenter = this.#presenter(request, info, kind);
    const watch = new Watch(this.parts.watch, info, kind, kind.namespaced ? namespace : "", presenter);
    return { code: 200, headers: { "Content-Type": "application/json" }, body: watch };
  }

  #context(request: HttpRequest, info: RequestInfo, user: User): WriteContext {
    const dryRun = info.query.getAll("dryRun");
    if (dryRun.some((value) => value !== "All")) {
      throw badRequest(`dryRun: Unsupported value: ${JSON.stringify(dryRun)}: supported values: "All"`);
    }
    const agent = (request.header("User-Agent") ?? "").split("/")[0] ?? "";
    const asked = info.query.get("fieldValidation");
    return {
      user,
      dryRun: dryRun.length > 0,
      manager: info.query.get("fieldManager") || agent || "unknown",
      fieldValidation: asked === "Strict" || asked === "Ignore" ? asked : "Warn",
      warnings: [],
    };
  }

  async #write(request: HttpRequest, info: RequestInfo, target: Target, user: User): Promise<Answer> {
    const { state } = this.parts;
    const presenter = this.#presenter(request, info, target.info);
    const context = this.#context(request, info, user);
    const patchKind = info.verb === "patch" ? this.#patchKind(request, info) : "merge";
    const body = await readBody(request);
    if (context.fieldValidation === "Strict" && target.info.custom === undefined) {
      const schema = (await this.parts.schemas.load()).resolved(modelName(target.info));
      // A patch is a part of an object, or no object at all: what it makes of the object is left to the strategies.
      if (
        info.verb !== "patch" || mediaType(request).includes("merge") || mediaType(request).includes("apply")
      ) {
        checkBuiltIn(target.info, body, schema);
      }
    }
    let written: Written;
    if (info.verb === "create") written = create(state, target, body, context);
    else if (info.verb === "update") written = update(state, target, body, context);
    else written = patch(state, target, patchKind, body, context, info.query.get("force") === "true");
    const answer = json(presenter.object(written.object), written.created ? 201 : 200);
    return withWarnings(answer, context.warnings);
  }

  #patchKind(request: HttpRequest, info: RequestInfo): PatchKind {
    const kind = PATCH_TYPES[mediaType(request)];
    if (kind === undefined) {
      throw new ApiError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {});
    }
    if (kind === "apply" && !info.query.has("fieldManager")) {
      const names = { group: "meta.k8s.io", plural: "patchoptions", kind: "PatchOptions" };
      throw invalid(names, "", [required("fieldManager", "is required for apply patch")]);
    }
    return kind;
  }

  async #delete(request: HttpRequest, info: RequestInfo, target: Target, user: User): Promise<Answer> {
    const { state, lister } = this.parts;
    const context = this.#context(request, info, user);
    const deletion = parseDeletion(await readBody(request), info.query);
    const presenter = this.#presenter(request, info, target.info);
    if (info.verb === "delete") {
      const answer = remove(state, target, deletion, context);
      return json(isStatus(answer) ? answer : presenter.object(answer as ApiObject));
    }
    const page = lister.list(target.info, target.info.namespaced ? target.namespace : "", info);
    for (const { object } of page.entries) {
      const { name, namespace } = object.metadata;
      remove(state, { ...target, name, namespace: textOr(namespace) }, deletion, context);
    }
    return json(presenter.list(page.entries, { resourceVersion: String(state.store.revision) }));
  }
}
