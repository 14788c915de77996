/** The Neighbor Advertisement message (RFC 4861 section 4.4) in its IPv6 packet. */
import type { Reader, Writer } from "../../core/bytes.ts";
import { MalformedError } from "./malformed.ts";
import { decodeIcmpv6Packet, encodeIcmpv6Packet, isMulticast } from "./ipv6.ts";
import type { Mac } from "./mac.ts";
import { decodeLinkLayerAddress, encodeLinkLayerAddress, targetLinkLayerAddress } from "./ndpoption.ts";

const typeNeighborAdvertisement = 136;
const routerFlag = 0x8000_0000;
const solicitedFlag = 0x4000_0000;
const overrideFlag = 0x2000_0000;

export interface NeighborAdvertisement {
  readonly source: bigint;
  readonly destination: bigint;
  readonly router: boolean;
  readonly solicited: boolean;
  readonly override: boolean;
  readonly target: bigint;
  readonly targetMac: Mac | null;
}

/** Reads an IPv6 packet and makes the checks of RFC 4861 section 7.1.2. Throws ShortInputError and MalformedError. */
export function decodeNeighborAdvertisement(reader: Reader): NeighborAdvertisement {
  const { header, message, checksumRight } = decodeIcmpv6Packet(reader);
  const type = message.u8("icmpv6.type");
  if (type !== typeNeighborAdvertisement) throw new MalformedError("unsupportedType", "icmpv6.type", type);
  const code = message.u8("icmpv6.code");
  const checksum = message.u16("icmpv6.checksum");
  const flags = message.u32("ndp.flags");
  const target = message.u128("ndp.target");
  if (header.hopLimit !== 255) throw new MalformedError("hopLimitNot255", "ipv6.hopLimit", header.hopLimit);
  if (!checksumRight) throw new MalformedError("badChecksum", "icmpv6.checksum", checksum);
  if (code !== 0) throw new MalformedError("badCode", "icmpv6.code", code);
  if (isMulticast(target)) throw new MalformedError("multicastTarget", "ndp.target", target);
  const targetMac = decodeLinkLayerAddress(message, targetLinkLayerAddress);
  return {
    source: header.source,
    destination: header.destination,
    router: (flags & routerFlag) !== 0,
    solicited: (flags & solicitedFlag) !== 0,
    override: (flags & overrideFlag) !== 0,
    target,
    targetMac,
  };
}

export function encodeNeighborAdvertisement(writer: Writer, advertisement: NeighborAdvertisement): void {
  const { source, destination, router, solicited, override, target, targetMac } = advertisement;
  const flags = (router ? routerFlag : 0) + (solicited ? solicitedFlag : 0) + (override ? overrideFlag : 0);
  encodeIcmpv6Packet(writer, { source, destination, hopLimit: 255 }, (message) => {
    message.u8(typeNeighborAdvertisement).u8(0).u16(0).u32(flags).u128(target);
    if (targetMac !== null) encodeLinkLayerAddress(message, targetLinkLayerAddress, targetMac);
  });
}
