/** What only a real API server does with the kinds of BGP: rules about changes, and conversion. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { until } from "../../lab/wait.ts";
import { allRuleCases } from "../../golden/crds/allcases.ts";
import { patchStatus } from "./bgpsteps.ts";
import type { CrdContract } from "./contract.ts";
import { startConverter } from "./converter.ts";

const peersPath = (version: string) => `/apis/metallb.io/${version}/namespaces/metallb-system/bgppeers`;
const spec = { myASN: 64512, peerASN: 64513, peerAddress: "192.0.2.1" };

/** A BGPPeer in this version. */
const peerObject = (version: string, name: string, extra: Record<string, unknown> = {}) => ({
  apiVersion: `metallb.io/${version}`,
  kind: "BGPPeer",
  metadata: { name, namespace: "metallb-system" },
  spec: { ...spec, ...extra },
});

export async function realBgpSteps(t: Deno.TestContext, contract: CrdContract): Promise<void> {
  await t.step("enableGracefulRestart can't be changed", () => keepsGracefulRestart(contract));
  await t.step("a status of another Service or node is another object", () => keepsIdentity(contract));
  await t.step("a result or condition that doesn't exist is refused", () => refusesStates(contract));
  await t.step(
    "without a webhook v1beta1 fails by name and v1beta2 works",
    () => worksWithoutWebhook(contract),
  );
  await t.step("with one, the rules of v1beta1 and conversion in both directions", async (t) => {
    await using converter = await startConverter();
    const clientConfig = { service: null, url: converter.url, caBundle: btoa(converter.caPem) };
    const patch = JSON.stringify({ spec: { conversion: { webhook: { clientConfig } } } });
    await contract.kubectl(["patch", "crd", "bgppeers.metallb.io", "--type=merge", "-p", patch]);
    await until("the converter being asked", 30_000, async () => {
      const [code] = await contract.post("BGPPeer", spec, "v1beta1");
      return code === 201 || undefined;
    });
    const rules = allRuleCases.filter(({ version }) => version === "v1beta1");
    assert(rules.length > 0);
    await contract.judgeAll(t, rules);
    await t.step("v1beta1 read as v1beta2", () => convertsUp(contract));
    await t.step("v1beta2 read as v1beta1", () => convertsDown(contract));
  });
}

async function keepsGracefulRestart(contract: CrdContract): Promise<void> {
  const patch = (value: boolean) =>
    contract.kubectl([
      ...["patch", "-n", "metallb-system", "bgppeer", "with-secret", "--type=merge"],
      ...["-p", JSON.stringify({ spec: { enableGracefulRestart: value } })],
    ]);
  await patch(true);
  const error = await assertRejects(() => patch(false), Error);
  assertStringIncludes(error.message, "enableGracefulRestart cannot be changed");
}

async function keepsIdentity(contract: CrdContract): Promise<void> {
  for (const [kind, name] of [["ServiceL2Status", "l2-abcde"], ["ServiceBGPStatus", "bgp-abcde"]] as const) {
    for (const field of ["node", "serviceName", "serviceNamespace"]) {
      const error = await assertRejects(() => patchStatus(contract, kind, name, { [field]: "other" }), Error);
      assertStringIncludes(error.message, `${field} is immutable`);
    }
  }
}

async function refusesStates(contract: CrdContract): Promise<void> {
  const refused = async (status: unknown, word: string) => {
    const error = await assertRejects(
      () => patchStatus(contract, "ConfigurationState", "controller", status),
      Error,
    );
    assertStringIncludes(error.message, word);
  };
  await refused({ result: "Fine" }, "status.result");
  await refused({ conditions: [{ type: "poolReconcilerValid", status: "Perhaps" }] }, "status.conditions[0]");
}

async function worksWithoutWebhook(contract: CrdContract): Promise<void> {
  const [code, status] = await contract.send("POST", peersPath("v1beta1"), peerObject("v1beta1", "old"));
  assertEquals(code, 500);
  assertStringIncludes(status.message ?? "", "metallb-webhook-service");
  const [created] = await contract.send("POST", peersPath("v1beta2"), peerObject("v1beta2", "new"));
  assertEquals(created, 201);
}

interface Answer {
  readonly apiVersion: string;
  readonly metadata: { readonly labels?: unknown };
  readonly spec: unknown;
}

async function read(contract: CrdContract, version: string, name: string): Promise<Answer> {
  const text = await contract.kubectl(["get", "--raw", `${peersPath(version)}/${name}`]);
  return JSON.parse(text);
}

async function convertsUp(contract: CrdContract): Promise<void> {
  const object = peerObject("v1beta1", "old", {
    nodeSelectors: [{ matchLabels: { rack: "1" } }],
    keepaliveTime: "0s",
  });
  const [code, status] = await contract.send("POST", peersPath("v1beta1"), {
    ...object,
    metadata: { ...object.metadata, labels: { from: "v1beta1" } },
  });
  assertEquals(code, 201, status.message);
  const { apiVersion, metadata, spec: converted } = await read(contract, "v1beta2", "old");
  assertEquals(apiVersion, "metallb.io/v1beta2");
  assertEquals(metadata.labels, { from: "v1beta1" });
  assertEquals(converted, {
    ...spec,
    nodeSelectors: [{ matchLabels: { rack: "1" } }],
    holdTime: "0s",
    keepaliveTime: "0s",
    peerPort: 179,
    disableMP: false,
    dualStackAddressFamily: false,
  });
}

async function convertsDown(contract: CrdContract): Promise<void> {
  const { apiVersion, spec: converted } = await read(contract, "v1beta1", "rack-one");
  assertEquals(apiVersion, "metallb.io/v1beta1");
  assertEquals(converted, {
    myASN: 64512,
    peerASN: 64513,
    peerAddress: "172.30.0.4",
    peerPort: 180,
    routerID: "10.10.10.10",
    sourceAddress: "172.30.0.9",
    holdTime: "30s",
    keepaliveTime: "10s",
    password: "correct horse",
    bfdProfile: "slow",
    ebgpMultiHop: true,
    nodeSelectors: [
      { matchLabels: { rack: "1" } },
      { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: ["node-a", "node-b"] }] },
    ],
  });
}
