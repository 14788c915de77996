/** One term of acting: decides and writes, on what the watches tell. */
import type { Clock } from "../../core/clock.ts";
import type { Logger } from "../../core/log.ts";
import { isNewer } from "../../core/resourceversion.ts";
import type { KubeApi, OwnerReference } from "../../kube/api.ts";
import { EventRecorder } from "../../kube/events.ts";
import { type Term, TermEnd } from "../../kube/term.ts";
import { WriteQueue } from "../../kube/writequeue.ts";
import { controllerLog } from "../catalogue.ts";
import { Machine } from "../machine.ts";
import { Applier } from "./apply.ts";
import type { Following } from "./following.ts";
import { Loop } from "./loop.ts";
import type { ControllerMeter } from "./metrics.ts";
import { stateKeeper } from "./state.ts";

/** What the running parts of the controller share. */
export interface Parts {
  /** The installation's. */
  readonly namespace: string;
  /** --lb-class */
  readonly loadBalancerClass: string;
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly log: Logger;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** See {@link Loop}. */
  readonly soon: (run: () => void) => void;
  /** This process's Pod; null: there is none. */
  readonly pod: Promise<OwnerReference | null>;
  /** Called when the process can't be trusted any more. */
  readonly fail: (error: unknown) => void;
  /** Left out where nobody may look. */
  readonly meter?: ControllerMeter;
}

/** How a term ends. */
export interface Ending {
  /** How long status writes that are under way may take then. */
  readonly drainMs: number;
  /** Takes work that goes on for a moment and does no harm, whoever acts next. */
  readonly afterwards: (work: Promise<unknown>) => void;
}

/**
 * Acts until the term ends, on a world that is up to date. Gives the resourceVersion up to which the next one has to know
 * the Services: they hold every address that was given. "" when that isn't known.
 */
export async function act(parts: Parts, following: Following, term: Term, ending: Ending): Promise<string> {
  const { namespace, loadBalancerClass, api, clock, log, random, soon, fail, meter } = parts;
  const machine = new Machine({ namespace, loadBalancerClass }, following.world);
  const events: EventRecorder = new EventRecorder({
    ...{ api, clock, random, log, component: "metallb-controller" },
    yields: () => queue.load > 0,
  });
  const queue = new WriteQueue({ clock, random, log, rested: () => events.resume() });
  const applier = new Applier({
    ...{ api, queue, events, clock, log, holds: term.holds },
    post: following.take,
    lookAgain: () => loop.look(),
  });
  const state = stateKeeper(parts, machine);
  const saidCaughtUp = sayCaughtUp(parts, machine);
  const loop: Loop = new Loop({
    ...{ machine, clock, soon, failed: fail, judged: state.look },
    apply: (effects) => {
      meter?.effects(effects);
      applier.apply(effects);
    },
    decided: (tookMs) => {
      meter?.decided(tookMs);
      saidCaughtUp();
    },
  });
  meter?.acts({ machine, queue, events });
  following.listen(loop.look);
  loop.look();
  ending.afterwards(state.run(term.acting));
  await aborted(term.acting);
  meter?.acts(null);
  following.listen(null);
  loop.stop();
  const { reason } = term.acting;
  const drainMs = reason instanceof TermEnd && reason.why === "lost" ? 0 : ending.drainMs;
  // What has not been sent yet the next one decides anew.
  const isComplete = await queue.finish(drainMs);
  applier.stop();
  ending.afterwards(events.drain(drainMs));
  if (!isComplete) return "";
  return isNewer(applier.written, following.reached) ? applier.written : following.reached;
}

/** Says once that everything is listed and decided upon. */
function sayCaughtUp({ clock, log }: Parts, { world }: Machine): () => void {
  const startMs = clock.nowMs();
  let said = false;
  return () => {
    if (said || !world.complete) return;
    said = true;
    const tookMs = Math.round(clock.nowMs() - startMs);
    log.write(controllerLog.caughtUp, { services: world.services.size, pools: world.pools.size, tookMs });
  };
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
