import { assertEquals } from "@std/assert";
import { shortDuration } from "../../lab/apiserver/ages.ts";
import { customKinds } from "../../lab/apiserver/crd.ts";
import { isObject } from "../../lab/apiserver/json.ts";
import { evaluate, parsePath } from "../../lab/apiserver/jsonpath.ts";
import { columnDefinitions, rowOf } from "../../lab/apiserver/tables.ts";
import { kindOf, makeState, NOW, widgetCrd } from "./objects.ts";

const BORN = "2026-01-02T03:00:00Z";

function row(apiVersion: string, kind: string, rest: Record<string, unknown>): Record<string, unknown> {
  const info = kindOf(makeState(), apiVersion, kind);
  const object = { apiVersion, kind, metadata: { name: "x", creationTimestamp: BORN }, ...rest };
  const names = columnDefinitions(info).map((column) => String(column["name"]));
  const cells = rowOf(info, object, NOW);
  assertEquals(cells.length, names.length);
  return Object.fromEntries(names.map((name, i) => [name, cells[i]]));
}

Deno.test("ages read as kubectl shows them", () => {
  const rows: [number, string][] = [
    [-5, "<invalid>"],
    [0, "0s"],
    [119, "119s"],
    [120, "2m"],
    [150, "2m30s"],
    [600, "10m"],
    [3 * 3600, "3h"],
    [3 * 3600 + 300, "3h5m"],
    [9 * 3600, "9h"],
    [47 * 3600, "47h"],
    [49 * 3600, "2d1h"],
    [10 * 86400, "10d"],
    [800 * 86400, "2y70d"],
    [3000 * 86400, "8y"],
  ];
  for (const [seconds, text] of rows) assertEquals(shortDuration(seconds), text);
});

Deno.test("a Service's external address: pending, given, and without any", () => {
  const spec = {
    type: "LoadBalancer",
    clusterIP: "10.96.0.9",
    ports: [{ port: 80, nodePort: 30001, protocol: "TCP" }],
  };
  assertEquals(row("v1", "Service", { spec }), {
    Name: "x",
    Type: "LoadBalancer",
    "Cluster-IP": "10.96.0.9",
    "External-IP": "<pending>",
    "Port(s)": "80:30001/TCP",
    Age: "4m5s",
    Selector: "<none>",
  });
  const status = { loadBalancer: { ingress: [{ ip: "192.0.2.1" }, { ip: "2001:db8::1" }] } };
  assertEquals(row("v1", "Service", { spec, status })["External-IP"], "192.0.2.1,2001:db8::1");
  assertEquals(row("v1", "Service", { spec: { ...spec, type: "ClusterIP" } })["External-IP"], "<none>");
});

Deno.test("Node, Pod, Event and EndpointSlice", () => {
  const node = row("v1", "Node", {
    spec: { unschedulable: true },
    status: {
      conditions: [{ type: "Ready", status: "False" }],
      addresses: [{ type: "InternalIP", address: "10.0.0.1" }],
    },
  });
  assertEquals([node["Status"], node["Internal-IP"], node["Roles"]], [
    "NotReady,SchedulingDisabled",
    "10.0.0.1",
    "<none>",
  ]);
  const pod = row("v1", "Pod", {
    spec: { containers: [{}, {}], nodeName: "n" },
    status: { phase: "Running", podIP: "10.1.0.1" },
  });
  assertEquals([pod["Ready"], pod["Status"], pod["IP"], pod["Node"]], ["0/2", "Running", "10.1.0.1", "n"]);
  const event = row("v1", "Event", {
    involvedObject: { kind: "Service", name: "s" },
    type: "Normal",
    reason: "R",
    message: "m\n",
    lastTimestamp: BORN,
    count: 3,
  });
  assertEquals([event["Last Seen"], event["Object"], event["Message"], event["Count"]], [
    "4m5s",
    "service/s",
    "m",
    3,
  ]);
  const slice = row("discovery.k8s.io/v1", "EndpointSlice", {
    addressType: "IPv4",
    ports: [{ port: 80 }],
    endpoints: ["1", "2", "3", "4"].map((n) => ({ addresses: [`10.0.0.${n}`] })),
  });
  assertEquals([slice["Ports"], slice["Endpoints"]], ["80", "10.0.0.1,10.0.0.2,10.0.0.3 + 1 more..."]);
});

Deno.test("columns of a CustomResourceDefinition: types, priorities, dates, what is missing", () => {
  const crd = widgetCrd({ type: "object" });
  const version = (crd.spec?.["versions"] as Record<string, unknown>[])[0];
  if (!isObject(version)) throw new Error("no version");
  version["additionalPrinterColumns"] = [
    { name: "Size", type: "integer", jsonPath: ".spec.size" },
    { name: "Ready", type: "string", jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: "Tags", type: "string", jsonPath: ".spec.tags[*]", priority: 1 },
    { name: "Missing", type: "string", jsonPath: ".spec.none" },
    { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
  ];
  const [info] = customKinds(crd);
  if (info === undefined) throw new Error("no kind");
  assertEquals(
    columnDefinitions(info).map((column) => [column["name"], column["type"], column["priority"]]),
    [
      ["Name", "string", 0],
      ["Size", "integer", 0],
      ["Ready", "string", 0],
      ["Tags", "string", 1],
      ["Missing", "string", 0],
      ["Age", "date", 0],
    ],
  );
  const object = {
    apiVersion: "example.io/v1",
    kind: "Widget",
    metadata: { name: "w", creationTimestamp: BORN },
    spec: { size: 3, tags: ["a", "b"] },
    status: { conditions: [{ type: "Other", status: "x" }, { type: "Ready", status: "True" }] },
  };
  assertEquals(rowOf(info, object, NOW), ["w", 3, "True", "a,b", null, "4m5s"]);
});

Deno.test("JSONPath: the simple forms", () => {
  const value = { a: [{ n: "x", v: 1 }, { n: "y", v: 2 }], "b.c": { d: 5 } };
  const rows: [string, unknown[]][] = [
    [".a[0].n", ["x"]],
    [".a[-1].n", ["y"]],
    [".a[*].v", [1, 2]],
    ["$.a[?(@.v>1)].n", ["y"]],
    [".a[?(@.n)].v", [1, 2]],
    [".b\\.c.d", [5]],
    ["['b.c'].d", [5]],
    [".none.at.all", []],
  ];
  for (const [path, expected] of rows) {
    const steps = parsePath(path);
    if (steps === undefined) throw new Error(`${path} wasn't parsed`);
    assertEquals(evaluate(value, steps), expected, path);
  }
  assertEquals(parsePath(".a[("), undefined);
});
