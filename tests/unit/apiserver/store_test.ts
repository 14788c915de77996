import { assertEquals, assertThrows } from "@std/assert";
import { Lister } from "../../lab/apiserver/list.ts";
import { parseRequest } from "../../lab/apiserver/request.ts";
import { ApiError } from "../../lab/apiserver/status.ts";
import { Store } from "../../lab/apiserver/store.ts";
import { kindOf, makeState, NOW } from "./objects.ts";

function fill(store: Store, count: number): void {
  for (let i = 0; i < count; i++) {
    const name = `c${String(i).padStart(2, "0")}`;
    store.put("/configmaps", `default/${name}`, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name, namespace: "default" },
    });
  }
}

function setUp(count: number) {
  const state = makeState();
  fill(state.store, count);
  const lister = new Lister(state.store, () => NOW.getTime());
  const info = kindOf(state, "v1", "ConfigMap");
  const list = (query: string) =>
    lister.list(info, "default", parseRequest("GET", `/api/v1/configmaps?${query}`));
  return { store: state.store, list };
}

Deno.test("pages show one snapshot, whatever is written meanwhile", () => {
  const { store, list } = setUp(5);
  const first = list("limit=2");
  assertEquals([first.entries.map((entry) => entry.key), first.remaining], [
    ["default/c00", "default/c01"],
    3,
  ]);
  store.remove("/configmaps", "default/c03");
  fill(store, 1);
  const second = list(`limit=2&continue=${encodeURIComponent(first.continueToken)}`);
  const third = list(`limit=2&continue=${encodeURIComponent(second.continueToken)}`);
  assertEquals([...second.entries, ...third.entries].map((entry) => entry.key), [
    "default/c02",
    "default/c03",
    "default/c04",
  ]);
  assertEquals([second.revision, third.revision], [first.revision, first.revision]);
  assertEquals([third.continueToken, third.remaining], ["", undefined]);
});

Deno.test("a continue token is 410 after the history expired, and 400 when it is none", () => {
  const { store, list } = setUp(3);
  const { continueToken } = list("limit=1");
  store.expire();
  const token = encodeURIComponent(continueToken);
  assertEquals(assertThrows(() => list(`continue=${token}`), ApiError).reason, "Expired");
  assertEquals(assertThrows(() => list("continue=nonsense"), ApiError).code, 400);
  assertEquals(assertThrows(() => list("resourceVersion=999999"), ApiError).code, 504);
});

Deno.test("the history is bounded, and says when it can't answer", () => {
  const store = new Store(3);
  fill(store, 2);
  const start = store.revision;
  fill(store, 2);
  const later = store.since("/configmaps", start);
  assertEquals(later === "expired" ? later : later.map((change) => change.type), ["MODIFIED", "MODIFIED"]);
  fill(store, 5);
  assertEquals(store.since("/configmaps", start), "expired");
  assertEquals(store.since("/configmaps", store.revision), []);
  store.expire();
  assertEquals(store.since("/configmaps", store.revision - 1), "expired");
  assertEquals(store.since("/configmaps", store.revision), []);
});

Deno.test("a removal has a resourceVersion of its own", () => {
  const store = new Store(3);
  fill(store, 1);
  const seen: string[] = [];
  store.subscribe(
    "/configmaps",
    ({ type, entry }) => seen.push(`${type} ${entry.object.metadata.resourceVersion}`),
  );
  store.remove("/configmaps", "default/c00");
  assertEquals(seen, [`DELETED ${store.revision}`]);
});

Deno.test("request lines: groups, namespaces, subresources and verbs", () => {
  const rows: [string, string, string, string][] = [
    ["GET", "/api/v1/pods", "list", "/v1 pods  ns= sub="],
    ["GET", "/api/v1/namespaces/a/pods?watch=1", "watch", "/v1 pods  ns=a sub="],
    ["GET", "/api/v1/namespaces/a/pods/b", "get", "/v1 pods b ns=a sub="],
    ["PATCH", "/api/v1/namespaces/a/pods/b/status", "patch", "/v1 pods b ns=a sub=status"],
    ["GET", "/api/v1/namespaces/a", "get", "/v1 namespaces a ns=a sub="],
    ["PUT", "/api/v1/namespaces/a/finalize", "update", "/v1 namespaces a ns=a sub=finalize"],
    [
      "DELETE",
      "/apis/apps/v1/namespaces/a/deployments",
      "deletecollection",
      "apps/v1 deployments  ns=a sub=",
    ],
    ["POST", "/apis/a.b/v2/things", "create", "a.b/v2 things  ns= sub="],
  ];
  for (const [method, target, verb, expected] of rows) {
    const { resource, ...request } = parseRequest(method, target);
    assertEquals(request.verb, verb);
    assertEquals(
      resource &&
        `${resource.group}/${resource.version} ${resource.plural} ${resource.name} ns=${resource.namespace} sub=${resource.subresource}`,
      expected,
    );
  }
  assertEquals(parseRequest("GET", "/version").resource, undefined);
});
