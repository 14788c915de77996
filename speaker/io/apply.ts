/** Carries out what the machine asks for. */
import type { Logger } from "../../core/log.ts";
import type { Service } from "../../core/service.ts";
import type { EventRecorder, Regarding } from "../../kube/events.ts";
import type { Dataplane } from "../dataplane.ts";
import type { Effect } from "../effects.ts";

export interface Appliers {
  readonly dataplane: Dataplane;
  readonly events: Pick<EventRecorder, "record">;
  readonly log: Logger;
}

/** In order; nothing of it waits for an answer. */
export function applyEffects(effects: readonly Effect[], { dataplane, events, log }: Appliers): void {
  for (const effect of effects) {
    switch (effect.type) {
      case "command":
        dataplane.send(effect.command);
        break;
      case "event":
        events.record(regarding(effect.service), effect.severity, effect.reason, effect.message);
        break;
      case "log":
        log.write(effect.event, effect.fields);
        break;
    }
  }
}

function regarding({ namespace, name, uid, resourceVersion }: Service): Regarding {
  return { apiVersion: "v1", kind: "Service", namespace, name, uid, resourceVersion };
}
