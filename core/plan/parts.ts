/** What `plan` is made of: the objects that it is about, and the answers of the controller's and the speaker's engines. */
import type { EndpointSlice } from "../endpointslice.ts";
import type { Namespace } from "../namespace.ts";
import type { Node } from "../node.ts";
import type { Problem } from "../problem.ts";
import type { Service } from "../service.ts";
import type { Explanation } from "./explanation.ts";
import type { Manifest } from "./manifest.ts";
import type { PlannedAssignment, PlannedBgp, PlannedLayer2, PlannedPool, UnhandledService } from "./plan.ts";

/** How Pewter is installed. */
export interface PlanOptions {
  /** --namespace: where metallb.io objects count. */
  readonly namespace: string;
  /** --lb-class */
  readonly lbClass: string;
  /** --ignore-exclude-lb */
  readonly ignoreExcludeLabel: boolean;
}

/** A moment of a cluster. */
export interface PlanObjects {
  readonly services: readonly Service[];
  readonly endpointSlices: readonly EndpointSlice[];
  readonly nodes: readonly Node[];
  readonly namespaces: readonly Namespace[];
  /** The metallb.io objects of the installation's namespace. */
  readonly configuration: readonly Manifest[];
  /** The Secrets of that namespace; null when they may not be read, so that nothing about them is a problem. */
  readonly secrets: readonly Manifest[] | null;
}

/** The controller's answer. */
export interface AllocationPart {
  /** Every Service, by `namespace/name`. */
  readonly services: ReadonlyMap<string, PlannedAssignment | Pick<UnhandledService, "reason">>;
  readonly pools: readonly PlannedPool[];
  readonly problems: readonly Problem[];
}

/** The speakers' answer. */
export interface AnnouncementPart {
  /** Every handled Service, by `namespace/name`. */
  readonly services: ReadonlyMap<string, PlannedAnnouncements>;
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

export interface PlannedAnnouncements {
  readonly layer2: PlannedLayer2;
  readonly bgp: PlannedBgp;
  /** Those of the Service's addresses that somebody announces. */
  readonly announced: ReadonlySet<string>;
}

/** The addresses of every handled Service by `namespace/name`, as they will stand in its status. */
export type Assigned = ReadonlyMap<string, readonly string[]>;

/** The controller's decision functions, as `plan` and `explain` call them. */
export interface AllocationEngine {
  readonly allocate: (objects: PlanObjects, options: PlanOptions) => AllocationPart;
  /** `key` is the `namespace/name` of one of the Services. */
  readonly explain: (objects: PlanObjects, options: PlanOptions, key: string) => Explanation;
}

/** The speaker's decision functions. */
export interface AnnouncementEngine {
  readonly announce: (objects: PlanObjects, options: PlanOptions, assigned: Assigned) => AnnouncementPart;
  readonly explain: (
    objects: PlanObjects,
    options: PlanOptions,
    assigned: Assigned,
    key: string,
  ) => Explanation;
}

/** Both. They are handed over by main.ts, the only place that may know the controller and the speaker. */
export interface Engines {
  readonly controller: AllocationEngine;
  readonly speaker: AnnouncementEngine;
}
