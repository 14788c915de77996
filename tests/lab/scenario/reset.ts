/** Brings a lab back to how it was before a scenario, and checks that nothing of it is left on the wire. */
import type { Manifest } from "../api.ts";
import type { Lab } from "../lab.ts";
import { setLinks } from "../network.ts";
import { until } from "../wait.ts";
import { allAddresses } from "./expectations.ts";
import type { Scenario } from "./scenario.ts";

/** Kinds whose objects scenarios make. Namespaces stay: deleting one takes Kubernetes seconds. */
const kinds: readonly (readonly [apiVersion: string, kind: string])[] = [
  ["v1", "Service"],
  ["metallb.io/v1beta1", "L2Advertisement"],
  ["metallb.io/v1beta1", "IPAddressPool"],
];

const silentWithinMs = 10_000;

/** What was there before the first scenario. */
export class Baseline {
  readonly #keep: ReadonlySet<string>;

  private constructor(keep: ReadonlySet<string>) {
    this.#keep = keep;
  }

  static async take(lab: Lab): Promise<Baseline> {
    return new Baseline(new Set((await objects(lab)).map(key)));
  }

  /** Processes and nodes are as at the start, with the arguments that `next` wants. */
  async prepare(lab: Lab, next: Scenario["arguments"]): Promise<void> {
    if (lab.product.setExtraArguments(next)) {
      await Promise.all(lab.product.processes.map((process) => process.end("SIGTERM")));
    }
    await lab.product.startAll();
  }

  /** After a failure nothing is trusted: all processes start anew. */
  async restartProduct(lab: Lab): Promise<void> {
    await Promise.all(lab.product.processes.map((process) => process.end("SIGTERM")));
    await lab.product.startAll();
  }

  /** Throws when an address of the scenario is still answered for afterwards. */
  async restore(lab: Lab): Promise<void> {
    if (!await answers(lab)) await lab.startApiServer();
    const used = Object.values(await allAddresses(lab)).flat();
    for (const node of lab.topology.nodes) {
      await setLinks(node, lab.topology, true);
      await lab.cluster.restoreNode(node.name);
    }
    await lab.product.startAll();
    for (const object of await objects(lab)) {
      if (!this.#keep.has(key(object))) await lab.api.delete(object);
    }
    await lab.cluster.removeAllPods();
    await until("silence for the addresses that were used", silentWithinMs, async () => {
      for (const ip of used) {
        const { macs } = await lab.client.neighbour(ip, "eth0", 100);
        if (macs.length > 0) throw new Error(`${ip} is still answered for by ${macs.join(", ")}`);
      }
      return true;
    });
  }
}

async function answers(lab: Lab): Promise<boolean> {
  return await lab.api.request("GET", "/readyz").then(() => true, (error) => error instanceof SyntaxError);
}

async function objects(lab: Lab): Promise<readonly Manifest[]> {
  const all: Manifest[] = [];
  for (const [apiVersion, kind] of kinds) {
    // Items of a list don't say their kind.
    for (const item of await lab.api.list(apiVersion, kind)) all.push({ ...item, apiVersion, kind });
  }
  return all;
}

function key(object: Manifest): string {
  return `${object.kind}/${object.metadata.namespace}/${object.metadata.name}`;
}
