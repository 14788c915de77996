/** What BGPAdvertisements reach and send. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parseIp } from "../../../core/ip.ts";
import { prefixText } from "../../../core/prefix.ts";
import { compileBFDProfiles } from "../../../crds/bfdprofiles.ts";
import type { BGPAdvertisement } from "../../../crds/bgpadvertisement.ts";
import { compileBGPAdvertisements } from "../../../crds/bgpadvertisements.ts";
import { compileBGPPeers } from "../../../crds/bgppeers.ts";
import { compileCommunities } from "../../../crds/communities.ts";
import {
  type AdvertisementReferences,
  announcedPrefix,
  type CompiledBGPAdvertisement,
} from "../../../crds/compiledbgpadvertisement.ts";
import { findLocalPrefConflict } from "../../../crds/localpref.ts";
import { compilePools } from "../../../crds/pools.ts";
import {
  bfdProfileObject,
  bgpAdvertisementObject,
  brief,
  communityObject,
  peerObject,
} from "../../support/bgpobjects.ts";
import { nodeObject, poolObject } from "../../support/poolobjects.ts";

const { pools } = compilePools([
  poolObject("four", ["192.0.2.0/24"], { labels: { tier: "gold" } }),
  poolObject("six", ["2001:db8::/64"]),
  poolObject("dual", ["198.51.100.0/24", "2001:db8:1::/64"]),
], []);
const nodes = [nodeObject("node-a", { rack: "1" }), nodeObject("node-b", { rack: "2" })];
const { aliases } = compileCommunities([communityObject("names", { vpn: "64512:7", big: "large:1:2:3" })]);
const peers = compileBGPPeers(
  [peerObject("tor-1"), peerObject("tor-2", { peerAddress: "192.0.2.2" })],
  { profiles: new Map(), secrets: new Map(), nodes },
);

const compile = (
  objects: readonly BGPAdvertisement[],
  references: Partial<AdvertisementReferences> = {},
) => compileBGPAdvertisements(objects, { pools, nodes, aliases, peers, ...references });

function only(spec: unknown, references: Partial<AdvertisementReferences> = {}) {
  const { advertisements: [advertisement], problems } = compile(
    [bgpAdvertisementObject("ad", spec)],
    references,
  );
  return { advertisement, problems: brief(problems), messages: problems.map(({ message }) => message) };
}

function announced(
  advertisement: CompiledBGPAdvertisement | undefined,
  pool: string,
  text: string,
): string | null {
  const ip = parseIp(text);
  assert(advertisement !== undefined && ip !== null);
  const prefix = announcedPrefix(advertisement, pool, ip);
  return prefix && prefixText(prefix);
}

Deno.test("an advertisement without a spec is for everything", () => {
  const { advertisement, problems } = only({});
  assertEquals(problems, []);
  assertEquals([...advertisement?.pools.keys() ?? []].sort(), ["dual", "four", "six"]);
  assertEquals([...advertisement?.nodes ?? []], ["node-a", "node-b"]);
  assertEquals([advertisement?.peers, advertisement?.serviceSelectors.length], ["all", 0]);
  assertEquals(advertisement?.aggregationLength, { ipv4: 32, ipv6: 128 });
  assertEquals([advertisement?.localPref, advertisement?.communities], [0, []]);
  assertEquals(announced(advertisement, "four", "192.0.2.7"), "192.0.2.7/32");
  assertEquals(announced(advertisement, "dual", "2001:db8:1::7"), "2001:db8:1::7/128");
  assertEquals(announced(advertisement, "none", "192.0.2.7"), null);
});

Deno.test("pools, nodes and peers are narrowed; names that nobody has are warnings", () => {
  const { advertisement, problems } = only({
    ipAddressPools: ["six", "absent"],
    ipAddressPoolSelectors: [{ matchLabels: { tier: "gold" } }],
    nodeSelectors: [{ matchLabels: { rack: "2" } }],
    peers: ["tor-1", "absent"],
  });
  assertEquals([...advertisement?.pools.keys() ?? []].sort(), ["four", "six"]);
  assertEquals([...advertisement?.nodes ?? []], ["node-b"]);
  assertEquals(advertisement?.peers, new Set(["tor-1", "absent"]));
  assertEquals(problems, [
    "warning BGPAdvertisement/ad spec.ipAddressPools[1]",
    "warning BGPAdvertisement/ad spec.peers[1]",
  ]);
  assertEquals(only({ peers: ["absent"] }, { peers: "unknown" }).problems, []);
  assertEquals(only({ peers: [3] }).advertisement?.peers, new Set(), "no peer, not all of them");
});

Deno.test("communities: values and aliases, each once, by number", () => {
  const { advertisement, problems } = only({
    communities: ["64512:9", "big", "vpn", "064512:7", "large:0:5:0"],
  });
  assertEquals(problems, []);
  assertEquals(advertisement?.communities.map(({ kind, text }) => `${kind} ${text}`), [
    "large 0:5:0",
    "large 1:2:3",
    "standard 64512:7",
    "standard 64512:9",
  ]);
});

Deno.test("an advertisement whose communities, or localPref, can't be told announces nothing", () => {
  const rows: [spec: Record<string, unknown>, field: string][] = [
    [{ communities: ["64512:9", "absent"] }, "spec.communities[1]"],
    [{ communities: ["64512:70000"] }, "spec.communities[0]"],
    [{ communities: ["64512:9", 7] }, "spec.communities[1]"],
    [{ communities: "64512:9" }, "spec.communities"],
    [{ localPref: -1 }, "spec.localPref"],
    [{ localPref: "high" }, "spec.localPref"],
  ];
  for (const [spec, field] of rows) {
    const { advertisements, problems } = compile([
      bgpAdvertisementObject("bad", spec),
      bgpAdvertisementObject("good"),
    ]);
    assertEquals(advertisements.map(({ name }) => name), ["good"], JSON.stringify(spec));
    assertEquals(brief(problems), [`error BGPAdvertisement/bad ${field}`]);
  }
  assertEquals(only({ communities: ["absent"] }, { aliases: "unknown" }).problems, []);
});

Deno.test("a community that is given twice counts once", () => {
  const { advertisement, problems } = only({ communities: ["64512:9", "64512:9"] });
  assertEquals(advertisement?.communities.map(({ text }) => text), ["64512:9"]);
  assertEquals(problems, ["error BGPAdvertisement/ad spec.communities[1]"]);
});

Deno.test("aggregation: never wider than the addresses of the entry", () => {
  const rows: [entry: string, length: number, ok: boolean][] = [
    ["192.0.2.0/28", 28, true],
    ["192.0.2.0/28", 26, false],
    ["192.0.2.0/24", 26, true],
    ["203.0.113.2-203.0.113.254", 26, true],
    ["203.0.113.2-203.0.113.254", 24, false],
    ["192.0.2.7-192.0.2.7", 32, true],
    ["192.0.2.7-192.0.2.7", 31, false],
    ["0.0.0.0/0", 1, true],
  ];
  for (const [entry, length, ok] of rows) {
    const { pools } = compilePools([poolObject("p", [entry])], []);
    const { advertisement, problems, messages } = only({ aggregationLength: length }, { pools });
    const first = entry.split(/[-/]/)[0] ?? "";
    assertEquals(announced(advertisement, "p", first) !== null, ok, `${entry} /${length}`);
    assertEquals(problems, ok ? [] : ["error BGPAdvertisement/ad spec.aggregationLength"]);
    if (!ok) assertStringIncludes(messages[0] ?? "", `aggregation length for addresses ${entry} of`);
  }
});

Deno.test("aggregation: only the entry that is too small is left out", () => {
  const { pools } = compilePools([
    poolObject("p", ["192.0.2.0/28", "198.51.100.0/24", "2001:db8::/64"]),
  ], []);
  const { advertisement, problems, messages } = only(
    { aggregationLength: 26, aggregationLengthV6: 48 },
    { pools },
  );
  assertEquals(announced(advertisement, "p", "192.0.2.3"), null);
  assertEquals(announced(advertisement, "p", "198.51.100.77"), "198.51.100.64/26");
  assertEquals(announced(advertisement, "p", "2001:db8::1"), null);
  assertEquals(problems, [
    "error BGPAdvertisement/ad spec.aggregationLength",
    "error BGPAdvertisement/ad spec.aggregationLengthV6",
  ]);
  assertStringIncludes(
    messages[0] ?? "",
    "invalid aggregation length 26: prefix 28 in this pool is more specific than the aggregation length for " +
      "addresses 192.0.2.0/28",
  );
});

Deno.test("aggregation: of an entry that an older pool cuts only the rest counts", () => {
  const { pools } = compilePools([
    poolObject("old", ["192.0.2.0/25"], { created: 1 }),
    poolObject("new", ["192.0.2.0/24"], { created: 2 }),
  ], []);
  const { advertisement } = only({ aggregationLength: 24 }, { pools });
  assertEquals(announced(advertisement, "new", "192.0.2.200"), null, "the /24 would take in the older pool");
  const narrower = only({ aggregationLength: 25 }, { pools }).advertisement;
  assertEquals(announced(narrower, "new", "192.0.2.200"), "192.0.2.128/25");
});

Deno.test("a length that is wrong silences its family only", () => {
  const rows: [spec: Record<string, unknown>, v4: string | null, v6: string | null][] = [
    [{ aggregationLength: 33 }, null, "2001:db8:1::7/128"],
    [{ aggregationLengthV6: "64" }, "198.51.100.7/32", null],
    [{ aggregationLength: 24, serviceSelectors: [{}] }, null, "2001:db8:1::7/128"],
    [{ aggregationLengthV6: 64, serviceSelectors: [{}] }, "198.51.100.7/32", null],
  ];
  for (const [spec, v4, v6] of rows) {
    const { advertisement, problems } = only(spec);
    assertEquals(problems.length, 1);
    assertEquals(announced(advertisement, "dual", "198.51.100.7"), v4, JSON.stringify(spec));
    assertEquals(announced(advertisement, "dual", "2001:db8:1::7"), v6, JSON.stringify(spec));
  }
});

/** Two advertisements of one pool, and whether they contradict each other. */
const localPrefRows: readonly [
  what: string,
  pool: string,
  a: Record<string, unknown>,
  b: Record<string, unknown>,
  conflict: boolean,
][] = [
  ["the same localPref", "four", { localPref: 100 }, { localPref: 100 }, false],
  ["another one", "four", { localPref: 100 }, { localPref: 200 }, true],
  ["one without", "four", { localPref: 100 }, {}, true],
  ["one that is 0 and one without", "four", { localPref: 0 }, {}, false],
  ["IPv4 lengths differ", "four", { localPref: 1, aggregationLength: 24 }, { localPref: 2 }, false],
  ["only IPv6 lengths differ", "four", { localPref: 1, aggregationLengthV6: 64 }, { localPref: 2 }, true],
  ["IPv6 lengths differ", "six", { localPref: 1, aggregationLengthV6: 64 }, { localPref: 2 }, false],
  ["only IPv4 lengths differ", "six", { localPref: 1, aggregationLength: 24 }, { localPref: 2 }, true],
  ["one of both differs", "dual", { localPref: 1, aggregationLength: 24 }, { localPref: 2 }, true],
  [
    "both differ",
    "dual",
    { localPref: 1, aggregationLength: 24, aggregationLengthV6: 64 },
    { localPref: 2 },
    false,
  ],
  ["other peers", "four", { localPref: 1, peers: ["tor-1"] }, { localPref: 2, peers: ["tor-2"] }, false],
  [
    "a peer in common",
    "four",
    { localPref: 1, peers: ["tor-1"] },
    { localPref: 2, peers: ["tor-2", "tor-1"] },
    true,
  ],
  ["one for all peers", "four", { localPref: 1, peers: ["tor-1"] }, { localPref: 2 }, true],
];

Deno.test("localPref: who contradicts whom, at announce time and before", () => {
  for (const [what, pool, a, b, conflict] of localPrefRows) {
    const objects = [
      bgpAdvertisementObject("a", { ipAddressPools: [pool], ...a }),
      bgpAdvertisementObject("b", { ipAddressPools: [pool], ...b }),
    ];
    const { advertisements, problems } = compile(objects);
    const compiledPool = pools.get(pool);
    assert(compiledPool !== undefined);
    const found = findLocalPrefConflict(advertisements, compiledPool)?.map(({ name }) => name) ?? null;
    assertEquals(found, conflict ? ["a", "b"] : null, what);
    assertEquals(brief(problems), conflict ? ["error BGPAdvertisement/b spec.localPref"] : [], what);
  }
});

Deno.test("localPref: on other nodes, on other pools and for chosen Services there is nothing to tell before", () => {
  const rows: [a: Record<string, unknown>, b: Record<string, unknown>][] = [
    [{ nodeSelectors: [{ matchLabels: { rack: "1" } }] }, {
      nodeSelectors: [{ matchLabels: { rack: "2" } }],
    }],
    [{ ipAddressPools: ["four"] }, { ipAddressPools: ["six"] }],
    [{ serviceSelectors: [{ matchLabels: { app: "web" } }] }, {}],
  ];
  for (const [a, b] of rows) {
    const objects = [
      bgpAdvertisementObject("a", { localPref: 1, ...a }),
      bgpAdvertisementObject("b", { localPref: 2, ...b }),
    ];
    assertEquals(compile(objects).problems, [], JSON.stringify([a, b]));
  }
});

Deno.test("localPref: the younger one is told, with the older one's name", () => {
  const { problems } = compile([
    bgpAdvertisementObject("a", { localPref: 1 }, { created: 2 }),
    bgpAdvertisementObject("b", { localPref: 2 }, { created: 1 }),
  ], { nodes: [] });
  assertEquals(brief(problems), ["error BGPAdvertisement/a spec.localPref"]);
  assertStringIncludes(problems[0]?.message ?? "", 'BGPAdvertisement "b"');
});

Deno.test("echo is off for peers that are given IPv6 addresses, where the two meet", () => {
  const { profiles } = compileBFDProfiles([bfdProfileObject("echo", { echoMode: true })]);
  const withEcho = compileBGPPeers([
    peerObject("echoing", { bfdProfile: "echo", nodeSelectors: [{ matchLabels: { rack: "1" } }] }),
    peerObject("plain", { peerAddress: "192.0.2.2" }),
  ], { profiles, secrets: new Map(), nodes });
  const rows: [spec: Record<string, unknown>, without: string[]][] = [
    [{}, ["echoing"]],
    [{ ipAddressPools: ["dual"] }, ["echoing"]],
    [{ ipAddressPools: ["four"] }, []],
    [{ peers: ["plain"] }, []],
    [{ nodeSelectors: [{ matchLabels: { rack: "2" } }] }, []],
  ];
  for (const [spec, without] of rows) {
    const { peersWithoutEcho, problems } = compile([bgpAdvertisementObject("ad", spec)], { peers: withEcho });
    assertEquals([...peersWithoutEcho], without, JSON.stringify(spec));
    assertEquals(brief(problems), without.map(() => "error BGPAdvertisement/ad spec"));
  }
});

Deno.test("equal input in another order gives an equal result", () => {
  const objects = [
    bgpAdvertisementObject("b", { localPref: 1, communities: ["absent"] }),
    bgpAdvertisementObject("a", { localPref: 2, aggregationLength: 20 }),
    bgpAdvertisementObject("c", { localPref: 3 }),
  ];
  assertEquals(compile(objects), compile([...objects].reverse()));
});
