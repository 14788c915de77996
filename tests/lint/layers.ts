/** The lint plugin that keeps design.md's layers apart; deno.json names it, so that `deno task lint` runs it. */
import { importsRule } from "./imports.ts";
import { worldRule } from "./world.ts";

const plugin: Deno.lint.Plugin = {
  name: "pewter",
  rules: { imports: importsRule, world: worldRule },
};

export default plugin;
