/**
 * Keeps the webhook's certificates: made when they are missing or about to end, stored in the Secret, by which several
 * replicas agree, and named to the API server. Level-triggered: each look compares what is with what should be.
 */
import { backoffMs } from "../../../core/backoff.ts";
import type { Clock, Timer } from "../../../core/clock.ts";
import type { Logger } from "../../../core/log.ts";
import type { KubeApi, Resource, Trim } from "../../../kube/api.ts";
import { asError, isConflict } from "../../../kube/failures.ts";
import { reflect, type ReflectorInput } from "../../../kube/reflector.ts";
import { secrets } from "../../../kube/resources.ts";
import type { ServerCertificate } from "../../../kube/servercertificate.ts";
import { admissionLog } from "../../admission/catalogue.ts";
import { secretDataOf, type WebhookCertificates } from "../../certificates/material.ts";
import { checkEveryMs, decideRenewal, type Lifetimes } from "../../certificates/renewal.ts";
import {
  type CertificateSecret,
  type Injectable,
  type InjectionPlace,
  injectionPlaces,
  trimCertificateSecret,
} from "./objects.ts";
import { renew } from "./renew.ts";

export interface KeeperOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  readonly namespace: string;
  readonly secretName: string;
  /** The DNS name that the API server asks for. */
  readonly serverName: string;
  readonly lifetimes: Lifetimes;
  /** Gets each new certificate, once the API server has been told whom to trust. */
  readonly use: (certificate: ServerCertificate) => Promise<void>;
}

/** Who wrote caBundle, in managedFields. */
const fieldManager = "pewter-controller";
const retry = { baseMs: 1_000, maxMs: 60_000 };

export class CertificateKeeper {
  readonly #options: KeeperOptions;
  /** undefined: not listed yet; null: there is none. */
  #secret: CertificateSecret | null | undefined;
  readonly #injectables = new Map<InjectionPlace, Injectable>();
  #served: ServerCertificate | null = null;
  #isLooking = false;
  #lookAgain = false;
  #failures = 0;
  #timer: Timer | undefined;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** Until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { namespace, secretName } = this.#options;
    await Promise.all([
      this.#follow(secrets, namespace, secretName, trimCertificateSecret, signal, (secret) => {
        if (secret === null) this.#sayMissing();
        this.#secret = secret;
      }),
      ...injectionPlaces.map((place) =>
        this.#follow(place.resource, undefined, place.name, place.trim, signal, (object) => {
          if (object === null) this.#injectables.delete(place);
          else this.#injectables.set(place, object);
        })
      ),
    ]);
    this.#timer?.cancel();
  }

  /** Takes the one object of this name, or null, and looks. */
  async #follow<T extends { readonly name: string }>(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    trim: Trim<T>,
    signal: AbortSignal,
    take: (object: T | null) => void,
  ): Promise<void> {
    const { api, clock, random, log } = this.#options;
    const post = (input: ReflectorInput<T>) => {
      if (input.type === "contact") return;
      if (input.type === "synced") take(input.items.find((item) => item.name === name) ?? null);
      else if (input.object.name === name) take(input.type === "deleted" ? null : input.object);
      this.#look(signal);
    };
    await reflect<T>({
      ...{ api, resource, trim, clock, random, log, post, fieldSelector: `metadata.name=${name}` },
      ...(namespace === undefined ? {} : { namespace }),
    }, signal);
  }

  /** One look at a time; what changes meanwhile is seen by the next one. */
  #look(signal: AbortSignal): void {
    this.#lookAgain = true;
    if (this.#isLooking) return;
    this.#isLooking = true;
    void this.#lookWhileAsked(signal).finally(() => this.#isLooking = false);
  }

  async #lookWhileAsked(signal: AbortSignal): Promise<void> {
    while (this.#lookAgain && !signal.aborted) {
      this.#lookAgain = false;
      this.#timer?.cancel();
      try {
        await this.#lookOnce(signal);
        this.#failures = 0;
        this.#lookIn(checkEveryMs, signal);
      } catch (error) {
        if (!signal.aborted) this.#recover(error, signal);
      }
    }
  }

  #recover(error: unknown, signal: AbortSignal): void {
    const { log, random } = this.#options;
    // Somebody else was faster: the watch brings what they wrote.
    if (isConflict(error)) return this.#lookIn(retry.baseMs, signal);
    const retryInMs = backoffMs(retry, ++this.#failures, random(), retry.baseMs);
    log.write(admissionLog.certificatesFailed, { error: asError(error), retryInMs });
    this.#lookIn(retryInMs, signal);
  }

  #lookIn(ms: number, signal: AbortSignal): void {
    if (!signal.aborted) this.#timer = this.#options.clock.timer(ms, () => this.#look(signal));
  }

  async #lookOnce(signal: AbortSignal): Promise<void> {
    const secret = this.#secret;
    if (secret === undefined || secret === null) return;
    const certificates = await this.#inOrder(secret, signal);
    // First the API server learns whom to trust, then it meets the certificate.
    const told = await Promise.allSettled(
      [...this.#injectables].map(([place, object]) =>
        this.#inject(place, object, certificates.caPem, signal)
      ),
    );
    await this.#serve(certificates);
    for (const outcome of told) if (outcome.status === "rejected") throw outcome.reason;
  }

  /** What the Secret holds, or what it holds from now on. Throws a conflict when another replica wrote it meanwhile. */
  async #inOrder(secret: CertificateSecret, signal: AbortSignal): Promise<WebhookCertificates> {
    const { api, clock, log, namespace, secretName, serverName, lifetimes } = this.#options;
    const { certificates: old, resourceVersion } = secret;
    const { inspect } = await import("./inspect.ts");
    const renewal = decideRenewal(old && inspect(old), serverName, clock.wallMs(), lifetimes);
    if (renewal.type === "keep" && old !== null) return old;
    if (renewal.type === "keep") throw new TypeError("there is nothing to keep");
    const fresh = await renew(renewal, old, serverName, clock.wallMs(), lifetimes);
    const patch = { metadata: { resourceVersion }, data: secretDataOf(fresh) };
    const written = await api.patch(secrets, namespace, secretName, patch, {
      type: "merge",
      fieldManager,
      signal,
    });
    this.#secret = trimCertificateSecret(written);
    const what = renewal.type === "renewAll" ? "authority, server" : "server";
    log.write(admissionLog.certificatesMade, { secret: this.#secretText, why: renewal.why, what });
    return fresh;
  }

  async #inject(
    { resource, name }: InjectionPlace,
    object: Injectable,
    caPem: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { api, log } = this.#options;
    const patch = object.patch(caPem);
    if (patch === null) return;
    await api.patch(resource, undefined, name, patch, { type: "merge", fieldManager, signal });
    log.write(admissionLog.authorityInjected, { object: `${resource.kind} ${name}` });
  }

  async #serve({ certPem, keyPem }: WebhookCertificates): Promise<void> {
    if (this.#served?.certPem === certPem && this.#served.keyPem === keyPem) return;
    await this.#options.use({ certPem, keyPem });
    this.#served = { certPem, keyPem };
  }

  #sayMissing(): void {
    if (this.#secret === null) return;
    this.#options.log.write(admissionLog.secretMissing, { secret: this.#secretText });
  }

  get #secretText(): string {
    return `${this.#options.namespace}/${this.#options.secretName}`;
  }
}
