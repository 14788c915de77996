/** The controller as a command. */
import { runDaemon } from "../../kube/daemon.ts";
import { controllerFlags, controllerHelp, parseControllerFlags } from "../flags.ts";
import { runController } from "./run.ts";

/** 0 after a graceful end, 1 when it can't go on, 2 for a command line that can't be read. */
export async function controllerCommand(args: readonly string[]): Promise<number> {
  const daemon = {
    name: "controller",
    flags: controllerFlags,
    parse: parseControllerFlags,
    help: controllerHelp,
    run: runController,
  };
  return await runDaemon(daemon, args);
}
