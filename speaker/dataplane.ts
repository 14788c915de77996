/**
 * What passes between the speaker's main isolate and its data-plane Worker: commands go down, facts come up.
 * All of it is plain data, so that a session can be recorded, replayed and faked.
 */

/** One VIP that this node answers for. */
export interface Announcement {
  /** Canonical text of the address. */
  readonly ip: string;
  /** The interfaces that answer: all usable ones, or those of these names. Sorted. */
  readonly interfaces: "all" | readonly string[];
}

export type Command =
  /** The first command: opens sockets and begins to follow the node's interfaces. */
  | {
    readonly type: "start";
    /** Interfaces whose name one of these Go (RE2) expressions finds are left alone. */
    readonly excludeInterfaces: readonly string[];
  }
  /** Begin or go on answering for these addresses; each starts its gratuitous schedule anew. */
  | { readonly type: "announce"; readonly announcements: readonly Announcement[] }
  /** Fall silent for these addresses at once. */
  | { readonly type: "withdraw"; readonly ips: readonly string[] }
  /** Answer with a `counters` fact. `id` comes back in it. */
  | { readonly type: "readCounters"; readonly id: number }
  /** Close everything and end; the last fact is `stopped`. */
  | { readonly type: "stop" };

/** One network interface of the node, from netlink. */
export interface Link {
  readonly index: number;
  readonly name: string;
  /** Lower-case colon form; "" when it has none. */
  readonly mac: string;
  readonly up: boolean;
  /** Carrier and operstate allow traffic (IF_OPER_UP or, where a driver doesn't say, IF_OPER_UNKNOWN). */
  readonly running: boolean;
  readonly loopback: boolean;
  readonly broadcast: boolean;
  readonly noArp: boolean;
  /** Index of the bridge, bond or VRF that it is a part of, else null. */
  readonly master: number | null;
  /** `ip/length` of each address, canonical, sorted; tentative and failed IPv6 addresses are left out. */
  readonly addresses: readonly string[];
  /** The name is matched by the exclude list. */
  readonly excluded: boolean;
  /** This node answers ARP, or NDP, on it. */
  readonly arp: boolean;
  readonly ndp: boolean;
}

/** MetalLB's counters for one VIP since it was first announced. */
export interface VipCounters {
  readonly ip: string;
  readonly requestsReceived: number;
  readonly responsesSent: number;
  readonly gratuitousSent: number;
}

export type Fact =
  | { readonly type: "started" }
  /** All links, sorted by index; sent at the start and after each change. */
  | { readonly type: "links"; readonly links: readonly Link[] }
  /** The first gratuitous round for an address that was not announced before has left. */
  | { readonly type: "announced"; readonly ip: string }
  | {
    readonly type: "counters";
    readonly id: number;
    readonly vips: readonly VipCounters[];
    /** Frames ignored, by reason. */
    readonly ignored: Readonly<Record<string, number>>;
  }
  /** One line for the log of the main isolate: an entry of the speaker's catalogue, and its fields. */
  | {
    readonly type: "log";
    readonly event: string;
    readonly fields: Readonly<Record<string, string | number>>;
  }
  /** It cannot go on; main ends the process with this reason. `errno` as in "EPERM". */
  | { readonly type: "failed"; readonly errno: string | null; readonly message: string }
  | { readonly type: "stopped" };

/** The port that the speaker's main isolate holds: a real Worker, or a fake with the same contract. */
export interface Dataplane {
  send(command: Command): void;
  /** Called for each fact, in order. */
  onFact(listener: (fact: Fact) => void): void;
}
