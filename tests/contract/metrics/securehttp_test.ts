/** The HTTPS server under metrics and webhooks: certificates that change, bounds, and a graceful end. */
import https from "node:https";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Logger } from "../../../core/log.ts";
import { followCertificate } from "../../../kube/certificatefiles.ts";
import { type SecureAnswer, type SecureServer, serveSecurely } from "../../../kube/securehttp.ts";
import { makeSelfSigned } from "../../../kube/selfsigned.ts";
import {
  CertificateError,
  checkCertificate,
  readCertificate,
  type ServerCertificate,
} from "../../../kube/servercertificate.ts";
import { FakeClock, settle } from "../../support/fakeclock.ts";
import { until } from "../../lab/wait.ts";
import { freePort, scrape } from "../../support/scrape.ts";

const nowMs = Date.now();

async function withServer(
  run: (server: SecureServer, failures: unknown[]) => Promise<void>,
  options: { readonly maxBodyBytes?: number; readonly body?: string } = {},
): Promise<void> {
  const failures: unknown[] = [];
  const server = await serveSecurely({
    ...{ hostname: "127.0.0.1", port: 0, certificate: await makeSelfSigned(["localhost"], nowMs) },
    ...(options.maxBodyBytes === undefined ? {} : { maxBodyBytes: options.maxBodyBytes }),
    failed: (error) => failures.push(error),
    handle: async (request): Promise<SecureAnswer> => {
      if (request.path === "/broken") throw new Error("a secret");
      const body = request.method === "POST" ? await request.text() : options.body ?? "hello";
      return { status: 200, body };
    },
  });
  try {
    await run(server, failures);
  } finally {
    await server.stop();
  }
}

async function store(dir: string, { certPem, keyPem }: ServerCertificate): Promise<void> {
  await Deno.writeTextFile(`${dir}/tls.crt`, certPem);
  await Deno.writeTextFile(`${dir}/tls.key`, keyPem);
}

Deno.test("secure HTTP: an answer of any size comes at once", async () => {
  for (const size of [100, 2_000, 20_000, 300_000]) {
    await withServer(async ({ port }) => {
      const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
      const times: number[] = [];
      for (let round = 0; round < 9; round++) {
        const startMs = performance.now();
        const { body } = await scrape({ port, agent });
        times.push(performance.now() - startMs);
        assertEquals(body.length, size);
      }
      agent.destroy();
      times.sort((a, b) => a - b);
      // With Nagle against delayed acknowledgements it is 44.
      assert((times[0] ?? Infinity) < 40, `${size} B: ${times.join(" ")} ms`);
    }, { body: "x".repeat(size) });
  }
});

Deno.test("secure HTTP: another certificate is used from the next connection on", () =>
  withServer(async (server) => {
    const { port } = server;
    const before = (await scrape({ port })).fingerprint;
    server.use(await makeSelfSigned(["localhost"], nowMs));
    const after = (await scrape({ port })).fingerprint;
    assert(before !== after && after !== "", `${before} ${after}`);
    // The oldest version is still held to.
    await assertRejects(() => scrape({ port, maxVersion: "TLSv1.2" }));
  }));

Deno.test("secure HTTP: bodies up to a bound", () =>
  withServer(async ({ port }) => {
    const post = async (body: string) => {
      const { status, body: answer } = await scrape({ port, method: "POST", body });
      return [status, answer];
    };
    assertEquals(await post("ä".repeat(500)), [200, "ä".repeat(500)]);
    assertEquals(await post("x".repeat(1001)), [413, "the body is longer than 1000 bytes\n"]);
  }, { maxBodyBytes: 1000 }));

Deno.test("secure HTTP: what a handler throws is told to its owner, and to nobody else", () =>
  withServer(async ({ port }, failures) => {
    const { status, body } = await scrape({ port, path: "/broken" });
    assertEquals([status, body], [500, "internal error\n"]);
    assertEquals(failures.map(String), ["Error: a secret"]);
    assertEquals((await scrape({ port })).status, 200);
  }));

Deno.test("secure HTTP: strangers who knock and say nothing, or nonsense, don't matter, and are not kept", () =>
  withServer(async ({ port }) => {
    const silent = await Promise.all(
      Array.from({ length: 20 }, () => Deno.connect({ hostname: "127.0.0.1", port })),
    );
    for (const connection of silent.slice(0, 10)) {
      await connection.write(new TextEncoder().encode("GET / \r\n\r\n"));
    }
    assertEquals((await scrape({ port })).status, 200);
    // Those who didn't shake hands within 5 s are cut, and the others were at once.
    const ends = silent.map((connection) => connection.read(new Uint8Array(100)).catch(() => null));
    await until("all are cut", 12_000, async () => {
      const read = await Promise.race([
        Promise.all(ends),
        new Promise<void>((resolve) => setTimeout(resolve, 50)),
      ]);
      return read !== undefined || undefined;
    }, 50);
    for (const connection of silent) connection.close();
  }));

Deno.test("secure HTTP: a port that is taken is named", async () => {
  const port = freePort();
  using _listener = Deno.listen({ hostname: "127.0.0.1", port });
  const certificate = await makeSelfSigned(["localhost"], nowMs);
  await assertRejects(
    () =>
      serveSecurely({ hostname: "127.0.0.1", port, certificate, handle: () => ({ status: 200, body: "" }) }),
    Error,
    `HTTPS can't be served on 127.0.0.1 port ${port}`,
  );
});

Deno.test("certificate files: a new pair is used, a broken one is said once and changes nothing", async () => {
  const dir = await Deno.makeTempDir({ prefix: "pewter-certificate-" });
  const clock = new FakeClock();
  const said: string[] = [];
  const log = new Logger("debug", ({ event }) => said.push(event.name), () => 0);
  const used: string[] = [];
  const stop = new AbortController();
  const [first, second] = [await makeSelfSigned(["a"], nowMs), await makeSelfSigned(["b"], nowMs)];
  try {
    await store(dir, first);
    const current = await readCertificate(dir);
    assertEquals(current, first);
    const following = followCertificate(
      { dir, current, clock, log, use: ({ certPem }) => used.push(certPem) },
      stop.signal,
    );
    /** One look, and the reading that it takes. */
    const look = async (heard: () => boolean) => {
      await until("waiting", 5_000, () => clock.pending === 1 || undefined, 1);
      await clock.advance(10_000);
      await until("looked", 5_000, () => (clock.pending === 1 && heard()) || undefined, 1);
    };
    await look(() => true);
    assertEquals([used, said], [[], []]);
    // Half of an exchange that is not atomic.
    await Deno.writeTextFile(`${dir}/tls.crt`, second.certPem);
    await look(() => said.length === 1);
    await look(() => true);
    assertEquals([used, said], [[], ["certificateUnusable"]]);
    await Deno.writeTextFile(`${dir}/tls.key`, second.keyPem);
    await look(() => used.length === 1);
    assertEquals([used, said], [[second.certPem], ["certificateUnusable", "certificateReloaded"]]);
    await Deno.remove(`${dir}/tls.key`);
    await look(() => said.length === 3);
    assertEquals([used.length, said[2]], [1, "certificateUnusable"]);
    stop.abort();
    await following;
    await settle();
    assertEquals(clock.pending, 0);
  } finally {
    stop.abort();
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("certificate files: what can't be used is named, and nothing of the key", async () => {
  const dir = await Deno.makeTempDir({ prefix: "pewter-certificate-" });
  try {
    const [one, other] = [await makeSelfSigned(["a"], nowMs), await makeSelfSigned(["b"], nowMs)];
    await assertRejects(() => readCertificate(dir), CertificateError, `${dir}/tls.crt is missing`);
    await store(dir, { certPem: "nonsense", keyPem: one.keyPem });
    await assertRejects(() => readCertificate(dir), CertificateError, "the certificate can't be read");
    await store(dir, { certPem: one.certPem, keyPem: one.keyPem.slice(0, 60) });
    const error = await assertRejects(
      () => readCertificate(dir),
      CertificateError,
      "the private key can't be read",
    );
    assert(!error.message.includes(one.keyPem.slice(30, 50)));
    await store(dir, { certPem: one.certPem, keyPem: other.keyPem });
    await assertRejects(() => readCertificate(dir), CertificateError, "is not for the private key");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("self-signed: what a library reads in it, a hundred times", async () => {
  await import("reflect-metadata");
  const { X509Certificate, SubjectAlternativeNameExtension } = await import("@peculiar/x509");
  for (let round = 0; round < 100; round++) {
    const made = await makeSelfSigned(["pewter.test", "localhost"], Date.UTC(2026, 0, 2));
    await checkCertificate(made);
    const certificate = new X509Certificate(made.certPem);
    assert(await certificate.verify({ date: new Date(Date.UTC(2026, 0, 3)) }));
    assertEquals(certificate.subject, "CN=pewter.test");
    assertEquals(
      [certificate.notBefore, certificate.notAfter].map((date) => date.toISOString().slice(0, 10)),
      [
        "2026-01-01",
        "2035-12-31",
      ],
    );
    const names = certificate.getExtension(SubjectAlternativeNameExtension)?.names.toJSON();
    assertEquals(names, [{ type: "dns", value: "pewter.test" }, { type: "dns", value: "localhost" }]);
  }
});
