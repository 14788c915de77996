/** L2Advertisement (metallb.io/v1beta1): announce addresses of pools by ARP and NDP. */
import { type Meta, trimMeta } from "../core/meta.ts";
import type { Problem } from "../core/problem.ts";
import type { LabelSelector, Selector } from "../core/selector.ts";
import { FieldReader, type Report } from "./fieldreader.ts";
import type { Kind } from "./kind.ts";
import { type PoolChoice, readPoolChoice } from "./poolreach.ts";
import { reportInto } from "./problems.ts";
import type { RawObject } from "./rawobject.ts";
import { integer, list, mapping, set, text } from "./schema.ts";
import { selectsNothing } from "./selectorreader.ts";
import { labelSelector, labelSelectors } from "./selectorschema.ts";

/** `spec`, as in a manifest; an absent list restricts nothing. */
export interface L2AdvertisementSpec {
  readonly ipAddressPools?: readonly string[];
  readonly ipAddressPoolSelectors?: readonly LabelSelector[];
  readonly nodeSelectors?: readonly LabelSelector[];
  readonly interfaces?: readonly string[];
  readonly serviceSelectors?: readonly LabelSelector[];
  readonly preferredNodeSelectors?: readonly PreferredNodeSelector[];
}

export interface PreferredNodeSelector {
  /** 1..100; the weights of all that fit a node are added up. */
  readonly weight: number;
  readonly preference: LabelSelector;
}

export interface L2Advertisement extends Meta {
  readonly generation: number;
  /** As it was written: one that no API server has checked may hold anything. {@link readL2Advertisement} reads it. */
  readonly spec: L2AdvertisementSpec;
}

/** The spec, read: what works of it, and what doesn't. A list that is undefined restricts nothing. */
export interface L2AdvertisementReading extends PoolChoice {
  readonly nodeSelectors: readonly Selector[] | undefined;
  /** Ascending, each once. */
  readonly interfaces: readonly string[] | undefined;
  readonly serviceSelectors: readonly Selector[] | undefined;
  readonly preferences: readonly Preference[];
  readonly problems: readonly Problem[];
}

/** An item of preferredNodeSelectors. */
export interface Preference {
  /** 1..100 */
  readonly weight: number;
  readonly nodes: Selector;
}

/** Keeps what decisions read. */
export function trimL2Advertisement(raw: RawObject): L2Advertisement {
  return {
    ...trimMeta(raw.metadata),
    generation: raw.metadata.generation ?? 0,
    // The type is what the API server guarantees; readL2Advertisement trusts none of it.
    spec: (raw.spec ?? {}) as L2AdvertisementSpec,
  };
}

/** All that is wrong with the object by itself; the same rules as {@link readL2Advertisement}, which applies them. */
export function l2AdvertisementProblems(object: L2Advertisement): readonly Problem[] {
  return readL2Advertisement(object).problems;
}

/** Reads the spec; what is wrong becomes a problem and only disables the part that it is in. */
export function readL2Advertisement(object: L2Advertisement): L2AdvertisementReading {
  const problems: Problem[] = [];
  const report = reportInto(problems, "L2Advertisement", object);
  const spec = FieldReader.of(object.spec, "spec", report);
  if (spec === null) return unreadable(problems);
  spec.expectOnly(
    "ipAddressPools",
    "ipAddressPoolSelectors",
    "nodeSelectors",
    "interfaces",
    "serviceSelectors",
    "preferredNodeSelectors",
  );
  const interfaces = spec.texts("interfaces")?.map(({ value }) => value);
  return {
    ...readPoolChoice(spec),
    nodeSelectors: spec.selectors("nodeSelectors"),
    interfaces: interfaces && [...new Set(interfaces)].sort(),
    serviceSelectors: spec.selectors("serviceSelectors"),
    preferences: readPreferences(spec, report),
    problems,
  };
}

/** Reaches no pool, so that nothing is announced that was perhaps not meant to be. */
function unreadable(problems: readonly Problem[]): L2AdvertisementReading {
  return {
    poolNames: [],
    poolSelectors: undefined,
    nodeSelectors: undefined,
    interfaces: undefined,
    serviceSelectors: undefined,
    preferences: [],
    problems,
  };
}

function readPreferences(spec: FieldReader, report: Report): Preference[] {
  return (spec.mappings("preferredNodeSelectors") ?? []).flatMap((item) => {
    item.expectOnly("weight", "preference");
    const weight = item.integer("weight", 1, 100);
    const nodes = item.selector("preference");
    if (weight === undefined) {
      report("error", item.pathOf("weight"), "weight is required: a whole number from 1 to 100");
    }
    if (nodes === undefined) {
      report(
        "error",
        item.pathOf("preference"),
        "preference is required: a label selector; {} fits every node",
      );
    }
    const sound = typeof weight === "number" && nodes !== undefined && nodes !== selectsNothing;
    return sound ? [{ weight, nodes }] : [];
  });
}

/** The kind, as it is registered with the API server. */
export const l2AdvertisementKind: Kind = {
  kind: "L2Advertisement",
  plural: "l2advertisements",
  conversion: null,
  versions: [{
    name: "v1beta1",
    description: "L2Advertisement has the addresses of pools announced in the local network by ARP and NDP.",
    storage: true,
    deprecationWarning: null,
    specRequired: false,
    spec: mapping("What is announced, from which nodes and on which interfaces.", {
      ipAddressPools: set(
        "The pools whose addresses are announced, by name. Without this and ipAddressPoolSelectors: all pools.",
        text("The name of an IPAddressPool."),
      ),
      ipAddressPoolSelectors: labelSelectors(
        "ipAddressPoolSelectors",
        "The pools whose addresses are announced, by label, besides those in ipAddressPools.",
      ),
      nodeSelectors: labelSelectors(
        "nodeSelectors",
        "The nodes that may announce; without selectors all nodes.",
      ),
      interfaces: list(
        "The network interfaces on which addresses are announced; without any all interfaces of the node.",
        text("The name of a network interface."),
      ),
      serviceSelectors: labelSelectors(
        "serviceSelectors",
        "The Services whose addresses are announced; without selectors all Services.",
      ),
      preferredNodeSelectors: list(
        "The nodes that should announce rather than others. It is a preference: when none of them can, another node " +
          "does.",
        mapping("A preference for some nodes.", {
          weight: integer(
            "How strong the preference is; the weights of all preferences that fit a node are added up.",
            {
              format: "int32",
              minimum: 1,
              maximum: 100,
            },
          ),
          preference: labelSelector("The nodes that are preferred; an empty selector fits all nodes."),
        }, { required: ["weight", "preference"] }),
        { maxItems: 256, "x-kubernetes-list-type": "atomic" },
      ),
    }),
    status: mapping("Nothing yet.", {}),
    columns: [
      {
        name: "IPAddressPools",
        type: "string",
        jsonPath: ".spec.ipAddressPools",
        description: "The pools whose addresses are announced, by name",
      },
      {
        name: "IPAddressPool Selectors",
        type: "string",
        jsonPath: ".spec.ipAddressPoolSelectors",
        description: "The pools whose addresses are announced, by label",
      },
      {
        name: "Interfaces",
        type: "string",
        jsonPath: ".spec.interfaces",
        description: "The network interfaces on which addresses are announced",
      },
      {
        name: "Node Selectors",
        type: "string",
        jsonPath: ".spec.nodeSelectors",
        description: "The nodes that may announce",
        priority: 10,
      },
    ],
  }],
};
