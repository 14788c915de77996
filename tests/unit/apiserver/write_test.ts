import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { type ApiObject, clone, type JsonObject } from "../../lab/apiserver/json.ts";
import { parseDeletion, remove } from "../../lab/apiserver/remove.ts";
import { ApiError } from "../../lab/apiserver/status.ts";
import { create, patch, update } from "../../lab/apiserver/write.ts";
import { contextOf, kindOf, makeState, serveWidgets, targetOf } from "./objects.ts";

const SPEC = {
  type: "object",
  properties: {
    size: { type: "integer", minimum: 1 },
    mode: { type: "string", default: "a" },
    set: { type: "array", items: { type: "string" }, "x-kubernetes-list-type": "set" },
    map: {
      type: "array",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["k"],
      items: {
        type: "object",
        properties: { k: { type: "string" }, v: { type: "integer" }, w: { type: "integer" } },
      },
    },
  },
};

function setUp() {
  const state = makeState();
  const info = serveWidgets(state, SPEC);
  const at = (name: string, subresource = "") => targetOf(info, name, "default", subresource);
  return {
    state,
    info,
    make: (name: string, spec: JsonObject, rest: JsonObject = {}) =>
      create(state, at(""), { metadata: { name }, spec, ...rest }, contextOf()).object,
    put: (object: unknown, subresource = "") =>
      update(state, at((object as ApiObject).metadata.name, subresource), clone(object), contextOf()).object,
    merge: (name: string, by: JsonObject, subresource = "") =>
      patch(state, at(name, subresource), "merge", by, contextOf(), false).object,
    apply: (name: string, spec: JsonObject, manager: string, force = false) =>
      patch(
        state,
        at(name),
        "apply",
        { apiVersion: "example.io/v1", kind: "Widget", metadata: { name }, spec },
        contextOf(manager),
        force,
      ).object,
    gone: (name: string, body: unknown = undefined) =>
      remove(state, at(name), parseDeletion(body, new URLSearchParams()), contextOf()),
    stored: (name: string) => state.store.get(info.storage, `default/${name}`)?.object,
  };
}

function codeOf(act: () => unknown): number {
  return assertThrows(act, ApiError).code;
}

Deno.test("create: metadata is the server's, status isn't taken, unknown fields go, defaults come", () => {
  const { make } = setUp();
  const made = make("a", { size: 1, bogus: 2 }, { status: { x: 1 } });
  assertEquals(made.spec, { size: 1, mode: "a" });
  assertEquals(made.status, undefined);
  assertEquals([made.metadata.generation, made.metadata.creationTimestamp], [1, "2026-01-02T03:04:05Z"]);
  assertNotEquals(made.metadata.uid, undefined);
});

Deno.test("create: refusals", () => {
  const { make, state, info } = setUp();
  make("a", { size: 1 });
  assertEquals(codeOf(() => make("a", { size: 1 })), 409);
  assertEquals(codeOf(() => make("b", { size: 0 })), 422);
  assertEquals(codeOf(() => make("B_", { size: 1 })), 422);
  assertEquals(codeOf(() => make("c", {}, { kind: "Other" })), 400);
  assertEquals(
    codeOf(() => create(state, targetOf(info, "", "none"), { metadata: { name: "x" } }, contextOf())),
    404,
  );
  const strict = contextOf("t", { fieldValidation: "Strict" });
  const body = { metadata: { name: "x" }, spec: { bogus: 1 } };
  assertThrows(() => create(state, targetOf(info, ""), body, strict), ApiError, 'unknown field "spec.bogus"');
  const warn = contextOf();
  create(state, targetOf(info, ""), { metadata: { generateName: "gen-" }, spec: { bogus: 1 } }, warn);
  assertEquals(warn.warnings, ['unknown field "spec.bogus"']);
});

Deno.test("update: the resourceVersion decides; generation counts changes of the spec only", () => {
  const { make, put } = setUp();
  const first = make("a", { size: 1 });
  const second = put({ ...first, spec: { size: 2 } });
  assertEquals(second.metadata.generation, 2);
  assertEquals(codeOf(() => put({ ...first, spec: { size: 3 } })), 409);
  const { resourceVersion: _gone, ...metadata } = second.metadata;
  assertEquals(codeOf(() => put({ ...second, metadata })), 422);
  const labelled = put({ ...second, metadata: { ...second.metadata, labels: { l: "1" } } });
  assertEquals(labelled.metadata.generation, 2);
  assertEquals(codeOf(() => put({ ...labelled, metadata: { ...labelled.metadata, uid: "other" } })), 409);
});

Deno.test("an update that changes nothing writes nothing", () => {
  const { make, put, state } = setUp();
  const made = make("a", { size: 1 });
  const before = state.store.revision;
  assertEquals(put(made).metadata.resourceVersion, made.metadata.resourceVersion);
  assertEquals(state.store.revision, before);
});

Deno.test("status and spec don't touch each other", () => {
  const { make, merge } = setUp();
  make("a", { size: 1 });
  const status = merge(
    "a",
    { status: { n: 1 }, spec: { size: 9 }, metadata: { labels: { no: "x" } } },
    "status",
  );
  assertEquals([status.spec?.["size"], status.status, status.metadata.labels], [1, { n: 1 }, undefined]);
  assertEquals(status.metadata.generation, 1);
  const main = merge("a", { status: { n: 2 }, spec: { size: 3 } });
  assertEquals([main.spec?.["size"], main.status], [3, { n: 1 }]);
});

Deno.test("delete: preconditions, finalizers, and the last finalizer's end", () => {
  const { make, merge, gone, stored } = setUp();
  const made = make("a", { size: 1 });
  assertEquals(codeOf(() => gone("none")), 404);
  assertEquals(codeOf(() => gone("a", { preconditions: { uid: "other" } })), 409);
  assertEquals(codeOf(() => gone("a", { preconditions: { resourceVersion: "1" } })), 409);
  merge("a", { metadata: { finalizers: ["x.y/z"] } });
  gone("a", { preconditions: { uid: made.metadata.uid } });
  assertEquals(stored("a")?.metadata.deletionTimestamp, "2026-01-02T03:04:05Z");
  merge("a", { metadata: { finalizers: null } });
  assertEquals(stored("a"), undefined);
});

Deno.test("dependents go after their owner, and lose one owner of two", async () => {
  const { make, gone, stored } = setUp();
  const one = make("one", { size: 1 });
  const two = make("two", { size: 1 });
  const ref = ({ metadata }: Readonly<ApiObject>) => ({
    apiVersion: "example.io/v1",
    kind: "Widget",
    name: metadata.name,
    uid: metadata.uid,
  });
  make("child", { size: 1 }, { metadata: { name: "child", ownerReferences: [ref(one)] } });
  make("shared", { size: 1 }, { metadata: { name: "shared", ownerReferences: [ref(one), ref(two)] } });
  gone("one");
  assertNotEquals(stored("child"), undefined, "not inside of the write");
  await Promise.resolve();
  assertEquals(stored("child"), undefined);
  assertEquals(stored("shared")?.metadata.ownerReferences?.map((owner) => owner.name), ["two"]);
});

Deno.test("a deleted namespace takes its content along, and new content is refused meanwhile", async () => {
  const { make, state, info, stored } = setUp();
  make("a", { size: 1 }, { metadata: { name: "a", finalizers: ["x.y/z"] } });
  const namespaces = kindOf(state, "v1", "Namespace");
  remove(
    state,
    targetOf(namespaces, "default", ""),
    parseDeletion(undefined, new URLSearchParams()),
    contextOf(),
  );
  const refused = assertThrows(() => make("b", { size: 1 }), ApiError, "because it is being terminated");
  assertEquals(refused.details?.causes?.[0]?.reason, "NamespaceTerminating");
  await Promise.resolve();
  assertNotEquals(stored("a")?.metadata.deletionTimestamp, undefined);
  assertEquals(state.store.get("/namespaces", "default")?.object.status?.["phase"], "Terminating");
  patch(state, targetOf(info, "a"), "merge", { metadata: { finalizers: null } }, contextOf(), false);
  // While something is being deleted, every change makes the collector look again.
  for (let i = 0; i < 3; i++) await Promise.resolve();
  assertEquals(state.store.get("/namespaces", "default"), undefined);
});

Deno.test("server-side apply: own fields come and go, others' conflict unless forced", () => {
  const { apply } = setUp();
  apply("a", { size: 1, set: ["x"] }, "one");
  const conflict = assertThrows(() => apply("a", { size: 2 }, "two"), ApiError);
  assertEquals([conflict.code, conflict.message], [
    409,
    'Apply failed with 1 conflict: conflict with "one": .spec.size',
  ]);
  assertEquals(apply("a", { size: 1, set: ["y"] }, "two").spec?.["set"], ["x", "y"]);
  assertEquals(apply("a", { size: 5 }, "two", true).spec, { size: 5, set: ["x"], mode: "a" });
  assertEquals(apply("a", {}, "one").spec, { size: 5, mode: "a" });
});

Deno.test("server-side apply: items of a map list merge by key, and only what one manager gave goes with it", () => {
  const { apply } = setUp();
  apply("a", { map: [{ k: "p", v: 1 }] }, "one");
  assertEquals(apply("a", { map: [{ k: "p", w: 2 }, { k: "q", v: 3 }] }, "two").spec?.["map"], [
    { k: "p", v: 1, w: 2 },
    { k: "q", v: 3 },
  ]);
  assertEquals(apply("a", { map: [{ k: "p", v: 1 }] }, "two").spec?.["map"], [{ k: "p", v: 1 }]);
});

Deno.test("managedFields: an update owns what it changed; status has an entry of its own", () => {
  const { apply, merge } = setUp();
  apply("a", { size: 1 }, "one");
  merge("a", { spec: { size: 2 } });
  const after = merge("a", { status: { n: 1 } }, "status");
  assertEquals(
    after.metadata.managedFields?.map(({ manager, operation, subresource, fieldsV1 }) => [
      manager,
      operation,
      subresource,
      fieldsV1,
    ]),
    [
      ["tester", "Update", undefined, { "f:spec": { "f:size": {} } }],
      ["tester", "Update", "status", { "f:status": { "f:n": {} } }],
    ],
  );
});
