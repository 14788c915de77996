/** Whatever the bytes, the decoders let only declared errors out, and the responder none. */
import { assert, assertEquals } from "@std/assert";
import { Reader, ShortInputError, Writer } from "../../../core/bytes.ts";
import { parseIp } from "../../../core/ip.ts";
import { decodeArp } from "../../../speaker/l2/arp.ts";
import { decodeEthernet } from "../../../speaker/l2/ethernet.ts";
import { MalformedError } from "../../../speaker/l2/malformed.ts";
import { decodeNeighborAdvertisement } from "../../../speaker/l2/neighboradvertisement.ts";
import { decodeNeighborSolicitation } from "../../../speaker/l2/neighborsolicitation.ts";
import { ignoreReasons, longestReply, respond } from "../../../speaker/l2/responder.ts";
import { VipTable } from "../../../speaker/l2/vips.ts";
import { decodeAddress } from "../../../speaker/netlink/address.ts";
import { decodeLink } from "../../../speaker/netlink/link.ts";
import { decodeMessages, NetlinkError } from "../../../speaker/netlink/message.ts";
import { NetlinkMirror } from "../../../speaker/netlink/mirror.ts";
import {
  advertisementHex,
  arpReplyHex,
  arpRequestHex,
  conflictHex,
  probeHex,
  solicitationHex,
} from "../../golden/speaker/frames.ts";
import { fromHex, toHex } from "../../support/hex.ts";
import { withChecksum } from "../../support/icmpv6checksum.ts";

const runs = 3000;

type Decoder = (reader: Reader) => unknown;

const decoders: Readonly<Record<string, Decoder>> = {
  ethernet: decodeEthernet,
  arp: decodeArp,
  solicitation: decodeNeighborSolicitation,
  advertisement: decodeNeighborAdvertisement,
  link: decodeLink,
  address: decodeAddress,
  netlink: (reader) => [...decodeMessages(reader)].map(({ body }) => decodeLink(body)),
};

const linkHex =
  "54000000100000000000000000000000000001000300000003100100000000000900030065746830000000000500" +
  "10000600000008000a00040000000a0001000200000000010000" + "08000d00e8030000";
const addressHex =
  "500000001400020016000000a66e0000021880000300000008000100c000020508000200c00002050900030065746" +
  "83000000000080008008000000014000600ffffffffffffffff60d3020060d30200";

/** Valid input, to be damaged. */
const seeds: readonly Uint8Array[] = [
  ...[arpRequestHex, arpReplyHex, solicitationHex, advertisementHex, probeHex, conflictHex].flatMap((hex) => {
    const frame = fromHex(hex);
    return [frame, frame.slice(14)];
  }),
  ...[linkHex, addressHex].flatMap((hex) => [fromHex(hex), fromHex(hex).slice(16)]),
];

/** A small generator with a seed (mulberry32), so that each run is the same. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Cut, lengthened, with bytes changed; now and then nothing but chance. */
function damage(next: (below: number) => number): Uint8Array {
  if (next(8) === 0) return Uint8Array.from({ length: next(120) }, () => next(256));
  const seed = seeds[next(seeds.length)] ?? new Uint8Array();
  const bytes = Array.from(seed);
  for (let changes = next(4); changes > 0; changes--) {
    bytes[next(bytes.length)] = [0, 1, 255, next(256)][next(4)] ?? 0;
  }
  if (next(3) === 0) bytes.length = next(bytes.length + 1);
  if (next(4) === 0) bytes.push(...Array.from({ length: next(20) }, () => next(256)));
  const frame = Uint8Array.from(bytes);
  return next(2) === 0 && frame.length >= 58 + 24 ? repaired(frame) : frame;
}

/** With a right checksum where that is possible, so that what lies behind the check is reached. */
function repaired(frame: Uint8Array): Uint8Array {
  const length = (frame[18] ?? 0) * 256 + (frame[19] ?? 0);
  return length <= frame.length - 54 ? withChecksum(frame) : frame;
}

function isDeclared(error: unknown): boolean {
  return error instanceof ShortInputError || error instanceof MalformedError || error instanceof NetlinkError;
}

for (const [name, decode] of Object.entries(decoders)) {
  Deno.test(`fuzz: ${name}`, () => {
    const next = generator(0x5eed);
    let accepted = 0;
    for (let run = 0; run < runs; run++) {
      const bytes = damage(next);
      try {
        decode(new Reader(bytes));
        accepted++;
      } catch (error) {
        assert(isDeclared(error), `${toHex(bytes)}: ${error}`);
      }
    }
    assert(accepted > 0 && accepted < runs, `${accepted} of ${runs} were accepted: the input says nothing`);
  });
}

Deno.test("fuzz: the responder answers or names a reason from its list", () => {
  const next = generator(7);
  const vips = new VipTable();
  for (const text of ["192.0.2.10", "2001:db8::a"]) {
    const ip = parseIp(text);
    assert(ip !== null);
    vips.set({ ip, interfaces: "all", count: { requestsReceived: 0, responsesSent: 0, gratuitousSent: 0 } });
  }
  const reply = new Writer(longestReply);
  const outcomes = new Set<string>();
  for (let run = 0; run < 4 * runs; run++) {
    const answer = respond(new Reader(damage(next)), { name: "eth0", mac: 0x02_00_00_00_00_01 }, vips, reply);
    if (answer.type === "reply") assert(reply.length === 60 || reply.length === 86);
    else assert(ignoreReasons.includes(answer.reason));
    outcomes.add(answer.type === "reply" ? "reply" : answer.reason);
  }
  assert(outcomes.size >= 12, `only ${[...outcomes].join(", ")} were reached`);
});

Deno.test("fuzz: the mirror survives every datagram, and tells what it could not read", () => {
  const next = generator(99);
  const mirror = new NetlinkMirror();
  mirror.resync();
  let problems = 0;
  for (let run = 0; run < runs; run++) {
    mirror.receive(new Reader(damage(next)), (error) => {
      assert(isDeclared(error), String(error));
      problems++;
    });
  }
  assert(problems > 0);
});

/** Bytes that once brought, or would bring, a careless decoder down; each with what is said now. */
const crashes: readonly [name: string, decoder: string, hex: string, message: string][] = [
  ["an empty frame", "ethernet", "", "ethernet.destination: 6 bytes needed, 0 left"],
  [
    "an address of the wrong size after a valid header",
    "arp",
    "0001080006",
    "arp.protocolLength: 1 bytes needed, 0 left",
  ],
  [
    "a netlink length that loops in place",
    "netlink",
    "00000000" + "00".repeat(12),
    "netlink.length: 0 is less than a header",
  ],
  [
    "a netlink length with its highest bit set",
    "netlink",
    "ffffffff" + "00".repeat(12),
    "netlink.body: 4294967279 bytes needed, 0 left",
  ],
  [
    "an attribute that loops in place",
    "link",
    "00000100030000000310010000000000" + "00000300",
    "netlink.attribute.length: 0 is less than its header",
  ],
  [
    "an IPv6 payload of no length",
    "solicitation",
    "6000000000003aff" + "00".repeat(32),
    "icmpv6.type: 1 bytes needed, 0 left",
  ],
];

for (const [name, decoder, hex, message] of crashes) {
  Deno.test(`crash: ${name}`, () => {
    let said = "nothing";
    try {
      decoders[decoder]?.(new Reader(fromHex(hex)));
    } catch (error) {
      assert(isDeclared(error));
      said = error instanceof Error ? error.message : "";
    }
    assertEquals(said, message);
  });
}
