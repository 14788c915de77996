/** The speaker as a command. */
import { runDaemon } from "../../kube/daemon.ts";
import { parseSpeakerFlags, speakerFlags, speakerHelp } from "../flags.ts";
import { runSpeaker } from "./run.ts";

/** 0 after a graceful end, 1 when it can't go on, 2 for a command line that can't be read. */
export async function speakerCommand(args: readonly string[]): Promise<number> {
  const daemon = {
    name: "speaker",
    flags: speakerFlags,
    parse: parseSpeakerFlags,
    help: speakerHelp,
    run: runSpeaker,
  };
  return await runDaemon(daemon, args);
}
