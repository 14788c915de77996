/** A controller as a process of its own, which can be paused and killed. */
import { until } from "../../lab/wait.ts";
import { type Bed, installation, kubeconfigOf, patienceMs } from "./bed.ts";

const main = new URL("../../../controller/main.ts", import.meta.url).pathname;

export class ProcessReplica {
  readonly #child: Deno.ChildProcess;
  readonly #folder: string;
  readonly #read: Promise<void>;
  #log = "";

  private constructor(folder: string, leaseDuration: string) {
    this.#folder = folder;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        ...[
          "run",
          "-A",
          "--no-check",
          main,
          `--kubeconfig=${folder}/kubeconfig`,
          `--namespace=${installation}`,
        ],
        ...[
          `--lease-duration=${leaseDuration}`,
          "--health-probe-port=0",
          "--port=0",
          "--webhook-mode=disabled",
        ],
      ],
      env: { DENO_NO_UPDATE_CHECK: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#read = this.#readLog();
  }

  /** Starts one and waits until it acts. `leaseDuration` is written as a flag's value, as in `2s`. */
  static async acting(bed: Bed, leaseDuration: string): Promise<ProcessReplica> {
    const folder = await Deno.makeTempDir({ prefix: "pewter-replica-" });
    await Deno.writeTextFile(`${folder}/kubeconfig`, kubeconfigOf(bed.server));
    const replica = new ProcessReplica(folder, leaseDuration);
    await until("the process acts", patienceMs, () => replica.said("caughtUp") || undefined, 5);
    return replica;
  }

  /** Whether there is a line of this event. */
  said(event: string): boolean {
    return this.#log.includes(`"event":"${event}"`);
  }

  signal(signal: "SIGSTOP" | "SIGCONT" | "SIGKILL" | "SIGTERM"): void {
    this.#child.kill(signal);
  }

  /** Kills it where it still runs, and waits for its end. */
  async end(): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await this.#child.status;
    await this.#read;
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #readLog(): Promise<void> {
    for await (const part of this.#child.stdout.pipeThrough(new TextDecoderStream())) this.#log += part;
  }
}
