/** Reviews: questions about tokens and permissions, answered and not stored; and tokens for ServiceAccounts. */
import { makeToken, serviceAccountUser, type User } from "./authn.ts";
import { type ApiObject, arrayOr, isObject, type JsonObject, objectOr, rfc3339, textOr } from "./json.ts";
import type { Attributes, Authorizer } from "./rbac.ts";
import type { ServerState } from "./state.ts";
import { badRequest, notFound } from "./status.ts";
import type { Target } from "./persist.ts";

const HOUR_S = 3600;

function userInfo(user: User): JsonObject {
  return {
    username: user.name,
    groups: [...user.groups],
    ...(user.uid === undefined ? {} : { uid: user.uid }),
  };
}

function attributesOf(spec: JsonObject): Attributes {
  const plain = objectOr(spec["nonResourceAttributes"]);
  const resource = objectOr(spec["resourceAttributes"]);
  const attributes: Attributes = {
    verb: textOr(resource["verb"]) || textOr(plain["verb"]),
    group: textOr(resource["group"]),
    plural: textOr(resource["resource"]),
    subresource: textOr(resource["subresource"]),
    namespace: textOr(resource["namespace"]),
    name: textOr(resource["name"]),
  };
  return isObject(spec["nonResourceAttributes"])
    ? { ...attributes, path: textOr(plain["path"]) }
    : attributes;
}

function rulesStatus(authorizer: Authorizer, user: User, namespace: string): JsonObject {
  const masters = user.groups.includes("system:masters");
  const all = { verbs: ["*"], apiGroups: ["*"], resources: ["*"], resourceNames: [], nonResourceURLs: ["*"] };
  const rules = [...(masters ? [all] : []), ...authorizer.rules(user, namespace)];
  return {
    resourceRules: rules.filter((rule) => rule.resources.length > 0)
      .map(({ verbs, apiGroups, resources, resourceNames }) => ({
        verbs,
        apiGroups,
        resources,
        ...(resourceNames.length > 0 ? { resourceNames } : {}),
      })),
    nonResourceRules: rules.filter((rule) => rule.nonResourceURLs.length > 0)
      .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
    incomplete: false,
  };
}

/** Answers a review that was POSTed. @throws ApiError 400 */
export function review(
  state: ServerState,
  authorizer: Authorizer,
  user: User,
  kind: string,
  namespace: string,
  body: unknown,
): JsonObject {
  if (!isObject(body)) throw badRequest(`a ${kind} must be a JSON object`);
  const spec = objectOr(body["spec"]);
  const group = kind.startsWith("Token") || kind === "SelfSubjectReview" ? "authentication" : "authorization";
  const typed = { kind, apiVersion: `${group}.k8s.io/v1`, metadata: {} };
  const answer = (status: JsonObject): JsonObject => ({ ...typed, ...body, status });
  switch (kind) {
    case "SelfSubjectReview":
      return answer({ userInfo: userInfo(user) });
    case "TokenReview": {
      const found = state.authenticator.user(textOr(spec["token"]), state.now().getTime());
      if (found === undefined) return answer({ user: {}, error: "the token is not known" });
      return answer({
        authenticated: true,
        user: userInfo(found),
        audiences: ["https://kubernetes.default.svc"],
      });
    }
    case "SelfSubjectRulesReview":
      return answer(rulesStatus(authorizer, user, textOr(spec["namespace"])));
    case "SelfSubjectAccessReview":
      return answer({ allowed: authorizer.allows(user, attributesOf(spec)) });
    default: {
      const other = { name: textOr(spec["user"]), groups: arrayOr(spec["groups"]).map(textOr) };
      const wanted = attributesOf(spec);
      const where = kind === "LocalSubjectAccessReview" ? { ...wanted, namespace } : wanted;
      return answer({ allowed: authorizer.allows(other, where) });
    }
  }
}

/** The `token` subresource of a ServiceAccount. @throws ApiError 404 */
export function tokenRequest(state: ServerState, target: Target, body: unknown): JsonObject {
  const found = state.store.get("/serviceaccounts", `${target.namespace}/${target.name}`);
  if (found === undefined) throw notFound(target.info, target.name);
  const spec = objectOr(objectOr(body)["spec"]);
  const seconds = typeof spec["expirationSeconds"] === "number" ? spec["expirationSeconds"] : HOUR_S;
  const audiences = arrayOr(spec["audiences"]).map(textOr);
  const issuedMs = state.now().getTime();
  const expiresMs = issuedMs + seconds * 1000;
  const user = serviceAccountUser(
    target.namespace,
    target.name,
    (found.object as ApiObject).metadata.uid ?? "",
  );
  const issuedFor = audiences.length > 0 ? audiences : ["https://kubernetes.default.svc"];
  const token = makeToken(user, issuedFor, issuedMs, expiresMs);
  state.authenticator.add(token, user, expiresMs);
  return {
    kind: "TokenRequest",
    apiVersion: "authentication.k8s.io/v1",
    metadata: {
      name: target.name,
      namespace: target.namespace,
      creationTimestamp: rfc3339(new Date(issuedMs)),
    },
    spec: {
      audiences: issuedFor,
      expirationSeconds: seconds,
      boundObjectRef: spec["boundObjectRef"] ?? null,
    },
    status: { token, expirationTimestamp: rfc3339(new Date(expiresMs)) },
  };
}
