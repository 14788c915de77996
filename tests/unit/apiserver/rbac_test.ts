import { assertEquals } from "@std/assert";
import type { ApiObject } from "../../lab/apiserver/json.ts";
import { type Attributes, Authorizer, refusalText } from "../../lab/apiserver/rbac.ts";
import { Store } from "../../lab/apiserver/store.ts";

const GROUP = "rbac.authorization.k8s.io";

function put(
  store: Store,
  plural: string,
  name: string,
  namespace: string,
  rest: Record<string, unknown>,
): void {
  const object: ApiObject = { apiVersion: `${GROUP}/v1`, kind: "x", metadata: { name }, ...rest };
  if (namespace !== "") object.metadata.namespace = namespace;
  store.put(`${GROUP}/${plural}`, namespace === "" ? name : `${namespace}/${name}`, object);
}

function wanting(verb: string, resource: string, more: Partial<Attributes> = {}): Attributes {
  const [plural = "", subresource = ""] = resource.split("/");
  return { verb, group: "", plural, subresource, namespace: "", name: "", ...more };
}

function setUp(): { store: Store; authorizer: Authorizer } {
  const store = new Store(10);
  put(store, "clusterroles", "reader", "", {
    rules: [{ apiGroups: [""], resources: ["services", "*/status"], verbs: ["get", "list"] }],
  });
  put(store, "clusterroles", "paths", "", {
    rules: [{ nonResourceURLs: ["/metrics", "/api/*"], verbs: ["get"] }],
  });
  put(store, "roles", "leases", "ns", {
    rules: [{
      apiGroups: ["coordination.k8s.io"],
      resources: ["leases"],
      resourceNames: ["mine"],
      verbs: ["*"],
    }],
  });
  return { store, authorizer: new Authorizer(store) };
}

function bind(
  store: Store,
  plural: string,
  namespace: string,
  kind: string,
  role: string,
  subject: Record<string, string>,
) {
  put(store, plural, `b-${role}`, namespace, {
    roleRef: { apiGroup: GROUP, kind, name: role },
    subjects: [subject],
  });
}

Deno.test("RBAC: nobody may anything; system:masters may all", () => {
  const { authorizer } = setUp();
  assertEquals(authorizer.allows({ name: "a", groups: [] }, wanting("get", "services")), false);
  assertEquals(authorizer.allows({ name: "a", groups: ["system:masters"] }, wanting("x", "y")), true);
});

Deno.test("RBAC: a cluster binding holds everywhere, a namespace's binding of the same role only there", () => {
  const { store, authorizer } = setUp();
  bind(store, "clusterrolebindings", "", "ClusterRole", "reader", { kind: "User", name: "all" });
  bind(store, "rolebindings", "ns", "ClusterRole", "reader", { kind: "Group", name: "team" });
  const all = { name: "all", groups: [] };
  const one = { name: "one", groups: ["team"] };
  assertEquals(authorizer.allows(all, wanting("list", "services")), true);
  assertEquals(authorizer.allows(all, wanting("list", "services", { namespace: "other" })), true);
  assertEquals(authorizer.allows(one, wanting("list", "services")), false);
  assertEquals(authorizer.allows(one, wanting("list", "services", { namespace: "ns" })), true);
  assertEquals(authorizer.allows(one, wanting("list", "services", { namespace: "other" })), false);
  assertEquals(authorizer.allows(all, wanting("update", "services")), false);
  assertEquals(authorizer.allows(all, wanting("get", "services", { group: "apps" })), false);
});

Deno.test("RBAC: subresources, names, ServiceAccounts and paths", () => {
  const { store, authorizer } = setUp();
  bind(store, "clusterrolebindings", "", "ClusterRole", "reader", { kind: "User", name: "u" });
  bind(store, "rolebindings", "ns", "Role", "leases", {
    kind: "ServiceAccount",
    name: "sa",
    namespace: "home",
  });
  const user = { name: "u", groups: [] };
  assertEquals(authorizer.allows(user, wanting("get", "services/status")), true);
  assertEquals(authorizer.allows(user, wanting("get", "services/proxy")), false);
  const account = { name: "system:serviceaccount:home:sa", groups: [] };
  const lease = { group: "coordination.k8s.io", namespace: "ns" };
  assertEquals(authorizer.allows(account, wanting("update", "leases", { ...lease, name: "mine" })), true);
  assertEquals(authorizer.allows(account, wanting("update", "leases", { ...lease, name: "other" })), false);
  assertEquals(authorizer.allows(account, wanting("list", "leases", lease)), false);
  bind(store, "clusterrolebindings", "", "ClusterRole", "paths", { kind: "User", name: "u" });
  assertEquals(authorizer.allows(user, wanting("get", "", { path: "/metrics" })), true);
  assertEquals(authorizer.allows(user, wanting("get", "", { path: "/api/v1" })), true);
  assertEquals(authorizer.allows(user, wanting("get", "", { path: "/apis" })), false);
});

Deno.test("RBAC: a change of a role or binding counts at once", () => {
  const { store, authorizer } = setUp();
  const user = { name: "u", groups: [] };
  assertEquals(authorizer.allows(user, wanting("get", "services")), false);
  bind(store, "clusterrolebindings", "", "ClusterRole", "reader", { kind: "User", name: "u" });
  assertEquals(authorizer.allows(user, wanting("get", "services")), true);
  store.remove(`${GROUP}/clusterroles`, "reader");
  assertEquals(authorizer.allows(user, wanting("get", "services")), false);
});

Deno.test("RBAC: the refusal's words", () => {
  const user = { name: "bob", groups: [] };
  assertEquals(
    refusalText(user, wanting("patch", "services/status", { namespace: "a" })),
    'User "bob" cannot patch resource "services/status" in API group "" in the namespace "a"',
  );
  assertEquals(
    refusalText(user, wanting("list", "nodes")),
    'User "bob" cannot list resource "nodes" in API group "" at the cluster scope',
  );
  assertEquals(refusalText(user, wanting("get", "", { path: "/x" })), 'User "bob" cannot get path "/x"');
});
