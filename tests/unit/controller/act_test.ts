/** One term of acting on a fake API server and a fake clock: what is written, when, and how often. */
import { assert, assertEquals } from "@std/assert";
import { actAlone } from "../../../controller/io/lead.ts";
import { Logger, type LogRecord } from "../../../core/log.ts";
import {
  KubeApiError,
  type KubeObject,
  KubeUnreachableError,
  type ListOptions,
  type ListResult,
  type PatchOptions,
  type Resource,
  type Trim,
} from "../../../kube/api.ts";
import { configurationStates, coreEvents, ipAddressPools, services } from "../../../kube/resources.ts";
import type { ConfigurationStateStatus } from "../../../crds/configurationstate.ts";
import { FakeClock } from "../../support/fakeclock.ts";
import { FakeKube } from "../../support/fakekube.ts";

interface Written {
  readonly plural: string;
  readonly name: string;
  readonly options: PatchOptions;
  /** As it goes over the wire. */
  readonly body: string;
}

/** Remembers what patches said; numbers become what a client would read of them. */
class RecordingKube extends FakeKube {
  readonly written: Written[] = [];
  /** Kinds that can't be listed. */
  readonly unlistable = new Set<string>();

  override list<T>(resource: Resource, trim: Trim<T>, options?: ListOptions): Promise<ListResult<T>> {
    if (this.unlistable.has(resource.plural)) {
      return Promise.reject(new KubeApiError(404, "NotFound", "no such kind"));
    }
    return super.list(resource, trim, options);
  }

  override patch<T extends KubeObject>(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    patch: unknown,
    options: PatchOptions,
  ): Promise<T> {
    const body = JSON.stringify(patch);
    this.written.push({ plural: resource.plural, name, options, body });
    return super.patch(resource, namespace, name, JSON.parse(body), options);
  }
}

/** A controller that acts, and the world around it. */
class Scene {
  readonly kube = new RecordingKube();
  readonly clock = new FakeClock();
  readonly lines: LogRecord[] = [];
  readonly failures: unknown[] = [];
  readonly #stop = new AbortController();
  #term: Promise<void> = Promise.resolve();

  start(): Promise<void> {
    this.#term = actAlone({
      namespace: "metallb-system",
      loadBalancerClass: "",
      api: this.kube,
      clock: this.clock,
      log: new Logger("info", (record) => this.lines.push(record), () => this.clock.wallMs()),
      random: () => 0.5,
      soon: (run) => void this.clock.timer(0, run),
      pod: Promise.resolve(null),
      fail: (error) => this.failures.push(error),
    }, this.#stop.signal);
    return this.clock.advance(10);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.clock.advance(2000);
    await this.#term;
    assertEquals(this.failures, []);
  }

  pool(name: string, addresses: readonly string[]): void {
    const metadata = { name, namespace: "metallb-system", creationTimestamp: "2030-01-01T00:00:00Z" };
    this.kube.put(ipAddressPools, { metadata, spec: { addresses } } as KubeObject);
  }

  service(name: string, more: { metadata?: object; spec?: object; status?: object } = {}): void {
    const former = this.kube.all(services).find(({ metadata }) => metadata.name === name) as
      | Record<string, object>
      | undefined;
    this.kube.put(services, {
      ...former,
      metadata: {
        creationTimestamp: "2030-01-01T00:00:00Z",
        ...former?.["metadata"],
        name,
        namespace: "default",
        ...more.metadata,
      },
      spec: {
        type: "LoadBalancer",
        clusterIPs: ["10.96.0.1"],
        ports: [{ port: 80 }],
        ...former?.["spec"],
        ...more.spec,
      },
      status: more.status ?? former?.["status"] ?? {},
    } as KubeObject);
  }

  ips(name: string): readonly string[] {
    const service = this.kube.all(services).find(({ metadata }) => metadata.name === name) as
      | { status?: { loadBalancer?: { ingress?: { ip: string }[] } } }
      | undefined;
    return service?.status?.loadBalancer?.ingress?.map(({ ip }) => ip) ?? [];
  }

  /** Patches of Services, as `name: body`. */
  writes(plural = "services"): readonly string[] {
    return this.kube.written.filter((patch) => patch.plural === plural).map(({ name, body }) =>
      `${name}: ${body}`
    );
  }

  said(event: string): number {
    return this.lines.filter((line) => line.event.name === event).length;
  }

  /** As in `web AllocationFailed x2`. */
  events(): readonly string[] {
    return this.kube.all(coreEvents).map((object) => {
      const { reason, count, involvedObject } = object as unknown as {
        reason: string;
        count: number;
        involvedObject: { name: string };
      };
      return `${involvedObject.name} ${reason} x${count}`;
    });
  }
}

const conflict = () => new KubeApiError(409, "Conflict", "the object has been modified");
const forbidden = () => new KubeApiError(403, "Forbidden", "no");
const assigned = (ip: string, pool = "main") => ({
  metadata: { annotations: { "metallb.io/ip-allocated-from-pool": pool } },
  status: { loadBalancer: { ingress: [{ ip }] } },
});

function act1(name: string, play: (scene: Scene) => Promise<void>): void {
  Deno.test(`acting: ${name}`, async () => {
    const scene = new Scene();
    await play(scene);
    await scene.stop();
  });
}

act1("an assignment is one merge patch of the status, on the version it was decided on", async (scene) => {
  scene.pool("main", ["192.0.2.0/24"]);
  scene.service("web");
  const version = scene.kube.all(services)[0]?.metadata.resourceVersion;
  await scene.start();
  assertEquals(scene.writes(), [
    `web: {"metadata":{"annotations":{"metallb.io/ip-allocated-from-pool":"main"},"resourceVersion":"${version}"},` +
    `"status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.0"}]}}}`,
  ]);
  const [patch] = scene.kube.written.filter(({ plural }) => plural === "services");
  assertEquals([patch?.options.type, patch?.options.subresource], ["merge", "status"]);
  assertEquals([scene.said("assigned"), scene.events()], [1, ["web IPAllocated x1"]]);
});

act1("a clearing writes null", async (scene) => {
  scene.pool("main", ["192.0.2.0/24"]);
  scene.service("web", assigned("192.0.2.0"));
  await scene.start();
  scene.service("web", { spec: { type: "ClusterIP" } });
  const version = scene.kube.all(services)[0]?.metadata.resourceVersion;
  await scene.clock.advance(10);
  assertEquals(scene.writes(), [
    `web: {"metadata":{"annotations":{"metallb.io/ip-allocated-from-pool":null},"resourceVersion":"${version}"},` +
    `"status":{"loadBalancer":{"ingress":null}}}`,
  ]);
  assertEquals([scene.ips("web"), scene.said("cleared")], [[], 1]);
});

act1("a start with every status in place writes nothing but counters", async (scene) => {
  scene.pool("main", ["192.0.2.0/24"]);
  scene.service("one", assigned("192.0.2.7"));
  scene.service("two", assigned("192.0.2.9"));
  await scene.start();
  await scene.clock.advance(1000);
  assertEquals([scene.writes(), scene.events()], [[], []]);
  assertEquals(scene.writes("ipaddresspools").length, 1);
  assertEquals(scene.said("caughtUp"), 1);
});

act1("changes that don't matter write nothing, and tell nothing again", async (scene) => {
  scene.pool("main", ["192.0.2.0/32"]);
  scene.service("has", assigned("192.0.2.0"));
  scene.service("waits");
  await scene.start();
  for (let round = 0; round < 5; round++) {
    scene.service("waits", { metadata: { labels: { round: String(round) } } });
    scene.service("has", { metadata: { labels: { round: String(round) } } });
    await scene.clock.advance(300);
  }
  assertEquals([scene.writes(), scene.said("refused"), scene.events()], [[], 1, [
    "waits AllocationFailed x1",
  ]]);
});

act1("an object that changed under the write is read again and decided again", async (scene) => {
  scene.pool("main", ["192.0.2.0/24"]);
  scene.service("web");
  const release = scene.kube.hold("patch");
  await scene.start();
  assertEquals(scene.writes().length, 1);
  scene.service("web", { metadata: { annotations: { "metallb.io/loadBalancerIPs": "192.0.2.9" } } });
  release();
  await scene.clock.advance(10);
  assertEquals([scene.writes().length, scene.ips("web")], [2, ["192.0.2.9"]]);
  assert(scene.writes()[1]?.includes("192.0.2.9"));
});

act1("a conflict without a change is simply tried again", async (scene) => {
  scene.pool("main", ["192.0.2.0/24"]);
  scene.service("web");
  scene.kube.fail("patch", conflict(), 3);
  await scene.start();
  await scene.clock.advance(5000);
  assertEquals(scene.ips("web"), ["192.0.2.0"]);
});

act1("a conflict while the object can't be read is tried again later", async (scene) => {
  scene.pool("main", ["192.0.2.0/24"]);
  scene.service("web");
  scene.kube.fail("patch", conflict(), 2);
  scene.kube.fail("get", new KubeUnreachableError("no connection", "cut"), 2);
  await scene.start();
  await scene.clock.advance(30_000);
  assertEquals(scene.ips("web"), ["192.0.2.0"]);
});

act1("a busy or silent server gets the write again", async (scene) => {
  scene.pool("main", ["192.0.2.0/24"]);
  scene.service("web");
  scene.kube.fail("patch", new KubeApiError(429, "TooManyRequests", "busy", 1000), 3);
  scene.kube.fail("patch", new KubeUnreachableError("no connection", "cut"), 3);
  await scene.start();
  await scene.clock.advance(120_000);
  assertEquals(scene.ips("web"), ["192.0.2.0"]);
});

act1("a refused write is reported, and tried again after half a minute", async (scene) => {
  scene.pool("main", ["192.0.2.0/24"]);
  scene.service("web");
  scene.kube.fail("patch", forbidden(), Infinity);
  await scene.start();
  await scene.clock.advance(29_000);
  assertEquals([scene.writes().length, scene.writes("ipaddresspools").length], [1, 1]);
  assertEquals(
    scene.lines.filter(({ event }) => event.name === "writePostponed").map(({ fields }) => fields["object"]),
    [
      "Service default/web",
      "IPAddressPool metallb-system/main",
    ],
  );
  scene.kube.recover();
  await scene.clock.advance(2000);
  assertEquals(scene.ips("web"), ["192.0.2.0"]);
});

act1("a Service that goes takes its waiting write with it", async (scene) => {
  scene.pool("main", ["192.0.2.0/24"]);
  scene.service("web");
  scene.kube.fail("patch", new KubeApiError(503, "Unavailable", "down"), Infinity);
  await scene.start();
  scene.kube.remove(services, "default", "web");
  await scene.clock.advance(10);
  scene.kube.recover();
  const before = scene.writes().length;
  await scene.clock.advance(60_000);
  assertEquals([scene.writes().length, scene.said("writePostponed")], [before, 0]);
});

act1("counters are written at most five times in a second, and end right", async (scene) => {
  scene.pool("main", ["192.0.2.0/24", "2001:db8::/32"]);
  await scene.start();
  const start = scene.writes("ipaddresspools").length;
  for (let index = 0; index < 50; index++) {
    scene.service(`s${index}`);
    await scene.clock.advance(20);
  }
  assert(scene.writes("ipaddresspools").length - start <= 6, "more than one write in 200 ms");
  await scene.clock.advance(500);
  const last = scene.writes("ipaddresspools").at(-1) ?? "";
  assert(
    last.includes(
      `"assignedIPv4":50,"assignedIPv6":0,"availableIPv4":206,"availableIPv6":9223372036854775807`,
    ),
    last,
  );
  const writes = scene.writes("ipaddresspools").length;
  await scene.clock.advance(10_000);
  assertEquals(scene.writes("ipaddresspools").length, writes);
});

act1("a bad pool is reported once on itself and in the log, and so is its end", async (scene) => {
  scene.pool("bad", ["10.0.0.0/33"]);
  scene.pool("good", ["192.0.2.0/24"]);
  scene.service("web");
  await scene.start();
  scene.service("late");
  await scene.clock.advance(300);
  assertEquals([scene.ips("web"), scene.said("problem")], [["192.0.2.0"], 1]);
  assertEquals(scene.events().filter((event) => event.startsWith("bad")), ["bad ConfigurationError x1"]);
  scene.pool("bad", ["10.0.0.0/31"]);
  await scene.clock.advance(300);
  assertEquals([scene.said("problem"), scene.said("problemSolved")], [1, 1]);
});

act1(
  "a kind that can't be listed delays no address, and is named in ConfigurationState after 5 s",
  async (scene) => {
    scene.kube.unlistable.add("bgppeers");
    scene.pool("main", ["192.0.2.0/24"]);
    scene.pool("bad", ["10.0.0.0/33"]);
    scene.service("web");
    await scene.start();
    await scene.clock.advance(1_000);
    assertEquals([scene.ips("web"), scene.said("problem")], [["192.0.2.0"], 1]);
    const status = () =>
      (scene.kube.all(configurationStates)[0] as { status?: ConfigurationStateStatus })?.status;
    assertEquals(status(), undefined);
    await scene.clock.advance(5_000);
    assertEquals([status()?.result, status()?.conditions[0]?.reason], ["Invalid", "ConfigurationError"]);
    scene.pool("bad", ["10.0.0.0/24"]);
    await scene.clock.advance(2_000);
    const [condition] = status()?.conditions ?? [];
    assertEquals([status()?.result, condition?.reason], ["Valid", "UnknownError"]);
    assertEquals(condition?.message, "could not be read yet: bgppeers");
    scene.kube.unlistable.clear();
    await scene.clock.advance(30_000);
    assertEquals(status()?.conditions.map(({ reason }) => reason), ["Reconciled"]);
  },
);

act1("a watch that is cut and listed again changes nothing", async (scene) => {
  scene.pool("main", ["192.0.2.0/24"]);
  scene.service("web");
  await scene.start();
  await scene.clock.advance(1000);
  const writes = scene.kube.written.length;
  scene.kube.compact();
  scene.kube.endWatches(new KubeApiError(410, "Expired", "too old"));
  await scene.clock.advance(30_000);
  assertEquals([scene.kube.written.length - writes, scene.ips("web")], [0, ["192.0.2.0"]]);
});

Deno.test("acting: after the stop nothing is written, and writes under way end first", async () => {
  const scene = new Scene();
  scene.pool("main", ["192.0.2.0/24"]);
  scene.service("web");
  const release = scene.kube.hold("patch");
  await scene.start();
  const stopped = scene.stop();
  release();
  await stopped;
  assertEquals(scene.ips("web"), ["192.0.2.0"]);
  const writes = scene.kube.written.length;
  scene.service("late");
  await scene.clock.advance(60_000);
  assertEquals([scene.kube.written.length, scene.clock.pending], [writes, 0]);
});
