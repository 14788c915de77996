/** What is kept, what is asked for, and how it is written out. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { metricCatalogue, reading, single } from "../../../core/metric.ts";
import { oldestTls } from "../../../core/tlsflags.ts";
import { openMetricRegistry } from "../../../kube/metricregistry.ts";
import { seriesOf } from "../../support/series.ts";

const metrics = metricCatalogue({
  test_events_total: ["counter", "Events", "kind"],
  test_wait_seconds: ["histogram", "Waits"],
  test_level: ["gauge", "Levels", "name"],
  test_state: ["gauge", "A state"],
});

Deno.test("metric registry: the text, in the order of the announcements, with labels escaped", async () => {
  const registry = await openMetricRegistry();
  const events = registry.counter(metrics.test_events_total);
  registry.collect([metrics.test_level, metrics.test_state], () => [
    single(metrics.test_state, 1),
    reading(metrics.test_level, [{ labels: { name: 'a "b"\\\n' }, value: 2.5 }]),
  ]);
  events.add({ kind: "x" });
  events.add({ kind: "x" }, 2);
  assertEquals(
    await registry.text(),
    `# HELP test_events_total Events
# TYPE test_events_total counter
test_events_total{kind="x"} 3

# HELP test_level Levels
# TYPE test_level gauge
test_level{name="a \\"b\\"\\\\\\n"} 2.5

# HELP test_state A state
# TYPE test_state gauge
test_state 1
`,
  );
});

Deno.test("metric registry: what is no longer read is gone, with labels and without", async () => {
  const registry = await openMetricRegistry();
  let names = ["a", "b"];
  registry.collect([metrics.test_level, metrics.test_state], () => [
    reading(metrics.test_level, names.map((name) => ({ labels: { name }, value: 1 }))),
    ...names.length > 1 ? [single(metrics.test_state, 7)] : [],
  ]);
  assertEquals([...seriesOf(await registry.text()).keys()], [
    'test_level{name="a"}',
    'test_level{name="b"}',
    "test_state",
  ]);
  names = ["b"];
  assertEquals([...seriesOf(await registry.text()).keys()], ['test_level{name="b"}']);
});

Deno.test("metric registry: buckets are cumulative, and durations in seconds", async () => {
  const registry = await openMetricRegistry();
  const waits = registry.histogram(metrics.test_wait_seconds);
  for (const seconds of [0.0004, 0.03, 20]) waits.observe({}, seconds);
  const series = seriesOf(await registry.text());
  assertEquals(series.get('test_wait_seconds_bucket{le="0.0005"}'), 1);
  assertEquals(series.get('test_wait_seconds_bucket{le="0.05"}'), 2);
  assertEquals(series.get('test_wait_seconds_bucket{le="10"}'), 2);
  assertEquals(series.get('test_wait_seconds_bucket{le="+Inf"}'), 3);
  assertEquals(series.get("test_wait_seconds_count"), 3);
});

Deno.test("metric registry: who asks meanwhile gets the same text, and a source is asked once", async () => {
  const registry = await openMetricRegistry();
  let asked = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  registry.collect([metrics.test_state], async () => {
    asked++;
    await promise;
    return [single(metrics.test_state, asked)];
  });
  const texts = [registry.text(), registry.text()];
  resolve();
  const [first, second] = await Promise.all(texts);
  assertEquals([first, asked], [second, 1]);
  assert((await registry.text()).includes("test_state 2"));
});

Deno.test("metric registry: one that fails fails this text, and not the next", async () => {
  const registry = await openMetricRegistry();
  let broken = true;
  registry.collect([metrics.test_state], () => {
    if (broken) throw new Error("no");
    return [single(metrics.test_state, 1)];
  });
  await assertRejects(() => registry.text(), Error, "no");
  broken = false;
  assert((await registry.text()).includes("test_state 1"));
});

Deno.test("oldest TLS: 1.3 unless an older one is asked for, and never before 1.2", () => {
  const oldest = (tlsMinVersion: string) =>
    oldestTls({ tlsMinVersion, tlsCipherSuites: "", tlsCurvePreferences: "" });
  assertEquals(["", "VersionTLS13", "VersionTLS12", "VersionTLS11", "VersionTLS10"].map(oldest), [
    ...["1.3", "1.3", "1.2", "1.2", "1.2"],
  ]);
});
