/** `deno task build`: see {@link build}. */
import { parseArgs } from "node:util";
import { build } from "./io/build.ts";
import { BuildError } from "./io/deno.ts";
import { targets } from "./programs.ts";

const root = decodeURIComponent(new URL("../", import.meta.url).pathname);

const help = `Builds Pewter's programs: bin/controller, bin/speaker and bin/pewter.

Usage: deno task build [--form=auto|compiled|bundle] [--all-targets] [--out=FOLDER]

  --form         compiled: executables of their own; bundle: scripts and a Deno beside them;
                 auto, the default: compiled, or bundle where the compile runtime can't be downloaded
  --all-targets  compile for ${
  targets.map((target) => target.split("-")[0]).join(" and ")
}, not only for this machine
  --out          the folder that is made anew; dist when not given`;

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      form: { type: "string", default: "auto" },
      "all-targets": { type: "boolean", default: false },
      out: { type: "string", default: `${root}dist` },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const { form, out } = values;
  if (values.help) {
    console.log(help);
    return 0;
  }
  if (form !== "auto" && form !== "compiled" && form !== "bundle") {
    console.error(`build: --form=${form}: wants auto, compiled or bundle`);
    return 2;
  }
  const built = await build({ root, out, form, targets: values["all-targets"] ? targets : [] });
  if (built.reason !== null) console.log(built.reason);
  console.log(
    built.form === "compiled"
      ? "Made the compiled form: executables with their permissions baked in."
      : "Made the bundle form: scripts that start the Deno beside them, with the same permissions.",
  );
  for (const path of [built.controller, built.speaker, built.pewter]) console.log(`  ${path}`);
  return 0;
}

try {
  Deno.exit(await main(Deno.args));
} catch (error) {
  if (!(error instanceof BuildError || error instanceof TypeError)) throw error;
  console.error(`build: ${error.message}`);
  Deno.exit(1);
}
