/** Controllers with the real client on the lab's embedded API server, calm and under faults. */
import { assert, assertEquals } from "@std/assert";
import { parseControllerFlags } from "../../../controller/flags.ts";
import { runController } from "../../../controller/io/run.ts";
import { leaseName } from "../../../controller/io/lead.ts";
import { trimService } from "../../../core/service.ts";
import { trimIPAddressPool } from "../../../crds/ipaddresspool.ts";
import { ipAddressPools, services } from "../../../kube/resources.ts";
import { until } from "../../lab/wait.ts";
import { embeddedServer } from "../kube/servers.ts";
import { allocatedFrom, Bed, installation, kubeconfigOf, patienceMs } from "./bed.ts";

function contract(name: string, play: (bed: Bed) => Promise<void>, addresses = ["10.0.0.0/29"]): void {
  Deno.test(`controller on the embedded API server: ${name}`, async () => {
    const server = await embeddedServer();
    const bed = await Bed.make(server, addresses);
    try {
      await play(bed);
    } finally {
      await bed.end();
      await server.stop();
    }
  });
}

contract(
  "a Service gets its address, the annotation and an Event; the pool's counters are right",
  async (bed) => {
    bed.replica();
    await bed.service("web");
    await bed.settled({ web: ["10.0.0.0"] });
    assertEquals((await bed.services()).map(({ annotations }) => annotations[allocatedFrom]), ["public"]);
    await until("the Event", patienceMs, async () => {
      assertEquals(await bed.events(), ["web IPAllocated x1"]);
      return true;
    });
    await until("the counters", patienceMs, async () => {
      const { items } = await bed.api.list(ipAddressPools, trimIPAddressPool);
      assertEquals(items.map(({ status }) => status), [
        { assignedIPv4: 1n, assignedIPv6: 0n, availableIPv4: 7n, availableIPv6: 0n },
      ]);
      return true;
    });
  },
);

contract("a restart keeps every address and writes nothing", async (bed) => {
  const first = bed.replica();
  for (const name of ["one", "two", "three"]) await bed.service(name);
  await until("addresses", patienceMs, async () => {
    return Object.values(await bed.ips()).every((ips) => ips.length === 1) || undefined;
  });
  await bed.api.delete(services, "default", "one");
  await bed.settled({ two: (await bed.ips())["two"] ?? [], three: (await bed.ips())["three"] ?? [] });
  await bed.stop(first);
  const before = await bed.services();
  await bed.replica("two").caughtUp();
  await bed.service("late");
  await until("the late one is served", patienceMs, async () => (await bed.ips())["late"]?.[0]);
  const after = (await bed.services()).filter(({ name }) => name !== "late");
  assertEquals(
    after.map(({ resourceVersion }) => resourceVersion),
    before.map(({ resourceVersion }) => resourceVersion),
  );
  assertEquals(after, before);
});

contract("who waits is told why, and served when an address comes free", async (bed) => {
  await bed.replica().caughtUp();
  await bed.service("has");
  await bed.settled({ has: ["10.0.0.0"] });
  await bed.service("waits");
  await until("the Event", patienceMs, async () => {
    return (await bed.events()).includes("waits AllocationFailed x1") || undefined;
  });
  await bed.api.delete(services, "default", "has");
  await bed.settled({ waits: ["10.0.0.0"] });
}, ["10.0.0.0/32"]);

contract("a Service that is ClusterIP again is cleared", async (bed) => {
  await bed.replica().caughtUp();
  await bed.service("web", { "metallb.io/loadBalancerIPs": "10.0.0.5" });
  await bed.settled({ web: ["10.0.0.5"] });
  await bed.api.patch(services, "default", "web", { spec: { type: "ClusterIP" } }, { type: "merge" });
  await until("cleared", patienceMs, async () => {
    const { items } = await bed.api.list(services, trimService, { namespace: "default" });
    const web = items.find(({ name }) => name === "web");
    assertEquals([web?.type, web?.ingress, web?.annotations[allocatedFrom]], ["ClusterIP", [], undefined]);
    return true;
  });
});

contract(
  "of two replicas one acts; after a graceful stop the other takes over and keeps all",
  async (bed) => {
    const one = bed.replica("one", 3000);
    await one.caughtUp();
    const two = bed.replica("two", 3000);
    await bed.service("web");
    await bed.settled({ web: ["10.0.0.0"] });
    await until("two waits", patienceMs, () => two.said("waitingForLeadership") > 0 || undefined);
    assertEquals([await bed.holder(), two.said("elected"), two.said("caughtUp")], ["one", 0, 0]);
    const startMs = performance.now();
    await bed.stop(one);
    assertEquals(one.said("leadershipEnded"), 1);
    await bed.service("next");
    await bed.settled({ web: ["10.0.0.0"], next: ["10.0.0.1"] });
    const tookMs = performance.now() - startMs;
    assertEquals([await bed.holder(), two.said("elected")], ["two", 1]);
    assert(tookMs < 3000, `the takeover took ${Math.round(tookMs)} ms, not less than the Lease`);
  },
);

contract("two that both think they act never give one address twice", async (bed) => {
  const one = bed.replica("one", 3000);
  await one.caughtUp();
  // The first can't renew any more, and doesn't know yet that the second follows.
  const { faults } = bed.server;
  assert(faults !== undefined);
  const end = faults.stall({ resource: "leases", name: leaseName });
  const names = Array.from({ length: 20 }, (_, index) => `s${index}`);
  for (const name of names.slice(0, 10)) await bed.service(name);
  await until("one stops acting", patienceMs, () => one.said("leadershipEnded") > 0 || undefined);
  end();
  bed.replica("two", 3000);
  for (const name of names.slice(10)) await bed.service(name);
  await bed.served(20);
}, ["10.0.0.0/24"]);

contract("a storm of conflicts, refusals, cuts and lost history ends as a calm day would", async (bed) => {
  const first = bed.replica();
  await first.caughtUp();
  const { faults } = bed.server;
  assert(faults !== undefined);
  const writes = { verb: "patch", resource: "services/status" };
  faults.refuse({ ...writes, code: 409, times: 40 });
  faults.refuse({ ...writes, code: 503, times: 10 });
  faults.refuse({ verb: "get", resource: "services", code: 429, times: 3, retryAfterSeconds: 1 });
  const names = Array.from({ length: 40 }, (_, index) => `s${String(index).padStart(2, "0")}`);
  for (const [index, name] of names.entries()) {
    await bed.service(name);
    if (index % 10 === 5) faults.cut({ resource: "services" });
    if (index === 20) faults.expireHistory();
  }
  for (const name of names.slice(0, 10)) await bed.api.delete(services, "default", name);
  await bed.service("asks", { "metallb.io/loadBalancerIPs": "10.0.0.63" });
  const served = [...names.slice(10), "asks"];
  await until("all are served", patienceMs, async () => {
    const ips = await bed.ips();
    return Object.keys(ips).length === served.length && served.every((name) => ips[name]?.length === 1) ||
      undefined;
  });
  assert(faults.refused(409) > 0 && faults.refused(503) > 0, "the faults were not met");
  const ips = await bed.ips();
  assertEquals([new Set(Object.values(ips).flat()).size, ips["asks"]], [served.length, ["10.0.0.63"]]);
  // A new process finds nothing to do.
  await bed.stop(first);
  const before = await bed.services();
  const second = bed.replica("two");
  await second.caughtUp();
  await bed.stop(second);
  assertEquals(await bed.services(), before);
}, ["10.0.0.0/26"]);

Deno.test("controller on the embedded API server: the whole program, with a kubeconfig, as the command runs it", async () => {
  const server = await embeddedServer();
  const bed = await Bed.make(server, ["10.0.0.0/29"]);
  const folder = await Deno.makeTempDir({ prefix: "pewter-controller-" });
  const stop = new AbortController();
  try {
    await Deno.writeTextFile(`${folder}/kubeconfig`, kubeconfigOf(server));
    const flags = [`--kubeconfig=${folder}/kubeconfig`, `--namespace=${installation}`, "--log-level=none"];
    const parsed = parseControllerFlags([...flags, "--health-probe-port=0", "--port=0"], {});
    assert(parsed.kind === "options");
    const running = runController(parsed.options, parsed.withoutEffect, stop.signal);
    running.catch(() => {});
    await bed.service("web");
    await Promise.race([bed.settled({ web: ["10.0.0.0"] }), running]);
    stop.abort("SIGTERM");
    await running;
    assertEquals([await bed.ips(), await bed.holder()], [{ web: ["10.0.0.0"] }, ""]);
  } finally {
    stop.abort("SIGTERM");
    await bed.end();
    await server.stop();
    await Deno.remove(folder, { recursive: true });
  }
});
