/** How fast and how often ARP is answered: by C with the same system calls, by us, and by us while main parses JSON. */
import { NetSandbox, poll, sandboxMissing, toolMissing } from "../support/netsandbox.ts";

/** What one responder did. */
export interface ArpRow {
  readonly name: string;
  /** Requests 1 ms apart, one outstanding: half, and 99 %, were answered within so many µs. */
  readonly p50us: number;
  readonly p99us: number;
  readonly maxUs: number;
  /** Answers in a second while as many requests come as the sender can send; null where that isn't measured. */
  readonly floodPerSecond: number | null;
  /** CPU time of the responder's process for each request of the latency runs, in µs. */
  readonly cpuUsPerReply: number;
}

export interface ArpBenchOptions {
  /**
   * The responders take turns so many times, and for each of them the best turn counts, as other work on the machine
   * only ever slows.
   */
  readonly rounds: number;
  /** Requests of a latency run. */
  readonly requests: number;
  readonly floodMs: number;
}

const vip = "192.0.2.10";
const folder = new URL("./", import.meta.url).pathname;
const ticksPerSecond = 100;

/** Why it can't be measured here; null when it can. */
export function arpBenchMissing(): string | null {
  return sandboxMissing() ?? toolMissing("gcc");
}

/** Measures C and us in turns, each on an interface of its own; then us again, under load. */
export async function benchArp(
  options: ArpBenchOptions = { rounds: 4, requests: 1000, floodMs: 1000 },
): Promise<ArpRow[]> {
  const binaries = await Deno.makeTempDir({ prefix: "pewter-bench-" });
  const sandbox = await NetSandbox.open();
  try {
    for (const program of ["arp_responder", "arp_prober"]) {
      await execute([
        "gcc",
        "-O2",
        "-Wall",
        "-Wextra",
        "-o",
        `${binaries}/${program}`,
        `${folder}${program}.c`,
      ]);
    }
    const ours = [Deno.execPath(), "run", "-A", "--cached-only", `${folder}arphost.ts`, vip];
    const open = (name: string, link: string, command: string[], floods: boolean) =>
      Responder.open({ sandbox, prober: `${binaries}/arp_prober`, options, name, link, floods }, command);
    const c = await open("C: epoll, recv, send", "eth0", [`${binaries}/arp_responder`, "eth0", vip], true);
    const pewter = await open("Pewter's data plane", "eth1", [...ours, "eth1"], true);
    const rows = await takeTurns([c, pewter], options.rounds);
    const loaded = "Pewter's data plane, main parsing 50 MB JSON";
    const underLoad = await open(loaded, "eth2", [...ours, "eth2", "--json"], false);
    return [...rows, ...await takeTurns([underLoad], options.rounds)];
  } finally {
    await sandbox.close();
    await Deno.remove(binaries, { recursive: true });
  }
}

async function takeTurns(responders: readonly Responder[], rounds: number): Promise<ArpRow[]> {
  for (let round = 0; round < rounds; round++) {
    for (const responder of responders) await responder.turn();
  }
  return await Promise.all(responders.map((responder) => responder.end()));
}

interface Setting {
  readonly sandbox: NetSandbox;
  readonly prober: string;
  readonly options: ArpBenchOptions;
  readonly name: string;
  readonly link: string;
  readonly floods: boolean;
}

class Responder {
  readonly #setting: Setting;
  readonly #child: Deno.ChildProcess;
  readonly #latencies: Readonly<Record<string, number>>[] = [];
  #cpuTicks = 0;
  #flood = 0;

  private constructor(setting: Setting, child: Deno.ChildProcess) {
    this.#setting = setting;
    this.#child = child;
  }

  /** Starts it on an interface made for it, and warms it up. */
  static async open(setting: Setting, command: readonly string[]): Promise<Responder> {
    const { sandbox, name, link } = setting;
    await sandbox.shell(
      `ip link add ${link} type veth peer name ${link} netns peer
       ip link set ${link} up
       ip -n peer link set ${link} up`,
    );
    const [program = "", ...args] = sandbox.inNode(...command);
    const env = { DENO_NO_UPDATE_CHECK: "1" };
    const child = new Deno.Command(program, { args, env, stdin: "null", stdout: "piped" }).spawn();
    const reader = child.stdout.getReader();
    const { done } = await reader.read();
    await reader.cancel();
    if (done) throw new Error(`${name}: the responder ended before it was ready`);
    const responder = new Responder(setting, child);
    await responder.#probe("latency", "300", "1000");
    return responder;
  }

  /** One latency run, and one flood where wanted. */
  async turn(): Promise<void> {
    const { requests, floodMs } = this.#setting.options;
    const before = await cpuTicks(this.#child.pid);
    this.#latencies.push(await this.#probe("latency", String(requests), "1000"));
    this.#cpuTicks += await cpuTicks(this.#child.pid) - before;
    if (!this.#setting.floods) return;
    const { answered = 0, ms = Number.NaN } = await this.#probe("flood", String(floodMs));
    this.#flood = Math.max(this.#flood, answered / ms * 1000);
  }

  /** Ends it; gives its best figures. */
  async end(): Promise<ArpRow> {
    const { name, floods, options } = this.#setting;
    // `nsenter -p` forks: what answers is its child.
    for (const pid of await childrenOf(this.#child.pid)) Deno.kill(pid, "SIGKILL");
    await poll("the responder's end", async () => (await childrenOf(this.#child.pid)).length === 0);
    await this.#child.status;
    const best = (figure: string) => Math.min(...this.#latencies.map((run) => run[figure] ?? Number.NaN));
    return {
      name,
      p50us: best("p50us"),
      p99us: best("p99us"),
      maxUs: best("maxUs"),
      floodPerSecond: floods ? Math.round(this.#flood) : null,
      cpuUsPerReply: this.#cpuTicks * 1e6 / ticksPerSecond / (options.requests * options.rounds),
    };
  }

  async #probe(...args: string[]): Promise<Record<string, number>> {
    const { sandbox, prober, link } = this.#setting;
    return JSON.parse(await execute(sandbox.inPeer(prober, link, vip, ...args)));
  }
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`).catch(() => "");
  return text.split(" ").filter((part) => part.trim() !== "").map(Number);
}

/** User and system time of the child of `nsenter`, all its threads. */
async function cpuTicks(pid: number): Promise<number> {
  let ticks = 0;
  for (const child of await childrenOf(pid)) {
    const stat = await Deno.readTextFile(`/proc/${child}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks;
}

async function execute([program = "", ...args]: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args }).output();
  if (!success) throw new Error(`${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}
