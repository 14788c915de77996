/** One IPv4 or IPv6 address as a value. */
import ipaddr from "ipaddr.js";

export type IpFamily = "ipv4" | "ipv6";

/** An address: its family, its number and its canonical text (RFC 5952 for IPv6), which serves as key. */
export interface Ip {
  readonly family: IpFamily;
  /** Unsigned; below 2^32 or 2^128. */
  readonly value: bigint;
  readonly text: string;
}

/** The number of bits of an address of this family. */
export function familyBits(family: IpFamily): 32 | 128 {
  return family === "ipv4" ? 32 : 128;
}

/**
 * Reads an address as Kubernetes does: four decimal parts without leading zeros, or an IPv6 address without a zone.
 * An IPv4-mapped IPv6 address is the IPv4 address. Null for anything else.
 */
export function parseIp(text: string): Ip | null {
  if (text.includes(":")) {
    const groups = withoutDots(text);
    if (groups === null || groups.includes("%") || !ipaddr.IPv6.isValid(groups)) return null;
    const bytes = ipaddr.IPv6.parse(groups).toByteArray();
    return ipFromBytes(isMapped(bytes) ? bytes.slice(12) : bytes);
  }
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) || /(^|\.)0\d/.test(text)) return null;
  return ipFromBytes(ipaddr.IPv4.parse(text).toByteArray());
}

/** Makes an address of 4 or 16 bytes in network order. Throws RangeError for any other length. */
export function ipFromBytes(bytes: ArrayLike<number>): Ip {
  if (bytes.length !== 4 && bytes.length !== 16) {
    throw new RangeError(`an IP address has 4 or 16 bytes, not ${bytes.length}`);
  }
  let value = 0n;
  for (let index = 0; index < bytes.length; index++) value = (value << 8n) | BigInt(bytes[index] ?? 0);
  return ipFromValue(bytes.length === 4 ? "ipv4" : "ipv6", value);
}

/** Makes an address of its number. Throws RangeError when it doesn't fit the family. */
export function ipFromValue(family: IpFamily, value: bigint): Ip {
  if (value < 0n || value >> BigInt(familyBits(family)) !== 0n) {
    throw new RangeError(`${value} is not an ${family} address`);
  }
  return { family, value, text: family === "ipv4" ? textV4(Number(value)) : textV6(value) };
}

/** The address in network order: 4 or 16 bytes. */
export function ipToBytes(ip: Ip): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(familyBits(ip.family) / 8);
  let rest = ip.value;
  for (let index = bytes.length - 1; index >= 0; index--) {
    bytes[index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

/** IPv4 before IPv6, then by number. */
export function compareIps(a: Ip, b: Ip): number {
  if (a.family !== b.family) return a.family === "ipv4" ? -1 : 1;
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
}

/** `::192.0.2.1` as `::c000:201`, since ipaddr.js takes the former for an IPv4-mapped address. */
function withoutDots(text: string): string | null {
  if (!text.includes(".")) return text;
  const colon = text.lastIndexOf(":");
  const tail = parseIp(text.slice(colon + 1));
  if (tail === null) return null;
  const value = Number(tail.value);
  return `${text.slice(0, colon + 1)}${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`;
}

function isMapped(bytes: readonly number[]): boolean {
  return bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
}

function textV4(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 0xff}.${(value >>> 8) & 0xff}.${value & 0xff}`;
}

/** RFC 5952: lower case, no leading zeros, and `::` for the first of the longest runs of two or more zero groups. */
function textV6(value: bigint): string {
  const groups: string[] = [];
  let [run, longest, end] = [0, 1, 0];
  for (let shift = 96n; shift >= 0n; shift -= 32n) {
    const word = Number((value >> shift) & 0xffff_ffffn);
    for (const group of [word >>> 16, word & 0xffff]) {
      groups.push(group.toString(16));
      run = group === 0 ? run + 1 : 0;
      if (run > longest) [longest, end] = [run, groups.length];
    }
  }
  if (longest < 2) return groups.join(":");
  return `${groups.slice(0, end - longest).join(":")}::${groups.slice(end).join(":")}`;
}
