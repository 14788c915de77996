/**
 * The Debian packages that the demo and the suites need beyond Deno: as root the missing ones are installed, saying
 * which; otherwise one error names them.
 */

/** What is about to run. */
export type Purpose = "demo" | "test" | "e2e" | "bench";

interface Tool {
  /** Found on the PATH, or this absolute path exists. */
  readonly command: string;
  readonly package: string;
}

const tools = {
  ip: { command: "ip", package: "iproute2" },
  nft: { command: "nft", package: "nftables" },
  unshare: { command: "unshare", package: "util-linux" },
  mount: { command: "mount", package: "mount" },
  etcd: { command: "etcd", package: "etcd-server" },
  arping: { command: "/usr/sbin/arping", package: "arping" },
  ndisc6: { command: "ndisc6", package: "ndisc6" },
  ping: { command: "ping", package: "iputils-ping" },
  tcpdump: { command: "tcpdump", package: "tcpdump" },
  gcc: { command: "gcc", package: "gcc" },
  libc: { command: "/usr/include/stdio.h", package: "libc6-dev" },
} as const satisfies Record<string, Tool>;

const network: readonly Tool[] = [tools.ip, tools.nft, tools.unshare, tools.mount];

const needs: Readonly<Record<Purpose, readonly Tool[]>> = {
  demo: network,
  test: [...network, tools.etcd, tools.arping, tools.ndisc6, tools.ping],
  e2e: [...network, tools.etcd, tools.arping, tools.ndisc6, tools.tcpdump],
  bench: [...network, tools.etcd, tools.gcc, tools.libc],
};

/** The machine lacks something that we may not, or can't, install. Its message says all that a person must do. */
export class SetupError extends Error {
  override readonly name = "SetupError";
}

const systemFolders = ["/usr/local/sbin", "/usr/sbin", "/sbin"] as const;

/** PATH with the folders of administrators' tools, which a user's own often lacks; for child processes. */
export function toolPath(): string {
  const own = (Deno.env.get("PATH") ?? "/usr/bin:/bin").split(":");
  return [...own, ...systemFolders.filter((folder) => !own.includes(folder))].join(":");
}

/** The absolute path of a command, or null. */
export function findCommand(command: string): string | null {
  const candidates = command.startsWith("/")
    ? [command]
    : toolPath().split(":").map((dir) => `${dir}/${command}`);
  return candidates.find(isFile) ?? null;
}

/** Sees to it that what `purpose` needs is there. Throws {@link SetupError} when it isn't and can't be installed. */
export async function ensurePackages(
  purpose: Purpose,
  say: (line: string) => void = console.error,
): Promise<void> {
  const packages = missingPackages(purpose);
  if (packages.length === 0) return;
  const list = packages.join(" ");
  if (findCommand("apt-get") === null) {
    throw new SetupError(
      `This needs tools that are not installed; their Debian packages are called: ${list}`,
    );
  }
  if (Deno.uid() !== 0) {
    throw new SetupError(
      `This needs Debian packages that are missing. Install them with: sudo apt-get install ${list}`,
    );
  }
  say(`Installing Debian packages that are missing: ${list}`);
  await install(packages);
  const still = missingPackages(purpose);
  if (still.length > 0) {
    throw new SetupError(`apt-get installed ${list}, but still missing: ${still.join(" ")}`);
  }
}

function missingPackages(purpose: Purpose): readonly string[] {
  return [
    ...new Set(
      needs[purpose].filter((tool) => findCommand(tool.command) === null).map((tool) => tool.package),
    ),
  ];
}

/** Installs; package lists are fetched only when the first try doesn't know a package. */
async function install(packages: readonly string[]): Promise<void> {
  if (await aptGet("install", "-y", "-q", "--no-install-recommends", ...packages) === null) return;
  await aptGet("update", "-q");
  const failure = await aptGet("install", "-y", "-q", "--no-install-recommends", ...packages);
  if (failure !== null) throw new SetupError(`apt-get install ${packages.join(" ")} failed:\n${failure}`);
}

/** Runs apt-get; null, or the end of what it printed when it failed. RUNLEVEL=1 keeps daemons from being started. */
async function aptGet(...args: string[]): Promise<string | null> {
  const { success, stdout, stderr } = await new Deno.Command("apt-get", {
    args,
    env: { DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1", PATH: toolPath() },
    stdin: "null",
  }).output();
  if (success) return null;
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  return text.trim().split("\n").slice(-12).join("\n");
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

if (import.meta.main) {
  const purpose = Deno.args[0] ?? "";
  if (!Object.hasOwn(needs, purpose)) {
    console.error(`usage: setup.ts ${Object.keys(needs).join("|")}`);
    Deno.exit(2);
  }
  try {
    await ensurePackages(purpose as Purpose);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}
