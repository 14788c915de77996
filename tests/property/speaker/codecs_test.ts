/** decode(encode(x)) = x for every message of Layer 2 and of netlink. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Reader, Writer } from "../../../core/bytes.ts";
import { ipFromValue } from "../../../core/ip.ts";
import { decodeArp, encodeArp } from "../../../speaker/l2/arp.ts";
import { decodeEthernet, encodeEthernet } from "../../../speaker/l2/ethernet.ts";
import { isMulticast, solicitedNodeGroup } from "../../../speaker/l2/ipv6.ts";
import { formatMac, parseMac } from "../../../speaker/l2/mac.ts";
import {
  decodeNeighborAdvertisement,
  encodeNeighborAdvertisement,
} from "../../../speaker/l2/neighboradvertisement.ts";
import {
  decodeNeighborSolicitation,
  encodeNeighborSolicitation,
} from "../../../speaker/l2/neighborsolicitation.ts";
import { type AddressMessage, decodeAddress, encodeAddress } from "../../../speaker/netlink/address.ts";
import { decodeLink, encodeLink } from "../../../speaker/netlink/link.ts";
import { decodeMessages, encodeMessage } from "../../../speaker/netlink/message.ts";

const options = { seed: 20300101, numRuns: 500 };
const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const mac = fc.integer({ min: 0, max: 0xffff_ffff_ffff });
const ipv6 = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n });
const unicast = ipv6.filter((address) => !isMulticast(address));

function roundTrip<T>(
  name: string,
  arbitrary: fc.Arbitrary<T>,
  encode: (writer: Writer, value: T) => void,
  decode: (reader: Reader) => T,
): void {
  Deno.test(`decode(encode(x)) = x: ${name}`, () => {
    fc.assert(
      fc.property(arbitrary, (value) => {
        const writer = new Writer(256);
        encode(writer, value);
        assertEquals(decode(new Reader(writer.finish())), value);
      }),
      options,
    );
  });
}

roundTrip(
  "Ethernet header",
  fc.record({ destination: mac, source: mac, etherType: u16 }, { noNullPrototype: true }),
  encodeEthernet,
  decodeEthernet,
);

roundTrip(
  "ARP packet",
  fc.record(
    { operation: u16, senderMac: mac, senderIp: u32, targetMac: mac, targetIp: u32 },
    { noNullPrototype: true },
  ),
  encodeArp,
  decodeArp,
);

roundTrip(
  "Neighbor Solicitation",
  fc.record(
    { source: unicast, destination: ipv6, target: unicast, sourceMac: fc.option(mac) },
    { noNullPrototype: true },
  ).map((solicitation) =>
    solicitation.source === 0n
      ? { ...solicitation, destination: solicitedNodeGroup(solicitation.target), sourceMac: null }
      : solicitation
  ),
  encodeNeighborSolicitation,
  decodeNeighborSolicitation,
);

roundTrip(
  "Neighbor Advertisement",
  fc.record({
    source: ipv6,
    destination: ipv6,
    router: fc.boolean(),
    solicited: fc.boolean(),
    override: fc.boolean(),
    target: unicast,
    targetMac: fc.option(mac),
  }, { noNullPrototype: true }),
  encodeNeighborAdvertisement,
  decodeNeighborAdvertisement,
);

roundTrip(
  "netlink link",
  fc.record({
    family: fc.integer({ min: 0, max: 255 }),
    hardwareType: u16,
    index: fc.integer({ min: 0, max: 0x7fff_ffff }),
    flags: u32,
    name: fc.stringMatching(/^[a-z0-9.@-]{0,15}$/),
    mac: fc.oneof(fc.constant(""), mac.filter((value) => value !== 0).map(formatMac)),
    master: fc.option(fc.integer({ min: 1, max: 0x7fff_ffff })),
    operState: fc.integer({ min: 0, max: 255 }),
  }, { noNullPrototype: true }),
  (writer, value) => void writer.copy(encodeLink(value)),
  decodeLink,
);

roundTrip<AddressMessage | null>(
  "netlink address",
  fc.record({
    link: fc.integer({ min: 0, max: 0x7fff_ffff }),
    ip: fc.oneof(
      u32.map((value) => ipFromValue("ipv4", BigInt(value))),
      ipv6.map((v) => ipFromValue("ipv6", v)),
    ),
    prefixLength: fc.integer({ min: 0, max: 128 }),
    flags: u32,
  }, { noNullPrototype: true }),
  (writer, value) => void (value === null ? null : writer.copy(encodeAddress(value))),
  decodeAddress,
);

Deno.test("decode(encode(x)) = x: netlink datagrams, whatever the lengths of their bodies", () => {
  const message = fc.record({
    type: u16,
    flags: u16,
    sequence: u32,
    body: fc.uint8Array({ maxLength: 40 }),
  }, { noNullPrototype: true });
  fc.assert(
    fc.property(fc.array(message, { maxLength: 5 }), (messages) => {
      const writer = new Writer(400);
      for (const { body, ...header } of messages) {
        encodeMessage(writer, header, body.length, (into) => void into.copy(body));
      }
      const decoded = [...decodeMessages(new Reader(writer.finish()))];
      const values = decoded.map(({ body, ...header }) => ({
        ...header,
        body: [...body.copy(body.left, "body")],
      }));
      assertEquals(values, messages.map(({ body, ...header }) => ({ ...header, body: [...body] })));
    }),
    options,
  );
});

Deno.test("a MAC address is the same after being written and read", () => {
  fc.assert(fc.property(mac, (value) => assertEquals(parseMac(formatMac(value)), value)), options);
});

Deno.test("numbers of every width are the same after being written and read", () => {
  const value = fc.record({
    u8: fc.integer({ min: 0, max: 255 }),
    u16,
    u32,
    u48: mac,
    u128: ipv6,
    signed: fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
    bytes: fc.uint8Array({ maxLength: 9 }),
  });
  fc.assert(
    fc.property(value, ({ u8, u16, u32, u48, u128, signed, bytes }) => {
      const writer = new Writer(64).copy(bytes).u8(u8).u16(u16).u32(u32).u48(u48).u128(u128)
        .hostU16(u16).hostU32(u32).hostU32(signed >>> 0);
      const reader = new Reader(writer.finish());
      assertEquals([...reader.copy(bytes.length, "bytes")], [...bytes]);
      assertEquals([reader.u8("a"), reader.u16("b"), reader.u32("c"), reader.u48("d")], [u8, u16, u32, u48]);
      assertEquals(reader.u128("e"), u128);
      assertEquals([reader.hostU16("f"), reader.hostU32("g"), reader.hostI32("h")], [u16, u32, signed]);
      assertEquals(reader.left, 0);
    }),
    options,
  );
});
