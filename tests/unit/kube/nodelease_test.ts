import { assert, assertEquals, assertMatch } from "@std/assert";
import { KubeApiError, KubeUnreachableError } from "../../../kube/api.ts";
import { type LeaseObject, trimLease } from "../../../kube/leases.ts";
import { keepNodeLease, nodeLeaseName, speakerLeaseSelector } from "../../../kube/nodelease.ts";
import { leases } from "../../../kube/resources.ts";
import { type Bench, bench, quiet } from "./support.ts";

const owner = { apiVersion: "v1", kind: "Node", name: "n1", uid: "u" };

function keep(b: Bench) {
  const abort = new AbortController();
  const options = {
    namespace: "pewter-system",
    nodeName: "n1",
    leaseDurationMs: 3_200,
    renewIntervalMs: 1_000,
    owner,
  };
  const done = keepNodeLease({ ...b, ...options }, abort.signal);
  return async () => {
    abort.abort();
    await done;
  };
}

const found = (b: Bench) => b.api.all(leases)[0] as LeaseObject;

Deno.test("node lease: made, renewed each interval, released at the end", async () => {
  const b = bench();
  const stop = keep(b);
  await quiet();
  const first = found(b);
  assertEquals(first.metadata.name, "pewter-speaker-n1");
  assertEquals(first.metadata.ownerReferences, [owner]);
  const labels = Object.entries(first.metadata.labels ?? {}).map((entry) => entry.join("=")).join(",");
  assertEquals(labels, speakerLeaseSelector);
  assertEquals(first.spec, {
    holderIdentity: "n1",
    leaseDurationSeconds: 4,
    acquireTime: "2030-01-01T00:00:00.000000Z",
    renewTime: "2030-01-01T00:00:00.000000Z",
    leaseTransitions: 0,
  });
  await b.clock.advance(5_000);
  assertEquals(found(b).spec?.renewTime, "2030-01-01T00:00:05.000000Z");
  assertEquals(found(b).spec?.acquireTime, "2030-01-01T00:00:00.000000Z");
  assertEquals(b.api.calls.map(({ method }) => method), ["get", "create", ...Array(5).fill("replace")]);
  await stop();
  assertEquals(trimLease(found(b)).holder, "");
  assertEquals(b.clock.pending, 0);
});

Deno.test("node lease: found again after a crash, deleted or changed by others, it is renewed on", async () => {
  const b = bench();
  const stop = keep(b);
  await quiet();
  b.api.put(leases, found(b));
  await b.clock.advance(1_000);
  assertEquals(found(b).spec?.renewTime, "2030-01-01T00:00:01.000000Z");
  b.api.remove(leases, "pewter-system", "pewter-speaker-n1");
  await b.clock.advance(1_000);
  assertEquals(found(b).spec?.renewTime, "2030-01-01T00:00:02.000000Z");
  assertEquals(b.records, []);
  await stop();
});

Deno.test("node lease: a missing permission is said once and asked for again", async () => {
  const b = bench();
  b.api.fail("any", new KubeApiError(403, "Forbidden", "leases is forbidden"), 5);
  const stop = keep(b);
  await b.clock.advance(121_000);
  assertEquals(b.said(), ["leaseForbidden"]);
  b.api.recover();
  await b.clock.advance(30_000);
  assertEquals(trimLease(found(b)).holder, "n1");
  await stop();
});

Deno.test("node lease: a refusal after renewals that were allowed is asked for again at once", async () => {
  const b = bench();
  const stop = keep(b);
  await b.clock.advance(1_500);
  // An API server that has just started refuses everything until it has read the roles.
  b.api.fail("any", new KubeApiError(403, "Forbidden", "leases is forbidden"), 1);
  await b.clock.advance(1_000);
  const before = found(b).spec?.renewTime;
  await b.clock.advance(1_500);
  assert(found(b).spec?.renewTime !== before);
  assertEquals(b.said(), ["leaseForbidden"]);
  await stop();
});

Deno.test("node lease: an unreachable or hanging server is tried again", async () => {
  const b = bench();
  b.api.fail("any", new KubeUnreachableError("no route", "cut"), 3);
  const stop = keep(b);
  await b.clock.advance(3_000);
  assertEquals(trimLease(found(b)).holder, "n1");
  const release = b.api.hold("replace");
  await b.clock.advance(10_000);
  release();
  await b.clock.advance(3_000);
  assertMatch(found(b).spec?.renewTime ?? "", /T00:00:1[56]/);
  assert(b.said().every((name) => name === "leaseFailed"));
  await stop();
});

Deno.test("node lease: names stay within 253 characters", () => {
  assertEquals(nodeLeaseName("n1"), "pewter-speaker-n1");
  assertEquals(nodeLeaseName(`${"a".repeat(200)}.${"b".repeat(52)}`).length, 253);
  assertMatch(nodeLeaseName(`${"a".repeat(14)}.${"b".repeat(238)}`), /^pewter-speaker-b+$/);
});
