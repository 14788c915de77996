/** The `pewter` command for people. Each command is imported only when it is asked for. */
import type { Engines } from "./core/plan/parts.ts";
import { version } from "./core/version.ts";

interface Command {
  readonly summary: string;
  /** Resolves to the exit code. */
  readonly run: (args: readonly string[]) => Promise<number>;
}

/** What `plan` and `explain` ask: the functions that the cluster runs. */
async function engines(): Promise<Engines> {
  const { planAllocation } = await import("./controller/plan/allocation.ts");
  const { explainAllocation } = await import("./controller/plan/explanation.ts");
  const { planAnnouncements } = await import("./speaker/plan/announcements.ts");
  const { explainAnnouncements } = await import("./speaker/plan/explanation.ts");
  return {
    controller: { allocate: planAllocation, explain: explainAllocation },
    speaker: { announce: planAnnouncements, explain: explainAnnouncements },
  };
}

const commands: Readonly<Record<string, Command>> = {
  plan: {
    summary: "say what would happen to Services, of manifests or of a cluster with a change",
    run: async (args) => await (await import("./kube/plan/command.ts")).planCommand(args, await engines()),
  },
  explain: {
    summary: "say why a Service has its address, and why it is announced as it is",
    run: async (args) => await (await import("./kube/plan/command.ts")).explainCommand(args, await engines()),
  },
  demo: {
    summary: "build a small cluster on this machine and watch a Service become reachable",
    run: async (args) => await (await import("./tests/lab/demo.ts")).demo(args),
  },
  controller: {
    summary: "run the controller from here, as its own executable does",
    run: async (args) => await (await import("./controller/io/command.ts")).controllerCommand(args),
  },
  speaker: {
    summary: "run a speaker from here, as its own executable does",
    run: async (args) => await (await import("./speaker/io/command.ts")).speakerCommand(args),
  },
};

Deno.exit(await pewter(Deno.args));

async function pewter(args: readonly string[]): Promise<number> {
  const [name = "help", ...rest] = args;
  if (["help", "-h", "-help", "--help"].includes(name)) {
    console.log(help());
    return 0;
  }
  if (["version", "-version", "--version"].includes(name)) {
    console.log(`pewter ${version}`);
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    console.error(
      `pewter: there is no command "${name}"; the commands are ${Object.keys(commands).join(", ")}`,
    );
    return 2;
  }
  return await command.run(rest);
}

function help(): string {
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(12)}${summary}`);
  return `Pewter ${version}: addresses for Services of type LoadBalancer, on your own network.

Usage: pewter COMMAND [ARG ...]

${lines.join("\n")}

Examples:
  pewter plan -f manifests/
  pewter explain service default/web
  pewter demo --keep
  pewter controller --kubeconfig=$HOME/.kube/config --namespace=metallb-system
  pewter speaker --help`;
}
