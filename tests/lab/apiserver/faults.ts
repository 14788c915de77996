/** Faults on demand, for tests: what a network or an overloaded API server does to its clients. */
import type { RequestInfo } from "./request.ts";
import { ApiError } from "./status.ts";

/** Which requests a fault concerns; what isn't said matches all. */
export interface Match {
  /** get, list, watch, create, update, patch, delete, deletecollection. */
  readonly verb?: string | readonly string[];
  /** The plural name, as in `services`; with `/status` for that subresource. */
  readonly resource?: string | readonly string[];
  readonly namespace?: string;
  readonly name?: string;
  /** The path begins with this. */
  readonly pathPrefix?: string;
}

/** Refuses the next requests that match. */
export interface Refusal extends Match {
  readonly code: 401 | 403 | 409 | 410 | 429 | 500 | 503 | 504;
  /** How many; without it, all until {@link Faults.clear}. */
  readonly times?: number;
  /** Sent as Retry-After with 429 and 503; in seconds. */
  readonly retryAfterSeconds?: number;
}

/** One fault that stays on; calling it ends it. */
export type EndFault = () => void;

function oneOf(wanted: string | readonly string[] | undefined, word: string): boolean {
  return wanted === undefined || (typeof wanted === "string" ? wanted === word : wanted.includes(word));
}

/** Does a request match? */
export function matches(match: Match, request: RequestInfo): boolean {
  const { resource } = request;
  if (match.pathPrefix !== undefined && !request.path.startsWith(match.pathPrefix)) return false;
  if (!oneOf(match.verb, request.verb)) return false;
  if (match.resource !== undefined) {
    const full = resource === undefined
      ? ""
      : resource.subresource === ""
      ? resource.plural
      : `${resource.plural}/${resource.subresource}`;
    if (!oneOf(match.resource, full)) return false;
  }
  if (match.namespace !== undefined && match.namespace !== resource?.namespace) return false;
  return match.name === undefined || match.name === resource?.name;
}

const REASONS: Readonly<Record<Refusal["code"], readonly [reason: string, message: string]>> = {
  401: ["Unauthorized", "Unauthorized"],
  403: ["Forbidden", "forbidden on demand of the test"],
  409: [
    "Conflict",
    "Operation cannot be fulfilled: the object has been modified; please apply your changes to the latest version and try again",
  ],
  410: ["Expired", "The resourceVersion for the provided watch is too old."],
  429: ["TooManyRequests", "the server has received too many requests and has asked us to try again later"],
  500: ["InternalError", "Internal error occurred: on demand of the test"],
  503: ["ServiceUnavailable", "the server is currently unable to handle the request"],
  504: ["Timeout", "the server was unable to return a response in the time allotted"],
};

function refusalError({ code, retryAfterSeconds }: Refusal): ApiError {
  const [reason, message] = REASONS[code];
  const seconds = retryAfterSeconds ?? (code === 429 ? 1 : undefined);
  if (seconds === undefined) return new ApiError(code, reason, message, {});
  return new ApiError(code, reason, message, { retryAfterSeconds: Math.ceil(seconds) }, {
    "Retry-After": String(seconds),
  });
}

/** A watch or request that faults can reach. */
interface Open {
  readonly request: RequestInfo;
  readonly cut: () => void;
}

/** What the server asks, and what tests order. */
export class Faults {
  readonly #refusals: { refusal: Refusal; left: number }[] = [];
  readonly #stalls = new Map<Match, { readonly over: Promise<void>; readonly end: () => void }>();
  readonly #slow = new Map<Match, number>();
  readonly #open = new Set<Open>();
  readonly #onResume = new Set<() => void>();
  readonly #refused = new Map<number, number>();

  constructor(
    private readonly server: {
      /** Closes the listener and all connections. */
      readonly down: () => Promise<void>;
      /** Listens again on the same port. */
      readonly up: () => Promise<void>;
      readonly expireHistory: () => void;
      readonly sendBookmarks: () => void;
    },
  ) {}

  /** Cuts open watches in the middle, without an end of the stream; answers how many. */
  cut(match: Match = {}): number {
    const hit = [...this.#open].filter(({ request }) => matches(match, request));
    for (const { cut } of hit) cut();
    return hit.length;
  }

  /** New requests get no answer, and open watches get no more events, until ended; then both go on. */
  stall(match: Match = {}): EndFault {
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = () => {
      this.#stalls.delete(match);
      resolve();
      for (const resume of this.#onResume) resume();
    };
    this.#stalls.set(match, { over: promise, end });
    return end;
  }

  /** Refuses the next requests that match. */
  refuse(refusal: Refusal): EndFault {
    const order = { refusal, left: refusal.times ?? Infinity };
    this.#refusals.push(order);
    return () => order.left = 0;
  }

  /** Delays requests that match; in milliseconds. */
  slow(delayMs: number, match: Match = {}): EndFault {
    this.#slow.set(match, delayMs);
    return () => this.#slow.delete(match);
  }

  /** Watches from an older resourceVersion, and continue tokens, get 410 from now on. */
  expireHistory(): void {
    this.server.expireHistory();
  }

  /** Sends a bookmark to every watch that allows them. */
  sendBookmarks(): void {
    this.server.sendBookmarks();
  }

  /** Closes the listener and all connections: nobody answers. */
  down(): Promise<void> {
    return this.server.down();
  }

  /** Listens again on the same port. */
  up(): Promise<void> {
    return this.server.up();
  }

  /** Ends all faults but {@link down}. */
  clear(): void {
    this.#refusals.length = 0;
    this.#slow.clear();
    for (const { end } of [...this.#stalls.values()]) end();
  }

  /** How many requests were refused with a code, to prove that a fault was met. */
  refused(code: number): number {
    return this.#refused.get(code) ?? 0;
  }

  /** Asked by the server before it handles a request. @throws ApiError for one that is refused */
  async before(request: RequestInfo, sleep: (ms: number) => Promise<void>): Promise<void> {
    for (const [match, { over }] of [...this.#stalls]) if (matches(match, request)) await over;
    for (const [match, delayMs] of this.#slow) if (matches(match, request)) await sleep(delayMs);
    const order = this.#refusals.find(({ refusal, left }) => left > 0 && matches(refusal, request));
    if (order === undefined) return;
    order.left--;
    const { code } = order.refusal;
    this.#refused.set(code, this.refused(code) + 1);
    throw refusalError(order.refusal);
  }

  /** True when nothing is ordered: the server's fast way. */
  get idle(): boolean {
    return this.#refusals.length === 0 && this.#stalls.size === 0 && this.#slow.size === 0;
  }

  isStalled(request: RequestInfo): boolean {
    return [...this.#stalls.keys()].some((match) => matches(match, request));
  }

  /** Called by a watch while it is open; the answer ends it. */
  opened(request: RequestInfo, cut: () => void, resume: () => void): () => void {
    const open = { request, cut };
    this.#open.add(open);
    this.#onResume.add(resume);
    return () => {
      this.#open.delete(open);
      this.#onResume.delete(resume);
    };
  }

  /** How many watches are open that match. */
  openWatches(match: Match = {}): number {
    return [...this.#open].filter(({ request }) => matches(match, request)).length;
  }
}
