/** One watch request: a stream of JSON lines, and a watchdog for connections that died without a word. */
import { type KubeObject, KubeUnreachableError, type Trim, type WatchEvent } from "./api.ts";
import { LineSplitter } from "./lines.ts";
import type { Ask, Requester } from "./requester.ts";
import { errorOfStatus } from "./status.ts";

export interface StreamOptions {
  /** Not one byte for this long means that the connection is dead. */
  readonly silenceMs: number;
  readonly onOpen?: (() => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** etcd refuses objects of more than 1.5 MiB; as JSON with managed fields they may be some times that. */
const maxLineBytes = 16 * 1024 * 1024;

/** Ends when the server ends the stream or the signal is aborted; see `KubeApi.watch` for what it throws. */
export async function* watchStream<T>(
  requester: Requester,
  ask: Ask,
  trim: Trim<T>,
  options: StreamOptions,
): AsyncGenerator<WatchEvent<T>, void, void> {
  const { signal, silenceMs } = options;
  if (signal?.aborted) return;
  const abort = new AbortController();
  const onAbort = () => abort.abort(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  const dog = new Watchdog(requester, silenceMs, () =>
    abort.abort(
      new KubeUnreachableError(
        `${requester.describe(ask)}: watch silent for ${silenceMs / 1000} s, taken for dead`,
        "silent",
      ),
    ));
  try {
    const response = await requester.open({ ...ask, signal: abort.signal }, abort.signal);
    dog.heard();
    options.onOpen?.();
    for await (const line of linesOf(response, dog)) {
      const event = parseEvent(requester.describe(ask), line, trim);
      if (event !== undefined) yield event;
    }
  } catch (error) {
    if (signal?.aborted) return;
    throw requester.failure(ask, abort.signal.aborted ? abort.signal.reason : error);
  } finally {
    dog.stop();
    signal?.removeEventListener("abort", onAbort);
    abort.abort();
  }
}

async function* linesOf(response: Response, dog: Watchdog): AsyncGenerator<string, void, void> {
  if (response.body === null) return;
  const splitter = new LineSplitter(maxLineBytes);
  for await (const chunk of response.body) {
    dog.heard();
    yield* splitter.push(chunk);
  }
  if (splitter.unfinished) throw new Error("the watch ended in the middle of an event");
}

/** One timer for the life of the stream, however many chunks arrive. */
class Watchdog {
  readonly #clock;
  readonly #silenceMs: number;
  readonly #bite: () => void;
  #heardMs: number;
  #timer;

  constructor(requester: Requester, silenceMs: number, bite: () => void) {
    this.#clock = requester.clock;
    this.#silenceMs = silenceMs;
    this.#bite = bite;
    this.#heardMs = this.#clock.nowMs();
    this.#timer = this.#clock.timer(silenceMs, () => this.#look());
  }

  heard(): void {
    this.#heardMs = this.#clock.nowMs();
  }

  stop(): void {
    this.#timer.cancel();
  }

  #look(): void {
    const leftMs = this.#heardMs + this.#silenceMs - this.#clock.nowMs();
    if (leftMs <= 0) this.#bite();
    else this.#timer = this.#clock.timer(leftMs, () => this.#look());
  }
}

/** See Kubernetes `metav1.WatchEvent`. A type that is unknown here is passed over. */
function parseEvent<T>(asked: string, line: string, trim: Trim<T>): WatchEvent<T> | undefined {
  const { type, object } = JSON.parse(line) as { readonly type?: string; readonly object?: KubeObject };
  if (type === "ERROR") throw errorOfStatus(asked, object);
  const resourceVersion = object?.metadata?.resourceVersion;
  if (object === undefined || resourceVersion === undefined) {
    throw new Error(`a watch event of type ${JSON.stringify(type)} without object or resourceVersion`);
  }
  switch (type) {
    case "ADDED":
      return { type: "added", object: trim(object), resourceVersion };
    case "MODIFIED":
      return { type: "modified", object: trim(object), resourceVersion };
    case "DELETED":
      return { type: "deleted", object: trim(object), resourceVersion };
    case "BOOKMARK":
      return { type: "bookmark", resourceVersion };
    default:
      return undefined;
  }
}
