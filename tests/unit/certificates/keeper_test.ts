/** The keeper of certificates on an API server in memory, with a clock that tests drive. */
import { assert, assertEquals } from "@std/assert";
import {
  certificatesIn,
  secretDataOf,
  type WebhookCertificates,
} from "../../../controller/certificates/material.ts";
import { usualLifetimes } from "../../../controller/certificates/renewal.ts";
import { inspect } from "../../../controller/io/certificates/inspect.ts";
import { CertificateKeeper } from "../../../controller/io/certificates/keeper.ts";
import { webhookConfigurations } from "../../../controller/io/certificates/objects.ts";
import { Logger, type LogRecord } from "../../../core/log.ts";
import { KubeApiError, type KubeObject } from "../../../kube/api.ts";
import { customResourceDefinitions, secrets } from "../../../kube/resources.ts";
import type { ServerCertificate } from "../../../kube/servercertificate.ts";
import { FakeClock, settle } from "../../support/fakeclock.ts";
import { FakeKube } from "../../support/fakekube.ts";
import { makeRsaCertificates } from "../../support/rsacertificates.ts";

const namespace = "metallb-system";
const serverName = "metallb-webhook-service.metallb-system.svc";
const dayMs = 86_400_000;
const clientConfig = { service: { name: "metallb-webhook-service", namespace } };

/** Keys are made on other threads, which take as long as they take. */
async function eventually(what: string, check: () => boolean): Promise<void> {
  const untilMs = performance.now() + 20_000;
  while (!check()) {
    if (performance.now() > untilMs) throw new Error(`${what}: never`);
    await settle();
  }
}

/** One replica. */
class Replica {
  readonly lines: LogRecord[] = [];
  readonly used: ServerCertificate[] = [];
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;

  constructor(kube: FakeKube, clock: FakeClock, secretName = "metallb-webhook-cert") {
    const keeper = new CertificateKeeper({
      ...{ api: kube, clock, namespace, secretName, serverName },
      random: () => 0.5,
      log: new Logger("info", (record) => this.lines.push(record), () => 0),
      lifetimes: usualLifetimes,
      use: (certificate) => Promise.resolve(void this.used.push(certificate)),
    });
    this.#ended = keeper.run(this.#stop.signal);
  }

  said(event: string): readonly LogRecord[] {
    return this.lines.filter((line) => line.event.name === event);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }
}

function secretWith(data?: Readonly<Record<string, string>>): KubeObject {
  const metadata = { name: "metallb-webhook-cert", namespace };
  return { metadata, ...(data === undefined ? {} : { data }) } as KubeObject;
}

/** What the manifests install. */
function installed(data?: Readonly<Record<string, string>>): FakeKube {
  const kube = new FakeKube();
  kube.put(secrets, secretWith(data));
  kube.put(secrets, { metadata: { name: "another", namespace } });
  const webhooks = ["a", "b"].map((name) => ({ name, clientConfig, failurePolicy: "Ignore" }));
  for (const name of ["metallb-webhook-configuration", "of-somebody-else"]) {
    kube.put(webhookConfigurations, { metadata: { name }, webhooks } as KubeObject);
  }
  for (const name of ["bgppeers.metallb.io", "certificates.cert-manager.io"]) {
    const conversion = { strategy: "Webhook", webhook: { clientConfig, conversionReviewVersions: ["v1"] } };
    kube.put(customResourceDefinitions, { metadata: { name }, spec: { conversion } } as KubeObject);
  }
  return kube;
}

function stored(kube: FakeKube): WebhookCertificates | null {
  const secret = kube.all(secrets).find(({ metadata }) => metadata.name === "metallb-webhook-cert");
  return certificatesIn((secret as { readonly data?: unknown } | undefined)?.data);
}

/** The bundles of the two webhooks and of the conversion; those of other objects must stay absent. */
function bundles(kube: FakeKube): readonly (string | undefined)[] {
  type Config = { readonly clientConfig: { readonly caBundle?: string } };
  const [ours, theirs] = kube.all(webhookConfigurations) as unknown as { readonly webhooks: Config[] }[];
  const [crd, otherCrd] = kube.all(customResourceDefinitions) as unknown as {
    readonly spec: { readonly conversion: { readonly webhook: Config } };
  }[];
  for (const config of [...theirs?.webhooks ?? [], otherCrd?.spec.conversion.webhook]) {
    assertEquals(config?.clientConfig.caBundle, undefined);
  }
  return [...ours?.webhooks ?? [], crd?.spec.conversion.webhook].map((config) =>
    config?.clientConfig.caBundle
  );
}

const trusted = ({ caPem }: WebhookCertificates) => Array(3).fill(btoa(caPem));

async function running(kube: FakeKube, clock = new FakeClock()): Promise<[Replica, WebhookCertificates]> {
  const replica = new Replica(kube, clock);
  await eventually("certificates in use", () => replica.used.length > 0);
  const certificates = stored(kube);
  assert(certificates !== null);
  return [replica, certificates];
}

Deno.test("keeper: an empty Secret gets certificates of ten years and one, which the API server is told of", async () => {
  const clock = new FakeClock();
  const kube = installed();
  const [replica, certificates] = await running(kube, clock);
  const { authority, server } = inspect(certificates);
  const skewMs = 3_600_000;
  assertEquals([authority?.fromMs, server?.fromMs], [clock.wallMs() - skewMs, clock.wallMs() - skewMs]);
  assertEquals(authority?.untilMs, clock.wallMs() + 3650 * dayMs);
  assertEquals(server?.untilMs, clock.wallMs() + 365 * dayMs);
  assertEquals([authority?.keyUsable, server?.keyFits, server?.signedByAuthority], [true, true, true]);
  assertEquals(server?.names, [serverName]);
  assertEquals(replica.used, [{ certPem: certificates.certPem, keyPem: certificates.keyPem }]);
  assertEquals(bundles(kube), trusted(certificates));
  await replica.stop();
  assertEquals(clock.pending, 0);
  // No key, nor any part of one, is in the log.
  assert(!/PRIVATE|CERTIFICATE/.test(JSON.stringify(replica.lines)));
});

Deno.test("keeper: it makes nothing that isn't there", async () => {
  const kube = new FakeKube();
  const clock = new FakeClock();
  const replica = new Replica(kube, clock);
  await eventually("the Secret being missed", () => replica.said("secretMissing").length === 1);
  await clock.advance(dayMs);
  assertEquals(
    [secrets, webhookConfigurations, customResourceDefinitions].flatMap((one) => kube.all(one)),
    [],
  );
  assertEquals(replica.used, []);
  kube.put(secrets, secretWith());
  await eventually("certificates in use", () => replica.used.length === 1);
  assertEquals(kube.all(webhookConfigurations), []);
  const metadata = { name: "metallb-webhook-configuration" };
  kube.put(webhookConfigurations, { metadata, webhooks: [{ name: "a", clientConfig }] } as KubeObject);
  await eventually("the late one being told", () => replica.said("authorityInjected").length === 1);
  await replica.stop();
});

Deno.test("keeper: a second replica, and a restart, take what is there", async () => {
  const kube = installed();
  const [first, certificates] = await running(kube);
  const [second] = await running(kube);
  await first.stop();
  const [restarted] = await running(kube);
  for (const replica of [second, restarted]) {
    assertEquals(replica.used, first.used);
    assertEquals(replica.lines, []);
    await replica.stop();
  }
  assertEquals(stored(kube), certificates);
});

Deno.test("keeper: replicas that begin at once agree on one Secret", async () => {
  const kube = installed();
  const clock = new FakeClock();
  const open = kube.hold("patch");
  const replicas = [1, 2, 3].map(() => new Replica(kube, clock));
  await eventually(
    "all of them writing",
    () => kube.calls.filter(({ method, plural }) => method === "patch" && plural === "secrets").length === 3,
  );
  open();
  await eventually("all of them serving", () => replicas.every(({ used }) => used.length > 0));
  await eventually("the API server being told", () => bundles(kube).every((one) => one !== undefined));
  const certificates = stored(kube);
  assert(certificates !== null);
  await eventually(
    "the same certificate",
    () => replicas.every(({ used }) => used.at(-1)?.certPem === certificates.certPem),
  );
  assertEquals(replicas.flatMap((one) => one.said("certificatesMade")).length, 1);
  assertEquals(replicas.flatMap((one) => one.said("certificatesFailed")), []);
  assertEquals(bundles(kube), trusted(certificates));
  for (const replica of replicas) await replica.stop();
});

Deno.test("keeper: ninety days before its end the server's certificate is made anew, by the same authority", async () => {
  const kube = installed();
  const clock = new FakeClock();
  const [replica, before] = await running(kube, clock);
  for (let day = 0; day < 274; day++) await clock.advance(dayMs);
  assertEquals(replica.used.length, 1);
  assertEquals(stored(kube), before);
  await clock.advance(dayMs);
  await eventually("the new certificate", () => replica.used.length === 2);
  const after = stored(kube);
  assertEquals([after?.caPem, after?.caKeyPem], [before.caPem, before.caKeyPem]);
  assert(after?.certPem !== before.certPem && after?.keyPem !== before.keyPem);
  assertEquals(replica.said("certificatesMade").map(({ fields }) => fields["what"]), [
    "authority, server",
    "server",
  ]);
  assertEquals(inspect(after as WebhookCertificates).server?.signedByAuthority, true);
  await replica.stop();
});

Deno.test("keeper: MetalLB's certificates are used as long as they last, and their authority is trusted after that", async () => {
  const clock = new FakeClock();
  const period = (days: number) => ({
    fromMs: clock.wallMs() - dayMs,
    untilMs: clock.wallMs() + days * dayMs,
  });
  const theirs = await makeRsaCertificates(serverName, period(3000), period(100));
  const kube = installed(secretDataOf(theirs));
  const [replica, kept] = await running(kube, clock);
  assertEquals(kept, theirs);
  assertEquals(bundles(kube), trusted(theirs));
  for (let day = 0; day < 11; day++) await clock.advance(dayMs);
  await eventually("certificates of our own", () => replica.used.length === 2);
  const ours = stored(kube);
  assert(ours !== null);
  assert(ours.caPem.endsWith(theirs.caPem) && ours.caPem.length > theirs.caPem.length);
  const { authority, server } = inspect(ours);
  assertEquals([authority?.keyUsable, server?.signedByAuthority], [true, true]);
  assertEquals(bundles(kube), trusted(ours));
  await replica.stop();
});

Deno.test("keeper: what somebody breaks is put in order", async () => {
  const kube = installed();
  const [replica, before] = await running(kube);
  const crd = kube.all(customResourceDefinitions)[0] as KubeObject & { readonly spec: object };
  kube.put(customResourceDefinitions, {
    ...crd,
    spec: { conversion: { strategy: "Webhook", webhook: { clientConfig } } },
  } as KubeObject);
  await eventually(
    "the bundle being put back",
    () => bundles(kube).every((one) => one === btoa(before.caPem)),
  );
  kube.put(secrets, secretWith({ ...secretDataOf(before), "tls.key": btoa("nonsense") }));
  await eventually("another certificate", () => replica.used.length === 2);
  assertEquals(stored(kube)?.caPem, before.caPem);
  kube.put(secrets, secretWith({}));
  await eventually("everything anew", () => replica.used.length === 3);
  const after = stored(kube);
  assert(after !== null && after.caPem !== before.caPem);
  await eventually(
    "the API server being told",
    () => bundles(kube).every((one) => one === btoa(after.caPem)),
  );
  await replica.stop();
});

Deno.test("keeper: without a right to write it says so and tries again, and serves what it has", async () => {
  const kube = installed();
  const [maker, certificates] = await running(kube);
  await maker.stop();
  const bare = installed(secretDataOf(certificates));
  const clock = new FakeClock();
  bare.fail("patch", new KubeApiError(403, "Forbidden", "not yours"), Infinity);
  const replica = new Replica(bare, clock);
  await eventually("the failure being said", () => replica.said("certificatesFailed").length > 0);
  assertEquals(replica.used.length, 1);
  bare.recover();
  await clock.advance(120_000);
  await eventually("the API server being told", () => replica.said("authorityInjected").length === 2);
  assertEquals(bundles(bare), trusted(certificates));
  await replica.stop();
});
