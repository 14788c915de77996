/** What the speaker's metrics say, of whole speakers on fakes. */
import { assert, assertEquals } from "@std/assert";
import { type MetricRegistry, openMetricRegistry } from "../../../kube/metricregistry.ts";
import { leases } from "../../../kube/resources.ts";
import { DataplaneCounters } from "../../../speaker/io/dataplanecounters.ts";
import { SpeakerMetrics } from "../../../speaker/io/metrics.ts";
import { arpRequestHex } from "../../golden/speaker/frames.ts";
import { FakeClock, settle } from "../../support/fakeclock.ts";
import { FakeCluster, type RunningSpeaker } from "../../support/fakespeakers.ts";
import { fromHex } from "../../support/hex.ts";
import { seriesOf } from "../../support/series.ts";

function metricsTest(
  name: string,
  fn: (cluster: FakeCluster, speaker: RunningSpeaker, registry: MetricRegistry) => Promise<void>,
): void {
  Deno.test(`speaker metrics: ${name}`, async () => {
    const cluster = new FakeCluster("node-a");
    const registry = await openMetricRegistry();
    try {
      cluster.putPool("public", ["192.0.2.0/24", "2001:db8::/120"]);
      const metrics = new SpeakerMetrics(registry, cluster.clock, "node-a");
      await fn(cluster, cluster.start("node-a", {}, metrics), registry);
    } finally {
      await cluster.end();
    }
  });
}

/** The series whose names begin so; the process' own are of no interest. */
async function series(registry: MetricRegistry, ...starts: readonly string[]): Promise<object> {
  const all = [...seriesOf(await registry.text())];
  return Object.fromEntries(all.filter(([key]) => starts.some((start) => key.startsWith(start))));
}

const announced = (service: string, ip: string) =>
  `metallb_speaker_announced{service="default/${service}",protocol="layer2",node="node-a",ip="${ip}"}`;

metricsTest(
  "a series for each announced address, and none when it is withdrawn",
  async (cluster, speaker, registry) => {
    cluster.putReadyService("web", "192.0.2.10", "2001:db8::1");
    await cluster.until("announced", () => speaker.announced.length === 2);
    assertEquals(await series(registry, "metallb_speaker_", "pewter_services_silent", "pewter_speakers"), {
      [announced("web", "192.0.2.10")]: 1,
      [announced("web", "2001:db8::1")]: 1,
      pewter_speakers_live: 1,
    });
    cluster.putService("web", ["192.0.2.10"]);
    await cluster.until("one left", () => speaker.announced.length === 1);
    cluster.putService("gone", ["192.0.2.11"]);
    await cluster.clock.advance(100);
    assertEquals(await series(registry, "metallb_speaker_", "pewter_services_silent"), {
      [announced("web", "192.0.2.10")]: 1,
      'pewter_services_silent{reason="noEndpoints"}': 1,
    });
  },
);

metricsTest("requests, replies and gratuitous frames of each address", async (cluster, speaker, registry) => {
  cluster.putReadyService("web", "192.0.2.10");
  await cluster.until("announced", () => speaker.announced.length === 1);
  await cluster.clock.advance(10);
  const before = await series(registry, "metallb_layer2_gratuitous_sent");
  // The first round: a request and a reply on the one interface.
  assertEquals(before, { 'metallb_layer2_gratuitous_sent{ip="192.0.2.10"}': 2 });
  speaker.dataplane.network.deliver("eth0", fromHex(arpRequestHex));
  speaker.dataplane.network.deliver("eth0", fromHex(arpRequestHex));
  const other = fromHex(arpRequestHex);
  other[41] = 99;
  speaker.dataplane.network.deliver("eth0", other);
  await settle();
  assertEquals(await series(registry, "metallb_layer2_re", "pewter_layer2"), {
    'metallb_layer2_requests_received{ip="192.0.2.10"}': 2,
    'metallb_layer2_responses_sent{ip="192.0.2.10"}': 2,
    'pewter_layer2_frames_ignored_total{reason="notAnnounced"}': 1,
  });
});

metricsTest(
  "the configuration is loaded, and stale only while something in it is invalid",
  async (cluster, speaker, registry) => {
    const state = async () =>
      Object.values(
        await series(registry, "metallb_k8s_client_config_loaded", "metallb_k8s_client_config_stale"),
      );
    assertEquals(await state(), [0, 0]);
    await cluster.until("caught up", () => speaker.said.includes("caughtUp"));
    assertEquals(await state(), [1, 0]);
    const errors = () => series(registry, "metallb_k8s_client_update_errors_total");
    const { metallb_k8s_client_update_errors_total: before } = await errors() as Record<string, number>;
    cluster.putAdvertisement("bad", {
      ipAddressPoolSelectors: [{ matchExpressions: [{ key: "a", operator: "Is" }] }],
    });
    await cluster.until("the problem is seen", () => speaker.said.includes("problem"));
    assertEquals(await state(), [1, 1]);
    const { metallb_k8s_client_update_errors_total: after } = await errors() as Record<string, number>;
    assertEquals((after ?? 0) - (before ?? 0), 1);
    assertEquals(await series(registry, "pewter_problems"), {
      'pewter_problems{kind="L2Advertisement",severity="error"}': 1,
    });
    cluster.putAdvertisement("bad", {});
    await cluster.until("the problem is gone", () => speaker.said.includes("problemSolved"));
    assertEquals([await state(), await series(registry, "pewter_problems")], [[1, 0], {}]);
  },
);

metricsTest(
  "what arrives is counted, Leases are not, and watches have an age",
  async (cluster, speaker, registry) => {
    cluster.putReadyService("web", "192.0.2.10");
    await cluster.until("announced", () => speaker.announced.length === 1);
    const updates = async () =>
      Object.values(await series(registry, "metallb_k8s_client_updates_total"))[0] as number;
    const before = await updates();
    cluster.putReadyService("other", "192.0.2.11");
    await cluster.until("announced too", () => speaker.announced.length === 2);
    // A Service and an EndpointSlice; the Lease was renewed meanwhile.
    await cluster.clock.advance(1_500);
    assertEquals(await updates() - before, 2);
    const { [`pewter_watch_age_seconds{resource="services"}`]: age } = await series(
      registry,
      "pewter_watch_age_seconds",
    ) as Record<string, number>;
    assert(age !== undefined && age >= 0 && age < 5, String(age));
    assert(cluster.kube.all(leases).length === 1);
    const writes = await series(registry, "pewter_write_duration_seconds_count") as Record<string, number>;
    assert((writes['pewter_write_duration_seconds_count{resource="leases",result="ok"}'] ?? 0) >= 1);
  },
);

metricsTest(
  "a data plane that falls silent calls for a restart, and doesn't hold up the metrics",
  async (cluster, speaker, registry) => {
    cluster.putReadyService("web", "192.0.2.10");
    await cluster.until("announced", () => speaker.announced.length === 1);
    assertEquals(speaker.speaker.unhealthy(), undefined);
    await settle();
    speaker.dataplane.send = () => {};
    assertEquals(speaker.speaker.unhealthy(), undefined);
    const text = registry.text();
    await settle();
    await cluster.clock.advance(2_000);
    assert((await text).includes(announced("web", "192.0.2.10")));
    await cluster.clock.advance(18_000);
    assertEquals(speaker.speaker.unhealthy(), "the data plane has been silent for 20000 ms");
  },
);

Deno.test("data plane counters: one question at a time, and the last answer when none comes", async () => {
  const clock = new FakeClock();
  const asked: number[] = [];
  const counters = new DataplaneCounters({
    send: (command) => void (command.type === "readCounters" && asked.push(command.id)),
  }, clock);
  const [first, second] = [counters.read(), counters.read()];
  assertEquals(asked, [1]);
  const vips = [{ ip: "192.0.2.1", requestsReceived: 1, responsesSent: 1, gratuitousSent: 2 }];
  counters.hear({ type: "counters", id: 7, vips: [], ignored: {} });
  counters.hear({ type: "counters", id: 1, vips, ignored: { notAnnounced: 3 } });
  assertEquals([(await first).vips, (await second).vips], [vips, vips]);
  const third = counters.read();
  await clock.advance(2_000);
  assertEquals([(await third).vips, asked, clock.pending], [vips, [1, 2], 0]);
});
