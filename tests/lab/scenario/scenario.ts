/**
 * What a scenario file may say: types, and the reader that refuses everything else by its place in the file. See
 * docs in scenarios/README.md.
 */
import type { PodSpec } from "../cluster.ts";

/** What must be seen. Exactly one of these is in each item of `see`. */
export type Expectation =
  | { readonly service: ServiceExpectation }
  | { readonly event: EventExpectation }
  | { readonly http: TrafficExpectation }
  | { readonly udp: TrafficExpectation }
  | { readonly announced: AnnouncedExpectation }
  | { readonly gratuitous: GratuitousExpectation }
  | { readonly object: ObjectExpectation }
  | { readonly kubectl: KubectlExpectation }
  | { readonly command: CommandExpectation }
  | { readonly log: LogExpectation }
  | { readonly unchanged: string };

export interface ServiceExpectation {
  readonly of: string;
  /** Exactly these, in this order; [] for none. */
  readonly addresses?: readonly string[];
  /** All of them lie in one of these ranges (`from-to`); at least one address. */
  readonly within?: readonly string[];
  readonly count?: number;
  /** The annotation metallb.io/ip-allocated-from-pool. */
  readonly pool?: string;
}

export interface EventExpectation {
  readonly on: string;
  readonly type?: "Normal" | "Warning";
  readonly reason?: string;
  readonly says?: readonly string[];
  /** No such Event is there. */
  readonly absent?: boolean;
}

export interface TrafficExpectation {
  /** A Service (all its addresses are tried) or an address. */
  readonly to: string;
  readonly port?: number;
  readonly family?: "IPv4" | "IPv6";
  /** The answer comes from one of these Pods. */
  readonly pods?: readonly string[];
  /** Each of these Pods answers sooner or later. */
  readonly allOf?: readonly string[];
  /** Who asks: the client on the LAN, or the one behind the router. Default: client. */
  readonly from?: "client" | "far";
  /** What the Pod sees: the client's own address, or a node's. */
  readonly client?: "preserved" | "node";
  /** Nobody answers. */
  readonly silent?: boolean;
}

export interface AnnouncedExpectation {
  /** A Service (all its addresses) or an address. */
  readonly of: string;
  /** A node, `one` (exactly one node, whichever), or `nobody`. */
  readonly by: string;
  /** Default: eth0. */
  readonly on?: string;
  readonly family?: "IPv4" | "IPv6";
}

/** Unasked frames that tell the LAN where an address is now, since the step before began. */
export interface GratuitousExpectation {
  readonly of: string;
  readonly by: string;
}

export interface ObjectExpectation {
  /** As in `IPAddressPool/first`. */
  readonly is: string;
  /** Each field given here is so; `null` means absent. */
  readonly has?: unknown;
  readonly absent?: boolean;
}

export interface KubectlExpectation {
  readonly run: string;
  readonly says: readonly string[];
}

/** A command in the client's namespace; `$NAME` stands for an address of a Service: `$(default/web)`. */
export interface CommandExpectation {
  readonly run: string;
  readonly says: readonly string[];
}

export interface LogExpectation {
  readonly of: "controller" | "speakers";
  /** One line has all of these. */
  readonly says: readonly string[];
}

/** One step. Exactly one action; `title` is printed in its place. */
export type Action =
  | { readonly apply: readonly string[] }
  /** The API server refuses it, saying this. */
  | { readonly refused: { readonly apply: string; readonly says: readonly string[] } }
  | { readonly delete: readonly string[] }
  | { readonly patch: { readonly object: string; readonly with: unknown } }
  | { readonly pods: readonly PodSpec[] }
  | { readonly removePod: string }
  | { readonly podReady: { readonly pod: string; readonly ready: boolean } }
  | { readonly kill: string }
  | { readonly stop: string }
  | { readonly start: string }
  | { readonly restart: string }
  | { readonly nodeFails: string }
  | { readonly nodeReturns: string }
  | {
    readonly nodeCondition: { readonly node: string; readonly conditions: Readonly<Record<string, string>> };
  }
  | { readonly apiServer: "down" | "up" }
  | { readonly remember: string }
  | { readonly see: readonly Expectation[]; readonly withinMs: number; readonly forMs: number }
  | {
    readonly throughout: {
      readonly http: TrafficExpectation;
      readonly everyMs: number;
      readonly timeoutMs: number;
      readonly failed?: number;
      readonly longestGapMs?: number;
      readonly steps: readonly Step[];
    };
  };

export interface Step {
  readonly title: string | null;
  readonly action: Action;
}

export interface Scenario {
  /** File name without `.yaml`. */
  readonly id: string;
  readonly name: string;
  readonly why: string | null;
  /** Only with this control plane, and the reason. */
  readonly only: { readonly controlPlane: "real" | "embedded"; readonly because: string } | null;
  readonly arguments: { readonly controller: readonly string[]; readonly speaker: readonly string[] };
  readonly steps: readonly Step[];
}
