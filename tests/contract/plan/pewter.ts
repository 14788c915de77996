/** Runs the `pewter` command from the sources. */

const root = decodeURIComponent(new URL("../../../", import.meta.url).pathname);

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Without a terminal, and without a kubeconfig but the one that is named in the arguments. */
export async function runPewter(
  args: readonly string[],
  { stdin = "", cwd = root }: { readonly stdin?: string; readonly cwd?: string } = {},
): Promise<Run> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--config", `${root}deno.json`, `${root}main.ts`, ...args],
    cwd,
    env: { DENO_NO_UPDATE_CHECK: "1", KUBECONFIG: "/nonexistent" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(stdin));
    await writer.close();
  } catch (error) {
    // A command line that is wrong ends it before it reads anything.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
  const { code, stdout, stderr } = await process.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
