/** Several replicas: the one that holds the Lease acts, and the others know all that it knows. */
import { runLeaderElection } from "../../kube/leaderelection.ts";
import type { Term } from "../../kube/term.ts";
import { controllerLog } from "../catalogue.ts";
import { aborted, act, type Ending, type Parts } from "./act.ts";
import { Following } from "./following.ts";

/** The Lease that the acting replica holds, in the installation's namespace. */
export const leaseName = "pewter-controller";

/** How long writes that are under way may take at the end. */
const drainMs = 1_000;
/** How long the watch may take to bring what the former leader wrote last. */
const catchUpMs = 500;

export interface Candidate extends Parts {
  /** Differs for each process. */
  readonly identity: string;
  /** Whether this one was an earlier process in the same Pod: a container is started when the former is dead. */
  readonly isPredecessor: (identity: string) => boolean;
  /** Whole seconds. */
  readonly leaseDurationMs: number;
}

/** Who takes part, by the Pod's name; "" when it isn't known. `chance` differs for each process. */
export function identityIn(podName: string, chance: string): Pick<Candidate, "identity" | "isPredecessor"> {
  const name = podName === "" ? "controller" : podName;
  const start = `${name}-`;
  return {
    identity: start + chance,
    isPredecessor: (other) =>
      podName !== "" && other.startsWith(start) && /^[0-9a-f]{8}$/.test(other.slice(start.length)),
  };
}

/** Takes part in the election until `stop` is aborted; then ends its term, if it has one, and resolves. */
export async function lead(candidate: Candidate, stop: AbortSignal): Promise<void> {
  const { namespace, log, identity, leaseDurationMs, fail } = candidate;
  log.write(controllerLog.waitingForLeadership, { lease: `${namespace}/${leaseName}`, identity });
  const following = new Following(candidate);
  candidate.meter?.follows(following.world);
  const followed = following.run(stop);
  const rest: Promise<unknown>[] = [];
  let term: Promise<string> = Promise.resolve("");
  await runLeaderElection({
    ...candidate,
    name: leaseName,
    // The proportions of Kubernetes' own components: 15 s, 10 s, 2 s.
    renewDeadlineMs: leaseDurationMs * 2 / 3,
    retryPeriodMs: Math.min(2000, leaseDurationMs / 7),
    onElected: (elected) => {
      log.write(controllerLog.elected, { identity });
      term = term.then(() =>
        serve(candidate, following, elected, {
          // Less than what is left of the Lease when it was renewed just in time.
          drainMs: Math.min(drainMs, leaseDurationMs / 4),
          afterwards: (work) => rest.push(work),
        })
      ).catch((error) => (fail(error), ""));
      return term;
    },
  }, stop);
  await Promise.all([...rest, followed]);
}

/** Acts until `stop` is aborted, whoever else does. */
export async function actAlone(parts: Parts, stop: AbortSignal): Promise<void> {
  const following = new Following(parts);
  parts.meter?.follows(following.world);
  const followed = following.run(stop);
  const rest: Promise<unknown>[] = [];
  const term: Term = { acting: stop, handover: "", holds: () => true };
  await act(parts, following, term, { drainMs, afterwards: (work) => rest.push(work) });
  await Promise.all([...rest, followed]);
}

/** Begins to act when everything is known that former leaders wrote. */
async function serve(
  candidate: Candidate,
  following: Following,
  term: Term,
  ending: Ending,
): Promise<string> {
  const { log, identity } = candidate;
  const { handover, acting } = term;
  const knows = handover !== "" && await following.reaches(handover, catchUpMs);
  // Of one that crashed nobody knows what it wrote last. It may be in no watch yet, but it is in a list.
  if (!knows) await Promise.race([following.listAgain(), aborted(acting)]);
  // Nothing was written since.
  if (acting.aborted) return knows ? handover : "";
  const left = await act(candidate, following, term, ending);
  log.write(controllerLog.leadershipEnded, { identity });
  return left;
}
