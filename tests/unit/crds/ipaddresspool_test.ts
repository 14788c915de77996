/** What is kept of a pool as it arrives. */
import { assertEquals } from "@std/assert";
import { trimIPAddressPool } from "../../../crds/ipaddresspool.ts";
import { trimL2Advertisement } from "../../../crds/l2advertisement.ts";

const metadata = {
  name: "public",
  namespace: "metallb-system",
  uid: "u",
  resourceVersion: "7",
  generation: 3,
  creationTimestamp: "2026-01-01T00:00:00Z",
  labels: { zone: "a" },
  annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}" },
};

Deno.test("a pool keeps its metadata, generation, spec and counters", () => {
  const spec = { addresses: ["192.0.2.0/24"] };
  const status = { assignedIPv4: 1, assignedIPv6: 2, availableIPv4: 255, availableIPv6: 0 };
  assertEquals(trimIPAddressPool({ metadata, spec, status }), {
    namespace: "metallb-system",
    name: "public",
    uid: "u",
    resourceVersion: "7",
    createdMs: Date.UTC(2026, 0, 1),
    labels: { zone: "a" },
    annotations: {},
    generation: 3,
    spec,
    status: { assignedIPv4: 1n, assignedIPv6: 2n, availableIPv4: 255n, availableIPv6: 0n },
  });
});

Deno.test("counters: rounded ones are the largest, and what is no counter differs from every counter", () => {
  const largest = 2n ** 63n - 1n;
  const rows: [unknown, bigint][] = [
    [JSON.parse("9223372036854775807"), largest],
    [JSON.parse("9223372036854775800"), largest],
    [2 ** 53, 2n ** 53n],
    [largest, largest],
    [2n ** 64n, largest],
    [0, 0n],
    ["5", -1n],
    [1.5, -1n],
    [undefined, -1n],
    [null, -1n],
  ];
  for (const [availableIPv6, expected] of rows) {
    const counters = { assignedIPv4: 0, assignedIPv6: 0, availableIPv4: 0, availableIPv6 };
    assertEquals(trimIPAddressPool({ metadata, spec: {}, status: counters }).status?.availableIPv6, expected);
  }
});

Deno.test("a pool that nobody has counted yet has no status", () => {
  for (const status of [undefined, null, "none", []]) {
    assertEquals(trimIPAddressPool({ metadata, spec: {}, status }).status, null);
  }
});

Deno.test("an L2Advertisement without a spec has an empty one", () => {
  const { name, generation, spec } = trimL2Advertisement({ metadata });
  assertEquals({ name, generation, spec }, { name: "public", generation: 3, spec: {} });
});
