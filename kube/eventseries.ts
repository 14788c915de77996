/**
 * Which Events are worth writing, and which are one more of a kind that was written before. The limits are those of
 * Kubernetes' own recorders (client-go), so that our Events look as people know them and no faulty loop floods etcd.
 */
import { LruMap } from "./lru.ts";

/** What is written about one kind of happening. */
export interface EventSeries {
  /** The same for all of the series. */
  readonly key: string;
  readonly firstMs: number;
  /** The last one's, marked when it stands for different ones. */
  message: string;
  lastMs: number;
  count: number;
}

/** Happenings that differ in message only and get an Event each; those after them are put together in one. */
const similarLimit = 9;
/** So long after the last similar one the count of similar ones starts anew. */
const similarWindowMs = 10 * 60_000;
/** Writes about one object: so many at once, then one in five minutes. */
const burst = 25;
const refillMs = 300_000;
/** Objects and series remembered. */
const rememberedLimit = 4096;

interface Bucket {
  tokens: number;
  atMs: number;
}

interface Similar {
  readonly messages: Set<string>;
  lastMs: number;
}

export class EventCorrelator {
  readonly #series = new LruMap<string, EventSeries>(rememberedLimit);
  readonly #similar = new LruMap<string, Similar>(rememberedLimit);
  readonly #buckets = new LruMap<string, Bucket>(rememberedLimit);

  /**
   * Counts one happening.
   *
   * @param object names the object uniquely
   * @param kind type and reason
   */
  count(object: string, kind: string, message: string, wallMs: number): EventSeries {
    const similarKey = `${object}\n${kind}`;
    const combined = this.#tooManySimilar(similarKey, message, wallMs);
    const key = combined ? similarKey : `${similarKey}\n${message}`;
    const series = this.#series.get(key) ?? { key, message, firstMs: wallMs, lastMs: wallMs, count: 0 };
    series.count++;
    series.lastMs = wallMs;
    series.message = combined ? `(combined from similar events): ${message}` : message;
    this.#series.set(key, series);
    return series;
  }

  /** Takes one of the object's tokens; false when it has none left. */
  admit(object: string, nowMs: number): boolean {
    const bucket = this.#buckets.get(object) ?? { tokens: burst, atMs: nowMs };
    const tokens = Math.min(burst, bucket.tokens + (nowMs - bucket.atMs) / refillMs);
    const admitted = tokens >= 1;
    this.#buckets.set(object, { tokens: admitted ? tokens - 1 : tokens, atMs: nowMs });
    return admitted;
  }

  #tooManySimilar(key: string, message: string, wallMs: number): boolean {
    const known = this.#similar.get(key);
    const fresh = known === undefined || wallMs - known.lastMs > similarWindowMs;
    const similar = fresh ? { messages: new Set<string>(), lastMs: wallMs } : known;
    this.#similar.set(key, similar);
    similar.lastMs = wallMs;
    if (similar.messages.has(message)) return false;
    if (similar.messages.size >= similarLimit) return true;
    similar.messages.add(message);
    return false;
  }
}
