/** A term: the time between an election and its end, in which one replica acts. */

/** One time of acting. */
export interface Term {
  /** Aborted at its end; the reason is a {@link TermEnd}. */
  readonly acting: AbortSignal;
  /** What the last holder left, if it gave the Lease back; "" when it didn't. */
  readonly handover: string;
  /** Whether no other replica can act at this moment, even if this process was paused for long and has just woken up. */
  readonly holds: () => boolean;
}

/** Why a term ended. lost: another may act any time, so nothing may be written any more; stop: it was told to. */
export class TermEnd extends Error {
  override readonly name = "TermEnd";
  constructor(readonly why: "lost" | "stop") {
    super(why === "lost" ? "this replica no longer holds the Lease" : "this replica stops");
  }
}
