/** Pools, advertisements, namespaces and nodes for tests, as the API server would give them. */
import type { Namespace } from "../../core/namespace.ts";
import { type Node, trimNode } from "../../core/node.ts";
import { trimMeta } from "../../core/meta.ts";
import { type IPAddressPool, trimIPAddressPool } from "../../crds/ipaddresspool.ts";
import { type L2Advertisement, trimL2Advertisement } from "../../crds/l2advertisement.ts";

interface Given {
  readonly labels?: Record<string, string>;
  /** Seconds since the Unix epoch; absent: the object does not exist yet. */
  readonly created?: number;
}

function metadata(name: string, { labels, created }: Given) {
  const time = created === undefined ? {} : { creationTimestamp: new Date(created * 1000).toISOString() };
  return { name, namespace: "metallb-system", ...time, ...(labels === undefined ? {} : { labels }) };
}

/** A pool; a list stands for a spec with these addresses. */
export function poolObject(name: string, spec: unknown, given: Given = {}): IPAddressPool {
  return trimIPAddressPool({
    metadata: metadata(name, given),
    spec: Array.isArray(spec) ? { addresses: spec } : spec,
  });
}

export function l2AdvertisementObject(name: string, spec: unknown = {}, given: Given = {}): L2Advertisement {
  return trimL2Advertisement({ metadata: metadata(name, given), spec });
}

export function namespaceObject(name: string, labels: Record<string, string> = {}): Namespace {
  return trimMeta({ name, labels });
}

export function nodeObject(name: string, labels: Record<string, string> = {}): Node {
  return trimNode({ metadata: { name, labels } });
}
