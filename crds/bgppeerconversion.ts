/**
 * BGPPeer between v1beta1 and v1beta2, as the API server's conversion webhook and manifests need it. Total: whatever
 * stands in a field that both versions have goes over as it is, for the schema and the reader to judge.
 */
import { apiGroup } from "./kind.ts";
import { isMapping, type Mapping } from "./values.ts";

/** Fields that mean the same in both versions. */
const common = [
  ...[
    "myASN",
    "peerASN",
    "peerAddress",
    "sourceAddress",
    "peerPort",
    "holdTime",
    "keepaliveTime",
    "routerID",
  ],
  ...["nodeSelectors", "password", "bfdProfile", "ebgpMultiHop"],
];

const timers = ["holdTime", "keepaliveTime"] as const;
const noTime = "0s";

/** A whole object, in any version. */
export interface VersionedObject {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly metadata?: unknown;
  readonly spec?: unknown;
}

/** The whole object in the other version, metadata and all but the status; null when either version is unknown. */
export function convertBGPPeer(object: VersionedObject, apiVersion: string): VersionedObject | null {
  const known = [`${apiGroup}/v1beta1`, `${apiGroup}/v1beta2`];
  const { apiVersion: from, kind, metadata, spec } = object;
  if (typeof from !== "string" || !known.includes(from) || !known.includes(apiVersion)) return null;
  if (from === apiVersion) return object;
  const converted = apiVersion === known[1] ? bgpPeerFromV1Beta1(spec) : bgpPeerToV1Beta1(spec);
  return { apiVersion, kind, metadata, ...(converted === undefined ? {} : { spec: converted }) };
}

/**
 * The spec in v1beta2. A timer that v1beta1 lacks is an explicit 0 there, and peerPort 0 is none: v1beta1 knows no
 * difference. A spec that is no mapping stays what it is.
 */
export function bgpPeerFromV1Beta1(spec: unknown): unknown {
  if (!isMapping(spec)) return spec;
  const { peerPort, ...rest } = pick(spec);
  return { ...rest, ...(isEmpty(peerPort) || peerPort === 0 ? {} : { peerPort }), ...explicitTimers(rest) };
}

/** The spec in v1beta1, without the fields that it doesn't have; nodeSelectors is always a list there. */
export function bgpPeerToV1Beta1(spec: unknown): unknown {
  if (!isMapping(spec)) return spec;
  const kept = pick(spec);
  return { ...kept, ...explicitTimers(kept), nodeSelectors: kept["nodeSelectors"] ?? [] };
}

function pick(spec: Mapping): Mapping {
  return Object.fromEntries(
    common.filter((name) => Object.hasOwn(spec, name)).map((name) => [name, spec[name]]),
  );
}

function explicitTimers(spec: Mapping): Mapping {
  return Object.fromEntries(timers.map((name) => [name, isEmpty(spec[name]) ? noTime : spec[name]]));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}
