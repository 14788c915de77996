/** Speakers with the real client on the lab's embedded API server; only their data planes are fakes. */
import { assert, assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { parse } from "yaml";
import { Logger, type LogRecord } from "../../../core/log.ts";
import { generate } from "../../../crds/generate.ts";
import type { KubeObject, Resource } from "../../../kube/api.ts";
import { type KubeClient, openClient } from "../../../kube/client.ts";
import { systemClock } from "../../../kube/clock.ts";
import {
  coreEvents,
  customResourceDefinitions,
  endpointSlices,
  ipAddressPools,
  l2Advertisements,
  leases,
  nodes,
  services,
} from "../../../kube/resources.ts";
import { Speaker } from "../../../speaker/io/speaker.ts";
import { type ApiServer, startApiServer } from "../../lab/apiserver/server.ts";
import { sleep, until } from "../../lab/wait.ts";
import { installNamespace } from "../../support/clusterobjects.ts";
import { FakeDataplane } from "../../support/fakedataplane.ts";

const patienceMs = 20_000;

/** One speaker with a connection of its own. */
class Member {
  readonly dataplane = new FakeDataplane(systemClock);
  readonly lines: LogRecord[] = [];
  readonly client: KubeClient;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;

  constructor(server: ApiServer, readonly nodeName: string) {
    this.client = connect(server);
    this.dataplane.network.setLink({ name: "eth0", addresses: ["fe80::1/64"] });
    const speaker = new Speaker({
      ...{ api: this.client, clock: systemClock, dataplane: this.dataplane, random: Math.random },
      log: new Logger("debug", (record) => this.lines.push(record), () => Date.now()),
      soon: setImmediate,
    }, {
      ...{ nodeName, namespace: installNamespace, lbClass: "", ignoreExcludeLabel: false },
      ...{ leaseDurationMs: 3000, renewIntervalMs: 1000, excludeInterfaces: [] },
    });
    this.#ended = speaker.run(this.#stop.signal);
    this.#ended.catch(() => {});
  }

  said(event: string): boolean {
    return this.lines.some((line) => line.event.name === event);
  }

  async stop(): Promise<void> {
    this.#stop.abort("SIGTERM");
    await this.#ended;
    this.client.close();
  }
}

function connect(server: ApiServer): KubeClient {
  return openClient({
    config: {
      ...{ url: server.url, namespace: "default", source: "the test" },
      tls: () => Promise.resolve({ caPem: server.caPem }),
      headers: () => Promise.resolve({ authorization: `Bearer ${server.tokens.admin}` }),
    },
    clock: systemClock,
    random: Math.random,
    userAgent: "pewter-test",
  });
}

/** An API server with nodes n1 and n2, a pool and an advertisement. */
class Bed {
  readonly members: Member[] = [];

  private constructor(readonly server: ApiServer, readonly api: KubeClient) {}

  static async make(): Promise<Bed> {
    const server = await startApiServer({ seedNamespaces: [installNamespace] });
    const bed = new Bed(server, connect(server));
    for (const { text } of generate()) {
      await bed.api.create(customResourceDefinitions, parse(text) as KubeObject);
    }
    for (const name of ["n1", "n2"]) await bed.api.create(nodes, { metadata: { name } });
    await bed.create(ipAddressPools, installNamespace, "public", { spec: { addresses: ["10.0.0.0/24"] } });
    await bed.create(l2Advertisements, installNamespace, "l2", { spec: {} });
    return bed;
  }

  async create(resource: Resource, namespace: string, name: string, rest: object): Promise<void> {
    await this.api.create(resource, { metadata: { namespace, name }, ...rest } as KubeObject);
  }

  /** A Service with an endpoint on n1 and no address yet. */
  async service(name: string): Promise<void> {
    await this.create(services, "default", name, { spec: { type: "LoadBalancer", ports: [{ port: 80 }] } });
    await this.api.create(endpointSlices, {
      metadata: { namespace: "default", name, labels: { "kubernetes.io/service-name": name } },
      addressType: "IPv4",
      endpoints: [{ addresses: ["10.1.0.1"], nodeName: "n1" }],
    } as KubeObject);
  }

  async assign(name: string, ip: string): Promise<void> {
    const status = { loadBalancer: { ingress: [{ ip }] } };
    await this.api.patch(services, "default", name, { status }, { type: "merge", subresource: "status" });
  }

  join(nodeName: string): Member {
    const member = new Member(this.server, nodeName);
    this.members.push(member);
    return member;
  }

  owners(ip: string): string {
    return this.members.filter(({ dataplane }) => dataplane.announced.includes(ip))
      .map(({ nodeName }) => nodeName).join();
  }

  async owned(ip: string, by: string): Promise<void> {
    await until(`${ip} announced from "${by}"`, patienceMs, () => this.owners(ip) === by || undefined, 5);
  }

  async end(): Promise<void> {
    for (const member of this.members) await member.stop();
    this.api.close();
    await this.server.stop();
  }
}

function contract(name: string, fn: (bed: Bed) => Promise<void>): void {
  Deno.test(`speaker on the embedded API server: ${name}`, async () => {
    const bed = await Bed.make();
    try {
      await fn(bed);
    } finally {
      await bed.end();
    }
  });
}

/** Looks again and again for as long as it must hold. */
async function throughout(ms: number, check: () => void): Promise<void> {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs) {
    check();
    await sleep(20);
  }
}

// With n1 and n2, n2 wins 10.0.0.1 and n1 wins 10.0.0.2.
contract("one of two announces, its Event is there, and the other follows when it leaves", async (bed) => {
  await bed.service("web");
  await bed.assign("web", "10.0.0.1");
  const [, n2] = [bed.join("n1"), bed.join("n2")];
  await bed.owned("10.0.0.1", "n2");
  await until("its Event", patienceMs, async () => {
    const { items } = await bed.api.list(coreEvents, (raw) => raw as KubeObject & { message: string });
    return items.some(({ message }) => message === 'announcing from node "n2" with protocol "layer2"') ||
      undefined;
  });
  await n2.stop();
  await bed.owned("10.0.0.1", "n1");
  const { items } = await bed.api.list(
    leases,
    (raw) => raw as KubeObject & { spec: { holderIdentity: string } },
  );
  const holders = items.map(({ metadata, spec }) => `${metadata.name} ${spec.holderIdentity ?? ""}`).sort();
  assertEquals(holders, ["pewter-speaker-n1 n1", "pewter-speaker-n2 "]);
});

contract("a status is announced soon after it is written", async (bed) => {
  const n1 = bed.join("n1");
  await bed.service("web");
  await until("caught up", patienceMs, () => n1.said("caughtUp") || undefined);
  const tookMs: number[] = [];
  for (let last = 1; last <= 20; last++) {
    const ip = `10.0.0.${last}`;
    const startMs = performance.now();
    await bed.assign("web", ip);
    await until(`${ip} announced`, patienceMs, () => n1.dataplane.announced.join() === ip || undefined, 1);
    tookMs.push(performance.now() - startMs);
  }
  const p50 = tookMs.sort((a, b) => a - b)[10] ?? Infinity;
  assert(p50 < 50, `half of them took ${p50} ms or more, the write included`);
});

contract("a crash is noticed by the Lease alone", async (bed) => {
  await bed.service("web");
  await bed.assign("web", "10.0.0.1");
  bed.join("n1");
  const n2 = bed.join("n2");
  await bed.owned("10.0.0.1", "n2");
  const startMs = performance.now();
  const end = bed.server.faults.refuse({ resource: "leases", name: "pewter-speaker-n2", code: 503 });
  await until("n1 announces too", patienceMs, () => bed.owners("10.0.0.1").includes("n1") || undefined, 5);
  const tookMs = performance.now() - startMs;
  assert(tookMs > 1500 && tookMs < 6000, `${tookMs} ms`);
  end();
  await bed.owned("10.0.0.1", "n2");
  assert(n2.dataplane.announced.length === 1);
});

contract("the API server is down for 8 s, watches are cut, history is gone: nobody moves", async (bed) => {
  await bed.service("web");
  await bed.assign("web", "10.0.0.1");
  const [n1, n2] = [bed.join("n1"), bed.join("n2")];
  await bed.owned("10.0.0.1", "n2");
  await until("both are seen", patienceMs, () => n1.said("caughtUp") || undefined);
  const sent = () => [n1, n2].map(({ dataplane }) => dataplane.commands.length);
  await until("n1 stands by", patienceMs, () => bed.owners("10.0.0.1") === "n2" || undefined);
  const before = sent();
  await bed.server.faults.down();
  await throughout(8000, () => assertEquals(bed.owners("10.0.0.1"), "n2"));
  bed.server.faults.up();
  bed.server.faults.expireHistory();
  await until("in touch again", patienceMs, () => n1.said("contactRegained") || undefined);
  bed.server.faults.cut();
  await bed.service("late");
  await bed.assign("late", "10.0.0.2");
  await bed.owned("10.0.0.2", "n1");
  assertEquals(bed.owners("10.0.0.1"), "n2");
  assertEquals(sent(), [(before[0] ?? 0) + 1, before[1] ?? 0]);
});

contract("Leases that may not be read or written: every Node counts, and it is said", async (bed) => {
  bed.server.faults.refuse({ resource: "leases", code: 403 });
  await bed.service("web");
  await bed.assign("web", "10.0.0.2");
  await bed.service("other");
  await bed.assign("other", "10.0.0.1");
  const n1 = bed.join("n1");
  await bed.owned("10.0.0.2", "n1");
  assertEquals(n1.dataplane.announced, ["10.0.0.2"]);
  assert(n1.said("speakersUnknown"));
});
