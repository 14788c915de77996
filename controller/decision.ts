/** What is decided for one Service. */
import type { Ip } from "../core/ip.ts";
import type { Refusal } from "../core/reason.ts";
import type { Service } from "../core/service.ts";

/** What the controller would record on the Service. */
export interface EventDraft {
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
}

/** The outcome for one Service that is ours to serve. */
export interface Decision {
  /** The Service as it was decided upon. */
  readonly service: Service;
  /** In the order of status.loadBalancer.ingress. */
  readonly ips: readonly Ip[];
  /** The pool of the addresses; two names joined by a comma where they are of two pools; "" without addresses. */
  readonly pool: string;
  /** Why the Service has no address, or not the one it asks for. */
  readonly refusal: Refusal | null;
  /** Whether the Service would take an address that somebody gives up. */
  readonly waits: boolean;
  readonly events: readonly EventDraft[];
  /** Deprecated annotations that were read, in full. */
  readonly deprecated: readonly string[];
}
