/** One request to the API server: who we are, how long to wait, when to ask again, what an answer means. */
import { backoffMs } from "../core/backoff.ts";
import type { Clock } from "../core/clock.ts";
import { KubeApiError, KubeUnreachableError } from "./api.ts";
import { type ApiServerConfig, KubeConfigError } from "./config.ts";
import { errorOfResponse } from "./status.ts";
import type { Transport } from "./transport.ts";

export interface Ask {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With the query. */
  readonly path: string;
  readonly body?: unknown;
  /** The body's media type when it isn't JSON. */
  readonly contentType?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface RequesterOptions {
  readonly config: ApiServerConfig;
  readonly transport: Transport;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly userAgent: string;
}

/** How long an answer's head may take, and after it the body. A list page of the slowest server takes a few seconds. */
const answerMs = 20_000;
/** How often a request is sent while the server says that it is busy. */
const attempts = 5;
const busyBackoff = { baseMs: 500, maxMs: 10_000 };

export class Requester {
  readonly #options: RequesterOptions;

  constructor(options: RequesterOptions) {
    this.#options = options;
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  /** Sends it and reads the whole answer as JSON. */
  async json(ask: Ask): Promise<unknown> {
    return await this.#whileBusy(ask, () =>
      this.#guarded(ask, async (signal, progress) => {
        const response = await this.#send(ask, signal);
        progress();
        const text = await response.text();
        if (!response.ok) throw this.#refusal(ask, response, text);
        return JSON.parse(text) as unknown;
      }));
  }

  /** Sends it and gives the answer as soon as its head is there; `signal` alone bounds it. Never asks twice. */
  async open(ask: Ask, signal: AbortSignal): Promise<Response> {
    const response = await this.#send(ask, signal);
    if (response.ok) return response;
    throw this.#refusal(ask, response, await response.text());
  }

  /** Turns what a transport throws into what callers expect, and sees to new connections. */
  failure(ask: Ask, error: unknown): unknown {
    if (error instanceof KubeApiError || error instanceof KubeConfigError) return error;
    this.#options.transport.renew();
    if (error instanceof KubeUnreachableError) return error;
    const why = deepestMessage(error);
    return new KubeUnreachableError(`${this.describe(ask)}: ${why}`, "cut", { cause: error });
  }

  /** As in `API server https://10.96.0.1:443, GET /api/v1/services`. */
  describe(ask: Ask): string {
    return `API server ${this.#options.config.url}, ${ask.method} ${ask.path.split("?")[0]}`;
  }

  async #send(ask: Ask, signal: AbortSignal): Promise<Response> {
    const response = await this.#sendOnce(ask, signal);
    const { config, transport } = this.#options;
    if (response.status !== 401 || config.rejected === undefined) return response;
    // Credentials that come from a plugin may have been revoked before their time: ask for new ones, once.
    await response.body?.cancel();
    config.rejected();
    transport.renew();
    return await this.#sendOnce(ask, signal);
  }

  async #sendOnce({ method, path, body, contentType }: Ask, signal: AbortSignal): Promise<Response> {
    const { config, transport, userAgent } = this.#options;
    const headers: Record<string, string> = {
      ...await config.headers(),
      accept: "application/json",
      "user-agent": userAgent,
    };
    if (body === undefined) return await transport.send({ method, path, headers, signal });
    headers["content-type"] = contentType ?? "application/json";
    return await transport.send({ method, path, headers, signal, body: JSON.stringify(body) });
  }

  #refusal(ask: Ask, response: Response, text: string): KubeApiError {
    const asked = `${ask.method} ${ask.path.split("?")[0]}`;
    const retryAfter = response.headers.get("retry-after");
    return errorOfResponse(asked, response.status, retryAfter, text, this.clock.wallMs());
  }

  /** Runs `work` with a signal that fires on silence or when the caller's does. */
  async #guarded<T>(ask: Ask, work: (signal: AbortSignal, progress: () => void) => Promise<T>): Promise<T> {
    const { clock } = this.#options;
    ask.signal?.throwIfAborted();
    const abort = new AbortController();
    const onAbort = () => abort.abort(ask.signal?.reason);
    const onSilence = () =>
      abort.abort(
        new KubeUnreachableError(`${this.describe(ask)}: no answer within ${answerMs / 1000} s`, "silent"),
      );
    let timer = clock.timer(answerMs, onSilence);
    const progress = () => {
      timer.cancel();
      timer = clock.timer(answerMs, onSilence);
    };
    ask.signal?.addEventListener("abort", onAbort, { once: true });
    try {
      return await work(abort.signal, progress);
    } catch (error) {
      if (ask.signal?.aborted) throw ask.signal.reason;
      throw this.failure(ask, abort.signal.aborted ? abort.signal.reason : error);
    } finally {
      timer.cancel();
      ask.signal?.removeEventListener("abort", onAbort);
    }
  }

  /** The API server turns requests away with 429, and with a Retry-After also otherwise, before it acted on them. */
  async #whileBusy<T>(ask: Ask, work: () => Promise<T>): Promise<T> {
    const { clock, random } = this.#options;
    for (let attempt = 1;; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (attempt >= attempts || !(error instanceof KubeApiError) || !saysLater(error)) throw error;
        await clock.sleep(backoffMs(busyBackoff, attempt, random(), error.retryAfterMs), ask.signal);
      }
    }
  }
}

function saysLater({ status, retryAfterMs }: KubeApiError): boolean {
  return status === 429 || (status >= 500 && retryAfterMs !== undefined);
}

/** fetch says `fetch failed` and keeps what happened in a chain of causes. A SyntaxError quotes its input: maybe a Secret. */
function deepestMessage(error: unknown): string {
  if (error instanceof SyntaxError) return "what arrived is not JSON";
  let deepest = error;
  while (deepest instanceof Error && deepest.cause !== undefined) deepest = deepest.cause;
  return deepest instanceof Error ? deepest.message : String(deepest);
}
