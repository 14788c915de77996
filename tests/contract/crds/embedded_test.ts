/** The generated CRDs on the lab's embedded API server, which applies no CEL rules. */
import { startApiServer } from "../../lab/apiserver/server.ts";
import { allRuleCases } from "../../golden/crds/allcases.ts";
import { findCommand } from "../../setup.ts";
import { skippable } from "../../support/skip.ts";
import { CrdContract } from "./contract.ts";
import { commonSteps } from "./steps.ts";

const reason = findCommand("kubectl") === null ? "kubectl is not installed" : null;

Deno.test({
  ...skippable("CRDs on the embedded API server", reason),
  fn: async (t) => {
    const dir = await Deno.makeTempDir({ prefix: "pewter-crds-" });
    const server = await startApiServer();
    const kubeconfigPath = `${dir}/kubeconfig`;
    await Deno.writeTextFile(kubeconfigPath, server.kubeconfig());
    const { url, caPem, tokens } = server;
    const contract = new CrdContract({ url, caPem, adminToken: tokens.admin, kubeconfigPath });
    try {
      await commonSteps(t, contract);
      const accepted = allRuleCases.filter(({ api }) => api === null);
      await t.step("what a real API server accepts is accepted", (t) => contract.judgeAll(t, accepted));
    } finally {
      contract.close();
      await server.stop();
      await Deno.remove(dir, { recursive: true });
    }
  },
});
