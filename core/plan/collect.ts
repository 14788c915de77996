/** Makes of manifests the moment of a cluster that is planned, and says what of them doesn't count. */
import { type EndpointSlice, trimEndpointSlice } from "../endpointslice.ts";
import { keyOf, trimMeta } from "../meta.ts";
import { type Namespace, trimNamespace } from "../namespace.ts";
import { type Node, trimNode } from "../node.ts";
import type { Problem } from "../problem.ts";
import { type Service, trimService } from "../service.ts";
import { configurationGroup, planKindOf } from "./kinds.ts";
import { layer, type Layers, objectRefText } from "./layers.ts";
import type { Manifest } from "./manifest.ts";
import type { PlanObjects, PlanOptions } from "./parts.ts";
import { withServiceDefaults } from "./servicedefaults.ts";

/** What is asked about. */
export interface Request extends PlanOptions, Layers {
  /** --assume-endpoints */
  readonly assumeEndpoints: boolean;
  /** false: the cluster doesn't let us read them. */
  readonly secretsKnown: boolean;
  /** What was noticed while reading. */
  readonly notes: readonly string[];
}

export interface Collected {
  readonly objects: PlanObjects;
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

const objectFields = ["apiVersion", "kind", "metadata", "spec", "status"];

export function collect(request: Request): Collected {
  const { namespace } = request;
  const { objects, skipped, missing } = layer(request);
  const configuration = objects.filter((one) => planKindOf(one)?.group === configurationGroup);
  const [counts, elsewhere] = partition(configuration, (one) => one.metadata.namespace === namespace);
  const [served, unserved] = partition(counts, isServed);
  const secrets = ofKind(objects, "Secret").filter((one) => one.metadata.namespace === namespace);
  const nodes = ofKind(objects, "Node").map((raw): Node => trimNode(raw));
  const services = ofKind(objects, "Service").map(readService);
  const slices = ofKind(objects, "EndpointSlice").map((raw): EndpointSlice => trimEndpointSlice(raw));
  const assumed = request.assumeEndpoints ? assumedSlices(services, slices, nodes) : [];
  return {
    objects: {
      services,
      endpointSlices: [...slices, ...assumed],
      nodes,
      namespaces: ofKind(objects, "Namespace").map((raw): Namespace => trimNamespace(raw)),
      configuration: served,
      secrets: request.secretsKnown ? secrets : null,
    },
    problems: [...unserved.map(versionProblem), ...served.flatMap(strayFields)],
    notes: [
      ...request.notes,
      ...elsewhereNotes(elsewhere, namespace),
      ...skippedNote(skipped),
      ...missing.map((ref) => `--without: there is no ${objectRefText(ref, namespace)}`),
    ],
  };
}

function ofKind(objects: readonly Manifest[], kind: string): Manifest[] {
  return objects.filter((one) => one.kind === kind);
}

/** A Service that has no creationTimestamp doesn't exist yet, so it is younger than all that do. */
function readService(raw: Manifest): Service {
  const service = trimService(withServiceDefaults(raw));
  return service.createdMs === 0 ? { ...service, createdMs: Number.MAX_SAFE_INTEGER } : service;
}

/** For each LoadBalancer without an EndpointSlice, one with a ready endpoint on every node. */
function assumedSlices(
  services: readonly Service[],
  slices: readonly EndpointSlice[],
  nodes: readonly Node[],
): EndpointSlice[] {
  const known = new Set(slices.map(({ namespace, serviceName: name }) => keyOf({ namespace, name })));
  const endpoints = nodes.map(({ name }) => ({ nodeName: name, hasAddress: true, serves: true }));
  return services.filter((service) => service.type === "LoadBalancer" && !known.has(keyOf(service)))
    // No real object can have this name.
    .map(({ namespace, name }) => ({
      ...trimMeta({ namespace, name: `${name}/assumed` }),
      serviceName: name,
      endpoints,
    }));
}

function isServed(object: Manifest): boolean {
  const versions = planKindOf(object)?.versions ?? null;
  return versions === null || versions.includes(versionOf(object));
}

function versionOf({ apiVersion }: Manifest): string {
  return apiVersion.slice(apiVersion.indexOf("/") + 1);
}

function versionProblem(object: Manifest): Problem {
  const { kind, apiVersion, metadata: { namespace = "", name = "" } } = object;
  const versions = (planKindOf(object)?.versions ?? []).map((version) => `${configurationGroup}/${version}`);
  const message = `there is no ${kind} of ${apiVersion}, so it can't be applied; write ${
    versions.join(" or ")
  }`;
  return { severity: "error", kind, namespace, name, field: "apiVersion", message };
}

/** Beside what every object has; the API server drops them, and kubectl refuses them. */
function strayFields(object: Manifest): Problem[] {
  const { kind, metadata: { namespace = "", name = "" } } = object;
  return Object.keys(object).filter((field) => !objectFields.includes(field)).map((field) => ({
    ...{ severity: "warning", kind, namespace, name, field } as const,
    message: `"${field}" is not a field of ${kind}; it has no effect; what is configured stands in spec`,
  }));
}

/** One for each namespace, naming what is there. */
function elsewhereNotes(elsewhere: readonly Manifest[], namespace: string): string[] {
  const byNamespace = Map.groupBy(elsewhere, ({ metadata }) => metadata.namespace ?? "");
  return [...byNamespace].sort(([a], [b]) => a < b ? -1 : 1).map(([other, objects]) => {
    const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();
    const shown = names.slice(0, 5).join(", ");
    const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
    return `${shown}${more} in namespace "${other}" ${names.length === 1 ? "has" : "have"} no effect: ` +
      `metallb.io objects count in the installation's namespace, "${namespace}" (--namespace)`;
  });
}

function skippedNote(skipped: ReadonlyMap<string, number>): string[] {
  const counts = [...skipped].sort(([a], [b]) => a < b ? -1 : 1);
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return [];
  const kinds = counts.map(([kind, count]) => `${count} ${kind}`).join(", ");
  const [objects, were] = total === 1 ? ["object", "was"] : ["objects", "were"];
  return [`${total} ${objects} of kinds that decide nothing here ${were} skipped: ${kinds}`];
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
