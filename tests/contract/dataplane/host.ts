/**
 * Runs the real data plane in a process of its own: commands as JSON on stdin, facts on stdout. After the last fact of
 * one, the next command opens another.
 */
import type { Command, Dataplane, Fact } from "../../../speaker/dataplane.ts";
import { openDataplane } from "../../../speaker/io/dataplaneclient.ts";

let dataplane: Dataplane | null = null;

function open(): Dataplane {
  const opened = openDataplane();
  opened.onFact((fact: Fact) => {
    if (fact.type === "stopped" || fact.type === "failed") dataplane = null;
    console.log(JSON.stringify(fact));
  });
  return opened;
}

let rest = "";
for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) {
    dataplane ??= open();
    dataplane.send(JSON.parse(line) as Command);
  }
}
