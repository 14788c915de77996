/** What communities are, and what their aliases stand for. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { compileCommunities } from "../../../crds/communities.ts";
import { type Community, compareCommunities, parseCommunity } from "../../../crds/communityvalue.ts";
import { brief, communityObject } from "../../support/bgpobjects.ts";

function parsed(text: string): Community {
  const reading = parseCommunity(text);
  if ("message" in reading) throw new Error(reading.message);
  return reading.community;
}

Deno.test("a community's numbers, without leading zeros", () => {
  assertEquals(parsed("064512:100"), { kind: "standard", text: "64512:100", parts: [64512, 100] });
  assertEquals(parsed("large:4294967295:0:01"), {
    kind: "large",
    text: "4294967295:0:1",
    parts: [4294967295, 0, 1],
  });
});

Deno.test("order: by number, standard ones as the 32 bits that they are", () => {
  const sorted = ["0:2", "1:0", "large:65536:0:0", "large:65536:0:1", "large:65537:0:0", "2:0"];
  const shuffled = [...sorted].reverse();
  const text = ({ kind, text }: Community) => kind === "large" ? `large:${text}` : text;
  assertEquals(shuffled.map(parsed).sort(compareCommunities).map(text), sorted);
});

Deno.test("aliases of all objects; a sound one beside a bad one works", () => {
  const { aliases, problems } = compileCommunities([
    communityObject("b", { vpn: "64512:1", bad: "64512" }),
    communityObject("a", { site: "large:64512:1:2" }),
  ]);
  assertEquals([...aliases].map(([name, { text }]) => [name, text]).sort(), [["site", "64512:1:2"], [
    "vpn",
    "64512:1",
  ]]);
  assertEquals(brief(problems), ["error Community/b spec.communities[1].value"]);
});

Deno.test("an alias that is defined twice means what the older object says, then the first by name", () => {
  const rows = [
    [{ created: 2 }, { created: 1 }, "64512:2", "a"],
    [{ created: 1 }, { created: 2 }, "64512:1", "b"],
    [{ created: 1 }, { created: 1 }, "64512:1", "b"],
    [{ created: 1 }, {}, "64512:1", "b"],
    [{}, { created: 1 }, "64512:2", "a"],
  ] as const;
  for (const [a, b, expected, loser] of rows) {
    const objects = [
      communityObject("a", { vpn: "64512:1" }, a),
      communityObject("b", { vpn: "64512:2" }, b),
    ];
    for (const order of [objects, [...objects].reverse()]) {
      const { aliases, problems } = compileCommunities(order);
      assertEquals(aliases.get("vpn")?.text, expected);
      assertEquals(brief(problems), [`error Community/${loser} spec.communities[0].name`]);
      assertStringIncludes(problems[0]?.message ?? "", "duplicate definition of community");
    }
  }
});

Deno.test("aliases may be called like what every object has", () => {
  const { aliases } = compileCommunities([communityObject("a", [
    { name: "__proto__", value: "1:1" },
    { name: "constructor", value: "1:2" },
  ])]);
  assertEquals([aliases.get("__proto__")?.text, aliases.get("constructor")?.text], ["1:1", "1:2"]);
});
