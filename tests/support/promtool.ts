/** Prometheus' own tool: from the PATH, or out of Debian's package, which is unpacked and not installed. */
import { findCommand } from "../setup.ts";

const folder = decodeURIComponent(new URL("../../.cache/promtool/", import.meta.url).pathname);
const unpacked = `${folder}usr/bin/promtool`;
const downloadMs = 120_000;

/** Its path, or why it can't be had. */
export async function findPromtool(): Promise<{ readonly path: string } | { readonly missing: string }> {
  const path = findCommand("promtool") ?? findCommand(unpacked);
  if (path !== null) return { path };
  const aptGet = findCommand("apt-get");
  const dpkg = findCommand("dpkg");
  if (aptGet === null || dpkg === null) {
    return { missing: "promtool is not installed, and this is no Debian" };
  }
  await Deno.mkdir(folder, { recursive: true });
  const failed = await run([aptGet, "download", "prometheus"]) ?? await unpack(dpkg);
  return failed === null
    ? { path: unpacked }
    : { missing: `Debian's package prometheus can't be had: ${failed}` };
}

async function unpack(dpkg: string): Promise<string | null> {
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".deb")) continue;
    const failed = await run([dpkg, "-x", name, "."]);
    await Deno.remove(folder + name);
    return failed;
  }
  return "it was not downloaded";
}

/** Null, or the last line of what it said. */
async function run([command = "", ...args]: readonly string[]): Promise<string | null> {
  const child = new Deno.Command(command, {
    args,
    cwd: folder,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(downloadMs),
  });
  const { success, stderr } = await child.output();
  return success ? null : new TextDecoder().decode(stderr).trim().split("\n").at(-1) ?? "failed";
}
