/** The controller as a command: reads its command line, runs, and answers with an exit code. */
import { environmentOf } from "../../core/flags.ts";
import { version } from "../../core/version.ts";
import { controllerFlags, controllerHelp, parseControllerFlags } from "../flags.ts";
import { runController } from "./run.ts";

/** 0 after a graceful end, 1 when it can't go on, 2 for a command line that can't be read. */
export async function controllerCommand(args: readonly string[]): Promise<number> {
  // One by one: the executable may read these variables and no others.
  const environment = environmentOf(controllerFlags).map((name) => [name, Deno.env.get(name)] as const);
  const parsed = parseControllerFlags(args, Object.fromEntries(environment));
  switch (parsed.kind) {
    case "help":
      console.log(controllerHelp());
      return 0;
    case "version":
      console.log(`pewter controller ${version}`);
      return 0;
    case "error":
      console.error(`controller: ${parsed.message}`);
      return parsed.exitCode;
    case "options":
      break;
  }
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => stop.abort(signal));
  }
  try {
    await runController(parsed.options, parsed.withoutEffect, stop.signal);
    return 0;
  } catch (error) {
    console.error(`controller: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}
