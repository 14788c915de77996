/** What every API server does with the kinds of BGP and the kinds that only have a status, as steps of a test. */
import { assertEquals, assertMatch } from "@std/assert";
import type { CrdContract } from "./contract.ts";

export async function bgpSteps(t: Deno.TestContext, contract: CrdContract): Promise<void> {
  await t.step("kubectl get prints MetalLB's columns of the BGP kinds", () => printsColumns(contract));
  await t.step("the defaults of the BGP kinds are filled in", () => fillsDefaults(contract));
  await t.step("ServiceL2Status is written and shown", () => writesL2Status(contract));
  await t.step("ServiceBGPStatus is written and shown", () => writesBGPStatus(contract));
  await t.step("ConfigurationState is written by conditions and shown", () => writesState(contract));
}

const namespace = ["-n", "metallb-system"];

async function printsColumns(contract: CrdContract): Promise<void> {
  assertEquals([...await contract.columns("bgppeer", "rack-one")], [
    ["NAME", "rack-one"],
    ["ADDRESS", "172.30.0.4"],
    ["ASN", "64513"],
    ["BFD PROFILE", "slow"],
    ["MULTI HOPS", "true"],
  ]);
  const narrow = await contract.columns("bgpadvertisement", "selective");
  assertEquals([...narrow.keys()], ["NAME", "IPADDRESSPOOLS", "IPADDRESSPOOL SELECTORS", "PEERS"]);
  assertEquals(narrow.get("PEERS"), '["ibgp","rack-one"]');
  const wide = await contract.columns("bgpadvertisement", "selective", "-o", "wide");
  assertMatch(wide.get("NODE SELECTORS") ?? "", /rack/);
  assertEquals([...await contract.columns("bfdprofile", "slow")], [
    ["NAME", "slow"],
    ["PASSIVE MODE", "true"],
    ["TRANSMIT INTERVAL", "270"],
    ["RECEIVE INTERVAL", "380"],
    ["MULTIPLIER", "8"],
  ]);
  const community = await contract.columns("community", "well-known");
  assertEquals([...community.keys()], ["NAME", "AGE"]);
}

async function fillsDefaults(contract: CrdContract): Promise<void> {
  const read = (resource: string, name: string, path: string) =>
    contract.kubectl(["get", ...namespace, resource, name, "-o", `jsonpath=${path}`]);
  assertEquals(
    await read("bgppeer", "ibgp", "{.spec.peerPort} {.spec.disableMP} {.spec.dualStackAddressFamily}"),
    "179 false false",
  );
  assertEquals(
    await read(
      "bgpadvertisement",
      "empty-bgp-spec",
      "{.spec.aggregationLength} {.spec.aggregationLengthV6}{.spec.localPref}",
    ),
    "32 128",
  );
  assertEquals(await read("bfdprofile", "defaults", "{.spec}"), "");
}

/** Creates an object without a status and gives it one. */
async function writeStatus(
  contract: CrdContract,
  kind: string,
  name: string,
  status: unknown,
): Promise<void> {
  const object = {
    apiVersion: "metallb.io/v1beta1",
    kind,
    metadata: { name, namespace: "metallb-system" },
  };
  await contract.kubectl(["apply", "-f", "-"], JSON.stringify(object));
  await patchStatus(contract, kind, name, status);
}

/** Merges a status; rejects with what kubectl says when the API server refuses it. */
export async function patchStatus(
  contract: CrdContract,
  kind: string,
  name: string,
  status: unknown,
): Promise<void> {
  const patch = JSON.stringify({ status });
  await contract.kubectl([
    ...["patch", ...namespace, kind.toLowerCase(), name, "--subresource=status", "--type=merge", "-p", patch],
  ]);
}

const web = { node: "node-a", serviceName: "web", serviceNamespace: "default" };

async function writesL2Status(contract: CrdContract): Promise<void> {
  await writeStatus(contract, "ServiceL2Status", "l2-abcde", { ...web, interfaces: [{ name: "eth0" }] });
  assertEquals([...await contract.columns("servicel2status", "l2-abcde")], [
    ["NAME", "l2-abcde"],
    ["ALLOCATED NODE", "node-a"],
    ["SERVICE NAME", "web"],
    ["SERVICE NAMESPACE", "default"],
  ]);
}

async function writesBGPStatus(contract: CrdContract): Promise<void> {
  await writeStatus(contract, "ServiceBGPStatus", "bgp-abcde", { ...web, peers: ["ibgp", "rack-one"] });
  assertEquals([...await contract.columns("servicebgpstatus", "bgp-abcde")], [
    ["NAME", "bgp-abcde"],
    ["NODE", "node-a"],
    ["SERVICE NAME", "web"],
    ["SERVICE NAMESPACE", "default"],
  ]);
}

async function writesState(contract: CrdContract): Promise<void> {
  const condition = {
    type: "poolReconcilerValid",
    status: "False",
    reason: "ConfigurationError",
    message: "pool a overlaps with pool b",
    lastTransitionTime: "2026-01-01T00:00:00Z",
  };
  await writeStatus(contract, "ConfigurationState", "controller", {
    result: "Invalid",
    errorSummary: condition.message,
    conditions: [condition],
  });
  const columns = await contract.columns("configurationstate", "controller");
  assertEquals([...columns.keys()], ["NAME", "RESULT", "ERRORSUMMARY", "AGE"]);
  assertEquals([columns.get("RESULT"), columns.get("ERRORSUMMARY")], ["Invalid", condition.message]);
  assertMatch(columns.get("AGE") ?? "", /^\d+[smh]/);
}
