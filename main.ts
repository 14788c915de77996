/** The `pewter` command for people. Each command is imported only when it is asked for. */
import { version } from "./core/version.ts";

interface Command {
  readonly summary: string;
  /** Resolves to the exit code. */
  readonly run: (args: readonly string[]) => Promise<number>;
}

const commands: Readonly<Record<string, Command>> = {
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
  pewter demo --keep
  pewter controller --kubeconfig=$HOME/.kube/config --namespace=metallb-system
  pewter speaker --help`;
}
