/** Whole speakers: from what stands in the API to what the data plane is told, and what is said about it. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { KubeApiError, type KubeObject, KubeUnreachableError } from "../../../kube/api.ts";
import { leases, nodes, services } from "../../../kube/resources.ts";
import { DataplaneError } from "../../../speaker/io/speaker.ts";
import { FakeCluster } from "../../support/fakespeakers.ts";

function speakerTest(
  name: string,
  nodeNames: readonly string[],
  fn: (cluster: FakeCluster) => Promise<void>,
): void {
  Deno.test(`speaker: ${name}`, async () => {
    const cluster = new FakeCluster(...nodeNames);
    try {
      await fn(cluster);
    } finally {
      await cluster.end();
    }
  });
}

/** Which of the speakers announces the address. */
function owners(cluster: FakeCluster, ip: string): string[] {
  return [...cluster.speakers].filter(([, speaker]) => speaker.announced.includes(ip)).map(([name]) => name);
}

speakerTest("a Service becomes announced, once, with MetalLB's Event", ["node-a"], async (cluster) => {
  cluster.putReadyService("web", "10.0.0.1");
  const speaker = cluster.start("node-a");
  await cluster.until("announced", () => speaker.announced.includes("10.0.0.1"));
  await cluster.until("event", () => cluster.events.length > 0);
  assertEquals(cluster.events, ['Normal nodeAssigned announcing from node "node-a" with protocol "layer2"']);
  await cluster.clock.advance(10_000);
  assertEquals(cluster.events.length, 1);
  assertEquals(speaker.dataplane.commands.filter(({ type }) => type === "announce"), [
    { type: "announce", announcements: [{ ip: "10.0.0.1", interfaces: "all" }] },
  ]);
  assertEquals(speaker.speaker.missing(), []);
});

speakerTest("a status that is written is announced within 2 ms", ["node-a"], async (cluster) => {
  cluster.putService("web", []);
  cluster.putEndpoints("web", "node-a");
  const speaker = cluster.start("node-a");
  await cluster.until("caught up", () => speaker.said.includes("caughtUp"));
  await cluster.clock.advance(500);
  cluster.putService("web", ["10.0.0.1"]);
  const tookMs = await cluster.until("announced", () => speaker.announced.length > 0);
  assert(tookMs <= 2, `${tookMs} ms`);
});

speakerTest("nothing is announced before everything is listed", ["node-a"], async (cluster) => {
  cluster.putReadyService("web", "10.0.0.1");
  const release = cluster.kube.hold("list");
  const speaker = cluster.start("node-a");
  await cluster.clock.advance(2000);
  assertEquals(speaker.announced, []);
  assert(speaker.speaker.missing().includes("endpointslices"));
  release();
  await cluster.until("announced", () => speaker.announced.length > 0);
});

speakerTest(
  "one of several speakers announces, and all agree which",
  ["node-a", "node-b", "node-c"],
  async (cluster) => {
    for (let last = 1; last <= 20; last++) cluster.putReadyService(`web-${last}`, `10.0.0.${last}`);
    for (const name of ["node-a", "node-b", "node-c"]) cluster.start(name);
    const all = () => Array.from({ length: 20 }, (_, index) => owners(cluster, `10.0.0.${index + 1}`));
    await cluster.until(
      "settled",
      () => [...cluster.speakers.values()].every((each) => each.said.includes("caughtUp")),
    );
    await cluster.until("one owner for each", () => all().every((each) => each.length === 1));
    await cluster.clock.advance(3000);
    assertEquals(all().every((each) => each.length === 1), true);
    assertEquals(owners(cluster, "10.0.0.1"), ["node-b"]);
  },
);

speakerTest(
  "a speaker that dies without a word is followed in 3 to 4.5 s",
  ["node-a", "node-b"],
  async (cluster) => {
    cluster.putReadyService("web", "10.0.0.1");
    cluster.start("node-a");
    // node-b, the winner for this address, is a Lease that is renewed by the test for a while.
    const renew = (holder: string) =>
      cluster.kube.put(leases, {
        metadata: { namespace: "metallb-system", name: "pewter-speaker-node-b" },
        spec: { holderIdentity: holder, leaseDurationSeconds: 3, renewTime: String(cluster.clock.nowMs()) },
      } as KubeObject);
    for (let second = 0; second < 10; second++) {
      renew("node-b");
      await cluster.clock.advance(1000);
      assertEquals(owners(cluster, "10.0.0.1"), []);
    }
    const tookMs = await cluster.until("taken over", () => owners(cluster, "10.0.0.1").length > 0);
    assert(tookMs >= 1900 && tookMs <= 3500, `${tookMs + 1000} ms after the last renewal`);
    renew("node-b");
    await cluster.until("given back", () => owners(cluster, "10.0.0.1").length === 0);
    renew("");
    const released = await cluster.until("taken over", () => owners(cluster, "10.0.0.1").length > 0);
    assert(released <= 2, `${released} ms after the release`);
  },
);

speakerTest(
  "a speaker that starts takes nothing over before it can announce",
  ["node-a", "node-b"],
  async (cluster) => {
    cluster.putReadyService("web", "10.0.0.1");
    cluster.start("node-a");
    await cluster.until("node-a owns it", () => owners(cluster, "10.0.0.1").join() === "node-a");
    await cluster.clock.advance(2000);
    const release = cluster.kube.hold("list");
    const starting = cluster.start("node-b");
    await cluster.clock.advance(5000);
    assertEquals(owners(cluster, "10.0.0.1"), ["node-a"]);
    release();
    await cluster.until("node-b owns it", () => {
      assert(owners(cluster, "10.0.0.1").length > 0, "nobody answers");
      return owners(cluster, "10.0.0.1").join() === "node-b";
    });
    assertEquals(starting.announced, ["10.0.0.1"]);
  },
);

speakerTest(
  "SIGTERM: the successor announces before the predecessor falls silent",
  ["node-a", "node-b"],
  async (cluster) => {
    cluster.putReadyService("web", "10.0.0.1");
    for (const name of ["node-a", "node-b"]) cluster.start(name);
    await cluster.until("node-b owns it", () => owners(cluster, "10.0.0.1").join() === "node-b");
    await cluster.clock.advance(2000);
    const leaving = cluster.speakers.get("node-b");
    leaving?.stop();
    const tookMs = await cluster.until("both answer", () => owners(cluster, "10.0.0.1").length === 2);
    assert(tookMs <= 50, `${tookMs} ms`);
    await cluster.until("one answers", () => owners(cluster, "10.0.0.1").join() === "node-a");
    await cluster.clock.advance(1000);
    await leaving?.ended;
  },
);

speakerTest(
  "the API server is out of reach for 30 s: the same node answers throughout",
  ["node-a", "node-b"],
  async (cluster) => {
    cluster.putReadyService("web", "10.0.0.1");
    for (const name of ["node-a", "node-b"]) cluster.start(name);
    await cluster.until("node-b owns it", () => owners(cluster, "10.0.0.1").join() === "node-b");
    await cluster.clock.advance(5000);
    const before = [...cluster.speakers.values()].map(({ dataplane }) => dataplane.commands.length);
    cluster.kube.fail("any", new KubeUnreachableError("connection refused", "cut"), Infinity);
    cluster.kube.endWatches(new KubeUnreachableError("connection reset", "cut"));
    await cluster.clock.advance(30_000);
    assertEquals(owners(cluster, "10.0.0.1"), ["node-b"]);
    cluster.kube.recover();
    await cluster.clock.advance(15_000);
    assertEquals(owners(cluster, "10.0.0.1"), ["node-b"]);
    assertEquals([...cluster.speakers.values()].map(({ dataplane }) => dataplane.commands.length), before);
  },
);

speakerTest(
  "the API server hangs for 30 s without closing anything: the same",
  ["node-a", "node-b"],
  async (cluster) => {
    cluster.putReadyService("web", "10.0.0.1");
    for (const name of ["node-a", "node-b"]) cluster.start(name);
    await cluster.until("node-b owns it", () => owners(cluster, "10.0.0.1").join() === "node-b");
    await cluster.clock.advance(5000);
    const releases = (["get", "list", "watch", "create", "replace", "patch"] as const).map((method) =>
      cluster.kube.hold(method)
    );
    for (let second = 0; second < 30; second++) {
      await cluster.clock.advance(1000);
      assertEquals(owners(cluster, "10.0.0.1"), ["node-b"], `after ${second + 1} s`);
    }
    releases.forEach((release) => release());
    await cluster.clock.advance(15_000);
    assertEquals(owners(cluster, "10.0.0.1"), ["node-b"]);
  },
);

speakerTest(
  "Leases that may not be read: every Node counts, said once",
  ["node-a", "node-b"],
  async (cluster) => {
    // For 10.0.0.1 node-b would win, and is taken to have a speaker.
    cluster.putReadyService("web-1", "10.0.0.1");
    cluster.putReadyService("web-2", "10.0.0.6");
    const forbidden = new KubeApiError(403, "Forbidden", "leases is forbidden");
    const list = cluster.kube.list.bind(cluster.kube);
    cluster.kube.list = (resource, ...rest) =>
      resource.plural === "leases" ? Promise.reject(forbidden) : list(resource, ...rest);
    const speaker = cluster.start("node-a");
    await cluster.until("caught up", () => speaker.said.includes("caughtUp"));
    await cluster.clock.advance(10_000);
    assertEquals(speaker.said.filter((name) => name === "speakersUnknown").length, 1);
    assertEquals(speaker.announced.includes("10.0.0.1"), false);
  },
);

speakerTest(
  "Leases that may be read and not written: every Node counts in the end",
  ["node-a"],
  async (cluster) => {
    cluster.putReadyService("web", "10.0.0.1");
    const create = cluster.kube.create.bind(cluster.kube);
    cluster.kube.create = (resource, ...rest) =>
      resource.plural === "leases"
        ? Promise.reject(new KubeApiError(403, "Forbidden", "no"))
        : create(resource, ...rest);
    const speaker = cluster.start("node-a");
    const tookMs = await cluster.until("announced", () => speaker.announced.length > 0);
    assert(tookMs <= 3500, `${tookMs} ms`);
  },
);

speakerTest("withdrawn with its last endpoint, its address, its Service", ["node-a"], async (cluster) => {
  cluster.putReadyService("web", "10.0.0.1");
  const speaker = cluster.start("node-a");
  const shown = () => speaker.announced.join();
  await cluster.until("announced", () => shown() === "10.0.0.1");
  cluster.putEndpoints("web");
  await cluster.until("no endpoint", () => shown() === "");
  cluster.putEndpoints("web", "node-a");
  await cluster.until("announced", () => shown() === "10.0.0.1");
  cluster.putService("web", ["10.0.0.2"]);
  await cluster.until("another address", () => shown() === "10.0.0.2");
  cluster.putService("web", ["10.0.0.2"], { type: "ClusterIP" });
  await cluster.until("another type", () => shown() === "");
  cluster.putService("web", ["10.0.0.2"]);
  await cluster.until("announced", () => shown() === "10.0.0.2");
  cluster.kube.remove(services, "default", "web");
  await cluster.until("deleted", () => shown() === "");
  const reasons = speaker.lines.filter(({ event }) => event.name === "withdrawn").map(({ fields }) =>
    fields["reason"]
  );
  assertEquals(reasons, ["noEndpoints", "notLoadBalancer", "serviceDeleted"]);
});

speakerTest(
  "an address that two Services share lives as long as one of them",
  ["node-a"],
  async (cluster) => {
    for (const name of ["web", "dns"]) {
      cluster.putService(name, ["10.0.0.1"], {}, { "metallb.io/allow-shared-ip": "key" });
      cluster.putEndpoints(name, "node-a");
    }
    const speaker = cluster.start("node-a");
    await cluster.until("announced", () => speaker.announced.length === 1);
    await cluster.until("two Events", () => cluster.events.length === 2);
    assertEquals(new Set(cluster.events).size, 1);
    cluster.kube.remove(services, "default", "web");
    await cluster.clock.advance(100);
    assertEquals(speaker.announced, ["10.0.0.1"]);
    cluster.kube.remove(services, "default", "dns");
    await cluster.until("withdrawn", () => speaker.announced.length === 0);
    const told = speaker.dataplane.commands.map(({ type }) => type);
    assertEquals(told, ["start", "announce", "withdraw"]);
  },
);

speakerTest(
  "interfaces that this node lacks: a Warning, and the rest goes on",
  ["node-a"],
  async (cluster) => {
    cluster.putAdvertisement("l2", { interfaces: ["eth7", "eth8"] });
    cluster.putReadyService("web", "10.0.0.1");
    const speaker = cluster.start("node-a");
    await cluster.until("event", () => cluster.events.some((event) => event.startsWith("Warning")));
    assertEquals(cluster.events.filter((event) => event.startsWith("Warning")), [
      `Warning announceFailed can't announce "10.0.0.1" from node "node-a" with protocol "layer2": ` +
      `the node has none of the interfaces "eth7", "eth8"`,
    ]);
    assertEquals(speaker.announced, []);
    // It appears, enslaved or down: that it exists is enough.
    speaker.dataplane.network.setLink({ name: "eth8", up: false });
    await cluster.until("announced", () => speaker.announced.length === 1);
    await cluster.clock.advance(5000);
    assertEquals(cluster.events.length, 2);
  },
);

speakerTest("an interface of the exclude list doesn't count as there", ["node-a"], async (cluster) => {
  cluster.putAdvertisement("l2", { interfaces: ["eth0"] });
  cluster.putReadyService("web", "10.0.0.1");
  const speaker = cluster.start("node-a", { excludeInterfaces: ["^eth"] });
  await cluster.until(
    "event",
    () => cluster.events.some((event) => event.startsWith("Warning announceFailed")),
  );
  assertEquals(speaker.announced, []);
});

speakerTest("a bad advertisement is named, and the others work on", ["node-a"], async (cluster) => {
  cluster.putAdvertisement("bad", {
    nodeSelectors: [{ matchExpressions: [{ key: "x", operator: "Near" }] }],
  });
  cluster.putReadyService("web", "10.0.0.1");
  const speaker = cluster.start("node-a");
  await cluster.until("announced", () => speaker.announced.length === 1);
  const problem = speaker.lines.find(({ event }) => event.name === "problem");
  assertEquals(problem?.fields["object"], "L2Advertisement metallb-system/bad");
  cluster.putAdvertisement("bad", {});
  await cluster.until("solved", () => speaker.said.includes("problemSolved"));
});

speakerTest(
  "a pool that no longer holds the address: that Service is withdrawn, others stay",
  ["node-a"],
  async (cluster) => {
    cluster.putReadyService("web", "10.0.0.1");
    cluster.putReadyService("dns", "10.0.0.200");
    const speaker = cluster.start("node-a");
    await cluster.until("announced", () => speaker.announced.length === 2);
    cluster.putPool("public", ["10.0.0.0/25"]);
    await cluster.until("withdrawn", () => speaker.announced.join() === "10.0.0.1");
    const line = speaker.lines.find(({ event }) => event.name === "withdrawn");
    assertEquals([line?.fields["service"], line?.fields["reason"]], ["default/dns", "ipNotAllowed"]);
  },
);

speakerTest(
  "configuration outside the installation's namespace has no effect",
  ["node-a"],
  async (cluster) => {
    cluster.putReadyService("web", "10.9.0.1");
    cluster.kube.put({
      group: "metallb.io",
      version: "v1beta1",
      plural: "ipaddresspools",
      kind: "IPAddressPool",
      namespaced: true,
    }, {
      metadata: { namespace: "default", name: "stray" },
      spec: { addresses: ["10.9.0.0/24"] },
    } as KubeObject);
    const speaker = cluster.start("node-a");
    await cluster.until("caught up", () => speaker.said.includes("caughtUp"));
    await cluster.clock.advance(1000);
    assertEquals(speaker.announced, []);
  },
);

speakerTest("a Node that is labelled as excluded hands over", ["node-a", "node-b"], async (cluster) => {
  cluster.putReadyService("web", "10.0.0.1");
  for (const name of ["node-a", "node-b"]) cluster.start(name);
  await cluster.until("node-b owns it", () => owners(cluster, "10.0.0.1").join() === "node-b");
  cluster.kube.put(nodes, {
    metadata: { name: "node-b", labels: { "node.kubernetes.io/exclude-from-external-load-balancers": "" } },
  });
  await cluster.until("node-a owns it", () => owners(cluster, "10.0.0.1").join() === "node-a");
  cluster.kube.remove(nodes, undefined, "node-a");
  await cluster.until("nobody owns it", () => owners(cluster, "10.0.0.1").length === 0);
});

speakerTest(
  "packet sockets that are refused end the speaker with the reason",
  ["node-a"],
  async (cluster) => {
    const speaker = cluster.start("node-a");
    speaker.dataplane.inject({
      type: "failed",
      errno: "EPERM",
      message: "EPERM: socket(AF_PACKET) needs CAP_NET_RAW",
    });
    const ended = assertRejects(() => speaker.ended, DataplaneError, "needs CAP_NET_RAW");
    await cluster.clock.advance(5000);
    await ended;
  },
);

speakerTest("a speaker that ends gives its Lease back", ["node-a"], async (cluster) => {
  const speaker = cluster.start("node-a");
  await cluster.until("a Lease", () => cluster.kube.all(leases).length === 1);
  await cluster.until("caught up", () => speaker.said.includes("caughtUp"));
  speaker.stop();
  await cluster.clock.advance(2000);
  await speaker.ended;
  const [lease] = cluster.kube.all(leases) as (KubeObject & { spec: { holderIdentity?: string } })[];
  assertEquals(lease?.spec.holderIdentity ?? "", "");
  assertEquals(lease?.metadata.ownerReferences?.[0]?.kind, "Node");
  assertEquals(speaker.dataplane.commands.at(-1)?.type, "stop");
});

speakerTest("a speaker that ends amid a renewal gives its Lease back too", ["node-a"], async (cluster) => {
  const speaker = cluster.start("node-a");
  await cluster.until("caught up", () => speaker.said.includes("caughtUp"));
  const release = cluster.kube.hold("replace");
  await cluster.clock.advance(1200);
  speaker.stop();
  await cluster.clock.advance(10);
  release();
  await cluster.clock.advance(2000);
  const [lease] = cluster.kube.all(leases) as (KubeObject & { spec: { holderIdentity?: string } })[];
  assertEquals(lease?.spec.holderIdentity ?? "", "");
});
