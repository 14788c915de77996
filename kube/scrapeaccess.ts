/**
 * Who may read the metrics: the API server says whose a token is (TokenReview) and whether that user may get the path
 * (SubjectAccessReview on a nonResourceURL), as it does for controller-runtime's filter. What it said holds for a while.
 */
import type { Clock } from "../core/clock.ts";
import { Sha256 } from "../core/sha256.ts";
import type { KubeApi, KubeObject } from "./api.ts";
import { LruMap } from "./lru.ts";
import { subjectAccessReviews, tokenReviews } from "./resources.ts";

export type AccessVerdict =
  /** The token's user may get the path. */
  | "allowed"
  /** Nobody has this token. */
  | "unauthenticated"
  /** Its user may not. */
  | "forbidden"
  /** Too many questions are open; ask again. */
  | "busy";

export interface ScrapeAccessOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  /** As in `/metrics`. */
  readonly path: string;
}

/** See Kubernetes `authentication.k8s.io/v1` UserInfo. */
interface UserInfo {
  readonly username?: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

interface Review extends KubeObject {
  readonly spec: unknown;
  readonly status?: {
    readonly authenticated?: boolean;
    readonly user?: UserInfo;
    readonly allowed?: boolean;
  };
}

interface Remembered {
  readonly verdict: AccessVerdict;
  readonly untilMs: number;
}

/** A revoked right works on for so long; controller-runtime takes one minute for tokens and five for rights. */
const allowedMs = 60_000;
/** A right that was just given is seen after this time. */
const refusedMs = 10_000;
/** A handful of scrapers exist; strangers with made-up tokens must not fill memory or keep the API server busy. */
const remembered = 64;
const openReviews = 8;
const answerMs = 10_000;

export class ScrapeAccess {
  readonly #options: ScrapeAccessOptions;
  readonly #hash = new Sha256();
  /** By the token's SHA-256: tokens themselves are not kept. */
  readonly #known = new LruMap<string, Remembered>(remembered);
  readonly #asking = new Map<string, Promise<AccessVerdict>>();

  constructor(options: ScrapeAccessOptions) {
    this.#options = options;
  }

  /**
   * Whether the sender of this Authorization header may get the path.
   *
   * @throws {KubeApiError} when the API server refuses to review
   * @throws {KubeUnreachableError} when it doesn't answer
   */
  async judge(authorization: string | undefined): Promise<AccessVerdict> {
    const token = /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
    if (token === undefined) return "unauthenticated";
    const key = this.#hash.hex(token);
    const known = this.#known.get(key);
    if (known !== undefined && this.#options.clock.nowMs() < known.untilMs) return known.verdict;
    const asking = this.#asking.get(key);
    if (asking !== undefined) return await asking;
    if (this.#asking.size >= openReviews) return "busy";
    const question = this.#ask(token, key).finally(() => this.#asking.delete(key));
    this.#asking.set(key, question);
    return await question;
  }

  async #ask(token: string, key: string): Promise<AccessVerdict> {
    const { clock } = this.#options;
    const late = new AbortController();
    const timer = clock.timer(answerMs, () => late.abort(new Error(`no review within ${answerMs / 1000} s`)));
    try {
      const verdict = await this.#review(token, late.signal);
      const untilMs = clock.nowMs() + (verdict === "allowed" ? allowedMs : refusedMs);
      this.#known.set(key, { verdict, untilMs });
      return verdict;
    } finally {
      timer.cancel();
    }
  }

  async #review(token: string, signal: AbortSignal): Promise<AccessVerdict> {
    const { api, path } = this.#options;
    const metadata = { name: "" };
    const who = await api.create<Review>(tokenReviews, { metadata, spec: { token } }, { signal });
    const user = who.status?.user;
    if (who.status?.authenticated !== true || user?.username === undefined) return "unauthenticated";
    const { username, uid, groups, extra } = user;
    const spec = { user: username, uid, groups, extra, nonResourceAttributes: { path, verb: "get" } };
    const may = await api.create<Review>(subjectAccessReviews, { metadata, spec }, { signal });
    return may.status?.allowed === true ? "allowed" : "forbidden";
  }
}
