/** CIDR prefixes, and ranges written as two addresses. */
import { compareIps, familyBits, type Ip, type IpFamily, ipFromValue, parseIp } from "./ip.ts";

/** A CIDR prefix; the host bits of `first` are zero. */
export interface Prefix {
  readonly family: IpFamily;
  /** 0..32 or 0..128 */
  readonly length: number;
  readonly first: bigint;
  readonly last: bigint;
}

/** Reads `address/length`; host bits are dropped. Null for anything else. */
export function parsePrefix(text: string): Prefix | null {
  const slash = text.indexOf("/");
  if (slash < 0) return null;
  const ip = parseIp(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (ip === null || !/^(0|[1-9]\d{0,2})$/.test(digits)) return null;
  // The length of an IPv4-mapped prefix counts 128 bits; it is refused, as in the API server's CEL, not misread.
  if (ip.family === "ipv4" && text.includes(":")) return null;
  const length = Number(digits);
  if (length > familyBits(ip.family)) return null;
  return prefixOf(ip, length);
}

/** The prefix of this length that holds the address. Throws RangeError for a length outside the family. */
export function prefixOf(ip: Ip, length: number): Prefix {
  const hostBits = familyBits(ip.family) - length;
  if (!Number.isInteger(length) || length < 0 || hostBits < 0) {
    throw new RangeError(`/${length} is not a prefix length of ${ip.family}`);
  }
  const first = (ip.value >> BigInt(hostBits)) << BigInt(hostBits);
  return { family: ip.family, length, first, last: first + (1n << BigInt(hostBits)) - 1n };
}

/** Canonical text, as in `192.0.2.0/24`. */
export function prefixText(prefix: Prefix): string {
  return `${ipFromValue(prefix.family, prefix.first).text}/${prefix.length}`;
}

export function prefixContains(prefix: Prefix, ip: Ip): boolean {
  return prefix.family === ip.family && prefix.first <= ip.value && ip.value <= prefix.last;
}

export function prefixesOverlap(a: Prefix, b: Prefix): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

/** The number of addresses. */
export function prefixSize(prefix: Prefix): bigint {
  return prefix.last - prefix.first + 1n;
}

/** The fewest prefixes, ascending, that hold exactly the addresses from `start` to `end`, of one family, start ≤ end. */
export function summarizeRange(start: Ip, end: Ip): Prefix[] {
  if (start.family !== end.family || compareIps(start, end) > 0) {
    throw new RangeError(`${start.text}-${end.text} is not an ascending range of one family`);
  }
  const bits = familyBits(start.family);
  const prefixes: Prefix[] = [];
  for (let value = start.value; value <= end.value;) {
    let hostBits = 0;
    while (hostBits < bits && fits(value, hostBits + 1, end.value)) hostBits++;
    const prefix = prefixOf(ipFromValue(start.family, value), bits - hostBits);
    prefixes.push(prefix);
    value = prefix.last + 1n;
  }
  return prefixes;
}

function fits(value: bigint, hostBits: number, end: bigint): boolean {
  const size = 1n << BigInt(hostBits);
  return value % size === 0n && value + size - 1n <= end;
}
