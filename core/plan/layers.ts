/** Which objects there are: those of the cluster, those of files laid on top, and those taken away. */
import { annotationPrefix } from "../service.ts";
import { configurationGroup, type PlanKind, planKindNamed, planKindOf } from "./kinds.ts";
import type { Manifest } from "./manifest.ts";
import { withServiceFamilies } from "./servicedefaults.ts";

/** As in `Service/default/web`; null: the namespace wasn't given. */
export interface ObjectRef {
  readonly kind: PlanKind;
  readonly namespace: string | null;
  readonly name: string;
}

export interface Layers {
  /** What the cluster has; empty without --live. */
  readonly live: readonly Manifest[];
  /** In the order given: of two that are the same object the later one counts. */
  readonly files: readonly Manifest[];
  readonly without: readonly ObjectRef[];
  /** The installation's namespace. */
  readonly namespace: string;
}

export interface Layered {
  /** Those of kinds that are read, each once, its namespace filled in. */
  readonly objects: readonly Manifest[];
  /** How many there are of each kind that isn't read. */
  readonly skipped: ReadonlyMap<string, number>;
  /** What was to be taken away and isn't there. */
  readonly missing: readonly ObjectRef[];
}

export function layer({ live, files, without, namespace }: Layers): Layered {
  const skipped = new Map<string, number>();
  const objects = byKey(live, skipped);
  for (const [key, object] of byKey(files, skipped)) {
    const before = objects.get(key);
    objects.set(key, before === undefined ? object : appliedOn(before, object));
  }
  const missing = without.filter((ref) => !objects.delete(keyOfRef(ref, namespace)));
  return { objects: [...objects.values()], skipped, missing };
}

/** Reads `KIND/[NAMESPACE/]NAME`, the kind in any case, also in the plural; null when it isn't that. */
export function parseObjectRef(text: string): ObjectRef | null {
  const [kindText = "", ...rest] = text.split("/");
  const kind = planKindNamed(kindText);
  const [first = "", second] = rest;
  const isWhole = first !== "" && second !== "" && rest.length <= (kind?.namespaced === true ? 2 : 1);
  if (kind === null || !isWhole) return null;
  return second === undefined
    ? { kind, namespace: null, name: first }
    : { kind, namespace: first, name: second };
}

/** `Service default/web`, with the namespace that is meant. */
export function objectRefText(ref: ObjectRef, namespace: string): string {
  const within = namespaceOfRef(ref, namespace);
  return `${ref.kind.kind} ${within === "" ? "" : `${within}/`}${ref.name}`;
}

function byKey(manifests: readonly Manifest[], skipped: Map<string, number>): Map<string, Manifest> {
  const objects = new Map<string, Manifest>();
  for (const manifest of manifests) {
    const kind = planKindOf(manifest);
    if (kind === null) {
      skipped.set(manifest.kind, (skipped.get(manifest.kind) ?? 0) + 1);
      continue;
    }
    const { namespace: given = "", name = "" } = manifest.metadata;
    const namespace = !kind.namespaced ? "" : given === "" ? "default" : given;
    objects.set(key(kind, namespace, name), {
      ...manifest,
      metadata: { ...manifest.metadata, namespace },
    });
  }
  return objects;
}

/**
 * The object that the cluster has after the manifest was applied: what only the cluster writes stays, unless the manifest
 * says otherwise.
 */
function appliedOn(live: Manifest, manifest: Manifest): Manifest {
  const { uid, resourceVersion, creationTimestamp, annotations } = live.metadata;
  const kept = { uid, resourceVersion, creationTimestamp };
  const metadata = {
    ...Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined)),
    ...manifest.metadata,
    annotations: { ...ownAnnotations(annotations), ...manifest.metadata.annotations },
  };
  const status = manifest["status"] ?? live["status"];
  const applied = { ...manifest, metadata, ...(status === undefined ? {} : { status }) };
  return manifest.kind === "Service" ? withServiceFamilies(live, applied) : applied;
}

/** The annotation that the controller writes itself. */
function ownAnnotations(
  annotations: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const name = `${annotationPrefix}ip-allocated-from-pool`;
  const value = annotations[name];
  return value === undefined ? {} : { [name]: value };
}

function key({ group, kind }: PlanKind, namespace: string, name: string): string {
  return JSON.stringify([group, kind, namespace, name]);
}

function keyOfRef(ref: ObjectRef, namespace: string): string {
  return key(ref.kind, namespaceOfRef(ref, namespace), ref.name);
}

/** The installation's for what only counts there; else kubectl's. */
function namespaceOfRef({ kind, namespace: given }: ObjectRef, namespace: string): string {
  if (!kind.namespaced) return "";
  const countsThere = kind.group === configurationGroup || kind.kind === "Secret";
  return given ?? (countsThere ? namespace : "default");
}
