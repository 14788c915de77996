/** BGPAdvertisement (metallb.io/v1beta1): announce addresses of pools by BGP. */
import type { IpFamily } from "../core/ip.ts";
import { type Meta, trimMeta } from "../core/meta.ts";
import type { Problem } from "../core/problem.ts";
import type { LabelSelector, Selector } from "../core/selector.ts";
import { aggregationFields, bgpAdvertisementVersion, maxLocalPref } from "./bgpadvertisementschema.ts";
import { parseCommunity } from "./communityvalue.ts";
import { FieldReader, type ListItem, type Report } from "./fieldreader.ts";
import type { Kind } from "./kind.ts";
import { type PoolChoice, readPoolChoice } from "./poolreach.ts";
import { reportInto } from "./problems.ts";
import type { RawObject } from "./rawobject.ts";
import { describe, quote } from "./values.ts";

/** `spec`, as in a manifest; an absent list restricts nothing. */
export interface BGPAdvertisementSpec {
  /** Default 32. */
  readonly aggregationLength?: number;
  /** Default 128. */
  readonly aggregationLengthV6?: number;
  readonly localPref?: number;
  /** Names of aliases, and values such as `64512:100`. */
  readonly communities?: readonly string[];
  readonly ipAddressPools?: readonly string[];
  readonly ipAddressPoolSelectors?: readonly LabelSelector[];
  readonly nodeSelectors?: readonly LabelSelector[];
  /** Names of BGPPeers. */
  readonly peers?: readonly string[];
  readonly serviceSelectors?: readonly LabelSelector[];
}

export interface BGPAdvertisement extends Meta {
  readonly generation: number;
  /** As it was written: one that no API server has checked may hold anything. {@link readBGPAdvertisement} reads it. */
  readonly spec: BGPAdvertisementSpec;
}

/** The spec, read: what works of it, and what doesn't. A list that is undefined restricts nothing. */
export interface BGPAdvertisementReading extends PoolChoice {
  /** false: nothing is announced, since what would be sent can't be told. */
  readonly usable: boolean;
  /** The length of announced prefixes; null: none of the family is announced, since its length is wrong. */
  readonly aggregationLength: Readonly<Record<IpFamily, number | null>>;
  /** 0..4294967295; 0 when not given. */
  readonly localPref: number;
  readonly communities: readonly ListItem<string>[];
  readonly nodeSelectors: readonly Selector[] | undefined;
  readonly peers: readonly ListItem<string>[] | undefined;
  readonly serviceSelectors: readonly Selector[] | undefined;
  readonly problems: readonly Problem[];
}

/** Keeps what decisions read. */
export function trimBGPAdvertisement(raw: RawObject): BGPAdvertisement {
  return {
    ...trimMeta(raw.metadata),
    generation: raw.metadata.generation ?? 0,
    // The type is what the API server guarantees; readBGPAdvertisement trusts none of it.
    spec: (raw.spec ?? {}) as BGPAdvertisementSpec,
  };
}

/** All that is wrong with the object by itself; the same rules as {@link readBGPAdvertisement}, which applies them. */
export function bgpAdvertisementProblems(object: BGPAdvertisement): readonly Problem[] {
  return readBGPAdvertisement(object).problems;
}

/** Reads the spec; what is wrong becomes a problem and only disables the part that it is in. */
export function readBGPAdvertisement(object: BGPAdvertisement): BGPAdvertisementReading {
  const problems: Problem[] = [];
  const report = reportInto(problems, "BGPAdvertisement", object);
  const spec = FieldReader.of(object.spec, "spec", report);
  if (spec === null) return unreadable(problems);
  spec.expectOnly(
    ...["aggregationLength", "aggregationLengthV6", "localPref", "communities", "ipAddressPools"],
    ...["ipAddressPoolSelectors", "nodeSelectors", "peers", "serviceSelectors"],
  );
  const serviceSelectors = spec.selectors("serviceSelectors");
  const aggregationLength = {
    ipv4: readLength(spec, "ipv4", serviceSelectors !== undefined),
    ipv6: readLength(spec, "ipv6", serviceSelectors !== undefined),
  };
  const localPref = spec.integer("localPref", 0, maxLocalPref, nothingAnnounced);
  const communities = readCommunities(spec, report);
  return {
    ...readPoolChoice(spec),
    usable: localPref !== null && communities !== null,
    aggregationLength,
    localPref: localPref ?? 0,
    communities: communities ?? [],
    nodeSelectors: spec.selectors("nodeSelectors"),
    peers: spec.distinctTexts("peers"),
    serviceSelectors,
    problems,
  };
}

/** What follows from an error in what would be sent: the wrong thing might do harm, nothing doesn't. */
export const nothingAnnounced = "this advertisement announces nothing until it is corrected";

function unreadable(problems: readonly Problem[]): BGPAdvertisementReading {
  return {
    usable: false,
    aggregationLength: { ipv4: null, ipv6: null },
    localPref: 0,
    communities: [],
    poolNames: [],
    poolSelectors: undefined,
    nodeSelectors: undefined,
    peers: undefined,
    serviceSelectors: undefined,
    problems,
  };
}

/** Services that are chosen by label may have neighbours, in an aggregate, that are not. */
function readLength(spec: FieldReader, family: IpFamily, choosesServices: boolean): number | null {
  const { field, minimum, maximum, family: familyName } = aggregationFields[family];
  const next = `this advertisement announces no ${familyName} address until it is corrected`;
  const length = spec.integer(field, minimum, maximum, next);
  if (length === undefined) return maximum;
  if (length === null || length === maximum || !choosesServices) return length;
  spec.error(
    field,
    `serviceSelectors and ${field} are mutually exclusive; remove ${field}, which must be ${maximum} here; ${next}`,
  );
  return null;
}

/** null (reported) when one of them can't be read: without it, routes might go where they must not. */
function readCommunities(spec: FieldReader, report: Report): readonly ListItem<string>[] | null {
  const items = spec.items("communities");
  const known = new Map<string, ListItem<string>>();
  // No list is undefined; an empty one is what can't be read.
  let isSound = items?.length !== 0;
  for (const { value, field } of items ?? []) {
    const message = problemOf(value);
    if (message !== null) report("error", field, `${message}; ${nothingAnnounced}`);
    isSound &&= message === null;
    if (typeof value !== "string") continue;
    const earlier = known.get(value);
    if (earlier === undefined) known.set(value, { value, field });
    else {report(
        "error",
        field,
        `${quote(value)} is given twice, in ${earlier.field} already; remove one of them`,
      );}
  }
  return isSound ? [...known.values()] : null;
}

/** Text without a colon is the name of an alias, of which nothing is known here. */
function problemOf(item: unknown): string | null {
  if (typeof item !== "string") return `a community must be text, not ${describe(item)}`;
  const reading = item.includes(":") ? parseCommunity(item) : null;
  return reading !== null && "message" in reading ? reading.message : null;
}

/** The kind, as it is registered with the API server. */
export const bgpAdvertisementKind: Kind = {
  kind: "BGPAdvertisement",
  plural: "bgpadvertisements",
  conversion: null,
  versions: [bgpAdvertisementVersion],
};
