/** The settings of a session, read from a BGPPeer's spec. */
import type { Ip } from "../core/ip.ts";
import type { FieldReader } from "./fieldreader.ts";
import { readIp } from "./ipfield.ts";
import { maxPasswordBytes, Password } from "./password.ts";
import { type PeerTimers, readTimers } from "./peertimers.ts";
import { quote } from "./values.ts";

/** What a session is configured with. */
export interface PeerSettings {
  /** Our AS number, 1..4294967295. */
  readonly myAsn: number;
  /** The peer's AS number, or that it is the same as ours, or another. */
  readonly peerAsn: number | "internal" | "external";
  /** The AS number that this peer sees instead of ours; null: ours. */
  readonly localAsn: number | null;
  readonly endpoint: PeerEndpoint;
  /** The address that connections come from; null: the kernel chooses. */
  readonly sourceAddress: Ip | null;
  /** 1..16384 */
  readonly port: number;
  readonly timers: PeerTimers;
  /** IPv4; null: chosen by the speaker. */
  readonly routerId: Ip | null;
  readonly authentication: PeerAuthentication;
  /** The name of a BFDProfile. */
  readonly bfdProfile: string | null;
  readonly gracefulRestart: boolean;
  readonly ebgpMultiHop: boolean;
  /** The name of a Linux VRF device. */
  readonly vrf: string | null;
  /** Routes of both families go over the session. */
  readonly dualStackAddressFamily: boolean;
}

/** Where the peer is: at an address, or behind an interface, where its link-local address is found out. */
export type PeerEndpoint = { readonly kind: "address"; readonly ip: Ip } | {
  readonly kind: "interface";
  readonly name: string;
};

export type PeerAuthentication =
  | { readonly kind: "none" }
  | { readonly kind: "password"; readonly password: Password }
  /** The name of a Secret in the peer's namespace. */
  | { readonly kind: "secret"; readonly name: string };

export const maxAsn = 0xffff_ffff;
export const defaultPort = 179;
export const maxPort = 16_384;

const fieldNames = [
  ...["myASN", "peerASN", "dynamicASN", "localASN", "peerAddress", "interface", "sourceAddress", "peerPort"],
  ...["holdTime", "keepaliveTime", "connectTime", "routerID", "nodeSelectors", "password", "passwordSecret"],
  ...["bfdProfile", "enableGracefulRestart", "ebgpMultiHop", "vrf", "disableMP", "dualStackAddressFamily"],
];

/**
 * Reads all fields but nodeSelectors; `namespace` is the peer's. When an error was reported the result must not be
 * used: something stands for what can't be read.
 */
export function readPeerSettings(spec: FieldReader, namespace: string): PeerSettings | null {
  spec.expectOnly(...fieldNames);
  const myAsn = readMyAsn(spec);
  const peerAsn = readPeerAsn(spec);
  const localAsn = spec.integer("localASN", 1, maxAsn) ?? null;
  const endpoint = readEndpoint(spec);
  const settings = {
    myAsn,
    peerAsn,
    localAsn,
    sourceAddress: readSourceAddress(spec, endpoint),
    port: spec.integer("peerPort", 1, maxPort) ?? defaultPort,
    timers: readTimers(spec),
    routerId: readRouterId(spec),
    authentication: readAuthentication(spec, namespace),
    bfdProfile: spec.text("bfdProfile") ?? null,
    gracefulRestart: spec.boolean("enableGracefulRestart", false, false),
    ebgpMultiHop: readMultiHop(spec, myAsn, peerAsn),
    vrf: readDevice(spec, "vrf") ?? null,
    dualStackAddressFamily: spec.boolean("dualStackAddressFamily", false, false),
  };
  if (spec.boolean("disableMP", false, false)) {
    spec.warning("disableMP", "disableMP is deprecated and has no effect; remove it");
  }
  return endpoint && { ...settings, endpoint };
}

function readMyAsn(spec: FieldReader): number {
  const asn = spec.integer("myASN", 1, maxAsn);
  if (asn === undefined) spec.error("myASN", `myASN is required: our AS number, from 1 to ${maxAsn}`);
  return asn ?? 0;
}

function readPeerAsn(spec: FieldReader): PeerSettings["peerAsn"] {
  const asn = spec.integer("peerASN", 0, maxAsn);
  const dynamic = spec.text("dynamicASN");
  // 0 is the same as none, as in MetalLB.
  const noAsn = asn === undefined || asn === 0;
  if (!noAsn && dynamic !== undefined) {
    spec.error("dynamicASN", "peerASN and dynamicASN are mutually exclusive; remove one of them");
  }
  if (noAsn && dynamic === undefined) {
    spec.error("peerASN", "peerASN is required: the router's AS number; or else dynamicASN");
  }
  if (dynamic === "internal" || dynamic === "external") return dynamic;
  if (typeof dynamic === "string") {
    spec.error("dynamicASN", `dynamicASN must be "internal" or "external", not ${quote(dynamic)}`);
  }
  return asn ?? 0;
}

function readEndpoint(spec: FieldReader): PeerEndpoint | null {
  const ip = readIp(spec, "peerAddress", addressPrefix);
  const name = readDevice(spec, "interface");
  if (ip !== undefined && name !== undefined) {
    spec.error("interface", "peerAddress and interface are mutually exclusive; remove one of them");
  }
  if (ip === undefined && name === undefined) {
    spec.error(
      "peerAddress",
      `${addressPrefix}peerAddress is required: the router's IP address; or else interface`,
    );
  }
  if (ip) {
    const doubt = doubtAbout(ip);
    if (doubt !== null) spec.warning("peerAddress", `${ip.text} ${doubt}`);
    return { kind: "address", ip };
  }
  return name ? { kind: "interface", name } : null;
}

/** Users' scripts look for it. */
export const addressPrefix = "invalid BGPPeer address: ";

/** Why no session with this address will come up, or null. */
function doubtAbout({ family, value }: Ip): string | null {
  const [isLinkLocal, isMulticast] = family === "ipv4"
    ? [false, value >> 28n === 0xen || value === 0xffff_ffffn]
    : [value >> 118n === 0x3fan, value >> 120n === 0xffn];
  if (isLinkLocal) return "only means something on one interface; name the interface instead of the address";
  return isMulticast || value === 0n ? "is not the address of a router" : null;
}

function readSourceAddress(spec: FieldReader, endpoint: PeerEndpoint | null): Ip | null {
  const ip = readIp(spec, "sourceAddress") ?? null;
  if (ip !== null && endpoint?.kind === "address" && endpoint.ip.family !== ip.family) {
    spec.error("sourceAddress", "sourceAddress must be of the same address family as peerAddress");
  }
  return ip;
}

/** A BGP identifier is four bytes, and not zero (RFC 6286 section 2.1). */
function readRouterId(spec: FieldReader): Ip | null {
  const ip = readIp(spec, "routerID") ?? null;
  if (ip !== null && (ip.family !== "ipv4" || ip.value === 0n)) {
    spec.error("routerID", `routerID must be an IPv4 address other than 0.0.0.0, not ${ip.text}`);
  }
  return ip;
}

function readAuthentication(spec: FieldReader, namespace: string): PeerAuthentication {
  const password = spec.text("password", { secret: true });
  const secret = spec.mapping("passwordSecret");
  secret?.expectOnly("name", "namespace");
  const name = secret?.text("name");
  const elsewhere = secret?.text("namespace");
  if (typeof elsewhere === "string" && elsewhere !== namespace) {
    secret?.warning("namespace", `namespace has no effect: the Secret is read from ${quote(namespace)}`);
  }
  if (password !== undefined && name !== undefined) {
    spec.error("passwordSecret", "password and passwordSecret are mutually exclusive; remove one of them");
  }
  if (typeof name === "string") return { kind: "secret", name };
  if (typeof password !== "string") return { kind: "none" };
  const kept = Password.ofText(password);
  if (kept.length > maxPasswordBytes) {
    spec.error("password", `password must have at most ${maxPasswordBytes} bytes, not ${kept.length}`);
  }
  return { kind: "password", password: kept };
}

function readMultiHop(spec: FieldReader, myAsn: number, peerAsn: PeerSettings["peerAsn"]): boolean {
  const multiHop = spec.boolean("ebgpMultiHop", false, false);
  if (multiHop && peerAsn === myAsn && myAsn !== 0) {
    spec.error(
      "ebgpMultiHop",
      "ebgpMultiHop must not be true when peerASN is myASN: that session is no eBGP one",
    );
  }
  if (multiHop && peerAsn === "internal") {
    spec.warning("ebgpMultiHop", "ebgpMultiHop has no effect when dynamicASN is internal");
  }
  return multiHop;
}

/** The name of a network device; Linux `dev_valid_name`. */
function readDevice(spec: FieldReader, name: "interface" | "vrf"): string | null | undefined {
  const device = spec.text(name);
  if (typeof device === "string" && !/^(?!\.{1,2}$)[^\s/:]{1,15}$/.test(device)) {
    spec.warning(name, `no network device of Linux can have the name ${quote(device)}`);
  }
  return device;
}
