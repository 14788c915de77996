/** Shows the metrics over HTTPS to who may see them: `/metrics` on the port that MetalLB uses. */
import type { Clock } from "../core/clock.ts";
import type { Logger } from "../core/log.ts";
import type { KubeApi } from "./api.ts";
import { kubeLog } from "./catalogue.ts";
import { followCertificate } from "./certificatefiles.ts";
import { asError } from "./failures.ts";
import type { MetricRegistry } from "./metricregistry.ts";
import { type AccessVerdict, ScrapeAccess } from "./scrapeaccess.ts";
import { type SecureAnswer, type SecureRequest, type SecureServer, serveSecurely } from "./securehttp.ts";
import type { TlsVersion } from "./securehttp.ts";
import { makeSelfSigned } from "./selfsigned.ts";
import { readCertificate } from "./servercertificate.ts";

export interface MetricsServerOptions {
  readonly registry: MetricRegistry;
  /** As --port; 0 is for the caller to leave the server out. */
  readonly port: number;
  /** As --metrics-cert-dir; "" for a self-signed certificate. */
  readonly certDir: string;
  readonly minVersion: TlsVersion;
  /** Asked about tokens. */
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface MetricsServer {
  readonly port: number;
  stop(): Promise<void>;
}

const path = "/metrics";

const refusals: Readonly<Record<Exclude<AccessVerdict, "allowed">, SecureAnswer>> = {
  unauthenticated: {
    status: 401,
    body: "Unauthorized\n",
    headers: { "www-authenticate": "Bearer" },
  },
  forbidden: { status: 403, body: `Authorization denied: get on the nonResourceURL ${path} is needed\n` },
  busy: { status: 503, body: "too many tokens are being reviewed\n", headers: { "retry-after": "1" } },
};

/**
 * Serves until stopped.
 *
 * @throws {CertificateError} when the certificate's files can't be used
 * @throws {Error} when the port can't be had; its message names it
 */
export async function serveMetrics(options: MetricsServerOptions): Promise<MetricsServer> {
  const { certDir, clock, log, api } = options;
  const certificate = certDir === ""
    ? await makeSelfSigned(["localhost"], clock.wallMs())
    : await readCertificate(certDir);
  const access = new ScrapeAccess({ api, clock, path });
  const server = await onAllAddresses((hostname) =>
    serveSecurely({
      ...{ hostname, port: options.port, certificate, minVersion: options.minVersion },
      handle: (request) => answer(options, access, request),
      failed: (error) => log.write(kubeLog.metricsFailed, { error: asError(error) }),
    })
  );
  const stop = new AbortController();
  const following = certDir === ""
    ? Promise.resolve()
    : followCertificate({ dir: certDir, current: certificate, use: server.use, clock, log }, stop.signal);
  log.write(kubeLog.metricsServing, {
    port: server.port,
    certificate: certDir === "" ? "self-signed" : certDir,
  });
  return {
    port: server.port,
    stop: async () => {
      stop.abort();
      await Promise.all([server.stop(), following]);
    },
  };
}

/** IPv6's wildcard takes IPv4 as well; a kernel without IPv6 hasn't got it. */
async function onAllAddresses(serve: (hostname: string) => Promise<SecureServer>): Promise<SecureServer> {
  try {
    return await serve("::");
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const code = cause instanceof Error && "code" in cause ? cause.code : "";
    if (code !== "EAFNOSUPPORT" && code !== "EADDRNOTAVAIL") throw error;
    return await serve("0.0.0.0");
  }
}

async function answer(
  { registry, log }: MetricsServerOptions,
  access: ScrapeAccess,
  request: SecureRequest,
): Promise<SecureAnswer> {
  if (request.path !== path) return { status: 404, body: `there is nothing here but ${path}\n` };
  if (request.method !== "GET") {
    return { status: 405, body: "only GET is answered\n", headers: { allow: "GET" } };
  }
  const verdict = await access.judge(request.header("authorization")).catch((error: unknown) => {
    log.write(kubeLog.metricsReviewFailed, { error: asError(error) });
    return null;
  });
  if (verdict === null) return { status: 500, body: "Authentication failed\n" };
  if (verdict !== "allowed") return refusals[verdict];
  return {
    status: 200,
    body: await registry.text(),
    headers: { "content-type": registry.contentType, "cache-control": "no-store" },
  };
}
