/** What the controller's metrics say, of a machine with a cluster around it. */
import { assert, assertEquals } from "@std/assert";
import { ControllerMetrics } from "../../../controller/io/metrics.ts";
import { allocationReadings } from "../../../controller/readings.ts";
import { openMetricRegistry } from "../../../kube/metricregistry.ts";
import { ControllerCluster } from "../../support/controllercluster.ts";
import { FakeClock } from "../../support/fakeclock.ts";
import { seriesOf } from "../../support/series.ts";

/** `name{labels}` → value of what is read now, without the prefix of MetalLB's allocator. */
function read({ machine }: ControllerCluster): Record<string, number> {
  const readings = allocationReadings(machine.ledger.pools, machine.decisions.values());
  return Object.fromEntries(readings.flatMap(({ spec, samples }) =>
    samples.map(({ labels, value }) => {
      const name = spec.name.replace("metallb_allocator_", "");
      return [`${name} ${Object.values(labels).join(" ")}`, value];
    })
  ));
}

Deno.test("controller metrics: each pool by family, shared addresses once, bigger than 2^53 as a float", () => {
  const cluster = new ControllerCluster();
  cluster.restart();
  cluster.pool("both", ["192.0.2.0/30", "2001:db8::/48"]);
  const shared = { annotations: { "metallb.io/allow-shared-ip": "key" } };
  cluster.service("a", { ...shared, ports: "TCP/80" });
  cluster.service("b", { ...shared, ports: "TCP/443" });
  cluster.service("c");
  cluster.settle();
  assertEquals(read(cluster), {
    "addresses_total both": 2 ** 63,
    "addresses_in_use_total both": 2,
    "ipv4_addresses_total both": 4,
    "ipv4_addresses_in_use_total both": 2,
    "ipv6_addresses_total both": 2 ** 63,
    "ipv6_addresses_in_use_total both": 0,
    "services_allocated_total both": 3,
  });
});

Deno.test("controller metrics: a pool that is gone, or unusable, has no series", () => {
  const cluster = new ControllerCluster();
  cluster.restart();
  cluster.pool("a", ["192.0.2.0/32"]);
  cluster.pool("b", ["192.0.2.1/32"]);
  cluster.settle();
  assertEquals(Object.keys(read(cluster)).filter((key) => key.startsWith("addresses_total")), [
    "addresses_total a",
    "addresses_total b",
  ]);
  cluster.removePool("a");
  cluster.pool("b", ["nonsense"]);
  cluster.settle();
  assertEquals(read(cluster), {});
});

Deno.test("controller metrics: how many Services are refused, by reason, as long as they are", () => {
  const cluster = new ControllerCluster();
  cluster.restart();
  cluster.pool("one", ["192.0.2.0/32"]);
  for (const name of ["a", "b", "c"]) cluster.service(name);
  cluster.service("d", { annotations: { "metallb.io/address-pool": "none" } });
  cluster.settle();
  const refused = () =>
    Object.entries(read(cluster)).filter(([key]) => key.startsWith("pewter_services_refused"));
  assertEquals(refused(), [
    ["pewter_services_refused poolExhausted", 2],
    ["pewter_services_refused poolNotFound", 1],
  ]);
  cluster.removeService("b");
  cluster.removeService("d");
  cluster.settle();
  assertEquals(refused(), [["pewter_services_refused poolExhausted", 1]]);
});

Deno.test("controller metrics: errors are counted when they come, staleness is what is now", async () => {
  const registry = await openMetricRegistry();
  const metrics = new ControllerMetrics(registry, new FakeClock());
  const series = async () => seriesOf(await registry.text());
  const state = async () => {
    const now = await series();
    return [
      now.get("metallb_k8s_client_config_loaded_bool"),
      now.get("metallb_k8s_client_config_stale_bool"),
      now.get("metallb_k8s_client_update_errors_total"),
    ];
  };
  assertEquals(await state(), [0, 0, 0]);
  const cluster = new ControllerCluster();
  cluster.restart();
  metrics.follows(cluster.machine.world);
  metrics.acts({ machine: cluster.machine, queue: { size: 3 }, events: { dropped: 2 } });
  const settle = () => {
    cluster.clear();
    cluster.settle();
    metrics.effects(cluster.effects);
  };
  settle();
  assertEquals(await state(), [1, 0, 0]);
  cluster.pool("bad", ["nonsense"]);
  settle();
  assertEquals(await state(), [1, 1, 1]);
  cluster.pool("bad", ["192.0.2.0/32"]);
  cluster.service("a");
  cluster.service("b");
  settle();
  // B7: back to what it was, and not stale any more. One Service was refused.
  assertEquals(await state(), [1, 0, 2]);
  const now = await series();
  assertEquals([now.get("pewter_write_queue_length"), now.get("pewter_leader")], [3, 1]);
  metrics.acts(null);
  const standby = await series();
  assertEquals([standby.get("pewter_leader"), await state()], [0, [1, 0, 2]]);
  assertEquals([...standby.keys()].filter((key) => key.includes("pool=") || key.includes("reason=")), []);
  // Another term: what was dropped before still counts.
  metrics.acts({ machine: cluster.machine, queue: { size: 0 }, events: { dropped: 1 } });
  metrics.decided(2);
  const later = await series();
  assertEquals([later.get("pewter_events_dropped_total"), later.get("pewter_leader")], [3, 1]);
  assertEquals(later.get('pewter_decision_duration_seconds_bucket{le="0.0025"}'), 1);
  assertEquals(later.get('pewter_decision_duration_seconds_bucket{le="0.001"}'), 0);
  assert((later.get("process_start_time_seconds") ?? 0) > 1e9);
});
