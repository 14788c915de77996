/** What L2Advertisements reach. */
import { assertEquals } from "@std/assert";
import { type CompiledL2Advertisements, compileL2Advertisements } from "../../../crds/l2advertisements.ts";
import { compilePools } from "../../../crds/pools.ts";
import { l2AdvertisementObject, nodeObject, poolObject } from "../../support/poolobjects.ts";

const { pools } = compilePools([
  poolObject("bronze", ["192.0.2.0/24"], { labels: { tier: "bronze" } }),
  poolObject("gold", ["198.51.100.0/24"], { labels: { tier: "gold" } }),
  poolObject("plain", ["203.0.113.0/24"]),
], []);

const nodes = [
  nodeObject("node-a", { rack: "1", disk: "ssd" }),
  nodeObject("node-b", { rack: "2" }),
  nodeObject("node-c"),
];

const compile = (...objects: Parameters<typeof compileL2Advertisements>[0]): CompiledL2Advertisements =>
  compileL2Advertisements(objects, pools, nodes);

function only(spec: unknown) {
  const { advertisements: [advertisement], problems } = compile(l2AdvertisementObject("ad", spec));
  return {
    pools: [...advertisement?.pools ?? []],
    nodes: Object.fromEntries(advertisement?.nodes ?? []),
    interfaces: advertisement?.interfaces,
    problems: problems.map(({ severity, field }) => `${severity} ${field}`),
  };
}

const all = ["bronze", "gold", "plain"];
const gold = { matchLabels: { tier: "gold" } };
const broken = { matchExpressions: [{ key: "tier", operator: "Is" }] };

Deno.test("pools: by name, by label, both, neither", () => {
  const rows: [spec: unknown, pools: string[]][] = [
    [{}, all],
    [{ ipAddressPools: [], ipAddressPoolSelectors: [] }, all],
    [{ ipAddressPools: ["plain"] }, ["plain"]],
    [{ ipAddressPoolSelectors: [gold] }, ["gold"]],
    [{ ipAddressPools: ["plain"], ipAddressPoolSelectors: [gold] }, ["gold", "plain"]],
    [{ ipAddressPools: ["gold"], ipAddressPoolSelectors: [gold] }, ["gold"]],
    [{ ipAddressPoolSelectors: [{}] }, all],
    [{ ipAddressPoolSelectors: [{ matchLabels: { tier: "none" } }] }, []],
    [{ ipAddressPools: ["absent"] }, []],
    [{ ipAddressPoolSelectors: [broken] }, []],
    [{ ipAddressPoolSelectors: [broken, gold] }, ["gold"]],
    [{ ipAddressPools: "plain" }, []],
    [{ ipAddressPools: [3] }, []],
    ["everything", []],
  ];
  for (const [spec, expected] of rows) assertEquals(only(spec).pools, expected, JSON.stringify(spec));
});

Deno.test("the name of a pool that isn't usable is a warning", () => {
  assertEquals(only({ ipAddressPools: ["gold", "absent"] }).problems, ["warning spec.ipAddressPools[1]"]);
  assertEquals(only({ ipAddressPools: ["gold", "gold"] }).problems, ["error spec.ipAddressPools[1]"]);
});

Deno.test("nodes: those that a selector fits, with the sum of the weights that fit them", () => {
  const prefer = (weight: unknown, preference: unknown) => ({ weight, preference });
  const rows: [spec: unknown, nodes: Record<string, number>][] = [
    [{}, { "node-a": 0, "node-b": 0, "node-c": 0 }],
    [{ nodeSelectors: [{ matchLabels: { rack: "1" } }, { matchLabels: { rack: "2" } }] }, {
      "node-a": 0,
      "node-b": 0,
    }],
    [{ nodeSelectors: [{ matchLabels: { rack: "9" } }] }, {}],
    [{ nodeSelectors: [broken] }, {}],
    [
      {
        preferredNodeSelectors: [
          prefer(10, { matchLabels: { rack: "1" } }),
          prefer(5, { matchLabels: { disk: "ssd" } }),
          prefer(1, {}),
        ],
      },
      { "node-a": 16, "node-b": 1, "node-c": 1 },
    ],
    [
      {
        nodeSelectors: [{ matchLabels: { rack: "2" } }],
        preferredNodeSelectors: [prefer(100, { matchLabels: { rack: "1" } })],
      },
      { "node-b": 0 },
    ],
    [{ preferredNodeSelectors: [prefer(101, {}), prefer(3, broken), prefer(2, {})] }, {
      "node-a": 2,
      "node-b": 2,
      "node-c": 2,
    }],
  ];
  for (const [spec, expected] of rows) assertEquals(only(spec).nodes, expected, JSON.stringify(spec));
});

Deno.test("interfaces: all, or the named ones in order", () => {
  assertEquals(only({}).interfaces, "all");
  assertEquals(only({ interfaces: ["eth1", "eth0", "eth1"] }).interfaces, ["eth0", "eth1"]);
  assertEquals(only({ interfaces: "eth0" }).interfaces, []);
});

Deno.test("one bad advertisement leaves the others as they are", () => {
  const { advertisements, problems } = compile(
    l2AdvertisementObject("b", { nodeSelectors: "node-a" }),
    l2AdvertisementObject("a", { ipAddressPools: ["gold"] }),
  );
  assertEquals(advertisements.map(({ name, nodes }) => [name, nodes.size]), [["a", 3], ["b", 0]]);
  assertEquals(problems.map(({ name, field }) => [name, field]), [["b", "spec.nodeSelectors"]]);
});

Deno.test("an advertisement that adds nothing to an earlier one is not attached again", () => {
  const web = { matchLabels: { app: "web" } };
  const api = { matchLabels: { app: "api" } };
  const reached = (...specs: unknown[]) =>
    compile(...specs.map((spec, index) => l2AdvertisementObject(`ad-${index}`, spec)))
      .advertisements.map(({ pools }) => [...pools]);
  assertEquals(reached({ ipAddressPools: ["gold"] }, {}), [["gold"], ["bronze", "plain"]]);
  assertEquals(reached({}, { nodeSelectors: [{}] }), [all, []], "the same nodes, said in another way");
  assertEquals(reached({}, { nodeSelectors: [{ matchLabels: { rack: "1" } }] }), [all, all]);
  assertEquals(reached({ interfaces: ["eth0", "eth1"] }, { interfaces: ["eth1", "eth0"] }), [all, []]);
  assertEquals(reached({ interfaces: ["eth0"] }, {}), [all, all]);
  assertEquals(reached({ serviceSelectors: [web, api] }, { serviceSelectors: [api, web] }), [all, []]);
  assertEquals(reached({ serviceSelectors: [web] }, { serviceSelectors: [api] }), [all, all]);
  const preferring = { preferredNodeSelectors: [{ weight: 5, preference: {} }] };
  assertEquals(reached(preferring, preferring), [all, all], "preferences add up");
});
