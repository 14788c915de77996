/** rtnetlink as the kernel (6.18, little-endian) sent it, and what is refused. */
import { assertEquals } from "@std/assert";
import { Reader, ShortInputError, Writer } from "../../../core/bytes.ts";
import { decodeAddress } from "../../../speaker/netlink/address.ts";
import { decodeLink } from "../../../speaker/netlink/link.ts";
import {
  decodeErrno,
  decodeMessages,
  encodeDumpRequest,
  NetlinkError,
} from "../../../speaker/netlink/message.ts";
import { fromHex, toHex } from "../../support/hex.ts";

/** The answer to a dump of addresses: 192.0.2.5/24, and 2001:db8::5/64 while its uniqueness is tested. */
const addressDump = `
  50000000 1400 0200 16000000 a66e0000  02 18 80 00 03000000
    0800 0100 c0000205  0800 0200 c0000205  0900 0300 6574683000 000000  0800 0800 80000000
    1400 0600 ffffffffffffffff60d3020060d30200
  48000000 1400 0200 16000000 a66e0000  0a 40 c0 00 03000000
    1400 0100 20010db8000000000000000000000005  1400 0600 ffffffffffffffff60d3020060d30200
    0800 0800 c0000000`;

/** News that 192.0.2.5, whose other end is 192.0.2.6, is gone; asked for by some other process. */
const pointToPoint = `
  50000000 1500 0000 6e51046b b46e0000  02 20 80 00 03000000
    0800 0100 c0000206  0800 0200 c0000205  0900 0300 6574683000 000000  0800 0800 80000000
    1400 0600 ffffffffffffffff64d3020064d30200`;

/** eth0 in a bridge, cut to its first attributes and those that matter. */
const bridgePort = `
  50000000 1000 0000 00000000 00000000  00 00 0100 03000000 03100100 00000000
    0900 0300 6574683000 000000  0500 1000 06 000000  0800 0a00 04000000  0a00 0100 020000000001 0000
    0800 0d00 e8030000`;

Deno.test("addresses of a dump", () => {
  const messages = [...decodeMessages(new Reader(fromHex(addressDump)))];
  assertEquals(messages.map(({ type, flags, sequence }) => [type, flags, sequence]), [[20, 2, 22], [
    20,
    2,
    22,
  ]]);
  const addresses = messages.map(({ body }) => decodeAddress(body));
  assertEquals(addresses.map((address) => address && { ...address, ip: address.ip.text }), [
    { link: 3, ip: "192.0.2.5", prefixLength: 24, flags: 0x80 },
    { link: 3, ip: "2001:db8::5", prefixLength: 64, flags: 0xc0 },
  ]);
});

Deno.test("on a point-to-point link the node's own address counts", () => {
  const [message] = [...decodeMessages(new Reader(fromHex(pointToPoint)))];
  assertEquals(message?.type, 21);
  assertEquals(message && decodeAddress(message.body)?.ip.text, "192.0.2.5");
});

Deno.test("a link with its master, state and MAC address", () => {
  const [message] = [...decodeMessages(new Reader(fromHex(bridgePort)))];
  assertEquals(message && decodeLink(message.body), {
    family: 0,
    hardwareType: 1,
    index: 3,
    flags: 0x11003,
    name: "eth0",
    mac: "02:00:00:00:00:01",
    master: 4,
    operState: 6,
  });
});

Deno.test("the dump requests", () => {
  const request = (type: 18 | 22) => {
    const writer = new Writer(64);
    encodeDumpRequest(writer, type, 7);
    return toHex(writer.finish());
  };
  assertEquals(request(18), "20000000" + "1200" + "0103" + "07000000" + "00000000" + "00".repeat(16));
  assertEquals(request(22), "18000000" + "1600" + "0103" + "07000000" + "00000000" + "00".repeat(8));
});

Deno.test("the end of a dump and an error carry an errno", () => {
  assertEquals(decodeErrno(new Reader(fromHex("00000000"))), 0);
  assertEquals(decodeErrno(new Reader(fromHex("f0ffffff"))), 16);
  assertEquals(decodeErrno(new Reader(fromHex(""))), 0);
});

/** What a datagram is refused for: the class and the field. */
function refusal(hex: string): string {
  try {
    for (const { type, body } of decodeMessages(new Reader(fromHex(hex)))) {
      if (type === 16) decodeLink(body);
      else decodeAddress(body);
    }
  } catch (error) {
    if (error instanceof ShortInputError) return `short ${error.field}`;
    if (error instanceof NetlinkError) return `invalid ${error.field}`;
    throw error;
  }
  return "accepted";
}

const header = (length: string, type: string) => `${length} ${type} 0000 00000000 00000000`;

const refused: readonly [name: string, hex: string, outcome: string][] = [
  ["an empty datagram", "", "accepted"],
  ["three bytes", "500000", "short netlink.length"],
  ["a header cut before its port", "10000000 1000 0000 00000000 0000", "short netlink.port"],
  ["a length of 0, which would never end", header("00000000", "1000"), "invalid netlink.length"],
  ["a length below the header's", header("0f000000", "1000"), "invalid netlink.length"],
  ["a length beyond the datagram", header("50000000", "1000"), "short netlink.body"],
  ["a link without its header", header("10000000", "1000"), "short link.family"],
  ["an address without its header", header("10000000", "1400"), "short address.family"],
  [
    "an attribute of length 0, which would never end",
    header("1c000000", "1400") + "02 18 80 00 03000000 0000 0100",
    "invalid netlink.attribute.length",
  ],
  [
    "an attribute beyond the message",
    header("1c000000", "1400") + "02 18 80 00 03000000 0800 0100",
    "short netlink.attribute",
  ],
  [
    "half an attribute's header",
    header("1a000000", "1400") + "02 18 80 00 03000000 0800",
    "short netlink.attribute.type",
  ],
  [
    "an address without an address",
    header("18000000", "1400") + "02 18 80 00 03000000",
    "invalid address.address",
  ],
  [
    "an IPv4 address of 16 bytes",
    header("2c000000", "1400") + "02 18 80 00 03000000 1400 0100 20010db8000000000000000000000005",
    "invalid address.address",
  ],
  ["an address of another family", header("18000000", "1400") + "1c 18 80 00 03000000", "accepted"],
  [
    "flags of one byte",
    header("20000000", "1400") + "02 18 80 00 03000000 0500 0800 80 000000",
    "short address.flags",
  ],
];

for (const [name, hex, outcome] of refused) {
  Deno.test(`netlink, ${name}: ${outcome}`, () => assertEquals(refusal(hex), outcome));
}
