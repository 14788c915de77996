/** Runs Deno itself, the one that runs this. */

/** A command that failed; the message ends with what it printed. */
export class BuildError extends Error {
  override readonly name = "BuildError";
}

/** Runs `deno` with these arguments in a folder; throws {@link BuildError} when it fails or takes longer than a limit. */
export async function runDeno(
  args: readonly string[],
  cwd: string,
  options: { readonly limitMs?: number } = {},
): Promise<void> {
  const limit = options.limitMs === undefined ? undefined : AbortSignal.timeout(options.limitMs);
  const { success, code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...(limit === undefined ? {} : { signal: limit }),
  }).output();
  if (success) return;
  const decoder = new TextDecoder();
  const why = limit?.aborted ? `took longer than ${options.limitMs} ms` : `ended with ${code}`;
  throw new BuildError(`deno ${args[0]} ${why}:\n${decoder.decode(stdout)}${decoder.decode(stderr)}`.trim());
}
