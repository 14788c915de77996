import { assertEquals, assertThrows } from "@std/assert";
import type { KindInfo } from "../../lab/apiserver/kinds.ts";
import { jsonPatch, mergePatch, UnfitPatchError } from "../../lab/apiserver/patch_json.ts";
import { strategicPatch } from "../../lab/apiserver/patch_strategic.ts";
import { ApiError } from "../../lab/apiserver/status.ts";
import { kindOf, makeState } from "./objects.ts";

Deno.test("RFC 7386: the table of examples in its appendix", () => {
  const rows: [unknown, unknown, unknown][] = [
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b" }, { a: null }, {}],
    [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [["a", "b"], ["c", "d"], ["c", "d"]],
    [{ a: "b" }, ["c"], ["c"]],
    [{ a: "foo" }, null, null],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: "b", c: null }, { a: "b" }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  for (const [target, patch, expected] of rows) assertEquals(mergePatch(target, patch), expected);
});

Deno.test("a merge patch leaves its target alone", () => {
  const target = { a: { b: 1 } };
  mergePatch(target, { a: { b: 2, c: 3 } });
  assertEquals(target, { a: { b: 1 } });
});

Deno.test("RFC 6902: each operation", () => {
  const rows: [unknown, unknown[], unknown][] = [
    [{ a: 1 }, [{ op: "add", path: "/b", value: 2 }], { a: 1, b: 2 }],
    [{ a: [1, 3] }, [{ op: "add", path: "/a/1", value: 2 }], { a: [1, 2, 3] }],
    [{ a: [1] }, [{ op: "add", path: "/a/-", value: 2 }], { a: [1, 2] }],
    [{ a: [1, 2] }, [{ op: "remove", path: "/a/0" }], { a: [2] }],
    [{ a: [1, 2] }, [{ op: "replace", path: "/a/0", value: 9 }], { a: [9, 2] }],
    [{ a: { b: 1 } }, [{ op: "move", from: "/a/b", path: "/c" }], { a: {}, c: 1 }],
    [{ a: { b: 1 } }, [{ op: "copy", from: "/a", path: "/c" }], { a: { b: 1 }, c: { b: 1 } }],
    [{ "x/y": { "~": 1 } }, [{ op: "replace", path: "/x~1y/~0", value: 2 }], { "x/y": { "~": 2 } }],
    [{ a: 1 }, [{ op: "test", path: "/a", value: 1 }, { op: "remove", path: "/a" }], {}],
    [{ a: 1 }, [{ op: "replace", path: "", value: { b: 1 } }], { b: 1 }],
  ];
  for (const [target, patch, expected] of rows) assertEquals(jsonPatch(target, patch), expected);
});

Deno.test("RFC 6902: what doesn't fit is 422, what is no patch is 400", () => {
  const unfit: unknown[] = [
    { op: "test", path: "/a", value: 2 },
    { op: "remove", path: "/b" },
    { op: "replace", path: "/b", value: 1 },
    { op: "add", path: "/l/5", value: 1 },
    { op: "remove", path: "/l/-" },
    { op: "add", path: "/a/b/c", value: 1 },
    { op: "bogus", path: "/a" },
  ];
  for (const operation of unfit) {
    assertEquals(assertThrows(() => jsonPatch({ a: 1, l: [1] }, [operation]), UnfitPatchError).code, 422);
  }
  assertEquals(assertThrows(() => jsonPatch({}, { op: "add" }), ApiError).code, 400);
  assertEquals(assertThrows(() => jsonPatch({}, [{ op: "add", path: "x" }]), ApiError).code, 400);
});

function service(): KindInfo {
  return kindOf(makeState(), "v1", "Service");
}

Deno.test("strategic: a Service's ports merge by port; new ones come in front, as with a real API server", () => {
  const live = { spec: { ports: [{ port: 80, name: "a", nodePort: 30001 }] } };
  const patched = strategicPatch(service(), live, {
    spec: { ports: [{ port: 81, name: "b" }, { port: 80, name: "c" }] },
  });
  assertEquals(patched, {
    spec: { ports: [{ port: 81, name: "b" }, { port: 80, name: "c", nodePort: 30001 }] },
  });
  assertEquals(live.spec.ports.length, 1);
});

Deno.test("strategic: $patch delete and replace, $setElementOrder, $deleteFromPrimitiveList, $retainKeys", () => {
  const info = service();
  const ports = [{ port: 80 }, { port: 81 }, { port: 82 }];
  const apply = (patch: unknown) => strategicPatch(info, { spec: { ports } }, { spec: patch });
  assertEquals(apply({ ports: [{ port: 81, $patch: "delete" }] }), {
    spec: { ports: [{ port: 80 }, { port: 82 }] },
  });
  assertEquals(apply({ ports: [{ $patch: "replace" }, { port: 9 }] }), { spec: { ports: [{ port: 9 }] } });
  assertEquals(
    apply({
      "$setElementOrder/ports": [{ port: 82 }, { port: 81 }, { port: 80 }],
      ports: [{ port: 81, name: "x" }],
    }),
    { spec: { ports: [{ port: 82 }, { port: 81, name: "x" }, { port: 80 }] } },
  );
  assertEquals(apply({ $patch: "replace", type: "ClusterIP" }), { spec: { type: "ClusterIP" } });
  assertEquals(apply({ $retainKeys: ["type"], type: "ClusterIP" }), { spec: { type: "ClusterIP" } });
  const finalizers = { metadata: { finalizers: ["a", "b"] } };
  assertEquals(
    strategicPatch(info, finalizers, { metadata: { "$deleteFromPrimitiveList/finalizers": ["a"] } }),
    { metadata: { finalizers: ["b"] } },
  );
  assertEquals(
    strategicPatch(info, finalizers, { metadata: { finalizers: ["c"] } }),
    { metadata: { finalizers: ["c", "a", "b"] } },
  );
});

Deno.test("strategic: other lists are replaced; an item without its merge key is refused", () => {
  const info = service();
  assertEquals(strategicPatch(info, { spec: { externalIPs: ["a"] } }, { spec: { externalIPs: ["b"] } }), {
    spec: { externalIPs: ["b"] },
  });
  assertThrows(
    () => strategicPatch(info, {}, { spec: { ports: [{ name: "x" }] } }),
    ApiError,
    "merge key: port",
  );
});

Deno.test("strategic: a node's conditions merge by type, its taints by key", () => {
  const info = kindOf(makeState(), "v1", "Node");
  const live = { status: { conditions: [{ type: "Ready", status: "True", reason: "r" }] } };
  assertEquals(strategicPatch(info, live, { status: { conditions: [{ type: "Ready", status: "False" }] } }), {
    status: { conditions: [{ type: "Ready", status: "False", reason: "r" }] },
  });
  assertEquals(
    strategicPatch(info, { spec: { taints: [{ key: "a" }] } }, {
      spec: { taints: [{ key: "a", $patch: "delete" }] },
    }),
    { spec: { taints: [] } },
  );
});
