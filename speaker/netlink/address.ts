/** RTM_NEWADDR and RTM_DELADDR: an address of an interface (`struct ifaddrmsg`, linux/if_addr.h). */
import { type Reader, Writer } from "../../core/bytes.ts";
import { type Ip, ipFromBytes, ipToBytes } from "../../core/ip.ts";
import { decodeAttributes, encodeAttribute, NetlinkError } from "./message.ts";

/** Bits of `flags`. */
export const addressFlags = { dadFailed: 0x8, tentative: 0x40 } as const;

/** AF_INET and AF_INET6. */
const familyIpv4 = 2;
const familyIpv6 = 10;

const attributes = { address: 1, local: 2, flags: 8 } as const;
const headerLength = 8;

export interface AddressMessage {
  /** Index of the interface. */
  readonly link: number;
  /** The node's own address, also on a point-to-point link. */
  readonly ip: Ip;
  readonly prefixLength: number;
  readonly flags: number;
}

/** Null for an address that is neither IPv4 nor IPv6. Throws ShortInputError and NetlinkError. */
export function decodeAddress(body: Reader): AddressMessage | null {
  const family = body.u8("address.family");
  const prefixLength = body.u8("address.prefixLength");
  let flags: number = body.u8("address.flags");
  body.skip(1, "address.scope");
  const link = body.hostI32("address.link");
  let [address, local]: [Uint8Array | null, Uint8Array | null] = [null, null];
  for (const { type, value } of decodeAttributes(body)) {
    if (type === attributes.address) address = value.copy(value.left, "address.address");
    else if (type === attributes.local) local = value.copy(value.left, "address.local");
    // The header's field has room for eight of the flags only.
    else if (type === attributes.flags) flags = value.hostU32("address.flags");
  }
  if (family !== familyIpv4 && family !== familyIpv6) return null;
  // On a point-to-point link, IFA_ADDRESS is the other end.
  const bytes = local ?? address;
  if (bytes === null) throw new NetlinkError("address.address", "is missing");
  const wanted = family === familyIpv4 ? 4 : 16;
  if (bytes.length !== wanted) {
    throw new NetlinkError("address.address", `has ${bytes.length} bytes instead of ${wanted}`);
  }
  return { link, ip: ipFromBytes(bytes), prefixLength, flags };
}

/** The body of such a message, for tests and for a fake kernel. */
export function encodeAddress({ link, ip, prefixLength, flags }: AddressMessage): Uint8Array {
  const bytes = ipToBytes(ip);
  const writer = new Writer(headerLength + 4 + bytes.length + 8);
  writer.u8(ip.family === "ipv4" ? familyIpv4 : familyIpv6).u8(prefixLength).u8(flags % 256).u8(0).hostU32(
    link,
  );
  encodeAttribute(writer, attributes.address, bytes);
  encodeAttribute(writer, attributes.flags, new Writer(4).hostU32(flags).finish());
  return writer.finish();
}
