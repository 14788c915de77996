/** Pools side by side: disputes, who is admitted, and what is counted. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parseIp } from "../../../core/ip.ts";
import {
  type CompiledPools,
  compilePools,
  findPool,
  isBuggyIp,
  poolAdmits,
  poolCapacity,
  poolHolds,
} from "../../../crds/pools.ts";
import { rangeText } from "../../../crds/ranges.ts";
import { namespaceObject, poolObject } from "../../support/poolobjects.ts";

function ip(text: string) {
  const ip = parseIp(text);
  assert(ip !== null, text);
  return ip;
}

function poolIn(compiled: CompiledPools, name: string) {
  const pool = compiled.pools.get(name);
  assert(pool !== undefined, name);
  return pool;
}

const rangesOf = (compiled: CompiledPools, name: string) => poolIn(compiled, name).ranges.map(rangeText);
const problemsOf = (compiled: CompiledPools) =>
  compiled.problems.map(({ severity, name, field }) => `${severity} ${name} ${field}`);

Deno.test("a pool's ranges stand in the order of its entries, without host bits, one for each entry", () => {
  const compiled = compilePools([
    poolObject("a", ["192.0.2.200-192.0.2.210", "192.0.2.7/25", "2001:db8::/127"]),
  ], []);
  assertEquals(compiled.problems, []);
  assertEquals(rangesOf(compiled, "a"), [
    "192.0.2.200-192.0.2.210",
    "192.0.2.0-192.0.2.127",
    "2001:db8::-2001:db8::1",
  ]);
});

Deno.test("an invalid entry disables itself only", () => {
  const compiled = compilePools([
    poolObject("a", ["192.0.2.0/33", "192.0.2.0/24", "192.0.3.9-192.0.3.1"]),
    poolObject("b", ["198.51.100.0/24"]),
  ], []);
  assertEquals(problemsOf(compiled), ["error a spec.addresses[0]", "error a spec.addresses[2]"]);
  assertEquals(rangesOf(compiled, "a"), ["192.0.2.0-192.0.2.255"]);
  assertEquals(rangesOf(compiled, "b"), ["198.51.100.0-198.51.100.255"]);
});

Deno.test("a pool without a valid entry does not exist", () => {
  const compiled = compilePools([poolObject("a", ["nonsense"]), poolObject("b", ["192.0.2.0/24"])], []);
  assertEquals([...compiled.pools.keys()], ["b"]);
});

Deno.test("within a pool the later entry loses the disputed part", () => {
  const compiled = compilePools(
    [poolObject("a", ["192.0.2.64-192.0.2.127", "192.0.2.0/24", "192.0.2.5/32"])],
    [],
  );
  assertEquals(problemsOf(compiled), ["error a spec.addresses[1]", "error a spec.addresses[2]"]);
  assertEquals(rangesOf(compiled, "a"), [
    "192.0.2.64-192.0.2.127",
    "192.0.2.0-192.0.2.63",
    "192.0.2.128-192.0.2.255",
  ]);
});

Deno.test("between pools the older object keeps the disputed addresses, whatever the names and the order", () => {
  const older = poolObject("z-old", ["192.0.2.128/25"], { created: 100 });
  const younger = poolObject("a-new", ["192.0.2.0/24", "198.51.100.0/24"], { created: 200 });
  for (const objects of [[older, younger], [younger, older]]) {
    const compiled = compilePools(objects, []);
    assertEquals(rangesOf(compiled, "z-old"), ["192.0.2.128-192.0.2.255"]);
    assertEquals(rangesOf(compiled, "a-new"), ["192.0.2.0-192.0.2.127", "198.51.100.0-198.51.100.255"]);
    assertEquals(problemsOf(compiled), ["error a-new spec.addresses[0]"]);
    const message = compiled.problems[0]?.message ?? "";
    for (
      const part of [
        "overlaps with already defined CIDR",
        '"192.0.2.0/24"',
        '"192.0.2.128/25"',
        '"a-new"',
        '"z-old"',
        "older",
      ]
    ) {
      assertStringIncludes(message, part);
    }
  }
});

Deno.test("of two pools of one age the name decides; one that does not exist yet is the youngest", () => {
  const entries = ["192.0.2.0/24"];
  const sameAge = compilePools([
    poolObject("b", entries, { created: 1 }),
    poolObject("a", entries, { created: 1 }),
  ], []);
  assertEquals([rangesOf(sameAge, "a").length, rangesOf(sameAge, "b").length], [1, 0]);
  const planned = compilePools([poolObject("a", entries), poolObject("b", entries, { created: 1 })], []);
  assertEquals([rangesOf(planned, "a").length, rangesOf(planned, "b").length], [0, 1]);
});

Deno.test("one problem for each entry and each older pool that it disputes with", () => {
  const compiled = compilePools([
    poolObject("old-1", ["192.0.2.1/32", "192.0.2.3/32"], { created: 1 }),
    poolObject("old-2", ["192.0.2.5/32"], { created: 2 }),
    poolObject("new", ["192.0.2.0/24"], { created: 3 }),
  ], []);
  assertEquals(problemsOf(compiled), ["error new spec.addresses[0]", "error new spec.addresses[0]"]);
  assertEquals(rangesOf(compiled, "new"), ["192.0.2.0", "192.0.2.2", "192.0.2.4", "192.0.2.6-192.0.2.255"]);
});

Deno.test("an object whose name is taken has no effect", () => {
  const first = poolObject("a", ["192.0.2.0/24"], { created: 1 });
  const second = { ...poolObject("a", ["198.51.100.0/24"], { created: 2 }), namespace: "elsewhere" };
  const compiled = compilePools([second, first], []);
  assertEquals(rangesOf(compiled, "a"), ["192.0.2.0-192.0.2.255"]);
  assertEquals(problemsOf(compiled), ["error a metadata.name"]);
});

Deno.test("holding and finding: ends, gaps and families", () => {
  const compiled = compilePools([
    poolObject("a", ["192.0.2.10-192.0.2.20", "2001:db8::10-2001:db8::20"]),
    poolObject("b", ["192.0.2.21-192.0.2.30"]),
  ], []);
  const rows: [string, string | null][] = [
    ["192.0.2.9", null],
    ["192.0.2.10", "a"],
    ["192.0.2.20", "a"],
    ["192.0.2.21", "b"],
    ["192.0.2.30", "b"],
    ["192.0.2.31", null],
    ["2001:db8::f", null],
    ["2001:db8::10", "a"],
    ["2001:db8::20", "a"],
    ["2001:db8::21", null],
    ["::c000:20a", null],
  ];
  for (const [address, name] of rows) {
    assertEquals(findPool(compiled, ip(address))?.name ?? null, name, address);
    assertEquals(poolHolds(poolIn(compiled, "a"), ip(address)), name === "a", address);
  }
});

Deno.test("capacity: exact for both families, without the addresses that avoidBuggyIPs keeps back", () => {
  const rows: [string[], boolean, bigint, bigint][] = [
    [["1.2.3.0/24"], false, 256n, 0n],
    [["1.2.3.0/24", "2.3.4.128/25"], false, 384n, 0n],
    [["1.2.3.0/24", "2.3.4.128/25"], true, 381n, 0n],
    [["1.2.3.0/31", "1000::/127"], true, 1n, 2n],
    [["1.2.0.0/16"], true, 65_536n - 512n, 0n],
    [["1.2.3.254-1.2.4.1"], true, 2n, 0n],
    [["1.2.3.255/32"], true, 0n, 0n],
    [["0.0.0.0/0"], true, 2n ** 32n - 2n ** 25n, 0n],
    [["::/0"], true, 0n, 2n ** 128n],
    [["2001:db8::/64", "2001:db9::/64", "1.2.3.4/32"], false, 1n, 2n ** 65n],
  ];
  for (const [addresses, avoidBuggyIPs, ipv4, ipv6] of rows) {
    const compiled = compilePools([poolObject("a", { addresses, avoidBuggyIPs })], []);
    assertEquals(poolCapacity(poolIn(compiled, "a")), { ipv4, ipv6 }, addresses.join());
  }
});

Deno.test("buggy addresses are IPv4 that end in .0 or .255", () => {
  for (
    const [text, buggy] of [
      ["1.2.3.0", true],
      ["1.2.3.255", true],
      ["1.2.3.1", false],
      ["1.2.0.254", false],
      ["2001:db8::", false],
      ["2001:db8::ff", false],
    ] as const
  ) {
    assertEquals(isBuggyIp(ip(text)), buggy, text);
  }
});

const namespaces = [
  namespaceObject("team-a", { stage: "production" }),
  namespaceObject("team-b", { stage: "test" }),
  namespaceObject("team-c"),
];

function admitted(serviceAllocation: unknown): string[] {
  const compiled = compilePools(
    [poolObject("a", { addresses: ["192.0.2.0/24"], serviceAllocation })],
    namespaces,
  );
  const services = [["team-a", "web"], ["team-a", "api"], ["team-b", "web"], ["team-c", "api"]] as const;
  return services
    .filter(([namespace, app]) => poolAdmits(poolIn(compiled, "a"), namespace, { app }))
    .map(([namespace, app]) => `${namespace}/${app}`);
}

const everybody = ["team-a/web", "team-a/api", "team-b/web", "team-c/api"];
const production = { matchLabels: { stage: "production" } };
const web = { matchLabels: { app: "web" } };
const broken = { matchExpressions: [{ key: "app", operator: "Is" }] };

Deno.test("serviceAllocation: whom a pool admits", () => {
  const rows: [what: string, serviceAllocation: unknown, expected: string[]][] = [
    ["none", undefined, everybody],
    ["empty", {}, everybody],
    ["priority alone", { priority: 1 }, everybody],
    ["empty lists", { namespaces: [], namespaceSelectors: [], serviceSelectors: [] }, everybody],
    ["by name", { namespaces: ["team-b"] }, ["team-b/web"]],
    ["by label", { namespaceSelectors: [production] }, ["team-a/web", "team-a/api"]],
    ["by name or label", { namespaces: ["team-b"], namespaceSelectors: [production] }, [
      "team-a/web",
      "team-a/api",
      "team-b/web",
    ]],
    ["labels of no namespace", { namespaceSelectors: [{ matchLabels: { stage: "none" } }] }, []],
    ["labels of no namespace, and Services", {
      namespaceSelectors: [{ matchLabels: { stage: "none" } }],
      serviceSelectors: [web],
    }, []],
    ["Services", { serviceSelectors: [web] }, ["team-a/web", "team-b/web"]],
    ["one of several Services", { serviceSelectors: [web, { matchLabels: { app: "api" } }] }, everybody],
    ["namespaces and Services", { namespaces: ["team-a"], serviceSelectors: [web] }, ["team-a/web"]],
    ["a broken Service selector", { serviceSelectors: [broken] }, []],
    ["a broken Service selector beside a good one", { serviceSelectors: [broken, web] }, [
      "team-a/web",
      "team-b/web",
    ]],
    ["a broken namespace selector", { namespaceSelectors: [broken] }, []],
    ["a broken namespace selector beside a name", { namespaces: ["team-b"], namespaceSelectors: [broken] }, [
      "team-b/web",
    ]],
    ["a namespace twice", { namespaces: ["team-b", "team-b"] }, ["team-b/web"]],
    ["a selector twice", { serviceSelectors: [web, web] }, ["team-a/web", "team-b/web"]],
    ["serviceAllocation that can't be read", "web", []],
    ["namespaces that can't be read", { namespaces: "team-a" }, []],
    ["serviceSelectors that can't be read", { serviceSelectors: web }, []],
  ];
  for (const [what, serviceAllocation, expected] of rows) {
    assertEquals(admitted(serviceAllocation), expected, what);
  }
});

Deno.test("serviceAllocation: priority, and the warning when no namespace fits", () => {
  const compile = (serviceAllocation: unknown) =>
    compilePools([poolObject("a", { addresses: ["192.0.2.0/24"], serviceAllocation })], namespaces);
  assertEquals(poolIn(compile({ priority: 7 }), "a").allocation?.priority, 7);
  assertEquals(poolIn(compile({}), "a").allocation?.priority, 0);
  assertEquals(poolIn(compile({ priority: -7 }), "a").allocation?.priority, 0);
  assertEquals(poolIn(compile(undefined), "a").allocation, null);
  assertEquals(
    problemsOf(compile({ namespaceSelectors: [{ matchLabels: { stage: "none" } }] })),
    ["warning a spec.serviceAllocation.namespaceSelectors"],
  );
});

Deno.test("autoAssign and avoidBuggyIPs: defaults, and the careful choice when they can't be read", () => {
  const flags = (spec: object) => {
    const { autoAssign, avoidBuggyIPs } = poolIn(
      compilePools([poolObject("a", { addresses: ["192.0.2.0/24"], ...spec })], []),
      "a",
    );
    return [autoAssign, avoidBuggyIPs];
  };
  assertEquals(flags({}), [true, false]);
  assertEquals(flags({ autoAssign: false, avoidBuggyIPs: true }), [false, true]);
  assertEquals(flags({ autoAssign: "yes", avoidBuggyIPs: "no" }), [false, true]);
});
