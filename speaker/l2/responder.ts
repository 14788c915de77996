/** What this node answers to a frame that asks for a VIP, or why it doesn't. */
import { type Reader, ShortInputError, type Writer } from "../../core/bytes.ts";
import { arpReply, arpRequest, decodeArp, encodeArp } from "./arp.ts";
import {
  decodeEthernet,
  encodeEthernet,
  type EthernetHeader,
  etherTypeArp,
  etherTypeIpv6,
  minimumFrameLength,
} from "./ethernet.ts";
import { allNodesGroup, groupMac, unspecifiedAddress } from "./ipv6.ts";
import { broadcastMac, type Mac } from "./mac.ts";
import { malformations, MalformedError } from "./malformed.ts";
import { encodeNeighborAdvertisement } from "./neighboradvertisement.ts";
import { decodeNeighborSolicitation } from "./neighborsolicitation.ts";
import { answersOn, type Vip } from "./vips.ts";

export const ignoreReasons = [
  ...malformations,
  "unsupportedEtherType",
  "notRequest",
  /** A bridge or a switch gave our own frame back. */
  "ownFrame",
  /** Addressed to another station. */
  "otherDestination",
  "notAnnounced",
  /** Announced, but not on the interface on which the request came. */
  "notOnThisInterface",
] as const;
export type IgnoreReason = typeof ignoreReasons[number];

/** The interface on which a frame came. */
export interface Station {
  readonly name: string;
  readonly mac: Mac;
}

/** How the responder finds a VIP. */
export interface VipLookup {
  findIpv4(address: number): Vip | undefined;
  findIpv6(address: bigint): Vip | undefined;
}

export type Answer =
  /** The reply's frame was written. */
  | { readonly type: "reply"; readonly vip: Vip }
  | { readonly type: "ignored"; readonly reason: IgnoreReason };

/** Room for the longest reply, a Neighbor Advertisement, in bytes. */
export const longestReply = 86;

/**
 * Decides about one frame. `reply` is begun anew and holds the answer when there is one; it needs
 * {@link longestReply} bytes.
 */
export function respond(frame: Reader, station: Station, vips: VipLookup, reply: Writer): Answer {
  try {
    const ethernet = decodeEthernet(frame);
    if (ethernet.etherType === etherTypeArp) return respondArp(frame, ethernet, station, vips, reply.reset());
    if (ethernet.etherType === etherTypeIpv6) {
      return respondNdp(frame, ethernet, station, vips, reply.reset());
    }
    return ignored("unsupportedEtherType");
  } catch (error) {
    if (error instanceof ShortInputError) return ignored("truncated");
    if (error instanceof MalformedError) return ignored(error.reason);
    throw error;
  }
}

/**
 * RFC 826. As with MetalLB, neither the sender's address nor its subnet matters, probes (RFC 5227 section 2.1.1, from
 * 0.0.0.0) are answered so that nobody else takes the VIP, and the reply goes to the sender's hardware address in the
 * packet.
 */
function respondArp(
  frame: Reader,
  ethernet: EthernetHeader,
  station: Station,
  vips: VipLookup,
  reply: Writer,
): Answer {
  const request = decodeArp(frame);
  if (request.operation !== arpRequest) return ignored("notRequest");
  if (request.senderMac === station.mac) return ignored("ownFrame");
  if (ethernet.destination !== broadcastMac && ethernet.destination !== station.mac) {
    return ignored("otherDestination");
  }
  const vip = vips.findIpv4(request.targetIp);
  if (vip === undefined) return ignored("notAnnounced");
  if (!answersOn(vip, station.name)) return ignored("notOnThisInterface");
  encodeEthernet(reply, { destination: request.senderMac, source: station.mac, etherType: etherTypeArp });
  encodeArp(reply, {
    operation: arpReply,
    senderMac: station.mac,
    senderIp: request.targetIp,
    targetMac: request.senderMac,
    targetIp: request.senderIp,
  });
  reply.padTo(minimumFrameLength);
  return { type: "reply", vip };
}

/**
 * RFC 4861 section 7.2.4. The advertisement's source is the VIP, which strict clients such as ndisc6 insist on.
 * Who does duplicate address detection (RFC 4862 section 5.4) hears about the conflict through all nodes.
 */
function respondNdp(
  frame: Reader,
  ethernet: EthernetHeader,
  station: Station,
  vips: VipLookup,
  reply: Writer,
): Answer {
  const solicitation = decodeNeighborSolicitation(frame);
  if (ethernet.source === station.mac) return ignored("ownFrame");
  if (ethernet.destination !== station.mac && !isGroupMac(ethernet.destination)) {
    return ignored("otherDestination");
  }
  const vip = vips.findIpv6(solicitation.target);
  if (vip === undefined) return ignored("notAnnounced");
  if (!answersOn(vip, station.name)) return ignored("notOnThisInterface");
  const forAll = solicitation.source === unspecifiedAddress;
  const destination = forAll ? groupMac(allNodesGroup) : solicitation.sourceMac ?? ethernet.source;
  encodeEthernet(reply, { destination, source: station.mac, etherType: etherTypeIpv6 });
  encodeNeighborAdvertisement(reply, {
    source: solicitation.target,
    destination: forAll ? allNodesGroup : solicitation.source,
    router: false,
    solicited: !forAll,
    override: forAll,
    target: solicitation.target,
    targetMac: station.mac,
  });
  return { type: "reply", vip };
}

/** The lowest bit of the first byte marks group addresses, broadcast among them (IEEE 802 section 8.2). */
function isGroupMac(mac: Mac): boolean {
  return Math.floor(mac / 2 ** 40) % 2 === 1;
}

function ignored(reason: IgnoreReason): Answer {
  return { type: "ignored", reason };
}
