/** Carries out one action of a scenario. */
import { type Manifest, parseManifests } from "../api.ts";
import { ApiError } from "../apierror.ts";
import type { Lab } from "../lab.ts";
import { setLinks } from "../network.ts";
import { allAddresses } from "./expectations.ts";
import { nodeReference, objectReference, processReference } from "./references.ts";
import { repositoryRoot } from "./root.ts";
import type { Action } from "./scenario.ts";

/** All actions but those that see something. */
export type Deed = Exclude<Action, { see: unknown } | { throughout: unknown }>;

/** What a deed may change beside the lab. */
export interface DeedContext {
  readonly lab: Lab;
  readonly remembered: Map<string, Readonly<Record<string, readonly string[]>>>;
}

/** A file, named from the root of the repository, or YAML as it is. */
export async function manifestsOf(source: string): Promise<readonly Manifest[]> {
  if (source.includes("\n")) return parseManifests(source, "the scenario");
  return parseManifests(await Deno.readTextFile(repositoryRoot + source), source);
}

export async function perform(deed: Deed, context: DeedContext): Promise<void> {
  const { lab } = context;
  if ("apply" in deed) return await apply(lab, deed.apply);
  if ("refused" in deed) return await applyRefused(lab, deed.refused.apply, deed.refused.says);
  if ("delete" in deed) {
    for (const reference of deed.delete) await lab.api.delete(objectReference(reference));
    return;
  }
  if ("patch" in deed) return void await lab.api.patch(objectReference(deed.patch.object), deed.patch.with);
  if ("pods" in deed) return void await Promise.all(deed.pods.map((pod) => lab.cluster.addPod(pod)));
  if ("removePod" in deed) return await lab.cluster.removePod(podKey(deed.removePod));
  if ("podReady" in deed) {
    return await lab.cluster.setPodReady(podKey(deed.podReady.pod), deed.podReady.ready);
  }
  if ("nodeFails" in deed) return await failNode(lab, await nodeReference(lab, deed.nodeFails));
  if ("nodeReturns" in deed) return await returnNode(lab, deed.nodeReturns);
  if ("nodeCondition" in deed) {
    const node = await nodeReference(lab, deed.nodeCondition.node);
    return await lab.cluster.setNodeConditions(node, deed.nodeCondition.conditions);
  }
  if ("apiServer" in deed) {
    return deed.apiServer === "down" ? await lab.controlPlane.stopApiServer() : await lab.startApiServer();
  }
  if ("remember" in deed) return void context.remembered.set(deed.remember, await allAddresses(lab));
  return await handleProcess(lab, deed);
}

type ProcessDeed = Extract<
  Deed,
  { kill: string } | { stop: string } | { start: string } | { restart: string }
>;

async function handleProcess(lab: Lab, deed: ProcessDeed): Promise<void> {
  const [[verb, reference] = ["", ""]] = Object.entries(deed) as [string, string][];
  for (const name of await processReference(lab, reference)) {
    if (verb !== "start") await lab.product.process(name).end(verb === "kill" ? "SIGKILL" : "SIGTERM");
    if (verb === "start" || verb === "restart") await lab.product.start(name);
  }
}

async function apply(lab: Lab, sources: readonly string[]): Promise<void> {
  for (const source of sources) {
    for (const object of await manifestsOf(source)) {
      await lab.api.apply(
        object.kind === "Service" && object.metadata.namespace === undefined ? inDefault(object) : object,
      );
    }
  }
}

function inDefault(object: Manifest): Manifest {
  return { ...object, metadata: { ...object.metadata, namespace: "default" } };
}

async function applyRefused(lab: Lab, source: string, says: readonly string[]): Promise<void> {
  const error = await apply(lab, [source]).then(() => null, (reason: unknown) => reason);
  if (error === null) throw new Error("the API server accepted it");
  if (!(error instanceof ApiError)) throw error;
  const missing = says.find((part) => !error.message.includes(part));
  if (missing !== undefined) throw new Error(`the refusal doesn't say ${missing}, but: ${error.message}`);
}

/** The node loses its power: its speaker dies at once and its cables are dead. */
async function failNode(lab: Lab, name: string): Promise<void> {
  await setLinks(lab.cluster.node(name), lab.topology, false);
  await lab.product.process(`speaker on ${name}`).end("SIGKILL");
}

async function returnNode(lab: Lab, name: string): Promise<void> {
  await setLinks(lab.cluster.node(name), lab.topology, true);
  await lab.product.start(`speaker on ${name}`);
}

function podKey(name: string): string {
  return name.includes("/") ? name : `default/${name}`;
}
