/** Wire truth of ARP and NDP: each message as bytes and as value, both ways. */
import { assertEquals } from "@std/assert";
import { Reader, Writer } from "../../../core/bytes.ts";
import { parseIp } from "../../../core/ip.ts";
import { type ArpPacket, decodeArp, encodeArp } from "../../../speaker/l2/arp.ts";
import { decodeEthernet, encodeEthernet, type EthernetHeader } from "../../../speaker/l2/ethernet.ts";
import { encodeGratuitousArp, encodeUnsolicitedAdvertisement } from "../../../speaker/l2/gratuitousframe.ts";
import {
  decodeNeighborAdvertisement,
  encodeNeighborAdvertisement,
} from "../../../speaker/l2/neighboradvertisement.ts";
import {
  decodeNeighborSolicitation,
  encodeNeighborSolicitation,
} from "../../../speaker/l2/neighborsolicitation.ts";
import { fromHex, toHex } from "../../support/hex.ts";
import {
  advertisementHex,
  arpReplyHex,
  arpRequestHex,
  conflictHex,
  probeHex,
  solicitationHex,
} from "./frames.ts";

const node = 0x02_00_00_00_00_01;
const client = 0x02_00_00_00_00_02;
const ip = (text: string) => parseIp(text)?.value ?? -1n;
const vip4 = Number(ip("192.0.2.10"));
const vip6 = ip("2001:db8::a");

interface Golden<T> {
  readonly name: string;
  readonly hex: string;
  readonly ethernet: EthernetHeader;
  readonly value: T;
  readonly decode: (reader: Reader) => T;
  readonly encode: (writer: Writer, value: T) => void;
}

function golden<T>({ name, hex, ethernet, value, decode, encode }: Golden<T>): void {
  Deno.test(`${name}: decodes`, () => {
    const reader = new Reader(fromHex(hex));
    assertEquals(decodeEthernet(reader), ethernet);
    assertEquals(decode(reader), value);
  });
  Deno.test(`${name}: encodes`, () => {
    const writer = new Writer(128);
    encodeEthernet(writer, ethernet);
    encode(writer, value);
    assertEquals(toHex(writer.padTo(60).finish()), toHex(fromHex(hex)));
  });
}

const arp = { decode: decodeArp, encode: encodeArp };
const ns = { decode: decodeNeighborSolicitation, encode: encodeNeighborSolicitation };
const na = { decode: decodeNeighborAdvertisement, encode: encodeNeighborAdvertisement };

golden<ArpPacket>({
  name: "ARP request",
  hex: arpRequestHex,
  ethernet: { destination: 0xffff_ffff_ffff, source: client, etherType: 0x0806 },
  value: {
    operation: 1,
    senderMac: client,
    senderIp: Number(ip("192.0.2.1")),
    targetMac: 0,
    targetIp: vip4,
  },
  ...arp,
});

golden<ArpPacket>({
  name: "ARP reply",
  hex: arpReplyHex,
  ethernet: { destination: client, source: node, etherType: 0x0806 },
  value: {
    operation: 2,
    senderMac: node,
    senderIp: vip4,
    targetMac: client,
    targetIp: Number(ip("192.0.2.1")),
  },
  ...arp,
});

golden({
  name: "Neighbor Solicitation",
  hex: solicitationHex,
  ethernet: { destination: 0x3333_ff00_000a, source: client, etherType: 0x86dd },
  value: {
    source: ip("2001:db8::1"),
    destination: ip("ff02::1:ff00:a"),
    target: vip6,
    sourceMac: client as number | null,
  },
  ...ns,
});

golden({
  name: "Neighbor Solicitation that detects duplicates",
  hex: probeHex,
  ethernet: { destination: 0x3333_ff00_000a, source: client, etherType: 0x86dd },
  value: { source: 0n, destination: ip("ff02::1:ff00:a"), target: vip6, sourceMac: null },
  ...ns,
});

golden({
  name: "Neighbor Advertisement, solicited",
  hex: advertisementHex,
  ethernet: { destination: client, source: node, etherType: 0x86dd },
  value: {
    source: vip6,
    destination: ip("2001:db8::1"),
    router: false,
    solicited: true,
    override: false,
    target: vip6,
    targetMac: node as number | null,
  },
  ...na,
});

golden({
  name: "Neighbor Advertisement, unsolicited",
  hex: conflictHex,
  ethernet: { destination: 0x3333_0000_0001, source: node, etherType: 0x86dd },
  value: {
    source: vip6,
    destination: ip("ff02::1"),
    router: false,
    solicited: false,
    override: true,
    target: vip6,
    targetMac: node as number | null,
  },
  ...na,
});

Deno.test("the bodies of Neighbor Advertisements are those of the behaviour reference", () => {
  const body = (hex: string) => toHex(fromHex(hex).slice(58));
  assertEquals(body(advertisementHex), "4000000020010db800000000000000000000000a0201020000000001");
  assertEquals(body(conflictHex), "2000000020010db800000000000000000000000a0201020000000001");
});

Deno.test("gratuitous ARP: request, then reply, both broadcast with a broadcast target", () => {
  const frame = (operation: number) => {
    const writer = new Writer(60);
    encodeGratuitousArp(writer, node, vip4, operation);
    return toHex(writer.finish());
  };
  const padding = "00".repeat(18);
  const start = "ffffffffffff02000000000108060001080006040";
  const rest = "020000000001c000020affffffffffffc000020a" + padding;
  assertEquals(frame(1), `${start}001${rest}`);
  assertEquals(frame(2), `${start}002${rest}`);
});

Deno.test("the unsolicited Neighbor Advertisement goes to all nodes", () => {
  const writer = new Writer(86);
  encodeUnsolicitedAdvertisement(writer, node, vip6);
  assertEquals(toHex(writer.finish()), toHex(fromHex(conflictHex)));
});
