/** One term of acting: lists, watches, decides and writes. */
import type { Clock } from "../../core/clock.ts";
import type { Logger } from "../../core/log.ts";
import { trimNamespace } from "../../core/namespace.ts";
import { trimService } from "../../core/service.ts";
import { trimIPAddressPool } from "../../crds/ipaddresspool.ts";
import type { KubeApi, Resource, Trim } from "../../kube/api.ts";
import { EventRecorder } from "../../kube/events.ts";
import { reflect, type ReflectorInput } from "../../kube/reflector.ts";
import { ipAddressPools, namespaces, services } from "../../kube/resources.ts";
import { WriteQueue } from "../../kube/writequeue.ts";
import { controllerLog } from "../catalogue.ts";
import { Machine } from "../machine.ts";
import { Applier } from "./apply.ts";
import { Loop } from "./loop.ts";

/** How long writes that are under way may take at the end. */
const drainMs = 1000;

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
  /** Called when the process can't be trusted any more. */
  readonly fail: (error: unknown) => void;
}

/**
 * Acts until the signal is aborted, then lets writes that are under way end, and resolves. It starts from a fresh
 * list, whatever was known before: another replica may have acted meanwhile.
 */
export async function act(parts: Parts, acting: AbortSignal): Promise<void> {
  const { namespace, loadBalancerClass, api, clock, log, random, fail } = parts;
  const machine = new Machine({ namespace, loadBalancerClass });
  const queue = new WriteQueue({ clock, random, log });
  const events = new EventRecorder({ api, clock, random, log, component: "metallb-controller" });
  const applier = new Applier({
    ...{ api, queue, events, clock, log },
    post: (input) => loop.post(input),
    lookAgain: () => loop.look(),
  });
  const loop: Loop = new Loop({
    ...{ machine, clock, failed: fail },
    apply: (effects) => applier.apply(effects),
    decided: sayCaughtUp(parts, machine),
  });
  await watchAll(parts, loop, acting);
  loop.stop();
  await Promise.all([queue.drain(drainMs), events.drain(drainMs)]);
  applier.stop();
}

type Change<T> = Exclude<ReflectorInput<T>, { readonly type: "contact" }>;

/** Feeds the loop from the three watches; resolves when the signal is aborted. */
async function watchAll(parts: Parts, loop: Loop, acting: AbortSignal): Promise<void> {
  const { namespace, api, clock, random, log } = parts;
  const follow = <T>(resource: Resource, trim: Trim<T>, post: (change: Change<T>) => void, within?: string) =>
    reflect<T>({
      ...{ api, resource, trim, clock, random, log },
      ...(within === undefined ? {} : { namespace: within }),
      post: (input) => input.type === "contact" ? undefined : post(input),
    }, acting);
  await Promise.all([
    follow(services, trimService, (change) => loop.post({ kind: "service", ...change })),
    follow(ipAddressPools, trimIPAddressPool, (change) => loop.post({ kind: "pool", ...change }), namespace),
    follow(namespaces, trimNamespace, (change) => loop.post({ kind: "namespace", ...change })),
  ]);
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
