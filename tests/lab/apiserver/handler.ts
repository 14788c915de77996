/** From an HTTP request to its answer: who asks, may they, and which part of the server answers. */
import { type Answer, type HttpRequest, json, refusal } from "./answers.ts";
import type { User } from "./authn.ts";
import { readBody } from "./body.ts";
import { REVIEWS } from "./discovery.ts";
import { apiVersionOf } from "./kinds.ts";
import { answerPath } from "./nonresource.ts";
import { type ObjectParts, ObjectService } from "./objects.ts";
import type { Target } from "./persist.ts";
import { type Attributes, type Authorizer, refusalText } from "./rbac.ts";
import { parseRequest, type RequestInfo } from "./request.ts";
import { review, tokenRequest } from "./reviews.ts";
import { parseFieldSelector } from "./selectors.ts";
import { ApiError, forbidden, internal, methodNotAllowed, noSuchPath, NoSuchPathError } from "./status.ts";

/** The parts that handle requests. */
export interface HandlerParts extends ObjectParts {
  readonly authorizer: Authorizer;
  readonly sleep: (ms: number) => Promise<void>;
  /** Answers what belongs to the lab and not to Kubernetes; undefined when the path isn't one of its. */
  readonly lab: (request: HttpRequest, path: string, user: User) => Promise<Answer | undefined>;
}

const PUBLIC_PATHS = new Set(["/version", "/healthz", "/livez", "/readyz"]);

function attributesOf(request: RequestInfo): Attributes {
  const { resource, verb, path } = request;
  if (resource === undefined) {
    return { verb, group: "", plural: "", subresource: "", namespace: "", name: "", path };
  }
  const name = resource.name === "" ? selectedName(request) : resource.name;
  return { verb, ...resource, name };
}

/** A list or watch of the one object of a name is judged by that name, as with a real API server. */
function selectedName({ verb, query }: RequestInfo): string {
  if (verb === "create") return "";
  const terms = parseFieldSelector(query.get("fieldSelector") ?? "");
  return terms.find(({ path, equals }) => path === "metadata.name" && equals)?.value ?? "";
}

/** Handles requests of one server. */
export class Handler {
  readonly #objects: ObjectService;
  constructor(private readonly parts: HandlerParts) {
    this.#objects = new ObjectService(parts);
  }

  /** Never rejects: what goes wrong becomes a Status. */
  async handle(request: HttpRequest): Promise<Answer> {
    try {
      return await this.#handle(request);
    } catch (error) {
      if (error instanceof ApiError) return refusal(error);
      if (error instanceof NoSuchPathError) {
        return {
          code: 404,
          headers: { "Content-Type": "text/plain; charset=utf-8" },
          body: "404 page not found\n",
        };
      }
      return refusal(internal(error instanceof Error ? error.stack ?? error.message : String(error)));
    }
  }

  async #handle(request: HttpRequest): Promise<Answer> {
    const info = parseRequest(request.method, request.target);
    const { state, authorizer, sleep, lab } = this.parts;
    const { faults } = this.parts.watch;
    const labs = info.path.startsWith("/pewter-lab/");
    if (!labs && !faults.idle) await faults.before(info, sleep);
    const user = state.authenticator.authenticate(
      request.header("Authorization"),
      state.now().getTime(),
    );
    if (user === undefined) throw new ApiError(401, "Unauthorized", "Unauthorized");
    if (labs) return await lab(request, info.path, user) ?? refusal(noSuchPath());
    const wanted = attributesOf(info);
    if (!PUBLIC_PATHS.has(info.path) && !authorizer.allows(user, wanted)) {
      throw this.#refused(user, info, wanted);
    }
    if (info.resource === undefined) {
      return await answerPath(state.registry, this.parts.schemas, info, request.header("Accept"));
    }
    return await this.#resource(request, info, info.resource, user);
  }

  #refused(user: User, request: RequestInfo, wanted: Attributes): ApiError {
    const { resource } = request;
    if (resource === undefined) {
      return new ApiError(403, "Forbidden", `forbidden: ${refusalText(user, wanted)}`, {});
    }
    return forbidden(
      { group: resource.group, plural: resource.plural, kind: "" },
      resource.name,
      refusalText(user, wanted),
    );
  }

  async #resource(
    request: HttpRequest,
    info: RequestInfo,
    resource: NonNullable<RequestInfo["resource"]>,
    user: User,
  ): Promise<Answer> {
    const { state, authorizer } = this.parts;
    const { group, version, plural, namespace, name, subresource } = resource;
    const asked = REVIEWS.find((one) =>
      one.plural === plural && one.groupVersion === apiVersionOf({ group, version })
    );
    if (asked !== undefined) {
      if (info.verb !== "create") throw methodNotAllowed();
      const answer = review(state, authorizer, user, asked.kind, namespace, await readBody(request));
      return json(answer, 201);
    }
    const kind = state.registry.find(group, version, plural);
    if (kind === undefined) {
      const served = state.registry.groups().get(group)?.includes(version) === true;
      throw served ? noSuchPath() : new NoSuchPathError();
    }
    const target: Target = { info: kind, namespace, name, subresource };
    if (plural === "serviceaccounts" && subresource === "token" && info.verb === "create") {
      return json(tokenRequest(state, target, await readBody(request)), 201);
    }
    this.#checkTarget(target, info);
    return await this.#objects.serve(request, info, target, user);
  }

  #checkTarget({ info, namespace, name, subresource }: Target, request: RequestInfo): void {
    if (subresource !== "" && !(subresource === "status" && info.status)) {
      // Finalizing a namespace is an update of it: nothing else hangs on its spec.finalizers here.
      if (!(info.plural === "namespaces" && subresource === "finalize")) throw noSuchPath();
    }
    if (!info.namespaced) {
      if (namespace !== "" && info.plural !== "namespaces") throw noSuchPath();
      return;
    }
    const needs = name !== "" || request.verb === "create" || request.verb === "deletecollection";
    if (needs && namespace === "") throw methodNotAllowed();
  }
}
