/** The three structures that make assignment cheap, each beside the obvious way to do the same. */
import { assertEquals, assertThrows } from "@std/assert";
import { FreeAddresses } from "../../../controller/freeaddresses.ts";
import { SharingGroup } from "../../../controller/sharinggroup.ts";
import { MinHeap } from "../../../core/minheap.ts";
import type { AddressRange } from "../../../crds/pools.ts";
import { pick, seededRandom, some } from "../../support/seededrandom.ts";

const range = (first: bigint, last: bigint): AddressRange => ({ family: "ipv4", first, last });

Deno.test("MinHeap: gives items in ascending order, each once", () => {
  const heap = new MinHeap();
  for (const item of [5n, 1n, 3n, 1n, 2n ** 100n, 0n, 5n]) heap.push(item);
  const taken = [];
  for (let item = heap.pop(); item !== undefined; item = heap.pop()) taken.push(item);
  assertEquals(taken, [0n, 1n, 3n, 5n, 2n ** 100n]);
  assertEquals([heap.peek(), heap.pop()], [undefined, undefined]);
});

Deno.test("MinHeap: an item that was taken can come again", () => {
  const heap = new MinHeap();
  heap.push(7n);
  assertEquals(heap.pop(), 7n);
  heap.push(7n);
  assertEquals([heap.peek(), heap.pop(), heap.pop()], [7n, 7n, undefined]);
});

Deno.test("MinHeap: against a sorted list, by chance", () => {
  const random = seededRandom(7);
  const heap = new MinHeap();
  let list: bigint[] = [];
  for (let step = 0; step < 5000; step++) {
    if (random() < 0.55) {
      const item = BigInt(Math.floor(random() * 300));
      heap.push(item);
      if (!list.includes(item)) list = [...list, item].sort((a, b) => (a < b ? -1 : 1));
    } else {
      assertEquals(heap.pop(), list[0]);
      list = list.slice(1);
    }
    assertEquals(heap.peek(), list[0]);
  }
});

Deno.test("FreeAddresses: positions follow the order of the entries, not of the numbers", () => {
  const free = new FreeAddresses([range(100n, 102n), range(10n, 11n)], () => true);
  assertEquals([0n, 1n, 2n, 3n, 4n].map((position) => free.valueAt(position)), [100n, 101n, 102n, 10n, 11n]);
  assertEquals([100n, 102n, 10n, 11n].map((value) => free.positionOf(value)), [0n, 2n, 3n, 4n]);
  assertEquals([9n, 12n, 99n, 103n].map((value) => free.positionOf(value)), [null, null, null, null]);
});

Deno.test("FreeAddresses: without ranges there is nothing", () => {
  const free = new FreeAddresses([], () => true);
  assertEquals([free.first(), free.positionOf(1n)], [null, null]);
  assertThrows(() => free.valueAt(0n), RangeError);
});

Deno.test("FreeAddresses: the first stays free until somebody takes it", () => {
  const taken = new Set<bigint>();
  const free = new FreeAddresses([range(1n, 2n)], (value) => !taken.has(value));
  assertEquals(free.first(), { value: 1n, position: 0n });
  assertEquals(free.first(), { value: 1n, position: 0n });
  taken.add(1n);
  assertEquals(free.first(), { value: 2n, position: 1n });
  taken.add(2n);
  assertEquals(free.first(), null);
  taken.delete(2n);
  free.release(1n);
  assertEquals(free.first(), { value: 2n, position: 1n });
});

Deno.test("FreeAddresses: a released address that was taken again meanwhile is not given", () => {
  const taken = new Set([1n, 2n]);
  const free = new FreeAddresses([range(1n, 3n)], (value) => !taken.has(value));
  assertEquals(free.first()?.value, 3n);
  free.release(0n);
  assertEquals(free.first()?.value, 3n);
});

Deno.test("FreeAddresses: against a linear scan, by chance", () => {
  const random = seededRandom(11);
  const ranges = [range(50n, 60n), range(0n, 5n), range(20n, 20n)];
  const order = ranges.flatMap(({ first, last }) => span(first, last));
  const avoided = new Set([53n, 0n]);
  const taken = new Set<bigint>();
  const free = new FreeAddresses(ranges, (value) => !taken.has(value) && !avoided.has(value));
  for (let step = 0; step < 5000; step++) {
    const expected = order.find((value) => !taken.has(value) && !avoided.has(value));
    assertEquals(free.first()?.value, expected);
    if (expected !== undefined && random() < 0.6) taken.add(expected);
    else if (random() < 0.1) taken.add(pick(random, order));
    else {
      const value = pick(random, order);
      if (taken.delete(value)) free.release(free.positionOf(value) ?? -1n);
    }
  }
});

Deno.test("FreeAddresses: the end of a /64 is as near as its beginning", () => {
  const last = 2n ** 64n - 1n;
  const free = new FreeAddresses([{ family: "ipv6", first: 0n, last }], (value) => value !== 0n);
  assertEquals(free.first()?.value, 1n);
  assertEquals(free.positionOf(last), last);
  assertEquals(free.valueAt(last), last);
});

Deno.test("SharingGroup: the first address on which all ports are free", () => {
  const used = new Map<bigint, Set<string>>([[3n, new Set(["TCP/80"])], [8n, new Set(["UDP/53"])]]);
  const group = new SharingGroup((position, port) => used.get(position)?.has(port) ?? false);
  assertEquals([group.empty, group.find([])], [true, null]);
  group.add(8n);
  group.add(3n);
  group.add(3n);
  assertEquals(group.find(["TCP/80"]), 8n);
  assertEquals(group.find(["UDP/53"]), 3n);
  assertEquals(group.find(["TCP/80", "UDP/53"]), null);
  assertEquals(group.find([]), 3n);
  group.remove(3n);
  group.remove(4n);
  assertEquals(group.find(["UDP/53"]), null);
  group.remove(8n);
  assertEquals(group.empty, true);
});

Deno.test("SharingGroup: against a linear scan, by chance", () => {
  const random = seededRandom(13);
  const ports = ["TCP/1", "TCP/2", "TCP/3"];
  const used = new Map<bigint, Set<string>>();
  const group = new SharingGroup((position, port) => used.get(position)?.has(port) ?? false);
  for (let step = 0; step < 20_000; step++) {
    const position = BigInt(Math.floor(random() * 12));
    const known = used.get(position);
    const dice = random();
    if (known === undefined && dice < 0.5) {
      used.set(position, new Set(some(random, ports)));
      group.add(position);
    } else if (dice < 0.1) {
      if (used.delete(position)) group.remove(position);
    } else if (known !== undefined) {
      const port = pick(random, ports);
      if (known.delete(port)) group.releasePort(position, port);
      else known.add(port);
    }
    const wanted = some(random, ports);
    const fits = [...used].filter(([, taken]) => !wanted.some((port) => taken.has(port))).map(([at]) => at);
    assertEquals(group.find(wanted), fits.sort((a, b) => (a < b ? -1 : 1))[0] ?? null);
  }
});

function span(first: bigint, last: bigint): bigint[] {
  return first > last ? [] : [first, ...span(first + 1n, last)];
}
