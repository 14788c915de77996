/** Several replicas: the one that holds the Lease acts. */
import { runLeaderElection } from "../../kube/leaderelection.ts";
import { controllerLog } from "../catalogue.ts";
import { act, type Parts } from "./act.ts";

/** The Lease that the acting replica holds, in the installation's namespace. */
export const leaseName = "pewter-controller";

export interface Candidate extends Parts {
  /** Differs for each replica. */
  readonly identity: string;
  /** Whole seconds. */
  readonly leaseDurationMs: number;
}

/** Takes part in the election until `stop` is aborted; then ends its term, if it has one, and resolves. */
export async function lead(candidate: Candidate, stop: AbortSignal): Promise<void> {
  const { namespace, log, identity, leaseDurationMs, fail } = candidate;
  log.write(controllerLog.waitingForLeadership, { lease: `${namespace}/${leaseName}`, identity });
  let term = Promise.resolve();
  await runLeaderElection({
    ...candidate,
    name: leaseName,
    // The proportions of Kubernetes' own components: 15 s, 10 s, 2 s.
    renewDeadlineMs: leaseDurationMs * 2 / 3,
    retryPeriodMs: Math.min(2000, leaseDurationMs / 7),
    onElected: (acting) => {
      log.write(controllerLog.elected, { identity });
      term = term.then(() => act(candidate, acting)).then(
        () => log.write(controllerLog.leadershipEnded, { identity }),
        fail,
      );
    },
  }, stop);
  await term;
}
