/** The text that is shown, judged by Prometheus' own promtool. */
import { assert, assertEquals } from "@std/assert";
import { ControllerMetrics } from "../../../controller/io/metrics.ts";
import { controllerMetrics } from "../../../controller/metriccatalogue.ts";
import { kubeMetrics } from "../../../kube/metriccatalogue.ts";
import { openMetricRegistry } from "../../../kube/metricregistry.ts";
import { SpeakerMetrics } from "../../../speaker/io/metrics.ts";
import { speakerMetrics } from "../../../speaker/metriccatalogue.ts";
import { ControllerCluster } from "../../support/controllercluster.ts";
import { FakeClock } from "../../support/fakeclock.ts";
import { FakeCluster } from "../../support/fakespeakers.ts";
import { findPromtool } from "../../support/promtool.ts";
import { skippable } from "../../support/skip.ts";

const promtool = await findPromtool();
const path = "path" in promtool ? promtool.path : "";
const reason = "missing" in promtool ? promtool.missing : null;

/** Names that MetalLB has given once and for all. */
const ofMetallb = [
  'metallb_allocator_\\w+_total non-counter metrics should not have "_total" suffix',
  'metallb_layer2_\\w+ counter metrics should have "_total" suffix',
  "metallb_k8s_client_\\w+_bool metric name should not include type '\\w+'",
];

async function complaints(text: string): Promise<string[]> {
  const child = new Deno.Command(path, {
    args: ["check", "metrics"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { stdout, stderr } = await child.output();
  const lines = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  return lines.split("\n").filter((line) => line !== "");
}

/** All that isn't about a name of MetalLB's. */
function ours(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => !ofMetallb.some((pattern) => new RegExp(`^${pattern}$`).test(line)));
}

async function controllerText(): Promise<string> {
  const registry = await openMetricRegistry();
  const metrics = new ControllerMetrics(registry, new FakeClock());
  const cluster = new ControllerCluster();
  cluster.restart();
  cluster.pool("public", ["192.0.2.0/31", "2001:db8::/64"]);
  cluster.pool("bad", ["nonsense"]);
  for (const name of ["a", "b", "c"]) cluster.service(name);
  cluster.settle();
  metrics.follows(cluster.machine.world);
  metrics.acts({ machine: cluster.machine, queue: { size: 1 }, events: { dropped: 1 } });
  metrics.effects(cluster.effects);
  metrics.decided(1);
  return await registry.text();
}

async function speakerText(): Promise<string> {
  const registry = await openMetricRegistry();
  const cluster = new FakeCluster("node-a");
  const speaker = cluster.start("node-a", {}, new SpeakerMetrics(registry, cluster.clock, "node-a"));
  try {
    cluster.putReadyService("web", "10.0.0.1");
    cluster.putService("silent", ["10.0.0.2"]);
    cluster.putAdvertisement("bad", { interfaces: [""], nodeSelectors: [{ matchLabels: { "-": "" } }] });
    await cluster.until("announced", () => speaker.announced.length > 0);
    await cluster.clock.advance(100);
    return await registry.text();
  } finally {
    await cluster.end();
  }
}

Deno.test({
  ...skippable("metrics: promtool has nothing to say but about MetalLB's names", reason),
  fn: async () => {
    for (const text of [await controllerText(), await speakerText()]) {
      assert(text.includes("# TYPE"), text);
      assertEquals(ours(await complaints(text)), []);
    }
    // It does look.
    assert((await complaints("# TYPE pewter_x gauge\npewter_x{a=1} 1\n")).length > 0);
  },
});

Deno.test("metrics: each one of the catalogue is in the text, with its type and help", async () => {
  const texts = [await controllerText(), await speakerText()];
  const catalogues = [
    [...Object.values(kubeMetrics), ...Object.values(controllerMetrics)],
    [...Object.values(kubeMetrics), ...Object.values(speakerMetrics)],
  ];
  for (const [index, catalogue] of catalogues.entries()) {
    const text = texts[index] ?? "";
    for (const { name, type, help } of catalogue) {
      assert(text.includes(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`), name);
    }
    assertEquals(text.match(/^# TYPE/gm)?.length, catalogue.length);
  }
});
