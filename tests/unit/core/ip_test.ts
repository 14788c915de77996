/** Addresses: what is read, how it is written, and in which order it stands. */
import { assertEquals, assertThrows } from "@std/assert";
import { isIP } from "node:net";
import {
  compareIps,
  familyBits,
  type Ip,
  ipFromBytes,
  ipFromValue,
  ipToBytes,
  parseIp,
} from "../../../core/ip.ts";

const good: readonly (readonly [text: string, family: Ip["family"], value: bigint, canonical: string])[] = [
  ["0.0.0.0", "ipv4", 0n, "0.0.0.0"],
  ["192.0.2.10", "ipv4", 0xc000020an, "192.0.2.10"],
  ["255.255.255.255", "ipv4", 0xffffffffn, "255.255.255.255"],
  ["::", "ipv6", 0n, "::"],
  ["::1", "ipv6", 1n, "::1"],
  ["2001:DB8::00A0", "ipv6", 0x20010db8_00000000_00000000_000000a0n, "2001:db8::a0"],
  ["2001:db8:0:0:1:0:0:1", "ipv6", 0x20010db8_00000000_00010000_00000001n, "2001:db8::1:0:0:1"],
  ["1:2:3:4:5:6:7::", "ipv6", 0x00010002_00030004_00050006_00070000n, "1:2:3:4:5:6:7:0"],
  ["::192.0.2.10", "ipv6", 0xc000020an, "::c000:20a"],
  ["64:ff9b::192.0.2.10", "ipv6", 0x0064ff9b_00000000_00000000_c000020an, "64:ff9b::c000:20a"],
  ["::ffff:192.0.2.10", "ipv4", 0xc000020an, "192.0.2.10"],
  ["::FFFF:c000:020a", "ipv4", 0xc000020an, "192.0.2.10"],
];

const bad = [
  ...[
    "",
    " ",
    "a",
    ".",
    ":",
    ":::",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.256",
    "1.2.3.-1",
    "01.2.3.4",
    "1.2.3.04",
    "1.2.3.4 ",
  ],
  ...[
    " 1.2.3.4",
    "0x1.2.3.4",
    "1.2.3.4\n",
    "16909060",
    "1.2.3.4/24",
    "1.2.3.4%eth0",
    "::1%eth0",
    "[::1]",
    "::1/64",
  ],
  ...[
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "::12345",
    "::00001",
    "::g",
    ":1",
    "1:",
  ],
  ...[
    "::1.2.3",
    "::01.2.3.4",
    "::1.2.3.256",
    "1.2.3.4::",
    "::1.2.3.4:5",
    "1:2:3:4:5:6:7:1.2.3.4",
    "::1\n",
    " ::1",
  ],
];

Deno.test("addresses are read as Go reads them, and written in canonical form", () => {
  for (const [text, family, value, canonical] of good) {
    assertEquals(parseIp(text), { family, value, text: canonical }, text);
    assertEquals(parseIp(canonical), { family, value, text: canonical }, canonical);
  }
});

Deno.test("anything else is no address; the runtime's own parser agrees but for zones", () => {
  for (const text of bad) {
    assertEquals(parseIp(text), null, JSON.stringify(text));
    if (!text.includes("%")) assertEquals(isIP(text), 0, JSON.stringify(text));
  }
  for (const [text] of good) assertEquals(isIP(text) === 0, false, text);
});

Deno.test("bytes: 4 or 16, in network order", () => {
  for (const [text, family, value] of good) {
    const ip = parseIp(text);
    if (ip === null) throw new Error(text);
    const bytes = ipToBytes(ip);
    assertEquals(bytes.length * 8, familyBits(family));
    assertEquals(ipFromBytes(bytes).value, value);
    assertEquals(ipFromBytes(bytes), ip);
  }
  assertEquals([...ipToBytes(ipFromValue("ipv4", 0x01020304n))], [1, 2, 3, 4]);
  for (const length of [0, 3, 5, 15, 17]) {
    assertThrows(() => ipFromBytes(new Uint8Array(length)), RangeError, `${length}`);
  }
});

Deno.test("numbers that don't fit the family are refused", () => {
  assertThrows(() => ipFromValue("ipv4", -1n), RangeError);
  assertThrows(() => ipFromValue("ipv4", 1n << 32n), RangeError);
  assertThrows(() => ipFromValue("ipv6", 1n << 128n), RangeError);
  assertEquals(ipFromValue("ipv6", (1n << 128n) - 1n).text, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
});

Deno.test("IPv4 comes before IPv6, then the number decides", () => {
  const texts = ["255.255.255.255", "::1", "9.9.9.9", "::", "10.0.0.1", "ffff::", "10.0.0.2"];
  const sorted = texts.flatMap((text) => parseIp(text) ?? []).sort(compareIps).map(({ text }) => text);
  assertEquals(sorted, ["9.9.9.9", "10.0.0.1", "10.0.0.2", "255.255.255.255", "::", "::1", "ffff::"]);
  assertEquals(compareIps(ipFromValue("ipv4", 7n), ipFromValue("ipv4", 7n)), 0);
});
