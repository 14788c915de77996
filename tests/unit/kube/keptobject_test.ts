import { assertEquals } from "@std/assert";
import { KubeApiError, type KubeObject, type PatchOptions } from "../../../kube/api.ts";
import { KeptObject, type Lack } from "../../../kube/keptobject.ts";
import { ownPod } from "../../../kube/ownpod.ts";
import { configurationStates, pods } from "../../../kube/resources.ts";
import { type Bench, bench, quiet } from "./support.ts";

type State = KubeObject & { readonly status?: { readonly result: string } };

/** An object that shall have a label and a result. */
function keeper(b: Bench) {
  const wish = { result: "Valid" };
  const kept = new KeptObject({
    ...b,
    resource: configurationStates,
    namespace: "ns",
    name: "controller",
    fieldManager: "poolReconciler",
    lacking: (found) => {
      const lacks: Lack[] = [];
      const labels = { a: "1" };
      if (found?.metadata.labels?.["a"] !== "1") {
        lacks.push({ subresource: null, body: { metadata: { name: "controller", labels } } });
      }
      if ((found as State | null)?.status?.result !== wish.result) {
        lacks.push({
          subresource: "status",
          body: { metadata: { name: "controller" }, status: { ...wish } },
        });
      }
      return lacks;
    },
  });
  const stop = new AbortController();
  const ended = kept.run(stop.signal);
  return {
    ...{ kept, wish },
    object: () => b.api.all(configurationStates)[0] as State | undefined,
    /** As in `apply`, `apply status`. */
    writes: () =>
      b.api.calls.filter(({ method }) => method === "patch").map(({ options }) => {
        const { type, subresource = "", fieldManager, force } = options as PatchOptions;
        assertEquals([fieldManager, force], ["poolReconciler", true]);
        return `${type} ${subresource}`.trim();
      }),
    stop: async () => {
      stop.abort();
      await ended;
      assertEquals(b.clock.pending, 0);
    },
  };
}

Deno.test("a kept object is made, then left alone", async () => {
  const b = bench();
  const k = keeper(b);
  await b.clock.advance(60_000);
  assertEquals(k.writes(), ["apply", "apply status"]);
  assertEquals([k.object()?.metadata.labels, k.object()?.status], [{ a: "1" }, { result: "Valid" }]);
  await k.stop();
});

Deno.test("a kept object that is right already is not written", async () => {
  const b = bench();
  const metadata = { namespace: "ns", name: "controller", labels: { a: "1" } };
  b.api.put(configurationStates, { metadata, status: { result: "Valid" } } as State);
  b.api.put(configurationStates, { metadata: { namespace: "ns", name: "speaker-n1" } });
  const k = keeper(b);
  await b.clock.advance(60_000);
  assertEquals(k.writes(), []);
  await k.stop();
});

Deno.test("a kept object is put right after an edit and made again after a deletion, within a second", async () => {
  const b = bench();
  const k = keeper(b);
  await b.clock.advance(10_000);
  const made = k.object();
  b.api.put(configurationStates, { ...made, metadata: { ...made!.metadata, labels: {} } });
  await b.clock.advance(1_000);
  assertEquals(k.writes(), ["apply", "apply status", "apply"]);
  b.api.remove(configurationStates, "ns", "controller");
  await b.clock.advance(1_000);
  assertEquals([k.object()?.metadata.labels, k.object()?.status], [{ a: "1" }, { result: "Valid" }]);
  await k.stop();
});

Deno.test("what a kept object shall be may change; a look by itself writes nothing", async () => {
  const b = bench();
  const k = keeper(b);
  await b.clock.advance(10_000);
  for (let round = 0; round < 5; round++) k.kept.look();
  await b.clock.advance(10_000);
  assertEquals(k.writes().length, 2);
  k.wish.result = "Invalid";
  k.kept.look();
  await quiet();
  assertEquals([k.writes().slice(2), k.object()?.status], [["apply status"], { result: "Invalid" }]);
  await k.stop();
});

Deno.test("a contest with another writer goes on slowly", async () => {
  const b = bench();
  const k = keeper(b);
  for (let second = 0; second < 60; second++) {
    const now = k.object();
    if (now !== undefined) b.api.put(configurationStates, { ...now, status: { result: "Theirs" } } as State);
    await b.clock.advance(100);
  }
  // 6 s went by.
  assertEquals(k.writes().length <= 9, true, k.writes().join());
  await k.stop();
});

Deno.test("a write that fails is tried again, later each time, and said", async () => {
  const b = bench();
  const k = keeper(b);
  b.api.fail("patch", new KubeApiError(403, "Forbidden", "no"), 3);
  await b.clock.advance(10_000);
  assertEquals(b.said().filter((name) => name === "objectNotApplied").length, 3);
  assertEquals(k.object()?.status, { result: "Valid" });
  await k.stop();
});

Deno.test("the own Pod: found, unknown, not allowed, and out of reach for a while", async () => {
  const b = bench();
  const uid = b.api.put(pods, { metadata: { namespace: "ns", name: "me" } }).metadata.uid;
  const { signal } = new AbortController();
  const find = (podName: string) => ownPod({ ...b, namespace: "ns", podName }, signal);
  assertEquals(await find("me"), { apiVersion: "v1", kind: "Pod", name: "me", uid: uid ?? "" });
  assertEquals([await find(""), await find("nobody")], [null, null]);
  b.api.fail("get", new KubeApiError(403, "Forbidden", "no"));
  assertEquals(await find("me"), null);
  assertEquals(b.said().filter((name) => name === "ownPodUnknown").length, 2);
  b.api.fail("get", new KubeApiError(503, "ServiceUnavailable", "later"), 2);
  const later = find("me");
  await b.clock.advance(5_000);
  assertEquals((await later)?.name, "me");
});
