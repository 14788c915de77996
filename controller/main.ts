/** The controller's executable. */
import { controllerCommand } from "./io/command.ts";

Deno.exit(await controllerCommand(Deno.args));
