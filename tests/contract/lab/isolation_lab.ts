/** For isolation_test.ts: holds a lab with a network and a process that would never end by itself. Argument: a mark. */
import { inNamespace, run } from "../../lab/command.ts";
import { isInside, parentGone, startInside } from "../../lab/isolation.ts";
import { buildNetwork } from "../../lab/network.ts";
import { makeTopology } from "../../lab/topology.ts";

const mark = Deno.args[0] ?? "";
if (isInside()) {
  void parentGone().then(() => Deno.exit(0));
  await buildNetwork(makeTopology());
  await run(inNamespace("client", ["ping", "-c", "1", "10.77.0.11"]));
  // Its own session and a shell that ignores signals: only the end of the PID namespace ends it.
  new Deno.Command("setsid", { args: ["sh", "-c", "trap '' TERM INT HUP; sleep 1000; :", mark] }).spawn();
  console.log("built");
} else {
  const lab = await startInside({ script: import.meta.filename ?? "", args: [mark] });
  Deno.exit(await lab.status);
}
