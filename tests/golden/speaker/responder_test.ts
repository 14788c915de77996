/** What is answered, byte for byte, and every frame that isn't, with its exact reason. */
import { assertEquals } from "@std/assert";
import { Reader, Writer } from "../../../core/bytes.ts";
import { parseIp } from "../../../core/ip.ts";
import { parseMac } from "../../../speaker/l2/mac.ts";
import { type IgnoreReason, ignoreReasons, longestReply, respond } from "../../../speaker/l2/responder.ts";
import { VipTable } from "../../../speaker/l2/vips.ts";
import { fromHex, toHex, withBytes } from "../../support/hex.ts";
import { withChecksum } from "../../support/icmpv6checksum.ts";
import {
  advertisementHex,
  arpReplyHex,
  arpRequestHex,
  conflictHex,
  probeHex,
  solicitationHex,
} from "./frames.ts";

const station = { name: "eth0", mac: parseMac("02:00:00:00:00:01") ?? 0 };

function announced(interfaces: "all" | string[] = "all"): VipTable {
  const vips = new VipTable();
  for (const text of ["192.0.2.10", "2001:db8::a"]) {
    const ip = parseIp(text);
    if (ip === null) throw new Error(text);
    const count = { requestsReceived: 0, responsesSent: 0, gratuitousSent: 0 };
    vips.set({ ip, interfaces: interfaces === "all" ? "all" : new Set(interfaces), count });
  }
  return vips;
}

/** The reply as hex, or the reason why there is none. */
function outcome(frame: Uint8Array, vips = announced()): string {
  const reply = new Writer(longestReply);
  const answer = respond(new Reader(frame), station, vips, reply);
  return answer.type === "reply" ? toHex(reply.finish()) : answer.reason;
}

const arp = fromHex(arpRequestHex);
const ns = fromHex(solicitationHex);
const hex = (text: string) => toHex(fromHex(text));

const answered: readonly [name: string, frame: Uint8Array, reply: string][] = [
  ["a broadcast request", arp, hex(arpReplyHex)],
  ["a request without padding", arp.slice(0, 42), hex(arpReplyHex)],
  ["a request to this station alone", withBytes(arpRequestHex, 0, "020000000001"), hex(arpReplyHex)],
  [
    "a probe from 0.0.0.0 (RFC 5227)",
    withBytes(arpRequestHex, 28, "00000000"),
    hex(arpReplyHex).replace("020000000002c0000201", "02000000000200000000"),
  ],
  [
    "a request from another subnet",
    withBytes(arpRequestHex, 28, "0a010203"),
    hex(arpReplyHex).replace("c0000201", "0a010203"),
  ],
  [
    "a request whose target hardware address is set",
    withBytes(arpRequestHex, 32, "ffffffffffff"),
    hex(arpReplyHex),
  ],
  [
    "a request whose sender differs from the Ethernet source, to the sender in the packet",
    withBytes(arpRequestHex, 6, "0200000000aa"),
    hex(arpReplyHex),
  ],
  ["a request with the hardware type of IEEE 802", withBytes(arpRequestHex, 14, "0006"), hex(arpReplyHex)],
  ["a solicitation to the group", ns, hex(advertisementHex)],
  [
    "a unicast solicitation, as for reachability",
    withChecksum(
      withBytes(toHex(withBytes(solicitationHex, 0, "020000000001")), 38, "20010db800000000000000000000000a"),
    ),
    hex(advertisementHex),
  ],
  [
    "a solicitation without a link-layer address, to the Ethernet source",
    withChecksum(withBytes(toHex(ns.slice(0, 78)), 18, "0018")),
    hex(advertisementHex),
  ],
  [
    "a solicitation with another option before the link-layer address",
    withChecksum(withBytes(toHex(ns.slice(0, 78)) + "0e01aabbccddeeff0101020000000002", 18, "0028")),
    hex(advertisementHex),
  ],
  ["duplicate address detection, to all nodes", fromHex(probeHex), hex(conflictHex)],
];

for (const [name, frame, reply] of answered) {
  Deno.test(`answered: ${name}`, () => assertEquals(outcome(frame), reply));
}

const ipv6 = (at: number, bytes: string) => withBytes(solicitationHex, at, bytes);
/** Changed, and its checksum right again. */
const summed = (at: number, bytes: string) => withChecksum(ipv6(at, bytes));

const ignored: readonly [name: string, frame: Uint8Array, reason: IgnoreReason][] = [
  ["nothing at all", fromHex(""), "truncated"],
  ["half an Ethernet header", arp.slice(0, 13), "truncated"],
  ["an ARP packet without its last byte", arp.slice(0, 41), "truncated"],
  ["an IPv6 header without its last byte", ns.slice(0, 53), "truncated"],
  ["a payload shorter than its length", ns.slice(0, 85), "truncated"],
  ["a solicitation without its target's end", summed(18, "0017"), "truncated"],
  ["an option that is cut", withChecksum(withBytes(toHex(ns.slice(0, 84)), 18, "001e")), "truncated"],
  ["an option longer than the message", summed(79, "02"), "truncated"],
  ["IPv4", withBytes(arpRequestHex, 12, "0800"), "unsupportedEtherType"],
  ["a VLAN tag", withBytes(arpRequestHex, 12, "8100"), "unsupportedEtherType"],
  ["hardware that isn't Ethernet", withBytes(arpRequestHex, 14, "0020"), "unsupportedHardwareType"],
  ["a protocol that isn't IPv4", withBytes(arpRequestHex, 16, "86dd"), "unsupportedProtocolType"],
  ["hardware addresses of 8 bytes", withBytes(arpRequestHex, 18, "08"), "unsupportedAddressLength"],
  ["protocol addresses of 16 bytes", withBytes(arpRequestHex, 19, "10"), "unsupportedAddressLength"],
  ["an ARP reply", withBytes(arpRequestHex, 20, "0002"), "notRequest"],
  ["an ARP operation of 0", withBytes(arpRequestHex, 20, "0000"), "notRequest"],
  ["an ARP request of our own", withBytes(arpRequestHex, 22, "020000000001"), "ownFrame"],
  ["a solicitation of our own", ipv6(6, "020000000001"), "ownFrame"],
  ["an ARP request to another station", withBytes(arpRequestHex, 0, "020000000099"), "otherDestination"],
  ["an ARP request to a group", withBytes(arpRequestHex, 0, "3333ff00000a"), "otherDestination"],
  ["a solicitation to another station", ipv6(0, "020000000099"), "otherDestination"],
  ["an IPv4 address that isn't announced", withBytes(arpRequestHex, 38, "c000020b"), "notAnnounced"],
  ["an IPv6 address that isn't announced", summed(62, "20010db800000000000000000000000b"), "notAnnounced"],
  ["version 4", ipv6(14, "40"), "unsupportedVersion"],
  ["UDP", ipv6(20, "11"), "unsupportedNextHeader"],
  ["a fragment (RFC 6980)", ipv6(20, "2c"), "unsupportedNextHeader"],
  ["a router in between", ipv6(21, "fe"), "hopLimitNot255"],
  ["a wrong checksum", ipv6(56, "0000"), "badChecksum"],
  ["a bit flipped in the target", ipv6(77, "0b"), "badChecksum"],
  ["a Neighbor Advertisement", fromHex(advertisementHex), "unsupportedType"],
  ["an echo request", summed(54, "80"), "unsupportedType"],
  ["a code that isn't 0", summed(55, "01"), "badCode"],
  ["a multicast target", summed(62, "ff020000000000000000000000000001"), "multicastTarget"],
  ["an option of length 0", summed(79, "00"), "zeroLengthOption"],
  [
    "a link-layer address of 14 bytes",
    withChecksum(withBytes(toHex(ns.slice(0, 78)) + "01020200000000020000000000000000", 18, "0028")),
    "badOptionLength",
  ],
  [
    "duplicate address detection to all nodes",
    withChecksum(withBytes(probeHex, 38, "ff020000000000000000000000000001")),
    "unspecifiedToOtherThanSolicitedNode",
  ],
  [
    "duplicate address detection with a link-layer address",
    summed(22, "00000000000000000000000000000000"),
    "unspecifiedWithLinkLayerAddress",
  ],
];

for (const [name, frame, reason] of ignored) {
  Deno.test(`ignored, ${reason}: ${name}`, () => assertEquals(outcome(frame), reason));
}

Deno.test("ignored, notOnThisInterface: ARP and NDP where the advertisement doesn't name the interface", () => {
  assertEquals(outcome(arp, announced(["eth1"])), "notOnThisInterface");
  assertEquals(outcome(ns, announced(["eth1"])), "notOnThisInterface");
  assertEquals(outcome(arp, announced(["eth0", "eth1"])), hex(arpReplyHex));
});

Deno.test("every reason on the list has a frame here", () => {
  const seen = new Set<string>(ignored.map(([, , reason]) => reason)).add("notOnThisInterface");
  assertEquals(ignoreReasons.filter((reason) => !seen.has(reason)), []);
});
