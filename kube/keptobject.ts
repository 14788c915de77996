/** One object that this process alone writes: made when it is missing, and put right when it was edited or deleted. */
import { backoffMs } from "../core/backoff.ts";
import type { Clock } from "../core/clock.ts";
import type { Logger } from "../core/log.ts";
import { isAtLeast } from "../core/resourceversion.ts";
import type { KubeApi, KubeObject, Resource } from "./api.ts";
import { kubeLog } from "./catalogue.ts";
import { asError, askedWaitMs } from "./failures.ts";
import { apiVersionOf } from "./paths.ts";
import { reflect, type ReflectorInput } from "./reflector.ts";

/** One server-side apply that the object lacks, without apiVersion and kind. */
export interface Lack {
  /** null: the object itself. */
  readonly subresource: string | null;
  readonly body: Readonly<Record<string, unknown>> & { readonly metadata: Readonly<Record<string, unknown>> };
}

export interface KeptObjectOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
  readonly fieldManager: string;
  /** What has to be applied to the object as it is, in this order; null: there is none. Nothing when it is right. */
  readonly lacking: (found: KubeObject | null) => readonly Lack[];
}

/** Between two repairs, so that a contest with another writer costs little. */
const restMs = 1_000;
const backoff = { baseMs: 500, maxMs: 30_000 };

export class KeptObject {
  readonly #options: KeptObjectOptions;
  /** undefined: not known yet. */
  #found: KubeObject | null | undefined;
  #call = Promise.withResolvers<void>();

  constructor(options: KeptObjectOptions) {
    this.#options = options;
  }

  /** What shall be may be something else now. */
  readonly look = (): void => this.#call.resolve();

  /** Keeps it until the signal is aborted, then resolves. */
  async run(signal: AbortSignal): Promise<void> {
    const watched = this.#watch(signal);
    signal.addEventListener("abort", this.look, { once: true });
    let failures = 0;
    while (!signal.aborted) {
      await this.#call.promise;
      this.#call = Promise.withResolvers();
      try {
        const repaired = await this.#repair(signal);
        failures = 0;
        if (repaired) await this.#sleep(restMs, signal);
      } catch (error) {
        if (signal.aborted) break;
        const retryInMs = backoffMs(backoff, ++failures, this.#options.random(), askedWaitMs(error));
        this.#report(error, retryInMs);
        this.look();
        await this.#sleep(retryInMs, signal);
      }
    }
    await watched;
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { namespace, name } = this.#options;
    await reflect<KubeObject>({
      ...this.#options,
      trim: (raw) => raw,
      fieldSelector: `metadata.name=${name}`,
      namespace,
      post: (input) => this.#hear(input),
    }, signal);
  }

  #hear(input: ReflectorInput<KubeObject>): void {
    const { name } = this.#options;
    if (input.type === "contact") return;
    if (input.type === "synced") {
      this.#found = input.items.find(({ metadata }) => metadata.name === name) ?? null;
    } else if (input.object.metadata.name !== name) return;
    else if (input.type === "deleted") this.#found = null;
    else this.#take(input.object);
    this.look();
  }

  /** The answer to a write and what the watch tells come in any order. */
  #take(object: KubeObject): void {
    const known = this.#found?.metadata;
    const isOlder = known?.uid === object.metadata.uid &&
      !isAtLeast(object.metadata.resourceVersion ?? "", known?.resourceVersion ?? "");
    if (!isOlder) this.#found = object;
  }

  /** Whether anything had to be written. */
  async #repair(signal: AbortSignal): Promise<boolean> {
    if (this.#found === undefined) return false;
    const { api, resource, namespace, name, fieldManager, lacking, log } = this.#options;
    const lacks = lacking(this.#found);
    for (const { subresource, body } of lacks) {
      const apply = {
        apiVersion: apiVersionOf(resource),
        kind: resource.kind,
        ...body,
        metadata: { ...body.metadata, namespace },
      };
      const options = { type: "apply", fieldManager, force: true, signal } as const;
      this.#take(
        await api.patch<KubeObject>(
          ...[resource, namespace, name, apply] as const,
          subresource === null ? options : { ...options, subresource },
        ),
      );
    }
    if (lacks.length > 0) {
      log.write(kubeLog.objectApplied, { object: `${resource.kind} ${namespace}/${name}` });
    }
    return lacks.length > 0;
  }

  #report(error: unknown, retryInMs: number): void {
    const { resource, namespace, name, log } = this.#options;
    const object = `${resource.kind} ${namespace}/${name}`;
    log.write(kubeLog.objectNotApplied, { object, error: asError(error), retryInMs });
  }

  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    await this.#options.clock.sleep(ms, signal).catch(() => {});
  }
}
