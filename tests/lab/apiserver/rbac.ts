/** RBAC: may this user do this? Evaluated from the stored roles and bindings. */
import type { User } from "./authn.ts";
import { arrayOr, type JsonObject, objectOr, textOr } from "./json.ts";
import type { Store } from "./store.ts";

/** What somebody wants to do: something with a resource, or (path) with a plain URL. */
export interface Attributes {
  readonly verb: string;
  readonly group: string;
  readonly plural: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** Set for a request that is for no resource. */
  readonly path?: string;
}

/** See `rbac.authorization.k8s.io/v1` PolicyRule. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

function has(list: readonly string[], word: string): boolean {
  return list.includes("*") || list.includes(word);
}

/** Does a rule allow it? */
export function ruleAllows(rule: PolicyRule, wanted: Attributes): boolean {
  if (!has(rule.verbs, wanted.verb)) return false;
  const { path } = wanted;
  if (path !== undefined) {
    return rule.nonResourceURLs.some((url) =>
      url === "*" || url === path || (url.endsWith("*") && path.startsWith(url.slice(0, -1)))
    );
  }
  if (!has(rule.apiGroups, wanted.group)) return false;
  const resource = wanted.subresource === "" ? wanted.plural : `${wanted.plural}/${wanted.subresource}`;
  const named = has(rule.resources, resource) ||
    (wanted.subresource !== "" && rule.resources.includes(`*/${wanted.subresource}`));
  return named && (rule.resourceNames.length === 0 || rule.resourceNames.includes(wanted.name));
}

function toRule(value: unknown): PolicyRule {
  const rule = objectOr(value);
  const texts = (name: string): string[] => arrayOr(rule[name]).map(textOr);
  return {
    verbs: texts("verbs"),
    apiGroups: texts("apiGroups"),
    resources: texts("resources"),
    resourceNames: texts("resourceNames"),
    nonResourceURLs: texts("nonResourceURLs"),
  };
}

/** Is the user one of a binding's subjects? `bindingNamespace` is where a ServiceAccount without namespace is looked for. */
export function isSubject(subject: JsonObject, user: User, bindingNamespace: string): boolean {
  const name = textOr(subject["name"]);
  switch (subject["kind"]) {
    case "User":
      return name === user.name;
    case "Group":
      return user.groups.includes(name);
    case "ServiceAccount":
      return user.name ===
        `system:serviceaccount:${textOr(subject["namespace"]) || bindingNamespace}:${name}`;
    default:
      return false;
  }
}

interface Grants {
  readonly cluster: readonly PolicyRule[];
  readonly byNamespace: ReadonlyMap<string, readonly PolicyRule[]>;
}

const GROUP = "rbac.authorization.k8s.io";

/** Decides from what is in the store; remembers each user's rules until a role or binding changes. */
export class Authorizer {
  readonly #grants = new Map<string, Grants>();
  constructor(readonly store: Store) {
    store.observe((storage) => {
      if (storage.startsWith(`${GROUP}/`)) this.#grants.clear();
    });
  }

  #rulesOf(kind: "roles" | "clusterroles", key: string): PolicyRule[] {
    return arrayOr(this.store.get(`${GROUP}/${kind}`, key)?.object["rules"]).map(toRule);
  }

  #bound(binding: JsonObject, user: User, namespace: string): PolicyRule[] {
    if (!arrayOr(binding["subjects"]).some((subject) => isSubject(objectOr(subject), user, namespace))) {
      return [];
    }
    const role = objectOr(binding["roleRef"]);
    const name = textOr(role["name"]);
    return role["kind"] === "Role"
      ? this.#rulesOf("roles", `${namespace}/${name}`)
      : this.#rulesOf("clusterroles", name);
  }

  #grantsOf(user: User): Grants {
    const id = JSON.stringify([user.name, user.groups]);
    const known = this.#grants.get(id);
    if (known !== undefined) return known;
    const cluster = this.store.list(`${GROUP}/clusterrolebindings`).flatMap(({ object }) =>
      this.#bound(object, user, "")
    );
    const byNamespace = new Map<string, PolicyRule[]>();
    for (const { object } of this.store.list(`${GROUP}/rolebindings`)) {
      const namespace = object.metadata.namespace ?? "";
      const rules = this.#bound(object, user, namespace);
      if (rules.length > 0) byNamespace.set(namespace, [...byNamespace.get(namespace) ?? [], ...rules]);
    }
    const grants = { cluster, byNamespace };
    this.#grants.set(id, grants);
    return grants;
  }

  /** The rules that hold for a user in a namespace ("": only those for the whole cluster). */
  rules(user: User, namespace: string): readonly PolicyRule[] {
    const { cluster, byNamespace } = this.#grantsOf(user);
    return [...cluster, ...byNamespace.get(namespace) ?? []];
  }

  allows(user: User, wanted: Attributes): boolean {
    if (user.groups.includes("system:masters")) return true;
    const { cluster, byNamespace } = this.#grantsOf(user);
    return cluster.some((rule) => ruleAllows(rule, wanted)) ||
      (wanted.namespace !== "" &&
        (byNamespace.get(wanted.namespace) ?? []).some((rule) => ruleAllows(rule, wanted)));
  }
}

/** The second half of a 403's message, as a Kubernetes API server words it. */
export function refusalText(user: User, wanted: Attributes): string {
  const who = `User ${JSON.stringify(user.name)} cannot ${wanted.verb}`;
  if (wanted.path !== undefined) return `${who} path ${JSON.stringify(wanted.path)}`;
  const resource = wanted.subresource === "" ? wanted.plural : `${wanted.plural}/${wanted.subresource}`;
  const where = wanted.namespace === ""
    ? "at the cluster scope"
    : `in the namespace ${JSON.stringify(wanted.namespace)}`;
  return `${who} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(wanted.group)} ${where}`;
}
