/**
 * Builds the programs, in one of two forms with the same paths, `bin/controller`, `bin/speaker` and `bin/pewter`:
 * *compiled*, where each is an executable of its own (`deno compile`), or, where the runtime for that can't be had,
 * *bundle*, where they are scripts that start the Deno beside them. Both run the same bundled JavaScript.
 */
import { launcher, type Program, programs, type Target, targets } from "../programs.ts";
import { bundleProgram } from "./bundle.ts";
import { BuildError, runDeno } from "./deno.ts";
import { deferLazyParts } from "./lazyparts.ts";
import { fingerprintOf, writeStamp } from "./stamp.ts";

export type Form = "compiled" | "bundle";

export interface BuildOptions {
  /** The repository's root, with a slash at its end. */
  readonly root: string;
  /** The folder that is made anew. */
  readonly out: string;
  /** "auto": compiled if it can be had, else bundle. */
  readonly form: Form | "auto";
  /** What is compiled for besides this machine. */
  readonly targets: readonly Target[];
}

/** What was built. */
export interface Built {
  readonly form: Form;
  /** Why it isn't compiled, when that was tried. */
  readonly reason: string | null;
  /** Absolute paths of the executables for this machine. */
  readonly controller: string;
  readonly speaker: string;
  readonly pewter: string;
}

/** How long the download of the compile runtime may take. */
const downloadLimitMs = 180_000;

/** Builds into a folder beside `out`, and puts it in its place when all of it is there. */
export async function build(options: BuildOptions): Promise<Built> {
  const fresh = `${options.out}.new-${Deno.pid}`;
  try {
    const fingerprint = await fingerprintOf(options.root);
    await bundleAll(options.root, fresh);
    await Deno.mkdir(`${fresh}/bin`);
    const reason = options.form === "bundle" ? null : await whyNotCompiled(options.root);
    if (reason !== null && options.form === "compiled") throw new BuildError(reason);
    const form = options.form === "bundle" || reason !== null ? "bundle" : "compiled";
    if (form === "compiled") await compileAll(options, fresh);
    else await launchAll(fresh);
    await writeStamp(fresh, { fingerprint, form, reason });
    await putInPlace(fresh, options.out);
    return { form, reason, ...executables(options.out) };
  } catch (error) {
    await Deno.remove(fresh, { recursive: true }).catch(ignoreMissing);
    throw error;
  }
}

/** The paths of the executables in an output folder. */
export function executables(out: string): Pick<Built, "controller" | "speaker" | "pewter"> {
  return { controller: `${out}/bin/controller`, speaker: `${out}/bin/speaker`, pewter: `${out}/bin/pewter` };
}

/** Waits for all of them, also when one fails: what is removed then must not be written to any more. */
async function bundleAll(root: string, fresh: string): Promise<void> {
  const outcomes = await Promise.allSettled(
    programs.map((program) => bundleProgram(root, program, `${fresh}/bundle/${program.name}`)),
  );
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}

/** Why `deno compile` can't work here, learnt from a program that does nothing; null when it can. */
async function whyNotCompiled(root: string): Promise<string | null> {
  const folder = await Deno.makeTempDir({ prefix: "pewter-compile-" });
  try {
    await Deno.writeTextFile(`${folder}/empty.js`, "");
    const args = [
      "compile",
      "--quiet",
      "--no-check",
      "--no-config",
      `--output=${folder}/empty`,
      `${folder}/empty.js`,
    ];
    await runDeno(args, root, { limitMs: downloadLimitMs });
    return null;
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    return `Deno's compile runtime (denort) can't be had: ${cause(error.message)}`;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The lines of Deno's chain of causes, without its stack. */
function cause(output: string): string {
  const lines = output.split("\n").map((line) => line.trim());
  return lines.findLast((line) => /^\d+: (?!<unknown>)/.test(line))?.replace(/^\d+: /, "") ??
    lines.find((line) => line.startsWith("error:")) ?? output;
}

async function compileAll({ root, targets: wanted }: BuildOptions, fresh: string): Promise<void> {
  const own = targets.find((target) => target.startsWith(`${Deno.build.arch}-`));
  for (const target of new Set([...(own === undefined ? [] : [own]), ...wanted])) {
    const folder = `${fresh}/${target.split("-")[0]}`;
    await Deno.mkdir(folder);
    for (const program of programs) await compile(root, program, target, fresh, `${folder}/${program.name}`);
    if (target !== own) continue;
    for (const { name } of programs) await Deno.link(`${folder}/${name}`, `${fresh}/bin/${name}`);
  }
}

async function compile(
  root: string,
  program: Program,
  target: Target,
  fresh: string,
  output: string,
): Promise<void> {
  const code = `${fresh}/bundle/${program.name}`;
  const parts = [...Deno.readDirSync(code)].filter(({ name }) => name !== "main.js");
  await runDeno(
    [
      ...["compile", "--quiet", "--no-check", "--no-config", "--no-lock", `--target=${target}`],
      ...program.permissions,
      ...parts.map(({ name }) => `--include=${code}/${name}`),
      `--output=${output}`,
      `${code}/main.js`,
    ],
    root,
    { limitMs: downloadLimitMs },
  );
}

async function launchAll(fresh: string): Promise<void> {
  await linkOrCopy(Deno.execPath(), `${fresh}/bundle/deno`);
  for (const program of programs) {
    await deferLazyParts(`${fresh}/bundle/${program.name}`);
    await Deno.writeTextFile(`${fresh}/bin/${program.name}`, launcher(program), { mode: 0o755 });
  }
}

/** A second name costs nothing; on another file system it has to be a copy. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await Deno.link(from, to);
  } catch {
    await Deno.copyFile(from, to);
  }
}

/** Programs that run go on with the files that they have. Of two builds at once the later one stays. */
async function putInPlace(fresh: string, out: string): Promise<void> {
  const old = `${out}.old-${Deno.pid}`;
  for (let attempt = 1;; attempt++) {
    await Deno.rename(out, old).catch(ignoreMissing);
    try {
      await Deno.rename(fresh, out);
      break;
    } catch (error) {
      // Another build came between the two lines above.
      if (attempt === 5) throw error;
    } finally {
      await Deno.remove(old, { recursive: true }).catch(ignoreMissing);
    }
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
