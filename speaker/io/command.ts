/** The speaker as a command: reads its command line, runs, and answers with an exit code. */
import { environmentOf } from "../../core/flags.ts";
import { version } from "../../core/version.ts";
import { parseSpeakerFlags, speakerFlags, speakerHelp } from "../flags.ts";
import { runSpeaker } from "./run.ts";

/** 0 after a graceful end, 1 when it can't go on, 2 for a command line that can't be read. */
export async function speakerCommand(args: readonly string[]): Promise<number> {
  // One by one: the executable may read these variables and no others.
  const environment = environmentOf(speakerFlags).map((name) => [name, Deno.env.get(name)] as const);
  const parsed = parseSpeakerFlags(args, Object.fromEntries(environment));
  switch (parsed.kind) {
    case "help":
      console.log(speakerHelp());
      return 0;
    case "version":
      console.log(`pewter speaker ${version}`);
      return 0;
    case "error":
      console.error(`speaker: ${parsed.message}`);
      return parsed.exitCode;
    case "options":
      break;
  }
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => stop.abort(signal));
  }
  try {
    await runSpeaker(parsed.options, parsed.withoutEffect, stop.signal);
    return 0;
  } catch (error) {
    console.error(`speaker: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}
