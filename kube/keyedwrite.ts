/** One write of a {@link ./writequeue.ts WriteQueue}, and how it may end. */
import type { KubeApiError } from "./api.ts";

/** What one key wants written. */
export interface KeyedWrite {
  /** Sends it once; called again when the server was busy or out of reach. */
  readonly send: (signal: AbortSignal) => Promise<void>;
  /**
   * The object changed meanwhile (409): decide again from fresh state. Give the next write, or nothing when there is
   * none (also when the decision comes later with another `put`).
   */
  readonly decideAgain: (conflict: KubeApiError) => KeyedWrite | undefined | Promise<KeyedWrite | undefined>;
  /** Called once when this write, or one that its `decideAgain` gave, has come to an end. */
  readonly onDone?: (outcome: WriteOutcome) => void;
}

/**
 * written: the server has it. superseded: a later `put` for the key took its place. settled: after a conflict there was
 * nothing left to write. refused: the server said no, and the same write would be refused again. abandoned: it was
 * withdrawn, or the queue stopped first.
 */
export type WriteOutcome =
  | { readonly type: "written" | "superseded" | "settled" | "abandoned" }
  | { readonly type: "refused"; readonly error: unknown };

/** The write, of whose end the caller of an earlier one hears too. */
export function together(write: KeyedWrite, alsoDone: KeyedWrite["onDone"]): KeyedWrite {
  if (alsoDone === undefined || alsoDone === write.onDone) return write;
  const { onDone } = write;
  return {
    ...write,
    onDone: (outcome) => {
      onDone?.(outcome);
      alsoDone(outcome);
    },
  };
}
