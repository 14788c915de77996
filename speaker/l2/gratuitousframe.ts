/** The frames with which a node says unasked that a VIP is behind its interface. */
import type { Writer } from "../../core/bytes.ts";
import { arpReply, arpRequest, encodeArp } from "./arp.ts";
import { encodeEthernet, etherTypeArp, etherTypeIpv6, minimumFrameLength } from "./ethernet.ts";
import { allNodesGroup, groupMac } from "./ipv6.ts";
import { broadcastMac, type Mac } from "./mac.ts";
import { encodeNeighborAdvertisement } from "./neighboradvertisement.ts";

/** An ARP announcement (RFC 5227 section 3) as a request, and once more as a reply for those who heed only these. */
export const gratuitousArpOperations = [arpRequest, arpReply] as const;

/** Writes one broadcast ARP frame. `ip` is the VIP's number; `operation` one of {@link gratuitousArpOperations}. */
export function encodeGratuitousArp(writer: Writer, mac: Mac, ip: number, operation: number): void {
  encodeEthernet(writer, { destination: broadcastMac, source: mac, etherType: etherTypeArp });
  encodeArp(writer, { operation, senderMac: mac, senderIp: ip, targetMac: broadcastMac, targetIp: ip });
  writer.padTo(minimumFrameLength);
}

/** Writes an unsolicited Neighbor Advertisement to all nodes (RFC 4861 section 7.2.6). */
export function encodeUnsolicitedAdvertisement(writer: Writer, mac: Mac, ip: bigint): void {
  encodeEthernet(writer, { destination: groupMac(allNodesGroup), source: mac, etherType: etherTypeIpv6 });
  encodeNeighborAdvertisement(writer, {
    source: ip,
    destination: allNodesGroup,
    router: false,
    solicited: false,
    override: true,
    target: ip,
    targetMac: mac,
  });
}
