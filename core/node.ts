/** A Kubernetes Node, trimmed to what decides whether it may announce. */
import type { V1Node } from "@kubernetes/client-node";
import { type Meta, trimMeta } from "./meta.ts";
import type { Wire } from "./wire.ts";

export interface Node extends Meta {
  /** The condition NetworkUnavailable is True. */
  readonly networkUnavailable: boolean;
  /** It carries the label node.kubernetes.io/exclude-from-external-load-balancers, with any value. */
  readonly excludedByLabel: boolean;
}

const excludeLabel = "node.kubernetes.io/exclude-from-external-load-balancers";

export function trimNode(raw: Wire<V1Node>): Node {
  const meta = trimMeta(raw.metadata);
  return {
    ...meta,
    networkUnavailable: (raw.status?.conditions ?? []).some(({ type, status }) =>
      type === "NetworkUnavailable" && status === "True"
    ),
    excludedByLabel: Object.hasOwn(meta.labels, excludeLabel),
  };
}
