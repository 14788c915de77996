/** Expectations about Events, as `kubectl describe` shows them. */
import type { Manifest } from "../api.ts";
import type { Lab } from "../lab.ts";
import type { ServiceObject } from "../standins/endpointslices.ts";
import { NotSeen } from "./notseen.ts";
import { findObject, objectReference } from "./references.ts";
import type { EventExpectation } from "./scenario.ts";

interface EventObject extends Manifest {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly note?: string;
  readonly involvedObject?: { readonly kind?: string; readonly name?: string; readonly uid?: string };
}

/** The Events of this very object; those of an earlier one of the same name are left out. */
async function eventsOf(lab: Lab, object: Manifest): Promise<readonly EventObject[]> {
  const { name, namespace, uid } = object.metadata;
  const events = await lab.api.list<EventObject>("v1", "Event", namespace ?? "default");
  return events.filter(({ involvedObject: about }) =>
    about?.kind === object.kind && about.name === name &&
    (about.uid === undefined || about.uid === "" || about.uid === uid)
  );
}

function describeEvent(event: EventObject): string {
  return `${event.type} ${event.reason}: ${event.message}`;
}

/** For a message: the newest Event of a Service. */
export async function lastEvent(lab: Lab, service: ServiceObject): Promise<string> {
  const last = (await eventsOf(lab, service)).at(-1);
  return last === undefined ? " (it has no Events)" : ` (Event ${describeEvent(last)})`;
}

export async function checkEvent(lab: Lab, wanted: EventExpectation): Promise<void> {
  const object = await findObject(lab, objectReference(wanted.on));
  if (object === undefined) throw new NotSeen(`there is no ${wanted.on}`);
  const events = await eventsOf(lab, object);
  const found = events.find((event) =>
    (wanted.type === undefined || event.type === wanted.type) &&
    (wanted.reason === undefined || event.reason === wanted.reason) &&
    (wanted.says ?? []).every((part) => event.message?.includes(part))
  );
  if (wanted.absent === true) {
    if (found !== undefined) throw new NotSeen(`${wanted.on} has the Event ${describeEvent(found)}`);
  } else if (found === undefined) {
    const all = events.map(describeEvent).join("; ");
    throw new NotSeen(`${wanted.on} has ${all === "" ? "no Events" : `only these Events: ${all}`}`);
  }
}
