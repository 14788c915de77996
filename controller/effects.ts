/** What the controller wants done: sorted plain data, carried out by controller/io. */
import type { Meta } from "../core/meta.ts";
import type { Problem } from "../core/problem.ts";
import type { Refusal } from "../core/reason.ts";
import type { Service } from "../core/service.ts";
import type { IPAddressPool } from "../crds/ipaddresspool.ts";
import type { IPAddressPoolStatus } from "../crds/poolstatus.ts";
import type { EventDraft } from "./decision.ts";

export type Effect =
  /** Write these addresses, and the pool's name as annotation, to the Service's status; [] and "" clear both. */
  | {
    readonly type: "writeStatus";
    readonly service: Service;
    readonly ips: readonly string[];
    readonly pool: string;
  }
  /** The Service is as it shall be: a write for it that still waits is out of date. */
  | { readonly type: "settled"; readonly key: string }
  | { readonly type: "recordEvent"; readonly service: Service; readonly event: EventDraft }
  /** The Service has no address, or not the one it asks for; told once for each reason. */
  | { readonly type: "refused"; readonly key: string; readonly refusal: Refusal }
  | { readonly type: "writePoolStatus"; readonly pool: IPAddressPool; readonly status: IPAddressPoolStatus }
  /** Invalid configuration that was not known before; `object` is what it stands in, null when that is gone. */
  | { readonly type: "reportProblem"; readonly object: Meta | null; readonly problem: Problem }
  /** A problem that is gone. */
  | { readonly type: "problemSolved"; readonly problem: Problem };
