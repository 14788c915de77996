import { assert, assertEquals, assertThrows } from "@std/assert";
import { type ApiObject, arrayOr, at, type JsonObject, objectOr } from "../../lab/apiserver/json.ts";
import type { ServerState } from "../../lab/apiserver/state.ts";
import { ApiError } from "../../lab/apiserver/status.ts";
import { create, patch } from "../../lab/apiserver/write.ts";
import { contextOf, kindOf, makeState, targetOf } from "./objects.ts";

function make(state: ServerState, name: string, spec: JsonObject): Readonly<ApiObject> {
  const info = kindOf(state, "v1", "Service");
  return create(
    state,
    targetOf(info, ""),
    { metadata: { name }, spec: { ports: [{ port: 80 }], ...spec } },
    contextOf(),
  )
    .object;
}

function change(state: ServerState, name: string, by: JsonObject, subresource = ""): Readonly<ApiObject> {
  const info = kindOf(state, "v1", "Service");
  return patch(state, targetOf(info, name, "default", subresource), "merge", by, contextOf(), false).object;
}

Deno.test("a LoadBalancer Service gets all defaults", () => {
  assertEquals(make(makeState(), "a", { type: "LoadBalancer" }).spec, {
    ports: [{ port: 80, protocol: "TCP", targetPort: 80, nodePort: 30000 }],
    type: "LoadBalancer",
    sessionAffinity: "None",
    externalTrafficPolicy: "Cluster",
    internalTrafficPolicy: "Cluster",
    allocateLoadBalancerNodePorts: true,
    ipFamilyPolicy: "SingleStack",
    ipFamilies: ["IPv4"],
    clusterIP: "10.96.0.10",
    clusterIPs: ["10.96.0.10"],
  });
});

Deno.test("IP families follow the policy, the families and the addresses that were asked for", () => {
  const state = makeState();
  const rows: [JsonObject, string[], string][] = [
    [{}, ["IPv4"], "SingleStack"],
    [{ ipFamilies: ["IPv6"] }, ["IPv6"], "SingleStack"],
    [{ ipFamilyPolicy: "PreferDualStack" }, ["IPv4", "IPv6"], "PreferDualStack"],
    [{ ipFamilyPolicy: "RequireDualStack", ipFamilies: ["IPv6"] }, ["IPv6", "IPv4"], "RequireDualStack"],
    [{ clusterIP: "fd00:10:96::77" }, ["IPv6"], "SingleStack"],
    [{ clusterIP: "None" }, ["IPv4", "IPv6"], "RequireDualStack"],
    [{ clusterIP: "None", selector: { a: "b" } }, ["IPv4"], "SingleStack"],
  ];
  rows.forEach(([spec, families, policy], i) => {
    const made = objectOr(make(state, `s${i}`, spec).spec);
    assertEquals(made["ipFamilies"], families);
    assertEquals(made["ipFamilyPolicy"], policy);
    if (spec["clusterIP"] !== "None") {
      assertEquals(
        arrayOr(made["clusterIPs"]).map((ip) => String(ip).includes(":") ? "IPv6" : "IPv4"),
        families,
      );
    }
  });
});

Deno.test("a cluster IP or node port is given once, and again after it was freed", () => {
  const state = makeState();
  make(state, "a", { type: "NodePort", clusterIP: "10.96.1.1", ports: [{ port: 80, nodePort: 31000 }] });
  const again = { type: "NodePort", clusterIP: "10.96.1.1" };
  assertThrows(() => make(state, "b", again), ApiError, "provided IP is already allocated");
  assertThrows(
    () => make(state, "b", { type: "NodePort", ports: [{ port: 80, nodePort: 31000 }] }),
    ApiError,
    "provided port is already allocated",
  );
  state.store.remove("/services", "default/a");
  assertEquals(make(state, "b", again).spec?.["clusterIP"], "10.96.1.1");
});

Deno.test("a dry run allocates nothing for good", () => {
  const state = makeState();
  const info = kindOf(state, "v1", "Service");
  const body = { metadata: { name: "dry" }, spec: { clusterIP: "10.96.5.5", ports: [{ port: 80 }] } };
  create(state, targetOf(info, ""), body, contextOf("t", { dryRun: true }));
  assertEquals(state.store.get("/services", "default/dry"), undefined);
  assertEquals(make(state, "real", { clusterIP: "10.96.5.5" }).spec?.["clusterIP"], "10.96.5.5");
});

Deno.test("externalTrafficPolicy Local gets a health check port and gives it back", () => {
  const state = makeState();
  const made = make(state, "a", { type: "LoadBalancer", externalTrafficPolicy: "Local" });
  assert(Number(made.spec?.["healthCheckNodePort"]) >= 30000);
  const changed = change(state, "a", { spec: { externalTrafficPolicy: "Cluster" } });
  assertEquals(changed.spec?.["healthCheckNodePort"], undefined);
});

Deno.test("a change from LoadBalancer to ClusterIP clears node ports, policy and status", () => {
  const state = makeState();
  make(state, "a", { type: "LoadBalancer" });
  change(state, "a", { status: { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } } }, "status");
  const changed = change(state, "a", { spec: { type: "ClusterIP" } });
  assertEquals(changed.status, { loadBalancer: {} });
  const spec = objectOr(changed.spec);
  assertEquals(
    [
      spec["externalTrafficPolicy"],
      spec["allocateLoadBalancerNodePorts"],
      at(arrayOr(spec["ports"])[0], "nodePort"),
    ],
    [undefined, undefined, undefined],
  );
});

Deno.test("status writes: ipMode is defaulted, wrong addresses and wrong types are refused, the spec stays", () => {
  const state = makeState();
  make(state, "a", { type: "LoadBalancer" });
  make(state, "c", {});
  const ingress = (ip: string) => ({ status: { loadBalancer: { ingress: [{ ip }] } } });
  const written = change(
    state,
    "a",
    { ...ingress("192.0.2.1"), spec: { sessionAffinity: "ClientIP" } },
    "status",
  );
  assertEquals(written.status, { loadBalancer: { ingress: [{ ip: "192.0.2.1", ipMode: "VIP" }] } });
  assertEquals(written.spec?.["sessionAffinity"], "None");
  assertThrows(
    () => change(state, "a", ingress("192.0.2"), "status"),
    ApiError,
    "must be a valid IP address",
  );
  assertThrows(() => change(state, "c", ingress("192.0.2.1"), "status"), ApiError, "may only be used when");
  assertEquals(change(state, "a", { status: null, metadata: { labels: { l: "1" } } }).status, written.status);
});

Deno.test("loadBalancerClass and the first cluster IP can't change", () => {
  const state = makeState();
  make(state, "a", { type: "LoadBalancer", loadBalancerClass: "x.y/z" });
  assertThrows(
    () => change(state, "a", { spec: { loadBalancerClass: "o.o/o" } }),
    ApiError,
    "may not change once set",
  );
  assertThrows(
    () => change(state, "a", { spec: { clusterIP: "10.96.0.200" } }),
    ApiError,
    "may not change once set",
  );
});

Deno.test("what is refused at creation, with the field", () => {
  const state = makeState();
  const rows: [JsonObject, string][] = [
    [{ type: "Bogus" }, 'spec.type: Unsupported value: "Bogus"'],
    [{ ports: [] }, "spec.ports: Required value"],
    [{ ports: [{ port: 0 }] }, "spec.ports[0].port: Invalid value: 0"],
    [{ ports: [{ port: 80 }, { port: 81 }] }, "spec.ports[0].name: Required value"],
    [{ ports: [{ port: 80, name: "a" }, { port: 80, name: "b" }] }, "spec.ports[1]: Duplicate value"],
    [{ loadBalancerClass: "x" }, "spec.loadBalancerClass: Forbidden"],
    [{ type: "LoadBalancer", clusterIP: "None" }, "spec.clusterIPs[0]: Invalid value"],
    [{ externalTrafficPolicy: "Local" }, "spec.externalTrafficPolicy: Invalid value"],
    [{ clusterIP: "10.97.0.1" }, "does not match the current range"],
    [{ type: "NodePort", ports: [{ port: 80, nodePort: 1 }] }, "provided port is not in the valid range"],
    [
      { ipFamilyPolicy: "SingleStack", ipFamilies: ["IPv4", "IPv6"] },
      "when multiple IP families are specified",
    ],
    [{ type: "ExternalName", clusterIP: "" }, "spec.externalName: Required value"],
  ];
  for (const [spec, text] of rows) {
    assertEquals(assertThrows(() => make(state, "x", spec), ApiError, text).code, 422);
  }
});
