/** The Neighbor Solicitation message (RFC 4861 section 4.3) in its IPv6 packet. */
import type { Reader, Writer } from "../../core/bytes.ts";
import { MalformedError } from "./malformed.ts";
import {
  decodeIcmpv6Packet,
  encodeIcmpv6Packet,
  isMulticast,
  solicitedNodeGroup,
  unspecifiedAddress,
} from "./ipv6.ts";
import type { Mac } from "./mac.ts";
import { decodeLinkLayerAddress, encodeLinkLayerAddress, sourceLinkLayerAddress } from "./ndpoption.ts";

const typeNeighborSolicitation = 135;

export interface NeighborSolicitation {
  /** Unspecified (0) while the sender does duplicate address detection. */
  readonly source: bigint;
  readonly destination: bigint;
  readonly target: bigint;
  readonly sourceMac: Mac | null;
}

/**
 * Reads an IPv6 packet and makes every check of RFC 4861 section 7.1.1. Throws ShortInputError and MalformedError.
 */
export function decodeNeighborSolicitation(reader: Reader): NeighborSolicitation {
  const { header, message, checksumRight } = decodeIcmpv6Packet(reader);
  const type = message.u8("icmpv6.type");
  if (type !== typeNeighborSolicitation) throw new MalformedError("unsupportedType", "icmpv6.type", type);
  const code = message.u8("icmpv6.code");
  const checksum = message.u16("icmpv6.checksum");
  message.skip(4, "ndp.reserved");
  const target = message.u128("ndp.target");
  if (header.hopLimit !== 255) throw new MalformedError("hopLimitNot255", "ipv6.hopLimit", header.hopLimit);
  if (!checksumRight) throw new MalformedError("badChecksum", "icmpv6.checksum", checksum);
  if (code !== 0) throw new MalformedError("badCode", "icmpv6.code", code);
  if (isMulticast(target)) throw new MalformedError("multicastTarget", "ndp.target", target);
  const sourceMac = decodeLinkLayerAddress(message, sourceLinkLayerAddress);
  const { source, destination } = header;
  if (source === unspecifiedAddress) {
    if (destination !== solicitedNodeGroup(target)) {
      throw new MalformedError("unspecifiedToOtherThanSolicitedNode", "ipv6.destination", destination);
    }
    if (sourceMac !== null) {
      throw new MalformedError("unspecifiedWithLinkLayerAddress", "ndp.option.linkLayerAddress", sourceMac);
    }
  }
  return { source, destination, target, sourceMac };
}

export function encodeNeighborSolicitation(writer: Writer, solicitation: NeighborSolicitation): void {
  const { source, destination, target, sourceMac } = solicitation;
  encodeIcmpv6Packet(writer, { source, destination, hopLimit: 255 }, (message) => {
    message.u8(typeNeighborSolicitation).u8(0).u16(0).u32(0).u128(target);
    if (sourceMac !== null) encodeLinkLayerAddress(message, sourceLinkLayerAddress, sourceMac);
  });
}
