/** What `pewter plan` answers; the tree of `-o json`. It is a public form: fields may be added, none changed. */
import type { Problem } from "../problem.ts";
import type { Refusal } from "../reason.ts";

export interface Plan {
  readonly format: 1;
  /** Every Service, sorted by namespace, then name. */
  readonly services: readonly PlannedService[];
  /** Sorted by name. */
  readonly pools: readonly PlannedPool[];
  /** Sorted by kind, namespace, name, field. */
  readonly problems: readonly Problem[];
  /** Anything else that a careful reader should know. */
  readonly notes: readonly string[];
}

export type PlannedService = HandledService | UnhandledService;

/** A Service that isn't ours to serve. */
export interface UnhandledService {
  readonly namespace: string;
  readonly name: string;
  readonly handled: false;
  readonly reason: "notLoadBalancer" | "loadBalancerClass";
}

export interface HandledService extends PlannedAssignment {
  readonly namespace: string;
  readonly name: string;
  readonly handled: true;
  readonly reason: null;
  readonly layer2: PlannedLayer2;
  readonly bgp: PlannedBgp;
}

/** Which addresses a Service has, and why. */
export interface PlannedAssignment {
  /** In the order of status.loadBalancer.ingress. */
  readonly ips: readonly string[];
  /** null when it has no address; two names joined by a comma where the addresses are of two pools. */
  readonly pool: string | null;
  /** Other Services on any of its addresses, as `namespace/name`; sorted. */
  readonly sharedWith: readonly string[];
  /** Why it has no address, or not the one it asks for. */
  readonly refusal: Refusal | null;
  /** What the controller would record on it now. */
  readonly events: readonly PlannedEvent[];
}

export interface PlannedEvent {
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
}

export interface PlannedLayer2 {
  /** null when nobody announces. */
  readonly owner: string | null;
  /** Why no node announces. */
  readonly refusal: Refusal | null;
  /** Every node in the order of election: the owner, its successors, then the excluded. */
  readonly nodes: readonly Layer2Node[];
}

export interface Layer2Node {
  readonly node: string;
  readonly verdict: "owner" | "standby" | "excluded";
  /** Why it is excluded; else null. */
  readonly reason: string | null;
  readonly preference: number;
  readonly interfaces: "all" | readonly string[];
}

export interface PlannedBgp {
  /** Why no node announces. */
  readonly refusal: Refusal | null;
  /** Every node, sorted by name. */
  readonly nodes: readonly BgpNode[];
  /** The Adj-RIB-Out of this Service, sorted by node, peer, prefix. */
  readonly routes: readonly PlannedRoute[];
}

export interface BgpNode {
  readonly node: string;
  readonly verdict: "announces" | "excluded";
  /** Why it is excluded; else null. */
  readonly reason: string | null;
}

export interface PlannedRoute {
  readonly node: string;
  readonly peer: string;
  readonly prefix: string;
  readonly nextHop: "self";
  /** null when it isn't sent, that is, over eBGP. */
  readonly localPref: number | null;
  /** As in `65535:65281`. */
  readonly communities: readonly string[];
  /** As in `64512:1:2`. */
  readonly largeCommunities: readonly string[];
}

/** The counters of one pool; each at most 2^63 - 1. */
export interface PlannedPool {
  readonly name: string;
  readonly assignedIPv4: bigint;
  readonly availableIPv4: bigint;
  readonly assignedIPv6: bigint;
  readonly availableIPv6: bigint;
}

/** `namespace/name` */
export function serviceKey({ namespace, name }: Pick<PlannedService, "namespace" | "name">): string {
  return `${namespace}/${name}`;
}
