/** The controller's metrics over HTTPS, asked as Prometheus does, with the embedded API server judging tokens. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { X509Certificate } from "node:crypto";
import { parse } from "yaml";
import { parseControllerFlags } from "../../../controller/flags.ts";
import { runController } from "../../../controller/io/run.ts";
import { generate } from "../../../crds/generate.ts";
import type { KubeObject, Resource } from "../../../kube/api.ts";
import { type KubeClient, openClient } from "../../../kube/client.ts";
import { systemClock } from "../../../kube/clock.ts";
import { customResourceDefinitions, ipAddressPools, services } from "../../../kube/resources.ts";
import { makeSelfSigned } from "../../../kube/selfsigned.ts";
import { CertificateError } from "../../../kube/servercertificate.ts";
import { type ApiServer, startApiServer } from "../../lab/apiserver/server.ts";
import { until } from "../../lab/wait.ts";
import { freePort, scrape } from "../../support/scrape.ts";
import { seriesOf } from "../../support/series.ts";

const installation = "metallb-system";
const patienceMs = 20_000;
const scraperToken = "of-prometheus";

const rbac = (plural: string, kind: string): Resource => ({
  ...{ group: "rbac.authorization.k8s.io", version: "v1", plural, kind },
  namespaced: false,
});

/** A controller in this process, and who may see its metrics. */
class Bed {
  readonly port = freePort();
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();

  private constructor(
    readonly server: ApiServer,
    readonly api: KubeClient,
    readonly folder: string,
  ) {}

  /** Settles when the controller has ended; rejects when it couldn't go on. */
  get running(): Promise<void> {
    return this.#running;
  }

  static async open(flags: readonly string[] = []): Promise<Bed> {
    const server = await startApiServer({ seedNamespaces: [installation] });
    server.addUser({ name: "prometheus", groups: ["monitoring"], token: scraperToken });
    server.addUser({ name: "stranger", token: "of-a-stranger" });
    const api = openClient({
      config: {
        ...{ url: server.url, namespace: "default", source: "the test" },
        tls: () => Promise.resolve({ caPem: server.caPem }),
        headers: () => Promise.resolve({ authorization: `Bearer ${server.tokens.admin}` }),
      },
      ...{ clock: systemClock, random: Math.random, userAgent: "pewter-test" },
    });
    const bed = new Bed(server, api, await Deno.makeTempDir({ prefix: "pewter-metrics-" }));
    for (const { text } of generate()) await api.create(customResourceDefinitions, parse(text) as KubeObject);
    await bed.#allow("monitoring");
    await bed.#start(flags);
    return bed;
  }

  async #start(flags: readonly string[]): Promise<void> {
    await Deno.writeTextFile(`${this.folder}/kubeconfig`, this.server.kubeconfig());
    const parsed = parseControllerFlags([
      `--kubeconfig=${this.folder}/kubeconfig`,
      `--namespace=${installation}`,
      "--log-level=none",
      "--leader-elect=false",
      "--health-probe-port=0",
      `--port=${this.port}`,
      ...flags,
    ], {});
    assert(parsed.kind === "options");
    this.#running = runController(parsed.options, parsed.withoutEffect, this.#stop.signal);
    this.#running.catch(() => {});
  }

  /** The right that a ClusterRole for Prometheus has to give. */
  async #allow(group: string): Promise<void> {
    const rules = [{ nonResourceURLs: ["/metrics"], verbs: ["get"] }];
    const metadata = { name: "metrics-reader" };
    await this.api.create(rbac("clusterroles", "ClusterRole"), { metadata, rules } as KubeObject);
    const binding = {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "metrics-reader" },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: group }],
    };
    await this.api.create(rbac("clusterrolebindings", "ClusterRoleBinding"), binding as KubeObject);
  }

  async pool(name: string, addresses: readonly string[]): Promise<void> {
    const metadata = { namespace: installation, name };
    await this.api.create(ipAddressPools, { metadata, spec: { addresses } } as KubeObject);
  }

  async service(name: string): Promise<void> {
    const spec = { type: "LoadBalancer", ports: [{ port: 80 }] };
    await this.api.create(services, { metadata: { namespace: "default", name }, spec } as KubeObject);
  }

  /** Resolves with the series as soon as they are as wished. */
  async seriesWhen(
    what: string,
    fits: (series: ReadonlyMap<string, number>) => boolean,
  ): Promise<ReadonlyMap<string, number>> {
    return await until(what, patienceMs, async () => {
      const answer = await scrape({ port: this.port, token: scraperToken }).catch(() => null);
      if (answer?.status !== 200) return undefined;
      const series = seriesOf(answer.body);
      return fits(series) ? series : undefined;
    }, 20);
  }

  async end(): Promise<void> {
    this.#stop.abort("SIGTERM");
    await this.#running.catch(() => {});
    this.api.close();
    await this.server.stop();
    await Deno.remove(this.folder, { recursive: true });
  }
}

Deno.test("metrics: who may get the path sees them, others don't, as with controller-runtime's filter", async () => {
  const bed = await Bed.open();
  try {
    const { port } = bed;
    await bed.seriesWhen("loaded", (series) => series.get("metallb_k8s_client_config_loaded_bool") === 1);
    const status = async (options: object) => (await scrape({ port, ...options })).status;
    assertEquals(await status({}), 401);
    assertEquals(await status({ token: "of-nobody" }), 401);
    assertEquals(await status({ token: "of-a-stranger" }), 403);
    assertEquals(await status({ token: scraperToken, path: "/" }), 404);
    assertEquals(await status({ token: scraperToken, path: "/metrics/" }), 404);
    assertEquals(await status({ token: scraperToken, method: "POST" }), 405);
    const { httpVersion, contentType } = await scrape({ port, token: scraperToken });
    assertEquals([httpVersion, contentType], ["1.1", "text/plain; version=0.0.4; charset=utf-8"]);
    await assertRejects(() => scrape({ port, token: scraperToken, maxVersion: "TLSv1.2" }));
  } finally {
    await bed.end();
  }
});

Deno.test("metrics: what MetalLB's names say about pools, and nothing of a pool that is gone", async () => {
  const bed = await Bed.open(["--tls-min-version=VersionTLS12"]);
  try {
    await bed.pool("public", ["192.0.2.0/30", "2001:db8::/64"]);
    await bed.pool("other", ["198.51.100.7/32"]);
    for (const name of ["a", "b"]) await bed.service(name);
    const name = (what: string) => `metallb_allocator_${what}{pool="public"}`;
    const series = await bed.seriesWhen(
      "two addresses in use",
      (series) =>
        (series.get(name("addresses_in_use_total")) ?? 0) +
            (series.get('metallb_allocator_addresses_in_use_total{pool="other"}') ?? 0) === 2,
    );
    assertEquals(series.get(name("ipv4_addresses_total")), 4);
    assertEquals(series.get(name("ipv6_addresses_total")), 2 ** 63);
    assertEquals(series.get(name("addresses_total")), 2 ** 63);
    assertEquals(series.get(name("ipv6_addresses_in_use_total")), 0);
    assertEquals(series.get("metallb_k8s_client_config_stale_bool"), 0);
    assertEquals(series.get("pewter_leader"), 1);
    assert((series.get("metallb_k8s_client_updates_total") ?? 0) >= 4);
    assert(
      (series.get('pewter_write_duration_seconds_count{resource="services/status",result="ok"}') ?? 0) >= 2,
    );
    assert((series.get('pewter_watch_age_seconds{resource="services"}') ?? 99) < 35);
    assert((series.get("pewter_decision_duration_seconds_count") ?? 0) > 0);
    assert((series.get("process_resident_memory_bytes") ?? 0) > 1e7);
    await bed.api.delete(ipAddressPools, installation, "other");
    await bed.seriesWhen(
      "the pool is gone",
      (series) => ![...series.keys()].some((key) => key.includes('pool="other"')),
    );
    await bed.pool("bad", ["192.0.2.9"]);
    const stale = await bed.seriesWhen(
      "the bad pool is seen",
      (series) => series.get("metallb_k8s_client_config_stale_bool") === 1,
    );
    assertEquals(stale.get('pewter_problems{kind="IPAddressPool",severity="error"}'), 1);
    assertEquals(stale.get("metallb_k8s_client_config_loaded_bool"), 1);
    await bed.api.delete(ipAddressPools, installation, "bad");
    await bed.seriesWhen(
      "all is well again",
      (series) => series.get("metallb_k8s_client_config_stale_bool") === 0,
    );
    const old = await scrape({ port: bed.port, token: scraperToken, maxVersion: "TLSv1.2" });
    assertEquals(old.status, 200);
  } finally {
    await bed.end();
  }
});

Deno.test("metrics: a certificate of one's own", async () => {
  const folder = await Deno.makeTempDir({ prefix: "pewter-metrics-certificate-" });
  const { certPem, keyPem } = await makeSelfSigned(["metrics.test"], Date.now());
  await Deno.writeTextFile(`${folder}/tls.crt`, certPem);
  await Deno.writeTextFile(`${folder}/tls.key`, keyPem);
  const bed = await Bed.open([`--metrics-cert-dir=${folder}`]);
  try {
    await bed.seriesWhen("shown", () => true);
    const { fingerprint } = await scrape({ port: bed.port, token: scraperToken });
    assertEquals(fingerprint, new X509Certificate(certPem).fingerprint256);
  } finally {
    await bed.end();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("metrics: without the certificate that is asked for the controller doesn't run, and says why", async () => {
  const bed = await Bed.open(["--metrics-cert-dir=/nonexistent"]);
  try {
    await assertRejects(() => bed.running, CertificateError, "/nonexistent/tls.crt is missing");
  } finally {
    await bed.end();
  }
});

Deno.test("metrics: nothing listens with port 0, and the controller works", async () => {
  const bed = await Bed.open(["--port=0"]);
  try {
    await bed.pool("public", ["192.0.2.0/32"]);
    await bed.service("web");
    await until("an address", patienceMs, async () => {
      const { status } = await bed.api.get(services, "default", "web") as {
        status?: { loadBalancer?: object };
      };
      return Object.keys(status?.loadBalancer ?? {}).length > 0 || undefined;
    });
    await assertRejects(() => scrape({ port: bed.port, token: scraperToken }), Error, "ECONNREFUSED");
  } finally {
    await bed.end();
  }
});
