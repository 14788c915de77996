/** The webhooks of one replica: certificates, the server, and its end. Every replica serves, whichever one acts. */
import type { Clock } from "../../../core/clock.ts";
import type { Logger } from "../../../core/log.ts";
import type { KubeApi } from "../../../kube/api.ts";
import { followCertificate } from "../../../kube/certificatefiles.ts";
import { asError } from "../../../kube/failures.ts";
import { type SecureServer, serveSecurely, type TlsVersion } from "../../../kube/securehttp.ts";
import { readCertificate, type ServerCertificate } from "../../../kube/servercertificate.ts";
import { admissionLog } from "../../admission/catalogue.ts";
import { type Lifetimes, usualLifetimes } from "../../certificates/renewal.ts";
import { CertificateKeeper } from "../certificates/keeper.ts";
import { Answerer } from "./answer.ts";

export interface WebhookOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  /** The installation's. */
  readonly namespace: string;
  readonly certificates: CertificateSource;
  readonly minVersion: TlsVersion;
  /** Only tests listen elsewhere than on all addresses, port 9443; 0 lets the system choose. */
  readonly listen?: { readonly hostname: string; readonly port: number };
  /** Hears where it listens. */
  readonly listening?: (port: number) => void;
}

/** Where the certificates come from. */
export type CertificateSource =
  /** Ours, kept in a Secret. */
  | {
    readonly kind: "secret";
    readonly secretName: string;
    /** The Service that the API server asks through. */
    readonly serviceName: string;
    /** MetalLB's when not given. */
    readonly lifetimes?: Lifetimes;
  }
  /** Somebody else's: `tls.crt` and `tls.key` in this folder. */
  | { readonly kind: "files"; readonly dir: string };

/** As in MetalLB; the Service's target port. */
const webhookPort = 9443;
/** An object is at most 1.5 MiB, and a review may hold two; lists that are converted hold many small ones. */
const maxBodyBytes = 8 * 1024 * 1024;
const retryMs = 10_000;

/** Serves until the signal is aborted. Whatever fails is logged and tried again: the controller works without webhooks. */
export async function serveWebhooks(options: WebhookOptions, signal: AbortSignal): Promise<void> {
  const endpoint = new Endpoint(options, signal);
  const { certificates, namespace, clock } = options;
  if (certificates.kind === "files") await followFiles(options, certificates.dir, endpoint, signal);
  else {
    const { secretName, serviceName, lifetimes = usualLifetimes } = certificates;
    await new CertificateKeeper({
      ...{ ...options, secretName, lifetimes, clock },
      serverName: `${serviceName}.${namespace}.svc`,
      use: (certificate) => endpoint.use(certificate),
    }).run(signal);
  }
  await endpoint.stop();
}

/** The server, which begins to listen when there is a certificate. */
class Endpoint {
  readonly #options: WebhookOptions;
  readonly #signal: AbortSignal;
  readonly #answerer: Answerer;
  #server: SecureServer | undefined;
  #certificate: ServerCertificate | undefined;
  #starting: Promise<void> | undefined;

  constructor(options: WebhookOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#answerer = new Answerer(options);
  }

  /** Takes the certificate; resolves at once, also while the port can't be had. */
  use(certificate: ServerCertificate): Promise<void> {
    this.#certificate = certificate;
    if (this.#server !== undefined) this.#server.use(certificate);
    else this.#starting ??= this.#start();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    await this.#starting;
    await this.#server?.stop();
  }

  async #start(): Promise<void> {
    const { clock, log, listening } = this.#options;
    while (!this.#signal.aborted && this.#certificate !== undefined) {
      try {
        const certificate = this.#certificate;
        const server = await this.#serve(certificate);
        this.#server = server;
        // Another one may have come while it began to listen.
        if (certificate !== this.#certificate) server.use(this.#certificate);
        log.write(admissionLog.serving, { port: server.port });
        listening?.(server.port);
        return;
      } catch (error) {
        log.write(admissionLog.cannotServe, { error: asError(error), retryInMs: retryMs });
        await clock.sleep(retryMs, this.#signal).catch(() => {});
      }
    }
  }

  async #serve(certificate: ServerCertificate): Promise<SecureServer> {
    const { listen, minVersion, log } = this.#options;
    const how = {
      ...{ certificate, minVersion, maxBodyBytes },
      handle: this.#answerer.answer,
      failed: (error: unknown) => log.write(admissionLog.failed, { error: asError(error) }),
    };
    if (listen !== undefined) return await serveSecurely({ ...how, ...listen });
    try {
      return await serveSecurely({ ...how, hostname: "::", port: webhookPort });
    } catch {
      // A node may have no IPv6 at all; what else is wrong shows here too.
      return await serveSecurely({ ...how, hostname: "0.0.0.0", port: webhookPort });
    }
  }
}

/** Waits for the files, and follows them from then on. */
async function followFiles(
  { clock, log }: WebhookOptions,
  dir: string,
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<void> {
  const complaints = new Set<string>();
  while (!signal.aborted) {
    try {
      const current = await readCertificate(dir);
      await endpoint.use(current);
      return await followCertificate(
        { ...{ dir, current, clock, log }, use: (certificate) => void endpoint.use(certificate) },
        signal,
      );
    } catch (error) {
      const { message } = asError(error);
      if (!complaints.has(message)) log.write(admissionLog.certificateFilesMissing, { error: message });
      complaints.add(message);
      await clock.sleep(retryMs, signal).catch(() => {});
    }
  }
}
