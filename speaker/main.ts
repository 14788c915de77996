/** The speaker's executable. */
import { speakerCommand } from "./io/command.ts";

Deno.exit(await speakerCommand(Deno.args));
