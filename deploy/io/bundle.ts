/** Bundles a program: its modules as a few files of minified JavaScript, what is imported lazily in files of its own. */
import type { Program } from "../programs.ts";
import { BuildError, runDeno } from "./deno.ts";

const bundle = ["bundle", "--quiet", "--no-lock", "--minify", "--platform=deno"];

/** The Worker's module as the sources name it, and as the bundle does. */
const [workerSource, workerBundle] = ["./worker.ts", "./worker.js"];

/** Writes `main.js`, its parts and, for a program with a Worker, `worker.js` into an empty folder. */
export async function bundleProgram(root: string, program: Program, folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const { leftOut, entry } = program;
  const external = leftOut === undefined ? [] : [`--external=${leftOut.specifier}`];
  await runDeno([...bundle, "--code-splitting", ...external, `--outdir=${folder}`, entry], root);
  if (leftOut !== undefined) await writeStandIn(`${folder}/${leftOut.specifier}`, leftOut.text);
  if (program.worker === undefined) return;
  await runDeno([...bundle, `--output=${folder}/${workerBundle.slice(2)}`, program.worker], root);
  await pointToWorker(folder);
}

async function writeStandIn(path: string, text: string): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  await Deno.writeTextFile(path, text);
}

/** `deno bundle` leaves `new URL("./worker.ts", import.meta.url)` as it is, and the Worker isn't there any more. */
async function pointToWorker(folder: string): Promise<void> {
  const [from, to] = [JSON.stringify(workerSource), JSON.stringify(workerBundle)];
  let found = 0;
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (!isFile) continue;
    const path = `${folder}/${name}`;
    const text = await Deno.readTextFile(path);
    const parts = text.split(from);
    found += parts.length - 1;
    if (parts.length > 1) await Deno.writeTextFile(path, parts.join(to));
  }
  if (found === 0) {
    throw new BuildError(`${folder}: no file starts ${workerSource}, so the Worker would never run`);
  }
}
