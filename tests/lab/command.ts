/** Runs short commands of the system and says what failed. */
import { toolPath } from "../setup.ts";

/** A command ended with an error; `stderr` is what it said. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  constructor(readonly command: string, readonly code: number, readonly stderr: string) {
    super(`${command}: exit code ${code}: ${stderr.trim() || "no message"}`);
  }
}

export interface CommandOptions {
  /** Written to standard input. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
}

/** Runs it to its end; returns standard output. Throws {@link CommandError} for an exit code other than 0. */
export async function run(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const [command, ...args] = argv;
  if (command === undefined) throw new Error("an empty command");
  const child = new Deno.Command(command, {
    args,
    env: { PATH: toolPath(), ...options.env },
    stdin: options.input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  }).spawn();
  const output = child.output();
  if (options.input !== undefined) await feed(child.stdin, options.input);
  const { code, stdout, stderr } = await output;
  const text = new TextDecoder();
  if (code !== 0) {
    throw new CommandError(argv.join(" ").slice(0, 200), code, text.decode(stderr) || text.decode(stdout));
  }
  return text.decode(stdout);
}

/** The command may end before it has read all; then its exit code tells why. */
async function feed(stdin: WritableStream<Uint8Array>, input: string): Promise<void> {
  const writer = stdin.getWriter();
  await writer.write(new TextEncoder().encode(input)).catch(() => {});
  await writer.close().catch(() => {});
}

/** Puts a command into a network namespace. /sys stays the driver's; nothing of ours reads it. */
export function inNamespace(namespace: string, argv: readonly string[]): readonly string[] {
  return namespace === "control" ? argv : ["nsenter", `--net=/run/netns/${namespace}`, "--", ...argv];
}
