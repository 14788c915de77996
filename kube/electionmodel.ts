/** The words of the election: what a replica knows, what happens to it, what it asks for. */
import type { LeaseView } from "./leases.ts";

export interface ElectionSettings {
  readonly identity: string;
  /** Whether this holder was an earlier process in this one's place, which is dead since this one runs. */
  readonly isPredecessor: (holder: string) => boolean;
  /** How long a holder that is silent keeps the Lease. */
  readonly leaseDurationMs: number;
  /** How long a leader acts without having renewed; less than the duration, so that it stops before another starts. */
  readonly renewDeadlineMs: number;
  /** Between two looks, or two renewals. */
  readonly retryPeriodMs: number;
}

/** A record as it was first seen. */
export interface Seen {
  readonly lease: LeaseView;
  readonly sinceMs: number;
}

export type ElectionState =
  /** `asking` is true while an answer is due; `taking` is the record over which this replica last wrote its own. */
  | {
    readonly role: "waiting";
    readonly seen: Seen | undefined;
    readonly asking: boolean;
    readonly taking: LeaseView | undefined;
  }
  /** `renewedMs` is when the last successful write was begun. */
  | {
    readonly role: "acting";
    readonly lease: LeaseView;
    readonly renewedMs: number;
    readonly asking: boolean;
  }
  /**
   * Told to stop: it gives back what it may hold, once it is known that it does nothing any more. `handover` is undefined
   * until then.
   */
  | {
    readonly role: "leaving";
    readonly lease: LeaseView | undefined;
    readonly asking: boolean;
    readonly handover: string | undefined;
  }
  | { readonly role: "gone" };

export type ElectionEvent =
  /** The wait is over, or the deadline has come. */
  | { readonly type: "due" }
  /** What a read gave; undefined when there is no Lease. */
  | { readonly type: "read"; readonly lease: LeaseView | undefined }
  /** A write was accepted. */
  | { readonly type: "written"; readonly lease: LeaseView; readonly begunMs: number }
  /** The Lease changed, appeared or vanished meanwhile. */
  | { readonly type: "conflict" }
  | { readonly type: "failed" }
  /** A watch brought this, of what happened at some time. */
  | { readonly type: "seen"; readonly lease: LeaseView }
  | { readonly type: "stop" }
  /** After `stopActing`: this replica does nothing any more, and leaves this to the next. */
  | { readonly type: "ended"; readonly handover: string };

export type ElectionEffect =
  | { readonly type: "read" }
  /** Take, renew or (holder "") give back. `over` is the record it replaces; undefined creates. */
  | {
    readonly type: "write";
    readonly over: LeaseView | undefined;
    readonly holder: string;
    readonly handover?: string;
  }
  /** With what the last holder left; "" when it left nothing. */
  | { readonly type: "startActing"; readonly handover: string }
  /** lost: another may act any time, so everything ends at once. stop: what is under way may end first. */
  | { readonly type: "stopActing"; readonly why: "lost" | "stop" }
  /** Give up the request in flight, if any; it ends in `failed`. */
  | { readonly type: "abortRequest" }
  /** Post `due` after this; takes the place of an earlier one. */
  | { readonly type: "wake"; readonly inMs: number };

export type ElectionReason =
  | "begin"
  | "noLease"
  | "free"
  | "ours"
  | "heldByAnother"
  | "holderSilent"
  | "elected"
  | "renewed"
  | "renewing"
  | "deadlineMissed"
  | "takenByAnother"
  | "conflict"
  | "failed"
  | "stopping"
  | "released"
  | "nothingToDo";

export interface ElectionStep {
  readonly state: ElectionState;
  readonly effects: readonly ElectionEffect[];
  readonly reason: ElectionReason;
}
