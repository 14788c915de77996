/** The generated CRDs on a real kube-apiserver. */
import { assertEquals } from "@std/assert";
import { kubernetesBinaries } from "../../lab/controlplane/binaries.ts";
import { startRealControlPlane } from "../../lab/controlplane/real.ts";
import { allRuleCases } from "../../golden/crds/allcases.ts";
import { skippable } from "../../support/skip.ts";
import { realBgpSteps } from "./bgprules.ts";
import { CrdContract } from "./contract.ts";
import { commonSteps, writtenCounter } from "./steps.ts";

const binaries = await kubernetesBinaries();
const reason = "unavailable" in binaries ? binaries.unavailable : null;

/** Those that need no webhook. */
const storedRules = allRuleCases.filter(({ version }) => version === undefined);

Deno.test({
  ...skippable("CRDs on a real kube-apiserver", reason),
  fn: async (t) => {
    if ("unavailable" in binaries) return;
    const dir = await Deno.makeTempDir({ prefix: "pewter-crds-" });
    const server = await startRealControlPlane({ binaries, dir, guard: true });
    const contract = new CrdContract(server);
    try {
      await commonSteps(t, contract);
      await t.step("counters are exact up to 2^63 - 1", async () => {
        assertEquals(await writtenCounter(contract, "9223372036854775807"), "9223372036854775807");
      });
      await t.step("a pool of 4096 entries is within the rules' budget", () => acceptsBigPools(contract));
      await t.step("the rules", (t) => contract.judgeAll(t, storedRules));
      await realBgpSteps(t, contract);
    } finally {
      contract.close();
      await server.stop();
      await Deno.remove(dir, { recursive: true });
    }
  },
});

async function acceptsBigPools(contract: CrdContract): Promise<void> {
  const part = (index: number) => `${(index >> 8).toString(16)}:${(index & 0xff).toString(16)}`;
  const entries = Array.from({ length: 4096 }, (_, index) => {
    const address = `2001:db8:${part(index)}:1:1:1`;
    return `${address}:0001 - ${address}:ffff`;
  });
  const [code, status] = await contract.post("IPAddressPool", { addresses: entries });
  assertEquals(code, 201, status.message);
}
