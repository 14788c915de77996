/** A speaker's ConfigurationState: what it makes of the configuration on its node. */
import { assert, assertEquals } from "@std/assert";
import type { ConfigurationStateStatus } from "../../../crds/configurationstate.ts";
import type { KubeObject, PatchOptions } from "../../../kube/api.ts";
import { configurationStates, pods } from "../../../kube/resources.ts";
import { FakeCluster } from "../../support/fakespeakers.ts";

type State = KubeObject & { readonly status?: ConfigurationStateStatus };

function stateTest(name: string, fn: (cluster: FakeCluster) => Promise<void>): void {
  Deno.test(`speaker's ConfigurationState: ${name}`, async () => {
    const cluster = new FakeCluster("node-a", "node-b");
    try {
      await fn(cluster);
    } finally {
      await cluster.end();
    }
  });
}

const states = ({ kube }: FakeCluster) => kube.all(configurationStates) as State[];
const stateOf = (cluster: FakeCluster, node: string) =>
  states(cluster).find(({ metadata }) => metadata.name === `speaker-${node}`);
const result = (cluster: FakeCluster, node = "node-a") => stateOf(cluster, node)?.status?.result;

stateTest(
  "each speaker writes its own, with MetalLB's name, labels, condition and field owner",
  async (cluster) => {
    for (const node of ["node-a", "node-b"]) cluster.start(node);
    await cluster.until("both", () => result(cluster) === "Valid" && result(cluster, "node-b") === "Valid");
    assertEquals(states(cluster).map(({ metadata: { name, labels } }) => [name, labels]), [
      ["speaker-node-a", { "metallb.io/component-type": "speaker", "metallb.io/node-name": "node-a" }],
      ["speaker-node-b", { "metallb.io/component-type": "speaker", "metallb.io/node-name": "node-b" }],
    ]);
    const conditions = stateOf(cluster, "node-a")?.status?.conditions ?? [];
    assertEquals(conditions.map(({ type, status, reason }) => [type, status, reason]), [
      ["configReconcilerValid", "True", "Reconciled"],
    ]);
    const managers = () =>
      cluster.kube.calls.filter(({ plural, method }) =>
        plural === "configurationstates" && method === "patch"
      )
        .map(({ options }) => (options as PatchOptions).fieldManager);
    // The object and its status, once for each of the two.
    assertEquals(managers(), Array(4).fill("configReconciler"));
    await cluster.clock.advance(60_000);
    assertEquals(managers().length, 4);
  },
);

stateTest("nothing is said before everything was read", async (cluster) => {
  const release = cluster.kube.hold("list");
  cluster.start("node-a");
  await cluster.clock.advance(5_000);
  assertEquals(states(cluster), []);
  release();
  await cluster.until("Valid", () => result(cluster) === "Valid");
});

stateTest(
  "errors of pools and of advertisements make it Invalid, until they are corrected",
  async (cluster) => {
    cluster.start("node-a");
    await cluster.until("Valid", () => result(cluster) === "Valid");
    cluster.putPool("bad", ["10.1.0.0/33"]);
    cluster.putAdvertisement("twins", { nodeSelectors: [{}, {}] });
    cluster.putAdvertisement("typo", { ipAddressPools: ["publik"] });
    const summary = () => stateOf(cluster, "node-a")?.status?.errorSummary ?? "";
    await cluster.until("both", () => summary().includes("IPAddressPool bad") && summary().includes("twins"));
    const lines = summary().split("\n");
    assertEquals(lines.length, 2, summary());
    assert(lines[0]?.startsWith("configuration error: IPAddressPool bad, spec.addresses[0]: "), summary());
    assert(lines[1]?.startsWith("L2Advertisement twins, spec.nodeSelectors[1]: "), summary());
    assertEquals(result(cluster), "Invalid");
    cluster.putPool("bad", ["10.1.0.0/24"]);
    cluster.putAdvertisement("twins", {});
    await cluster.until("Valid again", () => result(cluster) === "Valid" && summary() === "");
  },
);

stateTest("it belongs to the speaker's Pod, is put right, and made again", async (cluster) => {
  const pod = cluster.kube.put(pods, { metadata: { namespace: "metallb-system", name: "speaker-x" } });
  cluster.start("node-a", { podName: "speaker-x" });
  await cluster.until("Valid", () => result(cluster) === "Valid");
  const owners = () => stateOf(cluster, "node-a")?.metadata.ownerReferences;
  const owner = { apiVersion: "v1", kind: "Pod", name: "speaker-x", uid: pod.metadata.uid ?? "" };
  assertEquals(owners(), [owner]);
  cluster.kube.remove(configurationStates, "metallb-system", "speaker-node-a");
  await cluster.until("made again", () => result(cluster) === "Valid");
  assertEquals(owners(), [owner]);
  const made = stateOf(cluster, "node-a");
  assert(made !== undefined);
  cluster.kube.put(configurationStates, { ...made, status: { ...made.status, result: "Invalid" } } as State);
  await cluster.until("put right", () => result(cluster) === "Valid");
});
