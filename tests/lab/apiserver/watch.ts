/** WATCH: changes from a resourceVersion on, as lines of JSON, with bookmarks. See Kubernetes "Efficient detection of changes". */
import type { Sink, StreamingBody } from "./answers.ts";
import type { Faults } from "./faults.ts";
import type { ApiObject } from "./json.ts";
import type { KindInfo } from "./kinds.ts";
import { apiVersionOf } from "./kinds.ts";
import { selection } from "./list.ts";
import type { Presenter } from "./present.ts";
import type { RequestInfo } from "./request.ts";
import { badRequest, expired, forbiddenValue, invalid } from "./status.ts";
import type { Change, Entry, Store } from "./store.ts";

/** Watches last this long when the client doesn't say. */
const DEFAULT_TIMEOUT_MS = 1_800_000;
/** A last bookmark goes out this long before the end. */
const LAST_BOOKMARK_MS = 2_000;

/** What a watch needs of its server. */
export interface WatchEnvironment {
  readonly store: Store;
  readonly faults: Faults;
  readonly bookmarkIntervalMs: number;
  readonly watches: Set<Watch>;
}

/** One open watch. */
export class Watch implements StreamingBody {
  readonly #bookmarks: boolean;
  readonly #test: (object: Readonly<ApiObject>) => boolean;
  readonly #cleanups: (() => void)[] = [];
  #sink: Sink | undefined;
  #held: string[] = [];
  /** Nothing up to this revision is still to be sent. */
  #position: number;
  #headers = true;
  #ended = false;
  readonly #lifeMs: number;

  /** @throws ApiError 400, 422 */
  constructor(
    private readonly environment: WatchEnvironment,
    private readonly request: RequestInfo,
    private readonly info: KindInfo,
    namespace: string,
    private readonly presenter: Presenter,
  ) {
    const { query } = request;
    this.#test = selection(info, namespace, query);
    this.#bookmarks = isTrue(query.get("allowWatchBookmarks"));
    const text = query.get("resourceVersion") ?? "";
    if (text !== "" && !/^\d+$/.test(text)) {
      throw badRequest(`resourceVersion: Invalid value: ${JSON.stringify(text)}`);
    }
    if (isTrue(query.get("sendInitialEvents"))) {
      const why = "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled";
      throw invalid({ group: "meta.k8s.io", plural: "listoptions", kind: "ListOptions" }, "", [
        forbiddenValue("sendInitialEvents", why),
      ]);
    }
    this.#position = Number(text);
    this.#lifeMs = timeoutMs(query);
  }

  /** Called when the answer's head is out. */
  start(sink: Sink): void {
    const lifeMs = this.#lifeMs;
    const { store, faults, watches, bookmarkIntervalMs } = this.environment;
    this.#sink = sink;
    watches.add(this);
    this.#cleanups.push(() => watches.delete(this));
    this.#cleanups.push(faults.opened(this.request, () => this.#cut(), () => this.#flush()));
    const from = this.#position;
    if (from === 0) {
      for (const entry of store.list(this.info.storage)) {
        if (this.#test(entry.object)) this.#sendEntry("ADDED", entry);
      }
      this.#position = store.revision;
    } else {
      const missed = store.since(this.info.storage, from);
      if (missed === "expired") {
        const { reason, message } = expired(
          `too old resource version: ${from} (${store.oldest(this.info.storage)})`,
        );
        this.#send({
          kind: "Status",
          apiVersion: "v1",
          metadata: {},
          status: "Failure",
          message,
          reason,
          code: 410,
        }, "ERROR");
        this.close();
        return;
      }
      for (const change of missed) this.#change(change);
    }
    this.#cleanups.push(store.subscribe(this.info.storage, (change) => this.#change(change)));
    this.#timer(() => this.close(), lifeMs);
    if (!this.#bookmarks) return;
    if (lifeMs > LAST_BOOKMARK_MS) this.#timer(() => this.bookmark(), lifeMs - LAST_BOOKMARK_MS);
    const interval = setInterval(() => this.bookmark(), bookmarkIntervalMs);
    this.#cleanups.push(() => clearInterval(interval));
  }

  #timer(run: () => void, afterMs: number): void {
    const timer = setTimeout(run, afterMs);
    this.#cleanups.push(() => clearTimeout(timer));
  }

  /** An object that begins to be selected was added, for this watch; one that ceases was deleted. */
  #change({ type, entry, before, revision }: Change): void {
    if (revision <= this.#position) return;
    this.#position = revision;
    const was = before !== undefined && this.#test(before.object);
    const is = type !== "DELETED" && this.#test(entry.object);
    if (is) this.#sendEntry(was ? "MODIFIED" : "ADDED", entry);
    else if (was) {
      const last = type === "DELETED"
        ? entry.object
        : { ...before.object, metadata: { ...before.object.metadata, resourceVersion: String(revision) } };
      this.#send(this.#shown(last), "DELETED");
    }
  }

  #shown(object: Readonly<ApiObject>): unknown {
    const shown = this.presenter.object(object, this.#headers);
    this.#headers = false;
    return shown;
  }

  #sendEntry(type: string, entry: Entry): void {
    if (this.presenter.plain) this.#write(`{"type":"${type}","object":${entry.json}}\n`);
    else this.#send(this.#shown(entry.object), type);
  }

  #send(object: unknown, type: string): void {
    this.#write(`${JSON.stringify({ type, object })}\n`);
  }

  #write(line: string): void {
    if (this.#ended) return;
    if (this.#held.length > 0 || this.environment.faults.isStalled(this.request)) this.#held.push(line);
    else this.#sink?.write(line);
  }

  #flush(): void {
    if (this.environment.faults.isStalled(this.request)) return;
    const held = this.#held;
    this.#held = [];
    if (!this.#ended) { for (const line of held) this.#sink?.write(line); }
  }

  /** Says up to where nothing was missed, if the client asked for that. */
  bookmark(): void {
    if (!this.#bookmarks) return;
    this.#position = this.environment.store.revision;
    const metadata = { resourceVersion: String(this.#position), creationTimestamp: null };
    const object = this.presenter.form.as === "table"
      ? { kind: "Table", apiVersion: "meta.k8s.io/v1", metadata, columnDefinitions: [], rows: [] }
      : { kind: this.info.kind, apiVersion: apiVersionOf(this.info), metadata };
    this.#send(object, "BOOKMARK");
  }

  /** Ends the stream in order. */
  close(): void {
    if (this.#ended) return;
    this.#flush();
    this.closed();
    this.#sink?.end();
  }

  /** Breaks the connection in the middle of the stream. */
  #cut(): void {
    if (this.#ended) return;
    this.closed();
    this.#sink?.cut();
  }

  /** Forgets everything; nothing more is sent. */
  closed(): void {
    this.#ended = true;
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
  }
}

function isTrue(value: string | null): boolean {
  return value === "true" || value === "1";
}

function timeoutMs(query: URLSearchParams): number {
  const seconds = Number(query.get("timeoutSeconds") ?? "0");
  if (Number.isNaN(seconds) || seconds < 0) throw badRequest("timeoutSeconds is not a number");
  return seconds === 0 ? DEFAULT_TIMEOUT_MS : seconds * 1000;
}
