/** MetalLB's order of nodes, for a cluster in which both announce. */
import { assert, assertEquals } from "@std/assert";
import { Ranking } from "../../../speaker/l2/ranking.ts";

const orders: readonly { readonly ip: string; readonly order: readonly string[] }[] = [
  { ip: "10.0.0.1", order: ["node-b", "node-a", "node-c"] },
  { ip: "10.0.0.2", order: ["node-b", "node-c", "node-a"] },
  { ip: "10.20.30.1", order: ["iris2", "iris1"] },
  { ip: "10.20.30.2", order: ["iris1", "iris2"] },
  { ip: "10.20.30.1", order: ["edge-b", "worker-a", "edge-a", "worker-b"] },
  { ip: "fc00:f853:ccd:e799::", order: ["node-b", "node-c", "node-a"] },
  { ip: "2001:db8::1", order: ["node-b", "node-a", "node-c"] },
];

for (const { ip, order } of orders) {
  Deno.test(`election order for ${ip}: ${order.join(", ")}`, () => {
    const ranking = new Ranking();
    const byName = [...order].sort();
    assertEquals(byName.sort((a, b) => ranking.compare(a, b, ip)), order);
    assertEquals([...order].reverse().sort((a, b) => ranking.compare(a, b, ip)), order);
  });
}

Deno.test("the hash is SHA-256 of node, #, address", () => {
  const ranking = new Ranking();
  assertEquals(
    ranking.hash("node-b", "10.0.0.1"),
    "2acae88581fd8b477d8abf5bd882a2094b0c9631507ebc7770a5682a13cd71f1",
  );
  assertEquals(ranking.hash("node-b", "2001:db8::1").slice(0, 8), "1aee61dd");
  assertEquals(ranking.hash("node-a", "2001:db8::1").slice(0, 8), "3c9f88a7");
  assertEquals(ranking.hash("node-c", "2001:db8::1").slice(0, 8), "bb833059");
});

Deno.test("what the ranking remembers doesn't change its answers", () => {
  const forgetful = new Ranking(8);
  const fresh = new Ranking();
  const nodes = ["node-a", "node-b", "node-c"];
  for (let round = 0; round < 3; round++) {
    for (let last = 0; last < 50; last++) {
      const ip = `10.0.0.${last}`;
      for (const a of nodes) {
        for (const b of nodes) {
          assertEquals(Math.sign(forgetful.compare(a, b, ip)), Math.sign(fresh.compare(a, b, ip)));
        }
      }
    }
  }
});

Deno.test("nodes may outnumber what the ranking remembers", () => {
  const ranking = new Ranking(4);
  const nodes = Array.from({ length: 40 }, (_, index) => `node-${index}`);
  const sorted = [...nodes].sort((a, b) => ranking.compare(a, b, "192.0.2.1"));
  const hashes = sorted.map((name) => ranking.hash(name, "192.0.2.1"));
  assert(hashes.every((hash, index) => index === 0 || (hashes[index - 1] ?? "") < hash));
});
