/** Several replicas on one fake API server and one fake clock: who acts, on what knowledge, and how it ends. */
import { assert, assertEquals } from "@std/assert";
import { identityIn, lead, leaseName } from "../../../controller/io/lead.ts";
import { Logger, type LogRecord } from "../../../core/log.ts";
import { type KubeObject, KubeUnreachableError } from "../../../kube/api.ts";
import { type LeaseObject, trimLease } from "../../../kube/leases.ts";
import { ipAddressPools, leases, services } from "../../../kube/resources.ts";
import { FakeClock, settle } from "../../support/fakeclock.ts";
import { FakeKube } from "../../support/fakekube.ts";

const installation = "metallb-system";

class Replica {
  readonly lines: LogRecord[] = [];
  readonly stop = new AbortController();
  readonly ended: Promise<void>;

  constructor(api: FakeKube, readonly clock: FakeClock, readonly name: string) {
    this.ended = lead({
      ...{ api, clock, identity: name, namespace: installation, loadBalancerClass: "" },
      ...{ leaseDurationMs: 15_000, isPredecessor: () => false },
      random: () => 0.5,
      log: new Logger("debug", (record) => this.lines.push(record), () => clock.wallMs()),
      soon: (run) => void clock.timer(0, run),
      pod: Promise.resolve(null),
      fail: (error) => {
        throw error;
      },
    }, this.stop.signal);
  }

  said(event: string): number {
    return this.lines.filter((line) => line.event.name === event).length;
  }
}

class Scene {
  readonly kube = new FakeKube();
  readonly clock = new FakeClock();
  readonly #replicas: Replica[] = [];

  constructor(addresses: readonly string[] = ["10.0.0.0/24"]) {
    const metadata = { name: "public", namespace: installation, creationTimestamp: "2030-01-01T00:00:00Z" };
    this.kube.put(ipAddressPools, { metadata, spec: { addresses } } as KubeObject);
  }

  replica(name: string): Replica {
    const replica = new Replica(this.kube, this.clock, name);
    this.#replicas.push(replica);
    return replica;
  }

  service(name: string): void {
    this.kube.put(services, {
      metadata: { name, namespace: "default", creationTimestamp: "2030-01-01T00:00:00Z" },
      spec: { type: "LoadBalancer", clusterIPs: ["10.96.0.1"], ports: [{ port: 80 }] },
    } as KubeObject);
  }

  /** As in `web 10.0.0.0`. */
  addresses(): string[] {
    return this.kube.all(services).map((object) => {
      const { metadata, status } = object as KubeObject & {
        status?: { loadBalancer?: { ingress?: readonly { ip: string }[] } };
      };
      return `${metadata.name} ${status?.loadBalancer?.ingress?.map(({ ip }) => ip).join() ?? ""}`.trim();
    });
  }

  lists(plural: string): number {
    return this.kube.calls.filter((call) => call.method === "list" && call.plural === plural).length;
  }

  patches(): number {
    return this.kube.calls.filter(({ method, plural }) => method === "patch" && plural === "services").length;
  }

  get lease() {
    const [found] = this.kube.all(leases);
    return found === undefined ? undefined : trimLease(found as LeaseObject);
  }

  putLease(holder: string, handover = ""): void {
    this.kube.put(leases, {
      metadata: {
        namespace: installation,
        name: leaseName,
        ...(handover === "" ? {} : { annotations: { "pewter-controller/handover": handover } }),
      },
      spec: { holderIdentity: holder, leaseDurationSeconds: 15, renewTime: "x", leaseTransitions: 1 },
    } as LeaseObject);
  }

  async quiet(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) {
      await settle();
      await this.clock.advance(0);
    }
  }

  async end(): Promise<void> {
    this.kube.recover();
    for (const { stop } of this.#replicas) stop.abort("SIGTERM");
    await this.clock.advance(5_000);
    for (const { ended } of this.#replicas) await ended;
    assertEquals(this.clock.pending, 0);
  }
}

function scene(name: string, play: (scene: Scene) => Promise<void>): void {
  Deno.test(`leading: ${name}`, async () => {
    const scene = new Scene();
    await play(scene);
    await scene.end();
  });
}

scene("the standby knows all; after a graceful stop it acts at once, without a list", async (scene) => {
  const one = scene.replica("one");
  await scene.clock.advance(100);
  const two = scene.replica("two");
  for (let index = 0; index < 50; index++) scene.service(`s${index}`);
  await scene.clock.advance(10_000);
  assertEquals([one.said("caughtUp"), two.said("caughtUp"), two.said("elected")], [1, 0, 0]);
  const [lists, patches] = [scene.lists("services"), scene.patches()];
  const leftMs = scene.clock.nowMs();
  one.stop.abort("SIGTERM");
  await scene.quiet();
  assertEquals([two.said("caughtUp"), scene.lists("services") - lists, scene.lease?.holder], [1, 0, "two"]);
  // What it knows is right already.
  assertEquals([scene.clock.nowMs() - leftMs, scene.patches() - patches], [0, 0]);
  scene.service("late");
  await scene.quiet();
  assert(scene.addresses().includes("late 10.0.0.50"), scene.addresses().join());
});

scene("what the leader left names the last Service that it wrote", async (scene) => {
  const one = scene.replica("one");
  scene.service("web");
  await scene.clock.advance(1_000);
  const written = scene.kube.all(services)[0]?.metadata.resourceVersion ?? "";
  one.stop.abort("SIGTERM");
  await scene.clock.advance(1_000);
  await one.ended;
  const { handover = "" } = scene.lease ?? {};
  assert(Number(handover) >= Number(written), `${handover} is before ${written}`);
});

scene("what the former leader wrote is waited for, then listed", async (scene) => {
  scene.putLease("", "999999");
  const one = scene.replica("one");
  scene.service("web");
  await scene.quiet();
  assertEquals([one.said("elected"), one.said("caughtUp"), scene.lists("services")], [1, 0, 1]);
  await scene.clock.advance(500);
  assertEquals([one.said("caughtUp"), scene.lists("services"), scene.addresses()], [1, 2, ["web 10.0.0.0"]]);
});

scene("after a crash the next leader lists again what it acts on, and only that", async (scene) => {
  scene.putLease("gone");
  const one = scene.replica("one");
  scene.service("web");
  await scene.clock.advance(14_999);
  const before = ["services", "ipaddresspools", "namespaces", "bgppeers"].map((plural) =>
    scene.lists(plural)
  );
  assertEquals([one.said("elected"), before], [0, [1, 1, 1, 1]]);
  await scene.clock.advance(1);
  await scene.quiet();
  const after = ["services", "ipaddresspools", "namespaces", "bgppeers"].map((plural) => scene.lists(plural));
  assertEquals([one.said("caughtUp"), after, scene.addresses()], [1, [2, 2, 2, 1], ["web 10.0.0.0"]]);
});

scene(
  "the Lease is given back when writes in flight have ended; those in line are left to the next",
  async (scene) => {
    const [one, two] = [scene.replica("one"), scene.replica("two")];
    await scene.clock.advance(1_000);
    const release = scene.kube.hold("patch");
    for (let index = 0; index < 100; index++) scene.service(`s${index}`);
    await scene.quiet();
    one.stop.abort("SIGTERM");
    await scene.clock.advance(500);
    assertEquals([scene.lease?.holder, two.said("elected"), scene.patches()], ["one", 0, 32]);
    release();
    const [lists, leftMs] = [scene.lists("services"), scene.clock.nowMs()];
    await scene.quiet();
    assertEquals([scene.lease?.holder, two.said("caughtUp"), scene.lists("services")], ["two", 1, lists]);
    assertEquals([scene.clock.nowMs(), scene.patches()], [leftMs, 100]);
    assertEquals(new Set(scene.addresses().map((line) => line.split(" ")[1])).size, 100);
  },
);

scene("a leader whose writes don't end in time leaves nothing to rely on", async (scene) => {
  const [one, two] = [scene.replica("one"), scene.replica("two")];
  await scene.clock.advance(1_000);
  const release = scene.kube.hold("patch");
  scene.service("web");
  await scene.quiet();
  one.stop.abort("SIGTERM");
  const lists = scene.lists("services");
  await scene.clock.advance(1_001);
  await scene.quiet();
  assertEquals([two.said("elected"), scene.lists("services") - lists], [1, 1]);
  release();
});

scene("who was paused writes nothing any more when it wakes up, before it even knows", async (scene) => {
  const one = scene.replica("one");
  await scene.clock.advance(1_000);
  const release = scene.kube.hold("patch");
  for (let index = 0; index < 40; index++) scene.service(`s${index}`);
  await scene.quiet();
  assertEquals(scene.patches(), 32);
  // As after SIGSTOP and SIGCONT: time has passed, and nothing has run.
  scene.clock.pause(20_000);
  scene.kube.fail("replace", new KubeUnreachableError("no route", "cut"), Infinity);
  release();
  for (let turn = 0; turn < 50; turn++) await settle();
  assertEquals([scene.patches(), one.said("leadershipEnded")], [32, 0]);
  await scene.clock.advance(0);
  assertEquals([scene.patches(), one.said("leadershipEnded")], [32, 1]);
  scene.kube.recover();
  await scene.clock.advance(10_000);
  assertEquals(new Set(scene.addresses().map((line) => line.split(" ")[1])).size, 40);
});

scene("a leader that lost the Lease breaks off what is under way, at once", async (scene) => {
  const one = scene.replica("one");
  await scene.clock.advance(1_000);
  const release = scene.kube.hold("patch");
  scene.service("web");
  await scene.quiet();
  scene.putLease("other");
  await scene.quiet();
  assertEquals([one.said("leadershipEnded"), scene.addresses()], [1, ["web"]]);
  release();
  await scene.quiet();
  assertEquals(scene.addresses(), ["web"]);
});

Deno.test("leading: an earlier process of the same Pod is known by its name, others are not taken for one", () => {
  const { identity, isPredecessor } = identityIn("controller-5d9c-x2", "0a1b2c3d");
  assertEquals(identity, "controller-5d9c-x2-0a1b2c3d");
  const others = [
    "controller-5d9c-x2-ffffffff",
    "controller-5d9c-x3-ffffffff",
    "controller-5d9c-x2-1-ffffffff",
    "controller-5d9c-x2",
    "controller-ffffffff",
  ];
  assertEquals(others.map(isPredecessor), [true, false, false, false, false]);
  const nameless = identityIn("", "0a1b2c3d");
  assertEquals([nameless.identity, nameless.isPredecessor("controller-ffffffff")], [
    "controller-0a1b2c3d",
    false,
  ]);
});
