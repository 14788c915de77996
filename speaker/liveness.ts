/**
 * Which nodes have a live speaker, told by the Leases that speakers renew. Clocks of machines differ, so what a Lease says
 * about time means nothing: only that it changed, and when this node saw it change.
 *
 * A Lease that didn't change for its duration is dead, but only if a renewal would have been seen: while the API server is
 * out of reach nobody is judged, and afterwards everyone has a whole duration to be seen again.
 */

/** A Lease as far as it matters here. */
export interface SpeakerLease {
  readonly name: string;
  /** "" when its speaker gave it back. */
  readonly holder: string;
  readonly durationMs: number;
  readonly resourceVersion: string;
}

export type LivenessInput =
  /** All Leases of speakers. */
  | { readonly type: "synced"; readonly items: readonly SpeakerLease[] }
  | { readonly type: "changed"; readonly object: SpeakerLease }
  | { readonly type: "deleted"; readonly object: SpeakerLease }
  /** The own Lease is being written from now on. */
  | { readonly type: "joining" }
  /** The API server doesn't let Leases be read: nobody can be told from anybody. */
  | { readonly type: "forbidden" };

/**
 * unknown: not to be told yet, so nobody counts. everyNode: Leases can't be had, so every Node is taken to have a speaker.
 * leases: those that renew their Lease.
 */
export type LivenessMode = "unknown" | "everyNode" | "leases";

/** Who counts as having a live speaker. */
export interface LivenessVerdict {
  readonly mode: LivenessMode;
  /** The names of the Leases of live speakers; empty in other modes than `leases`. */
  readonly leases: ReadonlySet<string>;
}

export interface LivenessOptions {
  /** The name of this node's own Lease, which is never judged by time: it is this node that renews it. */
  readonly ownLease: string;
  readonly leaseDurationMs: number;
  readonly renewIntervalMs: number;
}

interface Watched {
  readonly resourceVersion: string;
  readonly durationMs: number;
  readonly released: boolean;
  /** When it was last seen to change. */
  readonly changedMs: number;
  /** It was judged dead, and has not changed since. */
  readonly dead: boolean;
}

/** Follows the Leases. All times are of one monotonic clock, in milliseconds. */
export class Liveness {
  readonly #options: LivenessOptions;
  /** Longer than two sightings of a healthy watch are apart, shorter than it takes a Lease to run out. */
  readonly #patienceMs: number;
  readonly #leases = new Map<string, Watched>();
  readonly #live = new Set<string>();
  #verdict: LivenessVerdict | null = null;
  #syncedMs: number | null = null;
  #joiningMs: number | null = null;
  #forbidden = false;
  /** The latest sign that a renewal would be seen. */
  #evidenceMs = -Infinity;
  /** Since when there has been such a sign all the time. */
  #contactMs = -Infinity;

  constructor(options: LivenessOptions) {
    this.#options = options;
    this.#patienceMs = Math.max(options.leaseDurationMs / 2, options.renewIntervalMs * 1.5);
  }

  /** Leases may not be read, as far as is known. */
  get forbidden(): boolean {
    return this.#forbidden;
  }

  /** Takes note of what is seen at `nowMs`. */
  observe(input: LivenessInput, nowMs: number): void {
    switch (input.type) {
      case "synced":
        this.#sync(input.items, nowMs);
        break;
      case "changed":
        this.#evidence(nowMs);
        this.#see(input.object, nowMs);
        break;
      case "deleted":
        this.#evidence(nowMs);
        this.#delete(input.object.name);
        break;
      case "joining":
        this.#joiningMs ??= nowMs;
        break;
      case "forbidden":
        this.#forbidden = true;
        break;
    }
  }

  /** Judges whose time has run out by `nowMs`. */
  judge(nowMs: number): void {
    for (const [name, lease] of this.#leases) {
      if (this.#judgeable(name, lease) && this.#provenSilent(lease, nowMs)) {
        this.#set(name, { ...lease, dead: true });
      }
    }
  }

  /** When to call {@link judge} if nothing is observed before; Infinity when nothing is due. */
  nextDueMs(nowMs: number): number {
    let due = this.#mode(nowMs) === "unknown" ? this.#aloneMs() : Infinity;
    for (const [name, lease] of this.#leases) {
      if (!this.#judgeable(name, lease) || !this.#wouldHaveBeenSeen(lease)) continue;
      due = Math.min(due, this.#since(lease) + lease.durationMs);
    }
    return due;
  }

  /** Who counts at `nowMs`; the same object for as long as that doesn't change. */
  verdict(nowMs: number): LivenessVerdict {
    const mode = this.#mode(nowMs);
    if (this.#verdict === null || this.#verdict.mode !== mode) {
      this.#verdict = { mode, leases: mode === "leases" ? new Set(this.#live) : new Set() };
    }
    return this.#verdict;
  }

  #mode(nowMs: number): LivenessMode {
    if (this.#syncedMs === null) return this.#forbidden ? "everyNode" : "unknown";
    if (this.#live.size > 0) return "leases";
    return nowMs >= this.#aloneMs() ? "everyNode" : "unknown";
  }

  /** When it is plain that Leases can't be written: the own one is there within this time wherever they can. */
  #aloneMs(): number {
    if (this.#syncedMs === null || this.#joiningMs === null) return Infinity;
    return Math.max(this.#syncedMs, this.#joiningMs) + this.#options.leaseDurationMs;
  }

  #sync(items: readonly SpeakerLease[], nowMs: number): void {
    this.#syncedMs ??= nowMs;
    this.#forbidden = false;
    this.#evidence(nowMs);
    const names = new Set(items.map(({ name }) => name));
    for (const name of this.#leases.keys()) if (!names.has(name)) this.#delete(name);
    for (const item of items) this.#see(item, nowMs);
  }

  #see(lease: SpeakerLease, nowMs: number): void {
    const known = this.#leases.get(lease.name);
    if (known?.resourceVersion === lease.resourceVersion) return;
    this.#set(lease.name, {
      resourceVersion: lease.resourceVersion,
      durationMs: lease.durationMs > 0 ? lease.durationMs : this.#options.leaseDurationMs,
      released: lease.holder === "",
      changedMs: nowMs,
      dead: false,
    });
  }

  #set(name: string, lease: Watched): void {
    this.#leases.set(name, lease);
    const live = !lease.released && !lease.dead;
    if (live === this.#live.has(name)) return;
    if (live) this.#live.add(name);
    else this.#live.delete(name);
    this.#verdict = null;
  }

  #delete(name: string): void {
    this.#leases.delete(name);
    if (this.#live.delete(name)) this.#verdict = null;
  }

  #evidence(nowMs: number): void {
    if (nowMs - this.#evidenceMs > this.#patienceMs) this.#contactMs = nowMs;
    this.#evidenceMs = nowMs;
  }

  #judgeable(name: string, lease: Watched): boolean {
    return !lease.dead && !lease.released && name !== this.#options.ownLease;
  }

  #provenSilent(lease: Watched, nowMs: number): boolean {
    return nowMs - this.#since(lease) >= lease.durationMs && this.#wouldHaveBeenSeen(lease);
  }

  /** Others were seen for so long after its last change that a renewal of it can't have been missed. */
  #wouldHaveBeenSeen(lease: Watched): boolean {
    return this.#evidenceMs - this.#since(lease) >= this.#patienceMs;
  }

  #since(lease: Watched): number {
    return Math.max(lease.changedMs, this.#contactMs);
  }
}
