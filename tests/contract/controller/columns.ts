/** What `kubectl get configurationstates` shows. */
import { assertEquals, assertMatch } from "@std/assert";
import { ipAddressPools } from "../../../kube/resources.ts";
import { table } from "../kubectl/kubectl.ts";
import { type Bed, installation, kubeconfigOf } from "./bed.ts";
import type { StateCase } from "./statecases.ts";

export const columnCase: StateCase = {
  name: "kubectl get shows result, summary and age",
  addresses: ["10.0.0.0/24"],
  run: async (bed) => {
    bed.replica();
    await bed.states("Valid");
    const [header, valid] = await shown(bed);
    assertEquals(header, ["NAME", "RESULT", "ERRORSUMMARY", "AGE"]);
    // An empty summary leaves its cell empty.
    assertEquals(valid?.slice(0, 2), ["controller", "Valid"]);
    assertMatch(valid?.at(-1) ?? "", /^\d+s$/);
    await bed.create(ipAddressPools, "z-double", { addresses: ["10.0.0.0/32"] });
    await bed.states("Invalid");
    const [, invalid] = await shown(bed);
    assertEquals(invalid?.slice(0, 2), ["controller", "Invalid"]);
    assertMatch(invalid?.[2] ?? "", /^configuration error: IPAddressPool z-double, spec\.addresses\[0\]: /);
  },
};

async function shown({ server }: Bed): Promise<string[][]> {
  const { kubectl } = server;
  if (kubectl === null) throw new Error("this machine has no kubectl");
  const home = await Deno.makeTempDir({ prefix: "pewter-columns-" });
  try {
    await Deno.writeTextFile(`${home}/config`, kubeconfigOf(server));
    const { stdout, stderr, success } = await new Deno.Command(kubectl, {
      args: ["get", "configurationstates.metallb.io", "-n", installation],
      env: { KUBECONFIG: `${home}/config`, HOME: home },
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return table(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}
