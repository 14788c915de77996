/** The IPv6 header as NDP messages have it (RFC 8200 section 3), and the checksum of what follows (section 8.1). */
import type { Reader, Writer } from "../../core/bytes.ts";
import { MalformedError } from "./malformed.ts";

export const nextHeaderIcmpv6 = 58;
export const unspecifiedAddress = 0n;
/** ff02::1 */
export const allNodesGroup = 0xff02_0000_0000_0000_0000_0000_0000_0001n;

export interface Ipv6Header {
  readonly source: bigint;
  readonly destination: bigint;
  /** 0 to 255. */
  readonly hopLimit: number;
}

/** The header, and the ICMPv6 message that it carries. */
export interface Icmpv6Packet {
  readonly header: Ipv6Header;
  readonly message: Reader;
  /** The message's checksum, taken with the pseudo-header, is right. */
  readonly checksumRight: boolean;
}

/**
 * Reads a packet that carries ICMPv6 directly after its header; padding after it is left unread.
 * Throws ShortInputError and MalformedError.
 */
export function decodeIcmpv6Packet(reader: Reader): Icmpv6Packet {
  const version = Math.floor(reader.u32("ipv6.version") / 2 ** 28);
  if (version !== 6) throw new MalformedError("unsupportedVersion", "ipv6.version", version);
  const payloadLength = reader.u16("ipv6.payloadLength");
  const nextHeader = reader.u8("ipv6.nextHeader");
  if (nextHeader !== nextHeaderIcmpv6) {
    throw new MalformedError("unsupportedNextHeader", "ipv6.nextHeader", nextHeader);
  }
  const hopLimit = reader.u8("ipv6.hopLimit");
  const addresses = reader.fork();
  const source = reader.u128("ipv6.source");
  const destination = reader.u128("ipv6.destination");
  const message = reader.part(payloadLength, "ipv6.payload");
  const pseudoHeader = addresses.part(32, "ipv6.addresses").onesComplementSum(
    payloadLength + nextHeaderIcmpv6,
  );
  const checksumRight = message.onesComplementSum(pseudoHeader) === 0xffff;
  return { header: { source, destination, hopLimit }, message, checksumRight };
}

/**
 * Writes a packet whose ICMPv6 message `writeMessage` appends, with zero for its checksum, and puts lengths and
 * checksum right.
 */
export function encodeIcmpv6Packet(
  writer: Writer,
  header: Ipv6Header,
  writeMessage: (writer: Writer) => void,
): void {
  const start = writer.length;
  writer.u32(6 * 2 ** 28).u16(0).u8(nextHeaderIcmpv6).u8(header.hopLimit).u128(header.source).u128(
    header.destination,
  );
  const messageStart = writer.length;
  writeMessage(writer);
  const length = writer.length - messageStart;
  writer.setU16(start + 4, length);
  const sum = writer.read(start + 8).onesComplementSum(length + nextHeaderIcmpv6);
  writer.setU16(messageStart + 2, 0xffff - sum);
}

/** The group that whoever holds `address` listens to: ff02::1:ff and its last 24 bits (RFC 4291 section 2.7.1). */
export function solicitedNodeGroup(address: bigint): bigint {
  return 0xff02_0000_0000_0000_0000_0001_ff00_0000n | (address & 0xff_ffffn);
}

/** The MAC address of a multicast group: 33:33 and its last 32 bits (RFC 2464 section 7). */
export function groupMac(group: bigint): number {
  return 0x3333_0000_0000 + Number(group & 0xffff_ffffn);
}

export function isMulticast(address: bigint): boolean {
  return address >> 120n === 0xffn;
}
