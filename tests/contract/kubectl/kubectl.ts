/** Runs the kubectl of this machine against the lab's API server. */
import { type ApiServer, startApiServer } from "../../lab/apiserver/server.ts";

/** Why the suite can't run; null when it can. */
export async function whyNotKubectl(): Promise<string | null> {
  try {
    const { success } = await new Deno.Command("kubectl", {
      args: ["version", "--client"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success ? null : "kubectl doesn't run here";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "kubectl isn't installed here";
    throw error;
  }
}

/** What kubectl printed. */
export interface Printed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A server and kubectl against it. */
export interface Cluster {
  readonly server: ApiServer;
  /** Runs kubectl; `input` goes to its standard input. */
  run(args: readonly string[], input?: string): Promise<Printed>;
  /** Like run, but fails when kubectl does; answers what it printed. */
  must(args: readonly string[], input?: string): Promise<string>;
  /** Starts kubectl and leaves it running. */
  start(args: readonly string[]): Deno.ChildProcess;
}

/** Runs `use` with a new server, which is gone afterwards. */
export async function withCluster(use: (cluster: Cluster) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "pewter-kubectl-" });
  const server = await startApiServer();
  const kubeconfig = `${dir}/kubeconfig`;
  await Deno.writeTextFile(kubeconfig, server.kubeconfig());
  const command = (args: readonly string[], stdin: "piped" | "null") =>
    new Deno.Command("kubectl", {
      args: [...args],
      // Its cache of discovery is kept apart, so that runs don't see each other's kinds.
      env: { KUBECONFIG: kubeconfig, HOME: dir, KUBECACHEDIR: `${dir}/cache`, KUBE_EDITOR: "true" },
      stdin,
      stdout: "piped",
      stderr: "piped",
    });
  const run = async (args: readonly string[], input?: string): Promise<Printed> => {
    const child = command(args, input === undefined ? "null" : "piped").spawn();
    if (input !== undefined) {
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode(input));
      await writer.close();
    }
    const { code, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
  };
  const must = async (args: readonly string[], input?: string): Promise<string> => {
    const { code, out, err } = await run(args, input);
    if (code !== 0) throw new Error(`kubectl ${args.join(" ")} ended with ${code}: ${err}${out}`);
    return out;
  };
  try {
    await use({ server, run, must, start: (args) => command(args, "null").spawn() });
  } finally {
    await server.stop();
    await Deno.remove(dir, { recursive: true });
  }
}

/** The lines of a table, split into cells where two or more spaces are. */
export function table(printed: string): string[][] {
  return printed.trimEnd().split("\n").map((line) => line.trimEnd().split(/\s{2,}/));
}
