/** ARP for IPv4 over Ethernet (RFC 826). */
import type { Reader, Writer } from "../../core/bytes.ts";
import { MalformedError } from "./malformed.ts";
import type { Mac } from "./mac.ts";

export const arpRequest = 1;
export const arpReply = 2;

const hardwareEthernet = 1;
/** IEEE 802 networks, which carry the same addresses; Linux answers them as Ethernet too. */
const hardwareIeee802 = 6;
const protocolIpv4 = 0x0800;

export interface ArpPacket {
  /** ar$op: {@link arpRequest}, {@link arpReply}, or another of 16 bits. */
  readonly operation: number;
  readonly senderMac: Mac;
  /** IPv4 addresses as unsigned numbers. */
  readonly senderIp: number;
  readonly targetMac: Mac;
  readonly targetIp: number;
}

/** Reads the packet; padding after it is left unread. Throws ShortInputError and MalformedError. */
export function decodeArp(reader: Reader): ArpPacket {
  const hardware = reader.u16("arp.hardwareType");
  if (hardware !== hardwareEthernet && hardware !== hardwareIeee802) {
    throw new MalformedError("unsupportedHardwareType", "arp.hardwareType", hardware);
  }
  const protocol = reader.u16("arp.protocolType");
  if (protocol !== protocolIpv4) {
    throw new MalformedError("unsupportedProtocolType", "arp.protocolType", protocol);
  }
  const hardwareLength = reader.u8("arp.hardwareLength");
  if (hardwareLength !== 6) {
    throw new MalformedError("unsupportedAddressLength", "arp.hardwareLength", hardwareLength);
  }
  const protocolLength = reader.u8("arp.protocolLength");
  if (protocolLength !== 4) {
    throw new MalformedError("unsupportedAddressLength", "arp.protocolLength", protocolLength);
  }
  return {
    operation: reader.u16("arp.operation"),
    senderMac: reader.u48("arp.senderHardwareAddress"),
    senderIp: reader.u32("arp.senderProtocolAddress"),
    targetMac: reader.u48("arp.targetHardwareAddress"),
    targetIp: reader.u32("arp.targetProtocolAddress"),
  };
}

export function encodeArp(writer: Writer, packet: ArpPacket): void {
  writer.u16(hardwareEthernet).u16(protocolIpv4).u8(6).u8(4).u16(packet.operation)
    .u48(packet.senderMac).u32(packet.senderIp).u48(packet.targetMac).u32(packet.targetIp);
}
