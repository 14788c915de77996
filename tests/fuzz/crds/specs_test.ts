/** Specs that hold anything: they are compiled, never thrown at, and what is wrong is said with its field. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Problem } from "../../../core/problem.ts";
import { compileL2Advertisements } from "../../../crds/l2advertisements.ts";
import { compilePools, poolAdmits } from "../../../crds/pools.ts";
import { l2AdvertisementObject, namespaceObject, nodeObject, poolObject } from "../../support/poolobjects.ts";

const anything = fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true });
const word = fc.constantFrom(
  "app",
  "In",
  "Exists",
  "",
  "a b",
  "192.0.2.0/24",
  "192.0.2.9-192.0.2.1",
  "::/0",
  "team-a",
);
const value = fc.oneof({ weight: 3, arbitrary: word }, { weight: 1, arbitrary: anything });

const selector = fc.oneof(
  anything,
  fc.record({
    matchLabels: fc.oneof(fc.dictionary(word, value), anything),
    matchExpressions: fc.oneof(
      fc.array(
        fc.oneof(
          fc.record({ key: value, operator: value, values: fc.oneof(fc.array(value), anything) }),
          anything,
        ),
      ),
      anything,
    ),
  }, { requiredKeys: [] }),
);
const selectors = fc.oneof(fc.array(selector, { maxLength: 4 }), anything);
const texts = fc.oneof(fc.array(value, { maxLength: 6 }), anything);

const poolSpec = fc.oneof(
  anything,
  fc.record({
    addresses: texts,
    autoAssign: anything,
    avoidBuggyIPs: anything,
    serviceAllocation: fc.oneof(
      anything,
      fc.record({
        priority: anything,
        namespaces: texts,
        namespaceSelectors: selectors,
        serviceSelectors: selectors,
      }, {
        requiredKeys: [],
      }),
    ),
  }, { requiredKeys: [] }),
);

const advertisementSpec = fc.oneof(
  anything,
  fc.record({
    ipAddressPools: texts,
    ipAddressPoolSelectors: selectors,
    nodeSelectors: selectors,
    interfaces: texts,
    serviceSelectors: selectors,
    preferredNodeSelectors: fc.oneof(
      anything,
      fc.array(
        fc.oneof(anything, fc.record({ weight: fc.oneof(fc.integer(), anything), preference: selector })),
      ),
    ),
  }, { requiredKeys: [] }),
);

const parameters = { seed: 20260721, numRuns: 3000 };

function checkProblems(problems: readonly Problem[], name: string): void {
  for (const problem of problems) {
    assertEquals(problem.name, name);
    assert(problem.field === "spec" || problem.field.startsWith("spec."), problem.field);
    assert(problem.message.length > 0 && problem.message.length < 1000, problem.message);
  }
}

Deno.test("a pool's spec that holds anything", () => {
  const good = poolObject("good", ["203.0.113.0/24"], { created: 1 });
  fc.assert(
    fc.property(poolSpec, (spec) => {
      const { pools, problems } = compilePools([poolObject("bad", spec), good], [namespaceObject("team-a")]);
      checkProblems(problems, "bad");
      assertEquals(pools.get("good")?.ranges.length, 1);
      for (const pool of pools.values()) {
        assertEquals(typeof poolAdmits(pool, "team-a", { app: "web" }), "boolean");
      }
    }),
    parameters,
  );
});

Deno.test("an L2Advertisement's spec that holds anything", () => {
  const { pools } = compilePools([poolObject("team-a", ["203.0.113.0/24"])], []);
  fc.assert(
    fc.property(advertisementSpec, (spec) => {
      const nodes = [nodeObject("node-a", { app: "In" })];
      const compiled = compileL2Advertisements(
        [l2AdvertisementObject("bad", spec), l2AdvertisementObject("good")],
        pools,
        nodes,
      );
      checkProblems(compiled.problems, "bad");
      const reached = new Set(compiled.advertisements.flatMap((advertisement) => [...advertisement.pools]));
      assert(reached.has("team-a"));
      for (const { nodes } of compiled.advertisements) {
        for (const preference of nodes.values()) assert(Number.isInteger(preference) && preference >= 0);
      }
    }),
    parameters,
  );
});
