/** The speaker's memory, with its data-plane Worker and its Lease, on a node with one interface. */
import { run } from "../lab/command.ts";
import { closeStage, idleMib, logged, openStage, startProduct } from "./product.ts";
import type { Figure } from "./table.ts";

/** Needs a network namespace of its own; a sentence where this machine has no API server. */
export async function benchSpeakerMemory(): Promise<readonly Figure[] | string> {
  const stage = await openStage();
  if (typeof stage === "string") return stage;
  try {
    await run(["ip", "link", "add", "bench0", "type", "veth", "peer", "name", "bench1"]);
    await run(["ip", "link", "set", "bench0", "up"]);
    await run(["ip", "link", "set", "bench1", "up"]);
    await stage.api.create({ apiVersion: "v1", kind: "Node", metadata: { name: "bench" } });
    const speaker = startProduct(stage, "speaker", [
      "--node-name=bench",
      "--health-probe-port=0",
      "--port=0",
    ]);
    await logged(speaker, "caughtUp");
    const mib = await idleMib(speaker);
    await speaker.end("SIGTERM");
    return [{
      name: "speaker's memory, idle",
      value: `${mib.toFixed(1)} MiB`,
      goal: "≤ 70 MB",
      met: mib <= 70,
    }];
  } finally {
    await closeStage(stage);
  }
}
