/** BFDProfile (metallb.io/v1beta1): how fast the loss of a BGP peer is noticed (RFC 5880). */
import { type Meta, trimMeta } from "../core/meta.ts";
import type { Problem } from "../core/problem.ts";
import { FieldReader } from "./fieldreader.ts";
import type { Kind } from "./kind.ts";
import { reportInto } from "./problems.ts";
import type { RawObject } from "./rawobject.ts";
import { boolean, integer, mapping } from "./schema.ts";

/** `spec`, as in a manifest; times in milliseconds. */
export interface BFDProfileSpec {
  readonly receiveInterval?: number;
  readonly transmitInterval?: number;
  readonly detectMultiplier?: number;
  readonly echoInterval?: number;
  readonly echoMode?: boolean;
  readonly passiveMode?: boolean;
  readonly minimumTtl?: number;
}

export interface BFDProfile extends Meta {
  readonly generation: number;
  /** As it was written: one that no API server has checked may hold anything. {@link readBFDProfile} reads it. */
  readonly spec: BFDProfileSpec;
}

/** What a BFD session is configured with; defaults filled in. */
export interface BFDSettings {
  /** 10..60000 */
  readonly receiveIntervalMs: number;
  /** 10..60000 */
  readonly transmitIntervalMs: number;
  /** 2..255 */
  readonly detectMultiplier: number;
  /** 10..60000 */
  readonly echoIntervalMs: number;
  readonly echoMode: boolean;
  readonly passiveMode: boolean;
  /** 1..254; only for multihop sessions. */
  readonly minimumTtl: number;
}

/** The spec, read: what works of it, and what doesn't. */
export interface BFDProfileReading {
  readonly settings: BFDSettings;
  readonly problems: readonly Problem[];
}

/** One numeric field: its bounds and its default, for the schema and for the reader. */
interface Bounds {
  readonly minimum: number;
  readonly maximum: number;
  readonly fallback: number;
}

/** The defaults are FRR's, which MetalLB leaves in force. */
const bounds = {
  receiveInterval: { minimum: 10, maximum: 60_000, fallback: 300 },
  transmitInterval: { minimum: 10, maximum: 60_000, fallback: 300 },
  detectMultiplier: { minimum: 2, maximum: 255, fallback: 3 },
  echoInterval: { minimum: 10, maximum: 60_000, fallback: 50 },
  minimumTtl: { minimum: 1, maximum: 254, fallback: 254 },
} as const satisfies Record<string, Bounds>;

type BoundedField = keyof typeof bounds;

/** Keeps what decisions read. */
export function trimBFDProfile(raw: RawObject): BFDProfile {
  return {
    ...trimMeta(raw.metadata),
    generation: raw.metadata.generation ?? 0,
    // The type is what the API server guarantees; readBFDProfile trusts none of it.
    spec: (raw.spec ?? {}) as BFDProfileSpec,
  };
}

/** All that is wrong with the object by itself; the same rules as {@link readBFDProfile}, which applies them. */
export function bfdProfileProblems(object: BFDProfile): readonly Problem[] {
  return readBFDProfile(object).problems;
}

/** Reads the spec; for a field that is wrong the default counts, and it is a problem. */
export function readBFDProfile(object: BFDProfile): BFDProfileReading {
  const problems: Problem[] = [];
  const spec = FieldReader.of(object.spec, "spec", reportInto(problems, "BFDProfile", object));
  spec?.expectOnly(...Object.keys(bounds), "echoMode", "passiveMode");
  const number = (name: BoundedField): number => {
    const { minimum, maximum, fallback } = bounds[name];
    return spec?.integer(name, minimum, maximum, `until then the default, ${fallback}, counts`) ?? fallback;
  };
  const flag = (name: "echoMode" | "passiveMode") => spec?.boolean(name, false, false) ?? false;
  const settings: BFDSettings = {
    receiveIntervalMs: number("receiveInterval"),
    transmitIntervalMs: number("transmitInterval"),
    detectMultiplier: number("detectMultiplier"),
    echoIntervalMs: number("echoInterval"),
    echoMode: flag("echoMode"),
    passiveMode: flag("passiveMode"),
    minimumTtl: number("minimumTtl"),
  };
  return { settings, problems };
}

const bounded = (name: BoundedField, description: string) => {
  const { minimum, maximum } = bounds[name];
  return integer(description, { format: "int32", minimum, maximum });
};

/** The kind, as it is registered with the API server. */
export const bfdProfileKind: Kind = {
  kind: "BFDProfile",
  plural: "bfdprofiles",
  conversion: null,
  versions: [{
    name: "v1beta1",
    description: "BFDProfile says how fast the loss of a BGP peer is noticed; BGPPeers refer to it by name.",
    storage: true,
    deprecationWarning: null,
    specRequired: false,
    spec: mapping("The parameters of BFD sessions.", {
      receiveInterval: bounded(
        "receiveInterval",
        "The shortest time between packets that we are able to receive, in milliseconds; 300 when not given.",
      ),
      transmitInterval: bounded(
        "transmitInterval",
        "The shortest time between packets that we send, in milliseconds; 300 when not given.",
      ),
      detectMultiplier: bounded(
        "detectMultiplier",
        "After how many missing packets the session is down; 3 when not given.",
      ),
      echoInterval: bounded(
        "echoInterval",
        "The shortest time between echo packets, in milliseconds; 50 when not given.",
      ),
      echoMode: boolean(
        "Whether echo packets are used. They work over a single hop and IPv4 only.",
      ),
      passiveMode: boolean("Whether to wait for a packet of the peer before sending any."),
      minimumTtl: bounded(
        "minimumTtl",
        "The lowest TTL of packets that are accepted in multihop sessions; 254 when not given.",
      ),
    }),
    status: mapping("Nothing yet.", {}),
    columns: [
      {
        name: "Passive Mode",
        type: "boolean",
        jsonPath: ".spec.passiveMode",
        description: "Whether to wait for a packet of the peer",
      },
      {
        name: "Transmit Interval",
        type: "integer",
        jsonPath: ".spec.transmitInterval",
        description: "The shortest time between packets that we send",
      },
      {
        name: "Receive Interval",
        type: "integer",
        jsonPath: ".spec.receiveInterval",
        description: "The shortest time between packets that we are able to receive",
      },
      {
        name: "Multiplier",
        type: "integer",
        jsonPath: ".spec.detectMultiplier",
        description: "After how many missing packets the session is down",
      },
    ],
  }],
};
