/** A Kubernetes Namespace, trimmed to its labels. */
import type { V1Namespace } from "@kubernetes/client-node";
import { type Meta, trimMeta } from "./meta.ts";
import type { Wire } from "./wire.ts";

export type Namespace = Meta;

export function trimNamespace(raw: Wire<V1Namespace>): Namespace {
  return trimMeta(raw.metadata);
}
