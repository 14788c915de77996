/** One entry of IPAddressPool `spec.addresses`: a CIDR prefix, or a range written `first-last`. */
import { type Ip, parseIp } from "../core/ip.ts";
import { parsePrefix } from "../core/prefix.ts";
import type { AddressRange } from "./ranges.ts";
import { quote } from "./values.ts";

/** The addresses of the entry, or a sentence that says what is wrong with it and what would be right. */
export type AddressEntry = { readonly range: AddressRange } | { readonly message: string };

/** Reads an entry. The host bits of a prefix are dropped; spaces around the ends of a range don't matter. */
export function parseAddressEntry(text: string): AddressEntry {
  const dash = text.indexOf("-");
  if (dash >= 0) return parseRange(text, text.slice(0, dash).trim(), text.slice(dash + 1).trim());
  const prefix = parsePrefix(text);
  if (prefix !== null) {
    return { range: { family: prefix.family, first: prefix.first, last: prefix.last } };
  }
  const ip = parseIp(text);
  if (ip === null) {
    return {
      message: `${quote(text)} is neither a CIDR prefix such as "192.0.2.0/24" nor a range such as ` +
        `"192.0.2.10-192.0.2.20"`,
    };
  }
  const length = ip.family === "ipv4" ? 32 : 128;
  return {
    message: `${quote(text)} is an address without a prefix length; for this address alone write ` +
      `"${ip.text}/${length}"`,
  };
}

function parseRange(text: string, start: string, end: string): AddressEntry {
  const first = parsePlainIp(start);
  const last = parsePlainIp(end);
  if (first === null || last === null) {
    return {
      message:
        `${quote(text)} is not a range: ${quote(first === null ? start : end)} is not an IP address; ` +
        `write two addresses such as "192.0.2.10-192.0.2.20"`,
    };
  }
  if (first.family !== last.family) {
    return {
      message: `${quote(text)} goes from one address family to the other; write an entry for each family`,
    };
  }
  if (first.value > last.value) {
    return {
      message: `${quote(text)} starts after its end; write "${last.text}-${first.text}" if that is meant`,
    };
  }
  return { range: { family: first.family, first: first.value, last: last.value } };
}

/** Reads an address; an IPv4 one in IPv6 spelling is refused, as the API server's own CEL functions do. */
export function parsePlainIp(text: string): Ip | null {
  const ip = parseIp(text);
  return ip !== null && text.includes(":") && ip.family === "ipv4" ? null : ip;
}
