/**
 * A lab lives in namespaces of its own: processes (so that the kernel ends all of them with the first), network and
 * mounts (a private /run for named network namespaces and all files of the lab). Nothing of it is left afterwards,
 * however it ends, and two labs don't see each other.
 */
import { SetupError, toolPath } from "../setup.ts";
import { linesOf } from "./lines.ts";

/** The private tmpfs: state, keys and logs of one lab; it goes with the lab. */
export const labFolder = "/run/pewter";

const markerVariable = "PEWTER_LAB_INSIDE";

/** Whether this process is the driver inside the namespaces. */
export function isInside(): boolean {
  return Deno.env.get(markerVariable) === "1";
}

/** How namespaces can be made here: as root, or through a user namespace. */
async function unshareArguments(): Promise<readonly string[]> {
  const namespaces = ["--mount", "--pid", "--net", "--fork", "--kill-child"];
  const user = ["--user", "--map-root-user"];
  const candidates = [
    ...(Deno.uid() === 0 ? [[...namespaces, "--mount-proc"], namespaces] : []),
    [...user, ...namespaces, "--mount-proc"],
    [...user, ...namespaces],
  ];
  for (const args of candidates) {
    if (
      await succeeds([
        ...args,
        "sh",
        "-c",
        "mount -t tmpfs tmpfs /run && mkdir /run/netns && ip netns add probe",
      ])
    ) {
      return args;
    }
  }
  throw new SetupError(
    Deno.uid() === 0
      ? "The lab needs to create network namespaces, and this machine refuses it even to root: " +
        "run it with CAP_SYS_ADMIN (docker run --privileged) or where user namespaces are allowed."
      : "The lab needs to create network namespaces: run it as root, or where user namespaces are allowed.",
  );
}

async function succeeds(args: readonly string[]): Promise<boolean> {
  try {
    const options = { args: [...args], env: { PATH: toolPath() }, stdin: "null" as const };
    return (await new Deno.Command("unshare", options).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Throws {@link SetupError}, in one sentence, where no lab can be made: to be asked before anything that takes long. */
export async function ensureNamespaces(): Promise<void> {
  await unshareArguments();
}

/** The process that holds a lab. */
export interface LabHandle {
  /** What it prints, where that was asked for; else empty: it prints for itself. */
  readonly lines: AsyncIterable<string>;
  /** The driver's exit code. */
  readonly status: Promise<number>;
  /** Tells the driver to end; it does also when this process dies. */
  stop(): void;
}

const prepareAndRun = `mount -t tmpfs -o mode=755 tmpfs /run && mkdir /run/netns ${labFolder} && ` +
  `ip link set lo up && exec "$@"`;

/** How a driver is started. */
export interface InsideOptions {
  readonly script: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Hand over what it prints instead of printing it. */
  readonly capture?: boolean;
}

/**
 * Runs a script of ours as the driver of a new lab. Its standard input is a pipe that closes when this process ends,
 * see {@link parentGone}. Dependencies must be cached by now: there is no network inside.
 */
export async function startInside({ script, args, env, capture = false }: InsideOptions): Promise<LabHandle> {
  const deno = ["run", "-A", "--cached-only", "--no-prompt", script, ...args];
  const child = new Deno.Command("unshare", {
    args: [...await unshareArguments(), "sh", "-c", prepareAndRun, "sh", Deno.execPath(), ...deno],
    env: { ...env, [markerVariable]: "1", PATH: toolPath(), DENO_NO_UPDATE_CHECK: "1" },
    stdin: "piped",
    stdout: capture ? "piped" : "inherit",
  }).spawn();
  return {
    status: child.status.then((status) => status.code),
    stop: () => void child.stdin.close().catch(() => {}),
    lines: capture ? linesOf(child.stdout) : noLines(),
  };
}

async function* noLines(): AsyncGenerator<string> {}

/**
 * As {@link startInside}, until it has ended; Ctrl-C and SIGTERM end the lab in order. `onLine`, where given, gets what
 * it prints. Returns the exit code, 130 when it was ended by a signal.
 */
export async function runInside(options: InsideOptions, onLine?: (line: string) => void): Promise<number> {
  const handle = await startInside({ ...options, capture: onLine !== undefined });
  let interrupted = false;
  const onSignal = () => {
    interrupted = true;
    handle.stop();
  };
  for (const signal of endingSignals) Deno.addSignalListener(signal, onSignal);
  for await (const line of handle.lines) onLine?.(line);
  const code = await handle.status;
  for (const signal of endingSignals) Deno.removeSignalListener(signal, onSignal);
  return interrupted ? 130 : code;
}

/** What a person or a supervisor sends to end a program. */
export const endingSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * For the driver inside: resolves when the process that holds the lab wants its end, or is gone. Signals of the
 * terminal reach the driver too; they are left to the outer process.
 */
export async function parentGone(): Promise<void> {
  for (const signal of endingSignals) Deno.addSignalListener(signal, () => {});
  for await (const _ of Deno.stdin.readable) { /* nothing is ever sent */ }
}
