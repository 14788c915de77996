/** Network, mount and process namespaces of a test's own, which vanish with all that runs in them. */

/** Waits for a condition, looking at it again and again; throws, naming `what`, after `boundMs`. */
export async function poll(
  what: string,
  condition: () => boolean | Promise<boolean>,
  boundMs = 15_000,
): Promise<void> {
  const untilMs = performance.now() + boundMs;
  while (!(await condition())) {
    if (performance.now() > untilMs) throw new Error(`not seen within ${boundMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

/** Why there can be no sandbox; null when there can. */
export function sandboxMissing(): string | null {
  if (Deno.build.os !== "linux") return "needs Linux";
  if (Deno.uid() !== 0) return "needs root for network namespaces";
  for (const tool of ["unshare", "nsenter", "ip"]) {
    if (toolMissing(tool) !== null) return `needs ${tool}`;
  }
  const tried = new Deno.Command("unshare", { args: ["--net", "--mount", "true"], stderr: "null" })
    .outputSync();
  return tried.success ? null : "this machine refuses network namespaces";
}

/** Why a test with this program can't run; null when it is there. */
export function toolMissing(tool: string): string | null {
  const found = new Deno.Command("sh", { args: ["-c", `command -v ${tool}`], stdout: "null" }).outputSync();
  return found.success ? null : `needs ${tool}`;
}

/** The process that a command line of {@link NetSandbox} has started: the child of the program that enters. */
export async function enteredPid(pid: number): Promise<number> {
  const children = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`);
  return Number(children.trim());
}

export class NetSandbox {
  readonly #holder: Deno.ChildProcess;
  readonly #enter: readonly string[];

  private constructor(holder: Deno.ChildProcess, pid: number) {
    this.#holder = holder;
    this.#enter = ["nsenter", "-t", String(pid), "-n", "-m", "-p", "--"];
  }

  /** A node's namespace with the loopback up, and another one named `peer`. */
  static async open(): Promise<NetSandbox> {
    const script = "mount -t tmpfs tmpfs /run && mkdir -p /run/netns && ip link set lo up && " +
      "ip netns add peer && ip -n peer link set lo up && echo ready && exec sleep infinity";
    const holder = new Deno.Command("unshare", {
      args: ["--mount", "--pid", "--net", "--fork", "--kill-child", "--mount-proc", "sh", "-c", script],
      stdin: "null",
      stdout: "piped",
    }).spawn();
    const reader = holder.stdout.getReader();
    const { value } = await reader.read();
    await reader.cancel();
    if (value === undefined) throw new Error("the namespaces could not be made");
    return new NetSandbox(holder, await enteredPid(holder.pid));
  }

  /** The command line that runs `command` in the node's namespaces. */
  inNode(...command: string[]): string[] {
    return [...this.#enter, ...command];
  }

  /** The command line that runs `command` in the other namespace. */
  inPeer(...command: string[]): string[] {
    return [...this.#enter, "ip", "netns", "exec", "peer", ...command];
  }

  /** Runs a shell script in the node's namespaces; gives what it printed. Throws when it fails. */
  async shell(script: string): Promise<string> {
    return await run(this.inNode("sh", "-ec", script));
  }

  /** Runs a shell script in the other namespace. */
  async peerShell(script: string): Promise<string> {
    return await run(this.inPeer("sh", "-ec", script));
  }

  /** Ends everything in it. */
  async close(): Promise<void> {
    this.#holder.kill("SIGKILL");
    await this.#holder.status;
  }
}

async function run([program = "", ...args]: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args }).output();
  const text = new TextDecoder().decode(stdout);
  if (!success) throw new Error(`${args.at(-1)}: ${new TextDecoder().decode(stderr)}${text}`);
  return text;
}
