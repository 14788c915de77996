/** The kinds that only have a status: names, labels, what is kept and what it amounts to. */
import { assertEquals } from "@std/assert";
import {
  type Condition,
  type ConfigurationResult,
  configurationStateIdentity,
  type ConfigurationStateStatus,
  summarizeConditions,
  trimConfigurationState,
} from "../../../crds/configurationstate.ts";
import { trimServiceBGPStatus } from "../../../crds/servicebgpstatus.ts";
import { trimServiceL2Status } from "../../../crds/servicel2status.ts";
import { statusLabels } from "../../../crds/serviceonnode.ts";

const metadata = { name: "l2-abcde", namespace: "metallb-system" };
const web = { node: "node-a", serviceName: "web", serviceNamespace: "default" };

Deno.test("labels and names are MetalLB's", () => {
  assertEquals(statusLabels(web), {
    "metallb.io/node": "node-a",
    "metallb.io/service-name": "web",
    "metallb.io/service-namespace": "default",
  });
  assertEquals(configurationStateIdentity({ type: "controller" }), {
    name: "controller",
    labels: { "metallb.io/component-type": "controller" },
  });
  assertEquals(configurationStateIdentity({ type: "speaker", node: "node-a" }), {
    name: "speaker-node-a",
    labels: { "metallb.io/component-type": "speaker", "metallb.io/node-name": "node-a" },
  });
});

Deno.test("statuses are kept in order, whatever stands in them", () => {
  const l2 = (status: unknown) => trimServiceL2Status({ metadata, status }).status;
  assertEquals(l2({ ...web, interfaces: [{ name: "eth1" }, { name: "eth0" }, {}, null, { name: 3 }] }), {
    ...web,
    interfaces: [{ name: "eth0" }, { name: "eth1" }],
  });
  assertEquals(l2({ node: 1, interfaces: "eth0" }), {
    node: "",
    serviceName: "",
    serviceNamespace: "",
    interfaces: [],
  });
  assertEquals([l2(undefined), l2("text")], [null, null]);
  const bgp = (status: unknown) => trimServiceBGPStatus({ metadata, status }).status;
  assertEquals(bgp({ ...web, peers: ["tor-2", "tor-1", 3] }), { ...web, peers: ["tor-1", "tor-2"] });
  assertEquals(bgp(null), null);
});

const condition = (type: string, status: string, reason: string, message = ""): Condition => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: "2026-01-01T00:00:00Z",
});

Deno.test("conditions amount to a result: only a configuration error makes it Invalid", () => {
  const rows: [conditions: Condition[], result: ConfigurationResult, errorSummary: string][] = [
    [[], "Unknown", ""],
    [[condition("a", "True", "Reconciled")], "Valid", ""],
    [[condition("a", "False", "UnknownError", "x")], "Valid", ""],
    [[condition("a", "False", "ConfigurationError", "x")], "Invalid", "x"],
    [
      [
        condition("a", "False", "ConfigurationError", "x"),
        condition("b", "True", "Reconciled", "fine"),
        condition("c", "False", "ConfigurationError", "y"),
      ],
      "Invalid",
      "x\ny",
    ],
  ];
  for (const [conditions, result, errorSummary] of rows) {
    assertEquals(summarizeConditions(conditions), { result, errorSummary });
  }
});

Deno.test("a state is kept, whatever stands in it", () => {
  const state = (status: unknown) => trimConfigurationState({ metadata, status }).status;
  const sound: ConfigurationStateStatus = {
    result: "Invalid",
    errorSummary: "x",
    conditions: [condition("a", "True", "Reconciled")],
  };
  assertEquals(state(sound), sound);
  assertEquals(state({ result: "Fine", errorSummary: 3, conditions: [3, {}] }), {
    result: "Unknown",
    errorSummary: "",
    conditions: [{ type: "", status: "", reason: "", message: "", lastTransitionTime: "" }],
  });
  assertEquals(state(undefined), null);
});
