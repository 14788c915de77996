/** IPAddressPool (metallb.io/v1beta1): addresses that Services may be given. */
import { type Meta, trimMeta } from "../core/meta.ts";
import type { Problem } from "../core/problem.ts";
import type { LabelSelector, Selector } from "../core/selector.ts";
import { addressesSchema } from "./addressschema.ts";
import { FieldReader, type Report } from "./fieldreader.ts";
import type { Kind } from "./kind.ts";
import { reportInto } from "./problems.ts";
import { type PoolEntry, readEntries } from "./poolentries.ts";
import { type IPAddressPoolStatus, poolStatusSchema, readStatus } from "./poolstatus.ts";
import type { RawObject } from "./rawobject.ts";
import { boolean, integer, mapping, set, text } from "./schema.ts";
import { selectsNothing } from "./selectorreader.ts";
import { labelSelectors } from "./selectorschema.ts";

/** `spec`, as in a manifest. */
export interface IPAddressPoolSpec {
  /** CIDR prefixes and `first-last` ranges. */
  readonly addresses: readonly string[];
  /** false: given only to Services that ask for the pool or an address of it. Default true. */
  readonly autoAssign?: boolean;
  /** true: IPv4 addresses that end in .0 or .255 are never given. Default false. */
  readonly avoidBuggyIPs?: boolean;
  readonly serviceAllocation?: ServiceAllocation;
}

/** Which Services the pool is for. */
export interface ServiceAllocation {
  /** Lower is taken first; 0 and unset come last. */
  readonly priority?: number;
  readonly namespaces?: readonly string[];
  readonly namespaceSelectors?: readonly LabelSelector[];
  readonly serviceSelectors?: readonly LabelSelector[];
}

export interface IPAddressPool extends Meta {
  readonly generation: number;
  /** As it was written: one that no API server has checked may hold anything. {@link readIPAddressPool} reads it. */
  readonly spec: IPAddressPoolSpec;
  /** null while the controller has not written it */
  readonly status: IPAddressPoolStatus | null;
}

/** The spec, read: what works of it, and what doesn't. */
export interface IPAddressPoolReading {
  /** The entries that have addresses of their own, in the order of spec.addresses. */
  readonly entries: readonly PoolEntry[];
  readonly autoAssign: boolean;
  readonly avoidBuggyIPs: boolean;
  readonly allocation: AllocationReading | null;
  readonly problems: readonly Problem[];
}

/** serviceAllocation; a list that is undefined restricts nothing. */
export interface AllocationReading {
  readonly priority: number;
  readonly namespaces: readonly string[] | undefined;
  readonly namespaceSelectors: readonly Selector[] | undefined;
  readonly serviceSelectors: readonly Selector[] | undefined;
}

const maxPriority = 2 ** 31 - 1;

/** Keeps what decisions read. */
export function trimIPAddressPool(raw: RawObject): IPAddressPool {
  return {
    ...trimMeta(raw.metadata),
    generation: raw.metadata.generation ?? 0,
    // The type is what the API server guarantees; readIPAddressPool trusts none of it.
    spec: raw.spec as IPAddressPoolSpec,
    status: readStatus(raw.status),
  };
}

/** All that is wrong with the object by itself; the same rules as {@link readIPAddressPool}, which applies them. */
export function ipAddressPoolProblems(object: IPAddressPool): readonly Problem[] {
  return readIPAddressPool(object).problems;
}

/** Reads the spec; what is wrong becomes a problem and only disables the part that it is in. */
export function readIPAddressPool(object: IPAddressPool): IPAddressPoolReading {
  const problems: Problem[] = [];
  const report = reportInto(problems, "IPAddressPool", object);
  const spec = FieldReader.of(object.spec, "spec", report);
  if (spec === null) {
    return { entries: [], autoAssign: false, avoidBuggyIPs: true, allocation: null, problems };
  }
  spec.expectOnly("addresses", "autoAssign", "avoidBuggyIPs", "serviceAllocation");
  return {
    entries: readEntries(spec, report),
    // What can't be read is taken as the more careful of the two.
    autoAssign: spec.boolean("autoAssign", true, false),
    avoidBuggyIPs: spec.boolean("avoidBuggyIPs", false, true),
    allocation: readAllocation(spec.mapping("serviceAllocation"), report),
    problems,
  };
}

function readAllocation(
  allocation: FieldReader | null | undefined,
  report: Report,
): AllocationReading | null {
  if (allocation === undefined) return null;
  if (allocation === null) {
    return {
      priority: 0,
      namespaces: [],
      namespaceSelectors: undefined,
      serviceSelectors: [selectsNothing],
    };
  }
  allocation.expectOnly("priority", "namespaces", "namespaceSelectors", "serviceSelectors");
  return {
    priority: readPriority(allocation, report),
    namespaces: allocation.distinctTexts("namespaces")?.map(({ value }) => value),
    namespaceSelectors: allocation.selectors("namespaceSelectors"),
    serviceSelectors: allocation.selectors("serviceSelectors"),
  };
}

function readPriority(allocation: FieldReader, report: Report): number {
  const priority = allocation.integer("priority", -maxPriority, maxPriority) ?? 0;
  if (priority >= 0) return priority;
  report(
    "warning",
    allocation.pathOf("priority"),
    `priority ${priority} counts like 0, after all positive ones; 1 is the first`,
  );
  return 0;
}

/** The kind, as it is registered with the API server. */
export const ipAddressPoolKind: Kind = {
  kind: "IPAddressPool",
  plural: "ipaddresspools",
  conversion: null,
  versions: [{
    name: "v1beta1",
    description: "IPAddressPool holds addresses that Services of type LoadBalancer may be given.",
    storage: true,
    deprecationWarning: null,
    specRequired: true,
    spec: mapping("Which addresses the pool has, and for whom they are.", {
      addresses: addressesSchema(
        "The addresses of the pool: CIDR prefixes, and ranges written as first-last, of either family. No address " +
          "may be in two entries or in two pools.",
      ),
      autoAssign: boolean(
        "Whether Services that ask for no pool and no address may be given addresses of this pool.",
        { default: true },
      ),
      avoidBuggyIPs: boolean(
        "Whether IPv4 addresses that end in .0 or .255 are kept from being given, for the sake of old network " +
          "devices that drop their packets.",
        { default: false },
      ),
      serviceAllocation: mapping(
        "Reserves the pool for some Services; those that it admits are given its addresses before those of pools " +
          "without serviceAllocation. With neither namespaces nor selectors it admits every Service.",
        {
          priority: integer(
            "The order among pools that admit the same Service: 1 is first; pools with 0, or without priority, come last.",
          ),
          namespaces: set(
            "The namespaces whose Services are admitted, by name.",
            text("The name of a namespace."),
          ),
          namespaceSelectors: labelSelectors(
            "namespaceSelectors",
            "The namespaces whose Services are admitted, by label, besides those in namespaces.",
          ),
          serviceSelectors: labelSelectors(
            "serviceSelectors",
            "The Services that are admitted, by label; without selectors all Services of the namespaces.",
          ),
        },
      ),
    }, { required: ["addresses"] }),
    status: poolStatusSchema,
    columns: [
      {
        name: "Auto Assign",
        type: "boolean",
        jsonPath: ".spec.autoAssign",
        description: "Whether Services are given its addresses without asking for them",
      },
      {
        name: "Avoid Buggy IPs",
        type: "boolean",
        jsonPath: ".spec.avoidBuggyIPs",
        description: "Whether addresses that end in .0 or .255 are kept from being given",
      },
      {
        name: "Addresses",
        type: "string",
        jsonPath: ".spec.addresses",
        description: "The addresses of the pool",
      },
    ],
  }],
};
