/** Random pools against an oracle that asks for each address anew who has it. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Ip, ipFromValue } from "../../../core/ip.ts";
import type { IPAddressPool } from "../../../crds/ipaddresspool.ts";
import { compilePools, findPool, isBuggyIp, poolCapacity, poolHolds } from "../../../crds/pools.ts";
import { poolObject } from "../../support/poolobjects.ts";

/** All that happens happens in these: two runs of 48 addresses, across an octet's end, one of each family. */
const runs = [
  { family: "ipv4", start: 0xc00002e8n },
  { family: "ipv6", start: 0x20010db8_00000000_00000000_0000fff0n },
] as const;
const size = 48;

const universe: readonly Ip[] = runs.flatMap(({ family, start }) =>
  Array.from({ length: size }, (_, index) => ipFromValue(family, start + BigInt(index)))
);

/** Positions in the universe, both ends included. */
interface Entry {
  readonly text: string;
  readonly first: number;
  readonly last: number;
}

const entry: fc.Arbitrary<Entry> = fc.tuple(fc.nat(1), fc.nat(size - 1), fc.nat(size - 1), fc.nat(3)).map(
  ([run, a, b, hostBits]) => {
    const base = run * size;
    const prefixSize = 1 << hostBits;
    // Both runs start at a multiple of eight, so prefixes of up to three host bits stay inside.
    const aligned = a - a % prefixSize;
    const asPrefix = b % 3 === 0;
    const first = base + (asPrefix ? aligned : Math.min(a, b));
    const last = base + (asPrefix ? aligned + prefixSize - 1 : Math.max(a, b));
    const length = (run === 0 ? 32 : 128) - hostBits;
    const text = asPrefix
      ? `${universe[base + a]?.text}/${length}`
      : `${universe[first]?.text}-${universe[last]?.text}`;
    return { text, first, last };
  },
);

interface Wish {
  readonly name: string;
  readonly created: number;
  readonly avoidBuggyIPs: boolean;
  readonly entries: readonly Entry[];
}

const wishes: fc.Arbitrary<Wish[]> = fc.array(
  fc.record({
    created: fc.integer({ min: 1, max: 3 }),
    avoidBuggyIPs: fc.boolean(),
    entries: fc.array(entry, { minLength: 1, maxLength: 5 }),
  }),
  { maxLength: 6 },
).map((pools) => pools.map((pool, index) => ({ ...pool, name: `pool-${index}` })));

function objectOf({ name, created, avoidBuggyIPs, entries }: Wish): IPAddressPool {
  return poolObject(name, { addresses: entries.map(({ text }) => text), avoidBuggyIPs }, { created });
}

/** Who has the address: the oldest pool that names it. */
function ownerOf(position: number, wishes: readonly Wish[]): string | null {
  const names = (wish: Wish) => wish.entries.some(({ first, last }) => first <= position && position <= last);
  const [owner] = wishes.filter(names).sort((a, b) => a.created - b.created || (a.name < b.name ? -1 : 1));
  return owner?.name ?? null;
}

/** In the order of assignment: each of the pool's addresses at the first entry that names it. */
function orderOf(wish: Wish, wishes: readonly Wish[]): string[] {
  const order = new Set<string>();
  for (const { first, last } of wish.entries) {
    for (let position = first; position <= last; position++) {
      if (ownerOf(position, wishes) === wish.name) order.add(universe[position]?.text ?? "");
    }
  }
  return [...order];
}

const parameters = { seed: 20260721, numRuns: 400 };

Deno.test("each address belongs to the oldest pool that names it, in the order of the pool's entries", () => {
  fc.assert(
    fc.property(wishes, (wishes) => {
      const compiled = compilePools(wishes.map(objectOf), []);
      universe.forEach((ip, position) => {
        const owner = ownerOf(position, wishes);
        assertEquals(findPool(compiled, ip)?.name ?? null, owner, ip.text);
        for (const pool of compiled.pools.values()) {
          assertEquals(poolHolds(pool, ip), pool.name === owner, ip.text);
        }
      });
      for (const wish of wishes) {
        const ranges = compiled.pools.get(wish.name)?.ranges ?? [];
        const addresses = ranges.flatMap(({ family, first, last }) =>
          Array.from(
            { length: Number(last - first) + 1 },
            (_, index) => ipFromValue(family, first + BigInt(index)).text,
          )
        );
        assertEquals(addresses, orderOf(wish, wishes));
      }
    }),
    parameters,
  );
});

Deno.test("capacity is what counting says", () => {
  fc.assert(
    fc.property(wishes, (wishes) => {
      const compiled = compilePools(wishes.map(objectOf), []);
      for (const pool of compiled.pools.values()) {
        const given = universe.filter((ip) => poolHolds(pool, ip) && !(pool.avoidBuggyIPs && isBuggyIp(ip)));
        const count = (family: Ip["family"]) => BigInt(given.filter((ip) => ip.family === family).length);
        assertEquals(poolCapacity(pool), { ipv4: count("ipv4"), ipv6: count("ipv6") });
      }
    }),
    parameters,
  );
});

Deno.test("the order in which objects arrive changes nothing", () => {
  fc.assert(
    fc.property(wishes, fc.nat(), (wishes, turn) => {
      const objects = wishes.map(objectOf);
      const turned = objects.map((_, index) => objects[(index + turn) % objects.length] ?? objects[0])
        .filter((object) => object !== undefined);
      const summary = (all: readonly IPAddressPool[]) => {
        const { pools, problems } = compilePools(all, []);
        return { pools: [...pools.values()].map(({ name, ranges }) => ({ name, ranges })), problems };
      };
      assertEquals(summary(turned), summary(objects));
    }),
    parameters,
  );
});

Deno.test("a disputed address is a problem of each pool that lost it, and nothing else is", () => {
  fc.assert(
    fc.property(wishes, (wishes) => {
      const { problems } = compilePools(wishes.map(objectOf), []);
      for (const wish of wishes) {
        wish.entries.forEach(({ first, last }, index) => {
          const lost = universe.slice(first, last + 1).some((_, offset) => {
            const position = first + offset;
            const earlier = wish.entries.slice(0, index).some((one) =>
              one.first <= position && position <= one.last
            );
            return earlier || ownerOf(position, wishes) !== wish.name;
          });
          const told = problems.some(({ name, field }) =>
            name === wish.name && field === `spec.addresses[${index}]`
          );
          assertEquals(told, lost, `${wish.name} ${index}`);
        });
      }
      for (const { message } of problems) {
        assert(message.includes("overlaps with already defined CIDR"), message);
      }
    }),
    parameters,
  );
});
