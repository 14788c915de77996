/**
 * Who of several replicas acts: the rules, as one total step. The holder of a Lease acts. Others judge it by whether they
 * saw its record change within the time it claims, on their own clock, so clocks of machines need not agree.
 */
import { isNewer } from "../core/resourceversion.ts";
import type {
  ElectionEffect,
  ElectionEvent,
  ElectionReason,
  ElectionSettings,
  ElectionState,
  ElectionStep,
} from "./electionmodel.ts";
import type { LeaseView } from "./leases.ts";

export const electionStart: ElectionState = {
  role: "waiting",
  seen: undefined,
  asking: false,
  taking: undefined,
};

export function electionStep(
  settings: ElectionSettings,
  state: ElectionState,
  event: ElectionEvent,
  nowMs: number,
): ElectionStep {
  switch (state.role) {
    case "waiting":
      return waitingStep(settings, state, event, nowMs);
    case "acting":
      return actingStep(settings, state, event, nowMs);
    case "leaving":
      return leavingStep(settings, state, event);
    case "gone":
      return nothing(state);
  }
}

function nothing(state: ElectionState): ElectionStep {
  return { state, effects: [], reason: "nothingToDo" };
}

type Waiting = Extract<ElectionState, { role: "waiting" }>;
type Acting = Extract<ElectionState, { role: "acting" }>;
type Leaving = Extract<ElectionState, { role: "leaving" }>;

function waitingStep(
  settings: ElectionSettings,
  state: Waiting,
  event: ElectionEvent,
  nowMs: number,
): ElectionStep {
  const idle: Waiting = { ...state, asking: false, taking: undefined };
  switch (event.type) {
    case "due":
      if (state.asking) return nothing(state);
      return { state: { ...state, asking: true }, effects: [{ type: "read" }], reason: "begin" };
    case "read":
      return judge(settings, state, event.lease, nowMs);
    case "seen":
      // An answer that is due tells as much.
      return state.asking ? nothing(state) : judge(settings, state, event.lease, nowMs);
    case "written": {
      const leftMs = event.begunMs + settings.renewDeadlineMs - nowMs;
      // An answer that took longer than the deadline is no ground to act on: renew first.
      if (leftMs <= 0) return { state: idle, effects: [{ type: "wake", inMs: 0 }], reason: "deadlineMissed" };
      // Only who gave the Lease back knew that nothing followed.
      const handover = state.taking?.holder === "" ? state.taking.handover : "";
      return {
        state: { role: "acting", lease: event.lease, renewedMs: event.begunMs, asking: false },
        effects: [
          { type: "startActing", handover },
          { type: "wake", inMs: Math.min(settings.retryPeriodMs, leftMs) },
        ],
        reason: "elected",
      };
    }
    case "conflict":
    case "failed":
      return { state: idle, effects: [{ type: "wake", inMs: settings.retryPeriodMs }], reason: event.type };
    case "stop":
      if (!state.asking) return { state: { role: "gone" }, effects: [], reason: "stopping" };
      return {
        state: { role: "leaving", lease: undefined, asking: true, handover: "" },
        effects: [],
        reason: "stopping",
      };
    case "ended":
      return nothing(state);
  }
}

/** May the Lease be taken, as this read found it? */
function judge(
  settings: ElectionSettings,
  state: Waiting,
  lease: LeaseView | undefined,
  nowMs: number,
): ElectionStep {
  const take = (reason: ElectionReason): ElectionStep => ({
    state: { ...state, asking: true, taking: lease },
    effects: [{ type: "write", over: lease, holder: settings.identity }],
    reason,
  });
  if (lease === undefined) return take("noLease");
  if (lease.holder === "") return take("free");
  if (lease.holder === settings.identity || settings.isPredecessor(lease.holder)) return take("ours");
  const seen = state.seen !== undefined && sameRecord(state.seen.lease, lease)
    ? state.seen
    : { lease, sinceMs: nowMs };
  const leftMs = seen.sinceMs + (lease.durationMs || settings.leaseDurationMs) - nowMs;
  if (leftMs <= 0) return take("holderSilent");
  return {
    state: { role: "waiting", seen, asking: false, taking: undefined },
    effects: [{ type: "wake", inMs: Math.min(settings.retryPeriodMs, leftMs) }],
    reason: "heldByAnother",
  };
}

function actingStep(
  settings: ElectionSettings,
  state: Acting,
  event: ElectionEvent,
  nowMs: number,
): ElectionStep {
  const leftMs = state.renewedMs + settings.renewDeadlineMs - nowMs;
  const wake: ElectionEffect = { type: "wake", inMs: Math.max(0, Math.min(settings.retryPeriodMs, leftMs)) };
  const renew = (over: LeaseView | undefined): ElectionStep => ({
    state: { ...state, lease: over ?? state.lease, asking: true },
    effects: [{ type: "write", over, holder: settings.identity }, wake],
    reason: "renewing",
  });
  if (event.type === "stop") return leave(state);
  if (event.type === "ended") return nothing(state);
  if (event.type === "written") {
    const freshMs = event.begunMs + settings.renewDeadlineMs - nowMs;
    if (freshMs <= 0) return lose(state, "deadlineMissed");
    const inMs = Math.min(settings.retryPeriodMs, freshMs);
    return {
      state: { role: "acting", lease: event.lease, renewedMs: event.begunMs, asking: false },
      effects: [{ type: "wake", inMs }],
      reason: "renewed",
    };
  }
  if (leftMs <= 0) return lose(state, "deadlineMissed");
  switch (event.type) {
    case "due":
      return state.asking ? { state, effects: [wake], reason: "nothingToDo" } : renew(state.lease);
    case "conflict":
      return { state: { ...state, asking: true }, effects: [{ type: "read" }, wake], reason: "conflict" };
    case "read":
      // Deleted by hand, it is still ours as long as nobody else creates it first.
      if (event.lease === undefined || event.lease.holder === settings.identity) return renew(event.lease);
      return lose({ ...state, asking: false }, "takenByAnother");
    case "seen": {
      const { lease } = event;
      const isOurs = lease.holder === settings.identity ||
        !isNewer(lease.resourceVersion, state.lease.resourceVersion);
      return isOurs ? nothing(state) : lose(state, "takenByAnother");
    }
    case "failed":
      return { state: { ...state, asking: false }, effects: [wake], reason: "failed" };
  }
}

function lose(state: Acting, reason: ElectionReason): ElectionStep {
  return {
    state: { role: "waiting", seen: undefined, asking: state.asking, taking: undefined },
    effects: [
      { type: "stopActing", why: "lost" },
      ...(state.asking ? [{ type: "abortRequest" } as const] : [{ type: "wake", inMs: 0 } as const]),
    ],
    reason,
  };
}

/** Stop acting first and, when that has ended, give the Lease back, so that the next one need not wait. */
function leave(state: Acting): ElectionStep {
  return {
    state: { role: "leaving", lease: state.lease, asking: state.asking, handover: undefined },
    effects: [{ type: "stopActing", why: "stop" }],
    reason: "stopping",
  };
}

/** A renewal may still be in flight; what it gave is then given back. */
function leavingStep(settings: ElectionSettings, state: Leaving, event: ElectionEvent): ElectionStep {
  const gone = (reason: ElectionReason): ElectionStep => ({ state: { role: "gone" }, effects: [], reason });
  /** Gives back what is ours, unless that has to wait. */
  const next = (now: Leaving): ElectionStep => {
    const { lease, asking, handover } = now;
    if (asking || handover === undefined) return { state: now, effects: [], reason: "stopping" };
    if (lease === undefined) return gone("stopping");
    return {
      state: { ...now, asking: true },
      effects: [{ type: "write", over: lease, holder: "", handover }],
      reason: "stopping",
    };
  };
  switch (event.type) {
    case "written":
      if (event.lease.holder !== settings.identity) return gone("released");
      return next({ ...state, lease: event.lease, asking: false });
    case "read":
      if (event.lease?.holder !== settings.identity) return gone("takenByAnother");
      return next({ ...state, lease: event.lease, asking: false });
    case "ended":
      return next({ ...state, handover: event.handover });
    case "conflict":
    case "failed":
      return gone(event.type);
    case "due":
    case "seen":
    case "stop":
      return nothing(state);
  }
}

function sameRecord(a: LeaseView, b: LeaseView): boolean {
  return a.holder === b.holder && a.renewTime === b.renewTime && a.transitions === b.transitions &&
    a.durationMs === b.durationMs;
}
