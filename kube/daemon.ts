/** A daemon as a command: reads its command line, runs until a signal, and answers with an exit code. */
import { type Environment, environmentOf, type FlagResult, type FlagTable } from "../core/flags.ts";
import { version } from "../core/version.ts";

export interface Daemon<Options> {
  /** As in `controller`. */
  readonly name: string;
  readonly flags: FlagTable;
  readonly parse: (args: readonly string[], environment: Environment) => FlagResult<Options>;
  readonly help: () => string;
  /**
   * Works until `stop` is aborted, with the signal's name as reason. `withoutEffect` names settings that were given and
   * change nothing here. Rejects when it can't go on.
   */
  readonly run: (options: Options, withoutEffect: readonly string[], stop: AbortSignal) => Promise<void>;
}

/** 0 after a graceful end, 1 when it can't go on, 2 for a command line that can't be read. */
export async function runDaemon<Options>(daemon: Daemon<Options>, args: readonly string[]): Promise<number> {
  const { name, flags, parse, help, run } = daemon;
  // One by one: the executable may read these variables and no others.
  const environment = environmentOf(flags).map((variable) => [variable, Deno.env.get(variable)] as const);
  const parsed = parse(args, Object.fromEntries(environment));
  switch (parsed.kind) {
    case "help":
      console.log(help());
      return 0;
    case "version":
      console.log(`pewter ${name} ${version}`);
      return 0;
    case "error":
      console.error(`${name}: ${parsed.message}`);
      return parsed.exitCode;
    case "options":
      break;
  }
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => stop.abort(signal));
  }
  try {
    await run(parsed.options, parsed.withoutEffect, stop.signal);
    return 0;
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}
