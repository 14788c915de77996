/** The webhooks over HTTPS, with the rest of the API server in memory. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { conversionPath } from "../../../controller/admission/conversion.ts";
import { usualLifetimes } from "../../../controller/certificates/renewal.ts";
import {
  certificatesIn,
  secretDataOf,
  type WebhookCertificates,
} from "../../../controller/certificates/material.ts";
import { renew } from "../../../controller/io/certificates/renew.ts";
import { type CertificateSource, serveWebhooks } from "../../../controller/io/admission/serve.ts";
import { Logger, type LogRecord } from "../../../core/log.ts";
import { KubeApiError, type KubeObject, KubeUnreachableError } from "../../../kube/api.ts";
import { bgpPeers, ipAddressPools, nodes, secrets } from "../../../kube/resources.ts";
import { until } from "../../lab/wait.ts";
import { installation, rawObject, reviewOf } from "../../support/admission.ts";
import { FakeClock } from "../../support/fakeclock.ts";
import { FakeKube } from "../../support/fakekube.ts";
import { WebhookClient } from "./client.ts";

const serverName = "metallb-webhook-service.metallb-system.svc";
const poolPath = "/validate-metallb-io-v1beta1-ipaddresspool";
const peerPath = "/validate-metallb-io-v1beta2-bgppeer";
const patienceMs = 20_000;

const fresh = () => renew({ type: "renewAll", why: "" }, null, serverName, Date.now(), usualLifetimes);
const pool = (name: string, ...addresses: string[]) => rawObject("IPAddressPool", name, { addresses }, 1);

interface Response {
  readonly allowed: boolean;
  readonly warnings?: readonly string[];
  readonly status?: { readonly message: string };
}

class Bed implements AsyncDisposable {
  readonly kube = new FakeKube();
  // The wall clock is the real one: TLS checks the certificates' times.
  readonly clock = new FakeClock(0, Date.now());
  readonly lines: LogRecord[] = [];
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  readonly #listening = Promise.withResolvers<number>();

  constructor(certificates?: CertificateSource, port = 0) {
    const metadata = { name: "metallb-webhook-cert", namespace: installation };
    this.kube.put(secrets, { metadata });
    this.#ended = serveWebhooks({
      ...{ api: this.kube, clock: this.clock, random: () => 0.5, namespace: installation },
      log: new Logger("info", (record) => this.lines.push(record), () => 0),
      certificates: certificates ??
        { kind: "secret", secretName: metadata.name, serviceName: "metallb-webhook-service" },
      minVersion: "TLSv1.3",
      listen: { hostname: "127.0.0.1", port },
      listening: this.#listening.resolve,
    }, this.#stop.signal);
  }

  get port(): Promise<number> {
    return this.#listening.promise;
  }

  get certificates(): WebhookCertificates {
    const found = certificatesIn((this.kube.all(secrets)[0] as { readonly data?: unknown }).data);
    assert(found !== null);
    return found;
  }

  async client(caPem?: string): Promise<WebhookClient> {
    const port = await this.port;
    return new WebhookClient(port, caPem ?? this.certificates.caPem, serverName);
  }

  said(event: string): readonly LogRecord[] {
    return this.lines.filter((line) => line.event.name === event);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }
}

async function review(client: WebhookClient, path: string, object: unknown): Promise<Response> {
  const { status, body, headers } = await client.ask({ path, body: reviewOf("CREATE", object) });
  assertEquals([status, headers["content-type"]], [200, "application/json"], body);
  return JSON.parse(body).response;
}

Deno.test("webhooks: asked by the name in the certificate, and by nobody without trust", async () => {
  await using bed = new Bed();
  const port = await bed.port;
  using client = await bed.client();
  assertEquals(await review(client, poolPath, pool("a", "192.0.2.0/24")), {
    uid: "uid-of-the-question",
    allowed: true,
  } as Response);
  using stranger = new WebhookClient(port, bed.certificates.caPem, "other.metallb-system.svc");
  await assertRejects(() => review(stranger, poolPath, pool("a", "192.0.2.0/24")), Error);
});

Deno.test("webhooks: what is wrong with a request is said, and the next one is answered", async () => {
  await using bed = new Bed();
  using client = await bed.client();
  const good = reviewOf("CREATE", pool("a", "192.0.2.0/24"));
  const rows: readonly [path: string, method: string, body: unknown, status: number, says: string][] = [
    ["/", "POST", good, 404, "there is no webhook at /"],
    ["/validate-metallb-io-v1beta1-addresspool", "POST", good, 404, "no webhook at"],
    [poolPath, "PUT", good, 405, "POST"],
    [poolPath, "POST", "", 400, "not JSON"],
    [poolPath, "POST", '{"password":"hush', 400, "not JSON"],
    [poolPath, "POST", "[]", 400, "must be an object of kind AdmissionReview"],
    [poolPath, "POST", { kind: "ConversionReview" }, 400, "AdmissionReview"],
    [conversionPath, "POST", good, 400, "ConversionReview"],
    [conversionPath, "POST", "null", 400, "ConversionReview"],
    [poolPath, "POST", good, 200, '"allowed":true'],
  ];
  for (const [path, method, body, status, says] of rows) {
    const answer = await client.ask({ path, method, body });
    assertEquals([path, answer.status], [path, status], answer.body);
    assertStringIncludes(answer.body, says);
    assert(!answer.body.includes("hush"));
  }
  const tooLong = await client.ask({ path: poolPath, announcedBytes: 8 * 1024 * 1024 + 1 });
  assertEquals([tooLong.status, tooLong.body], [413, "the body is longer than 8388608 bytes\n"]);
  const raw = await Deno.connect({ hostname: "127.0.0.1", port: await bed.port });
  await raw.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
  await new Response(raw.readable).arrayBuffer();
  assertEquals((await review(client, poolPath, pool("a", "192.0.2.0/24"))).allowed, true);
});

Deno.test("webhooks: an object is compared with those that are there now", async () => {
  await using bed = new Bed();
  using client = await bed.client();
  const b = pool("b", "192.0.2.128/25");
  assertEquals((await review(client, poolPath, b)).allowed, true);
  bed.kube.put(ipAddressPools, pool("a", "192.0.2.0/24") as KubeObject);
  const refused = await review(client, poolPath, b);
  assertEquals(refused.allowed, false);
  assertStringIncludes(refused.status?.message ?? "", "overlaps with already defined CIDR");
  assertEquals(bed.said("refused").map(({ fields }) => fields["object"]), [
    `IPAddressPool ${installation}/b`,
  ]);
  assertEquals(bed.kube.calls.filter(({ plural }) => ["nodes", "namespaces"].includes(plural)), []);
});

Deno.test("webhooks: nodes are read when two objects may meet on one", async () => {
  await using bed = new Bed();
  using client = await bed.client();
  const spec = { myASN: 64512, peerASN: 64513, peerAddress: "192.0.2.1" };
  const peer = (name: string, rack: string) =>
    rawObject("BGPPeer", name, { ...spec, nodeSelectors: [{ matchLabels: { rack } }] }, 1);
  const listed = () => bed.kube.calls.filter(({ plural }) => plural === "nodes").length;
  assertEquals([(await review(client, peerPath, peer("a", "1"))).allowed, listed()], [true, 0]);
  bed.kube.put(bgpPeers, peer("a", "1") as KubeObject);
  bed.kube.put(nodes, { metadata: { name: "one", labels: { rack: "1" } } });
  bed.kube.put(nodes, { metadata: { name: "two", labels: { rack: "2" } } });
  assertEquals([(await review(client, peerPath, peer("b", "2"))).allowed, listed()], [true, 1]);
  assertEquals([(await review(client, peerPath, peer("b", "1"))).allowed, listed()], [false, 2]);
});

Deno.test("webhooks: without an API server to ask only the object itself is judged", async () => {
  await using bed = new Bed();
  using client = await bed.client();
  bed.kube.put(ipAddressPools, pool("a", "192.0.2.0/24") as KubeObject);
  for (const error of [new KubeUnreachableError("gone", "cut"), new KubeApiError(403, "Forbidden", "no")]) {
    bed.kube.fail("list", error, Infinity);
    const taken = await review(client, poolPath, pool("b", "192.0.2.0/25"));
    assertEquals(taken.allowed, true);
    assertStringIncludes(taken.warnings?.join() ?? "", "was not compared with the other objects");
    assertEquals((await review(client, poolPath, pool("b", "192.0.2.9-192.0.2.1"))).allowed, false);
    bed.kube.recover();
  }
  assertEquals(bed.said("notCompared").length, 4);
});

Deno.test("webhooks: the right to read Secrets is not needed", async () => {
  await using bed = new Bed();
  using client = await bed.client();
  const peer = rawObject("BGPPeer", "x", {
    ...{ myASN: 64512, peerASN: 64513, peerAddress: "192.0.2.1", passwordSecret: { name: "s" } },
  }, 1);
  assertStringIncludes(
    (await review(client, peerPath, peer)).warnings?.join() ?? "",
    'there is no Secret "s"',
  );
  bed.kube.fail("get", new KubeApiError(403, "Forbidden", "no"));
  assertEquals((await review(client, peerPath, peer)).warnings, undefined);
});

Deno.test("webhooks: a new certificate for new connections, while those that are open go on", async () => {
  await using bed = new Bed();
  using before = await bed.client();
  const ask = (client: WebhookClient) => client.ask({ path: "/", body: "" });
  const first = await ask(before);
  const old = bed.certificates;
  const secret = bed.kube.all(secrets)[0] as KubeObject;
  const renewed = await renew({ type: "renewAll", why: "" }, old, serverName, Date.now(), usualLifetimes);
  bed.kube.put(secrets, { ...secret, data: secretDataOf(renewed) } as KubeObject);
  using after = await bed.client(renewed.caPem);
  const second = await until("the new certificate", patienceMs, async () => {
    using other = await bed.client(renewed.caPem);
    const { fingerprint } = await ask(other);
    return fingerprint === first.fingerprint ? undefined : await ask(after);
  });
  const third = await ask(before);
  assertEquals([third.status, third.localPort], [404, first.localPort]);
  assert(second.fingerprint !== first.fingerprint);
});

Deno.test("webhooks: answers don't wait for the kernel, whatever their size", async () => {
  await using bed = new Bed();
  using client = await bed.client();
  for (const count of [1, 40, 400]) {
    const objects = Array.from(
      { length: count },
      (_, index) =>
        rawObject(
          "BGPPeer",
          `router-${index}`,
          { myASN: 64512, peerASN: 64513, peerAddress: "192.0.2.1" },
          1,
        ),
    );
    const body = {
      ...{ apiVersion: "apiextensions.k8s.io/v1", kind: "ConversionReview" },
      request: { uid: "u", desiredAPIVersion: "metallb.io/v1beta1", objects },
    };
    const times: number[] = [];
    for (let attempt = 0; attempt < 15; attempt++) {
      const startMs = performance.now();
      assertEquals((await client.ask({ path: conversionPath, body })).status, 200);
      times.push(performance.now() - startMs);
    }
    times.sort((a, b) => a - b);
    // An acknowledgement that is waited for takes 40 ms, each time; a busy machine doesn't.
    assert((times[0] ?? 0) < 30, `${count} objects: ${times.map((time) => time.toFixed(1)).join(" ")}`);
  }
});

Deno.test("webhooks: a port that is taken is tried again", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using bed = new Bed(undefined, listener.addr.port);
  await until("the failure being said", patienceMs, () => bed.said("cannotServe")[0]);
  listener.close();
  await bed.clock.advance(10_000);
  assertEquals(await bed.port, listener.addr.port);
  using client = await bed.client();
  assertEquals((await review(client, poolPath, pool("a", "192.0.2.0/24"))).allowed, true);
});

Deno.test("webhooks: certificates in files, when they come and when they change", async () => {
  const dir = await Deno.makeTempDir({ prefix: "pewter-admission-" });
  const write = async ({ certPem, keyPem }: WebhookCertificates) => {
    await Deno.writeTextFile(`${dir}/tls.key`, keyPem);
    await Deno.writeTextFile(`${dir}/tls.crt`, certPem);
  };
  try {
    await using bed = new Bed({ kind: "files", dir });
    await until("the files being missed", patienceMs, () => bed.said("certificateFilesMissing")[0]);
    await bed.clock.advance(60_000);
    const complaints = bed.said("certificateFilesMissing").map(({ fields }) => String(fields["error"]));
    assertEquals(new Set(complaints).size, complaints.length);
    const [first, second] = [await fresh(), await fresh()];
    await write(first);
    const served = async ({ caPem }: WebhookCertificates) => {
      await bed.clock.advance(10_000);
      using client = await bed.client(caPem);
      return await client.ask({ path: "/" });
    };
    await until("listening", patienceMs, async () => {
      await bed.clock.advance(10_000);
      return bed.said("serving")[0];
    });
    assertEquals((await served(first)).status, 404);
    await write(second);
    const answer = await until("the second certificate", patienceMs, () => served(second));
    assertEquals(answer.status, 404);
    await Deno.writeTextFile(`${dir}/tls.key`, "half written");
    assertEquals((await served(second)).fingerprint, answer.fingerprint);
    // They are somebody else's: nothing is written to the API server.
    assertEquals(bed.kube.calls, []);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
