/** CIDR prefixes and the summary of ranges. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseIp } from "../../../core/ip.ts";
import {
  parsePrefix,
  prefixContains,
  prefixesOverlap,
  prefixOf,
  prefixSize,
  prefixText,
  summarizeRange,
} from "../../../core/prefix.ts";

function ip(text: string) {
  const ip = parseIp(text);
  assert(ip !== null, text);
  return ip;
}

function prefix(text: string) {
  const prefix = parsePrefix(text);
  assert(prefix !== null, text);
  return prefix;
}

Deno.test("prefixes lose their host bits and are written in canonical form", () => {
  const rows = [
    ["192.0.2.10/24", "192.0.2.0/24", 256n],
    ["192.0.2.10/32", "192.0.2.10/32", 1n],
    ["192.0.2.10/31", "192.0.2.10/31", 2n],
    ["192.0.2.10/0", "0.0.0.0/0", 2n ** 32n],
    ["2001:DB8::ffff/112", "2001:db8::/112", 65_536n],
    ["::1/0", "::/0", 2n ** 128n],
    ["::192.0.2.1/128", "::c000:201/128", 1n],
  ] as const;
  for (const [text, canonical, size] of rows) {
    assertEquals(prefixText(prefix(text)), canonical);
    assertEquals(prefixSize(prefix(text)), size);
  }
});

Deno.test("anything else is no prefix", () => {
  const bad = [
    ...[
      "",
      "/",
      "/24",
      "192.0.2.0",
      "192.0.2.0/",
      "192.0.2.0/33",
      "192.0.2.0/-1",
      "192.0.2.0/+1",
      "192.0.2.0/024",
    ],
    ...[
      "192.0.2.0/ 24",
      " 192.0.2.0/24",
      "192.0.2.0/24 ",
      "192.0.2.0/24/24",
      "192.0.2.0/1e1",
      "192.0.2.0/255.255.255.0",
    ],
    ...[
      "::/129",
      "::/1000",
      "::ffff:192.0.2.0/24",
      "::ffff:192.0.2.0/120",
      "fe80::1%eth0/64",
      "192.0.2.0-192.0.2.9",
    ],
  ];
  for (const text of bad) assertEquals(parsePrefix(text), null, JSON.stringify(text));
});

Deno.test("a length outside the family is refused", () => {
  for (const length of [-1, 33, 1.5, NaN]) assertThrows(() => prefixOf(ip("192.0.2.1"), length), RangeError);
  assertThrows(() => prefixOf(ip("::1"), 129), RangeError);
});

Deno.test("containing and overlapping mind the ends and the family", () => {
  const net = prefix("192.0.2.64/26");
  const rows = [["192.0.2.63", false], ["192.0.2.64", true], ["192.0.2.127", true], ["192.0.2.128", false], [
    "::c000:240",
    false,
  ]] as const;
  for (const [text, inside] of rows) assertEquals(prefixContains(net, ip(text)), inside, text);
  const others = [["192.0.2.0/26", false], ["192.0.2.0/25", true], ["192.0.2.100/32", true], [
    "192.0.2.128/25",
    false,
  ], ["::/0", false]] as const;
  for (const [text, overlap] of others) {
    assertEquals(prefixesOverlap(net, prefix(text)), overlap, text);
    assertEquals(prefixesOverlap(prefix(text), net), overlap, text);
  }
});

Deno.test("a range is summarized by the fewest prefixes, ascending", () => {
  const rows: [start: string, end: string, prefixes: string[]][] = [
    ["192.0.2.0", "192.0.2.255", ["192.0.2.0/24"]],
    ["192.0.2.1", "192.0.2.1", ["192.0.2.1/32"]],
    ["192.0.2.1", "192.0.2.6", ["192.0.2.1/32", "192.0.2.2/31", "192.0.2.4/31", "192.0.2.6/32"]],
    ["3.3.3.2", "3.3.3.254", [
      ...[
        "3.3.3.2/31",
        "3.3.3.4/30",
        "3.3.3.8/29",
        "3.3.3.16/28",
        "3.3.3.32/27",
        "3.3.3.64/26",
        "3.3.3.128/26",
      ],
      ...["3.3.3.192/27", "3.3.3.224/28", "3.3.3.240/29", "3.3.3.248/30", "3.3.3.252/31", "3.3.3.254/32"],
    ]],
    ["0.0.0.0", "255.255.255.255", ["0.0.0.0/0"]],
    ["255.255.255.254", "255.255.255.255", ["255.255.255.254/31"]],
    ["2001:db8::", "2001:db8::2", ["2001:db8::/127", "2001:db8::2/128"]],
    ["::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", ["::/0"]],
  ];
  for (const [start, end, expected] of rows) {
    assertEquals(summarizeRange(ip(start), ip(end)).map(prefixText), expected, `${start}-${end}`);
  }
});

Deno.test("what is no ascending range of one family is refused", () => {
  assertThrows(() => summarizeRange(ip("192.0.2.2"), ip("192.0.2.1")), RangeError, "192.0.2.2-192.0.2.1");
  assertThrows(() => summarizeRange(ip("192.0.2.2"), ip("::1")), RangeError, "192.0.2.2-::1");
});
