/** A long-running process of the lab: where it runs, what it printed, how it ended. */
import { toolPath } from "../setup.ts";
import { inNamespace } from "./command.ts";

export interface ProcessOptions {
  /** Unique in the lab; names the log. */
  readonly name: string;
  readonly argv: readonly string[];
  /** Standard output and error are appended here. */
  readonly logFile: string;
  /** Network namespace; "control" is the driver's own. */
  readonly namespace?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Outside a lab, where no PID namespace sees to it: the process is killed when this one ends. */
  readonly guard?: boolean;
}

/** Runs "$@" with its output in $LOG; `exec` keeps the process ID that the driver knows. */
const plain = 'exec "$@" >>"$LOG" 2>&1 </dev/null';
/** The same, and kills it when the pipe on standard input closes. */
const guarded = 'exec 3<&0; "$@" >>"$LOG" 2>&1 </dev/null & child=$!; ' +
  "(cat <&3 >/dev/null; kill -9 $child 2>/dev/null) & wait $child";

/** Ended: what `Deno.CommandStatus` says, in one word, as in `SIGKILL` or `exit 1`. */
export type ProcessEnd = string;

export class LabProcess {
  readonly name: string;
  readonly logFile: string;
  readonly #options: ProcessOptions;
  #child: Deno.ChildProcess | null = null;
  #exited: Promise<ProcessEnd> = Promise.resolve("not started");
  #expectedEnd = true;

  constructor(options: ProcessOptions) {
    this.name = options.name;
    this.logFile = options.logFile;
    this.#options = options;
  }

  get running(): boolean {
    return this.#child !== null;
  }

  /** Resolves when the current run has ended. */
  get exited(): Promise<ProcessEnd> {
    return this.#exited;
  }

  /** It ended although nobody asked for that. */
  get crashed(): boolean {
    return this.#child === null && !this.#expectedEnd;
  }

  get pid(): number {
    if (this.#child === null) throw new Error(`${this.name} is not running`);
    return this.#child.pid;
  }

  start(): void {
    if (this.#child !== null) throw new Error(`${this.name} is running already`);
    const { argv, logFile, namespace = "control", env, guard = false } = this.#options;
    const child = new Deno.Command("sh", {
      args: ["-c", guard ? guarded : plain, "sh", ...inNamespace(namespace, argv)],
      env: { PATH: toolPath(), ...env, LOG: logFile },
      stdin: guard ? "piped" : "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    this.#child = child;
    this.#expectedEnd = false;
    this.#exited = child.status.then(async ({ signal, code }) => {
      this.#child = null;
      if (guard) await child.stdin.close().catch(() => {});
      return signal ?? `exit ${code}`;
    });
  }

  /** Sends a signal that ends it, and waits for the end; nothing happens when it isn't running. */
  async end(signal: Deno.Signal = "SIGKILL"): Promise<ProcessEnd> {
    const child = this.#child;
    if (child === null) return await this.#exited;
    this.#expectedEnd = true;
    if (this.#options.guard) await child.stdin.close().catch(() => {});
    else child.kill(signal);
    return await this.#exited;
  }

  /** SIGSTOP and SIGCONT: a process that hangs. */
  signal(signal: Deno.Signal): void {
    if (this.#child === null) throw new Error(`${this.name} is not running`);
    this.#child.kill(signal);
  }

  /** How long the log is now, in bytes; see {@link logSince}. */
  logSize(): number {
    try {
      return Deno.statSync(this.logFile).size;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return 0;
      throw error;
    }
  }

  /** What was printed after the log had `offset` bytes. */
  logSince(offset: number): string {
    try {
      return new TextDecoder().decode(Deno.readFileSync(this.logFile).subarray(offset));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    }
  }
}
