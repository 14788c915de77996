import { assertEquals, assertStringIncludes } from "@std/assert";
import { endpointSlicesFor, type PodObject, type ServiceObject } from "../../lab/standins/endpointslices.ts";
import { rulesFor } from "../../lab/standins/serviceproxy.ts";

const service: ServiceObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web", namespace: "default" },
  spec: {
    type: "LoadBalancer",
    selector: { app: "web" },
    ipFamilies: ["IPv4", "IPv6"],
    clusterIPs: ["10.96.0.9", "fd00:10:96::9"],
    ports: [{ port: 80, targetPort: 8080 }],
  },
  status: { loadBalancer: { ingress: [{ ip: "10.77.0.200" }, { ip: "fd77::200" }] } },
};

function pod(name: string, node: number, ready: boolean, app = "web"): PodObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default", labels: { app } },
    spec: { nodeName: `node-${node}` },
    status: {
      podIPs: [{ ip: `10.244.${node}.2` }, { ip: `fd00:244:${node}::2` }],
      conditions: [{ type: "Ready", status: ready ? "True" : "False" }],
    },
  };
}

const pods = [pod("a", 1, true), pod("b", 2, true), pod("c", 3, false), pod("other", 3, true, "other")];

Deno.test("a slice for each family, with the Pods that the selector chooses", () => {
  const slices = endpointSlicesFor([service], pods);
  assertEquals(slices.map((slice) => slice.metadata.name), ["web-ipv4", "web-ipv6"]);
  assertEquals(slices[0]?.endpoints?.map(({ addresses, conditions }) => [addresses[0], conditions?.ready]), [
    ["10.244.1.2", true],
    ["10.244.2.2", true],
    ["10.244.3.2", false],
  ]);
  assertEquals(slices[1]?.endpoints?.[0]?.addresses, ["fd00:244:1::2"]);
});

Deno.test("Cluster: every ready endpoint gets its share, with masquerade", () => {
  const rules = rulesFor("node-3", [service], endpointSlicesFor([service], pods));
  assertStringIncludes(
    rules,
    "ip daddr 10.77.0.200 tcp dport 80 numgen random mod 2 == 0 meta mark set 0x4000 dnat ip to 10.244.1.2:8080",
  );
  assertStringIncludes(
    rules,
    "ip daddr 10.77.0.200 tcp dport 80 meta mark set 0x4000 dnat ip to 10.244.2.2:8080",
  );
  assertStringIncludes(rules, "dnat ip6 to [fd00:244:2::2]:8080");
  assertEquals(rules.includes("10.244.3.2"), false);
});

Deno.test("Local: only the node's own endpoints, without masquerade; else the packet is dropped", () => {
  const local = { ...service, spec: { ...service.spec, externalTrafficPolicy: "Local" as const } };
  const slices = endpointSlicesFor([local], pods);
  assertStringIncludes(
    rulesFor("node-2", [local], slices),
    "10.77.0.200 tcp dport 80 dnat ip to 10.244.2.2:8080",
  );
  assertStringIncludes(rulesFor("node-3", [local], slices), "ip daddr 10.77.0.200 tcp dport 80 drop");
  // The cluster's own address is reached from every node all the same.
  assertStringIncludes(rulesFor("node-3", [local], slices), "ip daddr 10.96.0.9 tcp dport 80 numgen");
});
