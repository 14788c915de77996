/** Discovery: which groups, versions and resources there are; in the legacy form and the aggregated one. */
import type { JsonObject } from "./json.ts";
import { apiVersionOf, type KindInfo } from "./kinds.ts";
import type { Registry } from "./registry.ts";

const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const STATUS_VERBS = ["get", "patch", "update"];

/** A resource that only answers to POST. */
interface Review {
  readonly groupVersion: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** The reviews, which are asked and not stored. */
export const REVIEWS: readonly Review[] = [
  ["authentication.k8s.io/v1", "selfsubjectreviews", "SelfSubjectReview", false] as const,
  ["authentication.k8s.io/v1", "tokenreviews", "TokenReview", false] as const,
  ["authorization.k8s.io/v1", "localsubjectaccessreviews", "LocalSubjectAccessReview", true] as const,
  ["authorization.k8s.io/v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", false] as const,
  ["authorization.k8s.io/v1", "selfsubjectrulesreviews", "SelfSubjectRulesReview", false] as const,
  ["authorization.k8s.io/v1", "subjectaccessreviews", "SubjectAccessReview", false] as const,
].map(([groupVersion, plural, kind, namespaced]) => ({ groupVersion, plural, kind, namespaced }));

/** Subresources of a kind: path segment, the kind that it takes, verbs. */
function subresources(
  info: KindInfo,
): { name: string; group: string; version: string; kind: string; verbs: string[] }[] {
  const own = { group: info.group, version: info.version, kind: info.kind };
  const found = info.status ? [{ name: "status", ...own, verbs: STATUS_VERBS }] : [];
  if (info.plural !== "serviceaccounts" || info.group !== "") return found;
  return [...found, {
    name: "token",
    group: "authentication.k8s.io",
    version: "v1",
    kind: "TokenRequest",
    verbs: ["create"],
  }];
}

/** `metav1.APIResourceList` of one group and version; undefined when it isn't served. */
export function resourceList(registry: Registry, group: string, version: string): JsonObject | undefined {
  const kinds = registry.ofGroupVersion(group, version);
  const groupVersion = apiVersionOf({ group, version });
  const reviews = REVIEWS.filter((review) => review.groupVersion === groupVersion);
  if (kinds.length + reviews.length === 0) return undefined;
  const resources: JsonObject[] = kinds.flatMap((info) => [
    {
      name: info.plural,
      singularName: info.singular,
      namespaced: info.namespaced,
      kind: info.kind,
      verbs: VERBS,
      ...(info.shortNames.length > 0 ? { shortNames: info.shortNames } : {}),
      ...(info.categories.length > 0 ? { categories: info.categories } : {}),
    },
    ...subresources(info).map(({ name, ...sub }) => ({
      name: `${info.plural}/${name}`,
      singularName: "",
      namespaced: info.namespaced,
      ...sub,
    })),
  ]);
  for (const { plural, kind, namespaced } of reviews) {
    resources.push({ name: plural, singularName: kind.toLowerCase(), namespaced, kind, verbs: ["create"] });
  }
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources };
}

function groupOf(group: string, versions: readonly string[]): JsonObject {
  const listed = versions.map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions: listed, preferredVersion: listed[0] };
}

/** `metav1.APIGroup` of one group; undefined when it isn't served. */
export function apiGroup(registry: Registry, group: string): JsonObject | undefined {
  const versions = registry.groups().get(group);
  return versions === undefined || group === ""
    ? undefined
    : { kind: "APIGroup", apiVersion: "v1", ...groupOf(group, versions) };
}

/** `metav1.APIGroupList`, the answer to `/apis`. */
export function groupList(registry: Registry): JsonObject {
  const groups = [...registry.groups()].filter(([group]) => group !== "");
  return {
    kind: "APIGroupList",
    apiVersion: "v1",
    groups: groups.map(([group, versions]) => groupOf(group, versions)),
  };
}

/** `metav1.APIVersions`, the answer to `/api`. */
export function coreVersions(): JsonObject {
  return { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] };
}

function aggregatedResources(registry: Registry, group: string, version: string): JsonObject[] {
  const resources: JsonObject[] = registry.ofGroupVersion(group, version).map((info) => ({
    resource: info.plural,
    responseKind: { group, version, kind: info.kind },
    scope: info.namespaced ? "Namespaced" : "Cluster",
    singularResource: info.singular,
    verbs: VERBS,
    ...(info.shortNames.length > 0 ? { shortNames: info.shortNames } : {}),
    ...(info.categories.length > 0 ? { categories: info.categories } : {}),
    subresources: subresources(info).map((sub) => ({
      subresource: sub.name,
      responseKind: { group: sub.group, version: sub.version, kind: sub.kind },
      verbs: sub.verbs,
    })),
  }));
  for (const { groupVersion, plural, kind, namespaced } of REVIEWS) {
    if (groupVersion !== `${group}/${version}`) continue;
    resources.push({
      resource: plural,
      responseKind: { group, version, kind },
      scope: namespaced ? "Namespaced" : "Cluster",
      singularResource: kind.toLowerCase(),
      verbs: ["create"],
    });
  }
  return resources;
}

/** The aggregated form that an Accept header asks for, if it does. */
export function aggregatedVersion(accept: string | null): "v2" | "v2beta1" | undefined {
  const found = /g=apidiscovery\.k8s\.io;v=(v2|v2beta1);as=APIGroupDiscoveryList/.exec(accept ?? "");
  return found?.[1] as "v2" | "v2beta1" | undefined;
}

/** `apidiscovery.k8s.io` APIGroupDiscoveryList for `/api` (core) or `/apis` (the rest). */
export function aggregatedDiscovery(registry: Registry, core: boolean, version: string): JsonObject {
  const groups = [...registry.groups()].filter(([group]) => (group === "") === core);
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map(([group, versions]) => ({
      metadata: { name: group, creationTimestamp: null },
      versions: versions.map((one) => ({
        version: one,
        resources: aggregatedResources(registry, group, one),
        freshness: "Current",
      })),
    })),
  };
}
