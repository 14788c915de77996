/** What is kept of every object's metadata. */
import type { V1ObjectMeta } from "@kubernetes/client-node";
import type { Labels } from "./selector.ts";
import type { Wire } from "./wire.ts";

export interface Meta {
  /** "" for objects without a namespace. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Milliseconds since the Unix epoch; 0 when it isn't given. */
  readonly createdMs: number;
  readonly labels: Labels;
  readonly annotations: Labels;
}

const none: Labels = Object.freeze({});

/** Keeps of the metadata what decisions read; of the annotations those that `keepAnnotation` accepts. */
export function trimMeta(
  raw: Wire<V1ObjectMeta> | undefined,
  keepAnnotation: (key: string) => boolean = () => false,
): Meta {
  const created = Date.parse(raw?.creationTimestamp ?? "");
  const annotations = Object.entries(raw?.annotations ?? {}).filter(([key]) => keepAnnotation(key));
  return {
    namespace: raw?.namespace ?? "",
    name: raw?.name ?? "",
    uid: raw?.uid ?? "",
    resourceVersion: raw?.resourceVersion ?? "",
    createdMs: Number.isNaN(created) ? 0 : created,
    labels: raw?.labels ?? none,
    annotations: annotations.length === 0 ? none : Object.fromEntries(annotations),
  };
}

/** `namespace/name`, or the name alone for objects without a namespace. */
export function keyOf(meta: { readonly namespace: string; readonly name: string }): string {
  return meta.namespace === "" ? meta.name : `${meta.namespace}/${meta.name}`;
}
