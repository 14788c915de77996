/** The programs as they are built now: built again only when a source is another one. For the lab, the demo and tests. */
import { build, type Built, executables } from "./build.ts";
import { fingerprintOf, readStamp } from "./stamp.ts";

/**
 * Builds into `dist/` unless what is there came from the same sources and the same Deno. Two processes at once take
 * turns. `root` ends in a slash; `say` hears that it takes a while.
 */
export async function ensureBuilt(root: string, say: (line: string) => void = console.error): Promise<Built> {
  const out = `${root}dist`;
  // The lock is beside dist/, which is replaced as a whole.
  await Deno.mkdir(`${root}.cache`, { recursive: true });
  using lock = await Deno.open(`${root}.cache/build.lock`, { create: true, write: true });
  await lock.lock(true);
  const stamp = await readStamp(out);
  if (stamp?.fingerprint === await fingerprintOf(root)) {
    return { form: stamp.form, reason: stamp.reason, ...executables(out) };
  }
  say("building controller, speaker and pewter into dist/");
  return await build({ root, out, form: "auto", targets: [] });
}
