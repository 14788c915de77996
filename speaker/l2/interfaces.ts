/** Which of the node's interfaces answer ARP and NDP. */
import type { Ip } from "../../core/ip.ts";
import type { Link } from "../dataplane.ts";
import { addressFlags, type AddressMessage } from "../netlink/address.ts";
import { hardwareEthernet, linkFlags, type LinkMessage, operStates } from "../netlink/link.ts";
import { compileGoPattern } from "./gopattern.ts";
import { parseMac } from "./mac.ts";

/** Tells whether an interface's name is to be left alone. */
export type ExcludeInterface = (name: string) => boolean;

/** One of the expressions is found somewhere in the name. Throws GoPatternError. */
export function compileExcludeList(patterns: readonly string[]): ExcludeInterface {
  const compiled = patterns.map(compileGoPattern);
  return (name) => compiled.some((pattern) => pattern.test(name));
}

/** The interfaces as the main isolate sees them, in the order of `links`. */
export function describeLinks(
  links: readonly LinkMessage[],
  addresses: readonly AddressMessage[],
  exclude: ExcludeInterface,
): Link[] {
  const usable = addresses.filter(({ flags }) =>
    (flags & (addressFlags.tentative | addressFlags.dadFailed)) === 0
  );
  const byLink = Map.groupBy(usable, ({ link }) => link);
  return links.map((link) => describeLink(link, byLink.get(link.index) ?? [], exclude));
}

/**
 * ARP needs a broadcast interface, no address on it; NDP needs IPv6 to be on, which a link-local address shows.
 * A part of a bridge, bond or VRF leaves answering to what it is part of.
 */
function describeLink(
  link: LinkMessage,
  addresses: readonly AddressMessage[],
  exclude: ExcludeInterface,
): Link {
  const has = (flag: number) => (link.flags & flag) !== 0;
  const up = has(linkFlags.up);
  const noArp = has(linkFlags.noArp);
  const broadcast = has(linkFlags.broadcast);
  const excluded = exclude(link.name);
  const ethernet = link.hardwareType === hardwareEthernet && parseMac(link.mac) !== null;
  const answers = !excluded && up && !noArp && link.master === null && ethernet;
  return {
    index: link.index,
    name: link.name,
    mac: link.mac,
    up,
    running: up && has(linkFlags.lowerUp) && carriesTraffic(link.operState),
    loopback: has(linkFlags.loopback),
    broadcast,
    noArp,
    master: link.master,
    addresses: addresses.map(({ ip, prefixLength }) => `${ip.text}/${prefixLength}`).sort(),
    excluded,
    arp: answers && broadcast,
    ndp: answers && addresses.some(({ ip }) => isLinkLocal(ip)),
  };
}

/** Drivers that don't say leave it at unknown (Documentation/networking/operstates.rst). */
function carriesTraffic(operState: number): boolean {
  return operState === operStates.up || operState === operStates.unknown;
}

/** fe80::/10 */
function isLinkLocal({ family, value }: Ip): boolean {
  return family === "ipv6" && value >> 118n === 0x3fan;
}
