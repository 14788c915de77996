/** Addresses, prefixes and summaries for any value. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { isIP } from "node:net";
import { familyBits, type Ip, ipFromBytes, ipFromValue, ipToBytes, parseIp } from "../../../core/ip.ts";
import {
  parsePrefix,
  prefixContains,
  prefixesOverlap,
  prefixOf,
  prefixText,
  summarizeRange,
} from "../../../core/prefix.ts";

const families = fc.constantFrom("ipv4", "ipv6");

const address: fc.Arbitrary<Ip> = families.chain((family) =>
  fc.bigInt({ min: 0n, max: (1n << BigInt(familyBits(family))) - 1n }).map((value) =>
    ipFromValue(family, value)
  )
);

/** Ends that are near each other, so that the summary is short; also at the family's ends. */
const range: fc.Arbitrary<[Ip, Ip]> = fc.tuple(address, fc.bigInt({ min: 0n, max: 2000n })).map(
  ([start, length]) => {
    const max = (1n << BigInt(familyBits(start.family))) - 1n;
    const end = start.value + length > max ? max : start.value + length;
    return [start, ipFromValue(start.family, end)];
  },
);

const parameters = { seed: 20260721, numRuns: 500 };
/** IPv4 in IPv6 spelling is read as IPv4, so it has two spellings and one value. */
const isMapped = (ip: Ip) => ip.family === "ipv6" && ip.value >> 32n === 0xffffn;

Deno.test("text and bytes lead back to the same address", () => {
  fc.assert(
    fc.property(address, (ip) => {
      assertEquals(isIP(ip.text), ip.family === "ipv4" ? 4 : 6);
      assertEquals(ipFromBytes(ipToBytes(ip)), ip);
      if (!isMapped(ip)) assertEquals(parseIp(ip.text), ip);
    }),
    parameters,
  );
});

Deno.test("what looks like an address is one exactly when the runtime says so", () => {
  const digits = fc.stringMatching(/^[0-9a-f:.]{0,24}$/);
  fc.assert(fc.property(digits, (text) => assertEquals(parseIp(text) !== null, isIP(text) !== 0, text)), {
    ...parameters,
    numRuns: 5000,
  });
});

Deno.test("a summary covers its range exactly, ascending, and no two of it can be one", () => {
  fc.assert(
    fc.property(range, ([start, end]) => {
      const prefixes = summarizeRange(start, end);
      let next = start.value;
      for (const prefix of prefixes) {
        assertEquals(prefix.first, next);
        next = prefix.last + 1n;
      }
      assertEquals(next, end.value + 1n);
      prefixes.forEach((prefix, index) => {
        const following = prefixes[index + 1];
        if (following === undefined || following.length !== prefix.length) return;
        assert(prefixOf(ipFromValue(prefix.family, prefix.first), prefix.length - 1).last !== following.last);
      });
    }),
    parameters,
  );
});

Deno.test("a prefix holds its ends and not their neighbours; its text leads back to it", () => {
  fc.assert(
    fc.property(address, fc.nat(128), fc.nat(128), (ip, a, b) => {
      const bits = familyBits(ip.family);
      const prefix = prefixOf(ip, a % (bits + 1));
      assert(prefixContains(prefix, ip));
      for (const value of [prefix.first, prefix.last]) {
        assert(prefixContains(prefix, ipFromValue(ip.family, value)));
      }
      if (prefix.first > 0n) assert(!prefixContains(prefix, ipFromValue(ip.family, prefix.first - 1n)));
      if (prefix.last + 1n < 1n << BigInt(bits)) {
        assert(!prefixContains(prefix, ipFromValue(ip.family, prefix.last + 1n)));
      }
      if (!isMapped(ipFromValue(ip.family, prefix.first))) {
        assertEquals(parsePrefix(prefixText(prefix)), prefix);
      }
      assert(prefixesOverlap(prefix, prefixOf(ip, b % (bits + 1))), "prefixes of one address overlap");
    }),
    parameters,
  );
});
