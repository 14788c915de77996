/** What the driver asks of the agent in the client's namespace, and what comes back: one JSON object on each line. */
import type { NeighbourFrame } from "./frames.ts";

export interface HttpRequest {
  readonly address: string;
  readonly port: number;
  readonly timeoutMs: number;
}

/** `error` is null for an answer, whatever its status. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  readonly error: string | null;
  readonly tookMs: number;
}

export interface ProbeReport {
  readonly sent: number;
  readonly failed: number;
  /** The first few failures: when, in ms after the start of the probe, and why. */
  readonly failures: readonly { readonly atMs: number; readonly error: string }[];
  /** The longest time between two answers, in ms. */
  readonly longestGapMs: number;
}

export type AgentRequest =
  /** A new connection for each. */
  | { readonly do: "http"; readonly request: HttpRequest }
  /** One datagram; the answer's text. */
  | { readonly do: "udp"; readonly request: HttpRequest }
  /** Asks by ARP or NDP on an interface; who says within `waitMs` that he has it. */
  | { readonly do: "neighbour"; readonly ip: string; readonly interface: string; readonly waitMs: number }
  /** Frames about an address on an interface since a time of the agent's clock. */
  | { readonly do: "frames"; readonly ip: string; readonly interface: string; readonly sinceMs: number }
  | { readonly do: "now" }
  | {
    readonly do: "startProbe";
    readonly id: string;
    readonly request: HttpRequest;
    readonly everyMs: number;
  }
  | { readonly do: "stopProbe"; readonly id: string };

/** The MACs that answered, each once, and how long the first took. */
export interface NeighbourAnswer {
  readonly macs: readonly string[];
  readonly firstAfterMs: number | null;
}

export interface AgentResults {
  readonly http: HttpAnswer;
  readonly udp: HttpAnswer;
  readonly neighbour: NeighbourAnswer;
  readonly frames: readonly NeighbourFrame[];
  readonly now: number;
  readonly startProbe: null;
  readonly stopProbe: ProbeReport;
}

export interface AgentCall {
  readonly id: number;
  readonly request: AgentRequest;
}

export type AgentReply =
  | { readonly id: number; readonly result: AgentResults[keyof AgentResults] }
  | { readonly id: number; readonly error: string };

/** The agent's argument: the client's legs. */
export interface AgentInput {
  readonly interfaces: readonly {
    readonly name: string;
    readonly mac: string;
    readonly ipv4: string;
    readonly ipv6: string;
  }[];
}
