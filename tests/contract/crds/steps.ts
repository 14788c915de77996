/** What every API server does with the CRDs, as steps of a test. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { bgpSteps } from "./bgpsteps.ts";
import type { CrdContract } from "./contract.ts";

/** Puts the CRDs and the samples into the server and looks at what kubectl and the status subresource make of them. */
export async function commonSteps(t: Deno.TestContext, contract: CrdContract): Promise<void> {
  await contract.kubectl(["create", "namespace", "metallb-system"]);
  await t.step("kubectl applies them; applied again they are unchanged", () => contract.applyCrds());
  await t.step("what MetalLB's users have is accepted", () => contract.applySamples());
  await t.step("kubectl get prints MetalLB's columns", () => printsColumns(contract));
  await t.step("the defaults are filled in", () => fillsDefaults(contract));
  await t.step("status is a subresource with four required counters", () => writesStatus(contract));
  await bgpSteps(t, contract);
}

async function printsColumns(contract: CrdContract): Promise<void> {
  assertEquals(
    [...await contract.columns("ipaddresspool", "quoted")],
    [["NAME", "quoted"], ["AUTO ASSIGN", "false"], ["AVOID BUGGY IPS", "true"], [
      "ADDRESSES",
      '["198.51.100.10-198.51.100.20"]',
    ]],
  );
  const narrow = await contract.columns("l2advertisement", "by-label");
  assertEquals([...narrow.keys()], ["NAME", "IPADDRESSPOOLS", "IPADDRESSPOOL SELECTORS", "INTERFACES"]);
  assertEquals(narrow.get("INTERFACES"), '["eth0","bond0.100"]');
  const wide = await contract.columns("l2advertisement", "by-label", "-o", "wide");
  assertStringIncludes(wide.get("NODE SELECTORS") ?? "", "kubernetes.io/hostname");
}

async function fillsDefaults(contract: CrdContract): Promise<void> {
  const read = async (path: string) =>
    await contract.kubectl([
      "get",
      "-n",
      "metallb-system",
      "ipaddresspool",
      "one-prefix",
      "-o",
      `jsonpath=${path}`,
    ]);
  assertEquals(await read("{.spec.autoAssign} {.spec.avoidBuggyIPs}"), "true false");
}

async function writesStatus(contract: CrdContract): Promise<void> {
  assertEquals(await writtenCounter(contract, "254"), "254");
  const quoted = await contract.kubectl([
    "get",
    "-n",
    "metallb-system",
    "ipaddresspool",
    "quoted",
    "-o",
    "json",
  ]);
  const [code, answer] = await contract.send(
    "PUT",
    "/apis/metallb.io/v1beta1/namespaces/metallb-system/ipaddresspools/quoted/status?dryRun=All",
    { ...JSON.parse(quoted), status: { assignedIPv4: 1 } },
  );
  assertEquals(code, 422);
  assertStringIncludes(answer.message ?? "", "status.availableIPv6");
}

/** Writes status.availableIPv6 of a pool and reads it back. */
export async function writtenCounter(contract: CrdContract, availableIPv6: string): Promise<string> {
  const pool = ["-n", "metallb-system", "ipaddresspool", "dual"];
  const counters = `{"assignedIPv4":1,"assignedIPv6":2,"availableIPv4":3,"availableIPv6":${availableIPv6}}`;
  await contract.kubectl([
    "patch",
    ...pool,
    "--subresource=status",
    "--type=merge",
    "-p",
    `{"status":${counters}}`,
  ]);
  return await contract.kubectl(["get", ...pool, "-o", "jsonpath={.status.availableIPv6}"]);
}
