/** What is measured of requests, without changing them. */
import { assertEquals, assertRejects } from "@std/assert";
import { KubeApiError, type KubeObject, KubeUnreachableError } from "../../../kube/api.ts";
import { ApiMeter } from "../../../kube/apimeter.ts";
import { ipAddressPools, leases, services } from "../../../kube/resources.ts";
import { FakeClock, settle } from "../../support/fakeclock.ts";
import { FakeKube } from "../../support/fakekube.ts";

function fixture() {
  const clock = new FakeClock();
  const kube = new FakeKube();
  const writes: string[] = [];
  let arrived = 0;
  const meter = new ApiMeter({
    clock,
    arrived: () => arrived++,
    wrote: (resource, result, tookMs) => writes.push(`${resource} ${result} ${tookMs}`),
  });
  return { clock, kube, meter, api: meter.meter(kube), writes, arrived: () => arrived };
}

const web: KubeObject = { metadata: { namespace: "default", name: "web" } };
const nameOf = ({ metadata }: KubeObject) => metadata.name;

Deno.test("api meter: writes by resource and result, with the time that they took", async () => {
  const { clock, kube, api, writes } = fixture();
  await api.create(services, web);
  await api.patch(services, "default", "web", {}, { type: "merge", subresource: "status" });
  kube.fail("patch", new KubeApiError(409, "Conflict", "changed"));
  kube.fail("patch", new KubeApiError(403, "Forbidden", "no"));
  kube.fail("patch", new KubeUnreachableError("gone", "cut"));
  const patch = () => api.patch(services, "default", "web", {}, { type: "merge", subresource: "status" });
  await assertRejects(patch, KubeApiError, "changed");
  await assertRejects(patch, KubeApiError, "no");
  await assertRejects(patch, KubeUnreachableError, "gone");
  const release = kube.hold("delete");
  const deleting = api.delete(services, "default", "web");
  await clock.advance(250);
  release();
  await deleting;
  assertEquals(writes, [
    "services ok 0",
    "services/status ok 0",
    "services/status conflict 0",
    "services/status refused 0",
    "services/status unreachable 0",
    "services ok 250",
  ]);
});

Deno.test("api meter: objects are counted as they arrive, Leases are not", async () => {
  const { kube, api, arrived } = fixture();
  kube.put(services, web);
  kube.put(leases, { metadata: { namespace: "default", name: "a" } });
  assertEquals((await api.list(services, nameOf)).items, ["web"]);
  await api.list(leases, nameOf);
  assertEquals(arrived(), 1);
});

Deno.test("api meter: how long a watch has been silent, for as long as somebody watches", async () => {
  const { clock, kube, meter, api, arrived } = fixture();
  kube.put(services, web);
  // A list by itself is no watch.
  await api.list(ipAddressPools, nameOf);
  assertEquals(meter.silences(), new Map());
  const stop = new AbortController();
  const { resourceVersion } = await api.list(services, nameOf);
  const seen: string[] = [];
  const watching = (async () => {
    const options = { resourceVersion, signal: stop.signal };
    for await (const event of api.watch(services, nameOf, options)) {
      if (event.type !== "bookmark") seen.push(event.object);
    }
  })().catch(() => {});
  await settle();
  await clock.advance(700);
  assertEquals(meter.silences(), new Map([["services", 700]]));
  kube.put(services, { metadata: { namespace: "default", name: "other" } });
  await settle();
  await clock.advance(50);
  assertEquals([seen, meter.silences().get("services"), arrived()], [["other"], 50, 2]);
  stop.abort();
  await watching;
  assertEquals(meter.silences(), new Map());
});
