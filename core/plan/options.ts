/** The command lines of `pewter plan` and `pewter explain`. */
import { type FlagTable, type OptionsOf, parseCommandLine } from "../flags.ts";
import { planKinds } from "./kinds.ts";
import { type ObjectRef, parseObjectRef } from "./layers.ts";

export const outputForms = ["text", "json", "yaml"] as const;

const works = true;

export const planFlags = {
  files: {
    ...{ flag: "f", kind: "list", default: [] as readonly string[], works },
    help:
      "a file, a folder (every .yaml, .yml and .json below it) or - for standard input; may be given several times",
  },
  live: {
    ...{ flag: "live", kind: "bool", default: false, works },
    help: "start from the objects of the cluster that the kubeconfig names; -f then lies on top",
  },
  without: {
    ...{ flag: "without", kind: "list", default: [] as readonly string[], works },
    help:
      "as if this object were absent, as in Node/node-a or Service/default/web; may be given several times",
  },
  assumeEndpoints: {
    ...{ flag: "assume-endpoints", kind: "bool", default: false, works },
    help: "a Service without EndpointSlices counts as having a ready endpoint on every node",
  },
  namespace: {
    ...{ flag: "namespace", kind: "string", default: "metallb-system", works },
    help: "the installation's namespace, where metallb.io objects count",
  },
  lbClass: {
    ...{ flag: "lb-class", kind: "string", default: "", works },
    help: "as the controller's and the speakers' flag",
  },
  ignoreExcludeLb: {
    ...{ flag: "ignore-exclude-lb", kind: "bool", default: false, works },
    help: "as the speakers' flag",
  },
  output: {
    ...{ flag: "o", kind: "enum", values: outputForms, default: "text", works },
    help: "text for people, json or yaml for programs",
  },
  kubeconfig: {
    ...{ flag: "kubeconfig", kind: "string", default: "", works },
    help: "for --live; not set: $KUBECONFIG, or else ~/.kube/config",
  },
  context: {
    ...{ flag: "context", kind: "string", default: "", works },
    help: "for --live: the kubeconfig's context; not set: its current one",
  },
} as const satisfies FlagTable;

/** How a value is called where a flag takes one. */
const placeholders: Readonly<Record<string, string>> = {
  f: "PATH",
  without: "KIND/[NAMESPACE/]NAME",
  namespace: "NAMESPACE",
  "lb-class": "CLASS",
  o: outputForms.join("|"),
  kubeconfig: "FILE",
  context: "CONTEXT",
};

export interface PlanCommandOptions extends Omit<OptionsOf<typeof planFlags>, "without"> {
  readonly without: readonly ObjectRef[];
}

/** What a command line asks for. */
export type CommandLine<Asked> =
  | { readonly kind: "help" }
  | { readonly kind: "error"; readonly message: string }
  | { readonly kind: "run"; readonly asked: Asked };

export interface ExplainRequest {
  readonly options: PlanCommandOptions;
  readonly namespace: string;
  readonly name: string;
}

export function parsePlanArguments(args: readonly string[]): CommandLine<PlanCommandOptions> {
  const read = parse(args);
  if (read.kind !== "run") return read;
  const { options, operands } = read.asked;
  const [stray] = operands;
  if (stray !== undefined) {
    return error(`unexpected argument ${JSON.stringify(stray)}; files are given with -f`);
  }
  if (options.files.length === 0 && !options.live) return error("nothing to plan: give -f PATH or --live");
  return { kind: "run", asked: options };
}

/** Without files the cluster is asked. */
export function parseExplainArguments(args: readonly string[]): CommandLine<ExplainRequest> {
  const read = parse(args);
  if (read.kind !== "run") return read;
  const { operands, options } = read.asked;
  const [kind = "", target = "", ...rest] = operands;
  if (!["service", "services", "svc"].includes(kind.toLowerCase()) || rest.length > 0) {
    return error("it is: pewter explain service [NAMESPACE/]NAME");
  }
  const match = /^(?:([^/]+)\/)?([^/]+)$/.exec(target);
  if (match === null) return error(`${JSON.stringify(target)} is not a Service: [NAMESPACE/]NAME`);
  const [, namespace = "default", name = ""] = match;
  const live = options.live || options.files.length === 0;
  return { kind: "run", asked: { options: { ...options, live }, namespace, name } };
}

export function planHelp(): string {
  return help(
    "What would happen: which Service gets which address, which node announces it, and what is wrong.",
    "pewter plan [-f PATH]... [--live] [flags]",
    [
      ["pewter plan -f manifests/ --assume-endpoints", "manifests in a repository"],
      ["pewter plan --live -f new-pool.yaml", "what a change would do to the cluster"],
      ["pewter plan --live --without Node/node-a", "what happens when a node is lost"],
      ["kustomize build . | pewter plan -f - -o json", "for a pipeline; see the exit codes"],
    ],
  );
}

export function explainHelp(): string {
  return help(
    "Why it is so: the decisions about one Service in their order, with the rule and the object behind each.",
    "pewter explain service [NAMESPACE/]NAME [--live | -f PATH...] [flags]",
    [
      ["pewter explain service web", "a Service of the cluster"],
      ["pewter explain service shop/web -f manifests/", "of manifests"],
    ],
  );
}

const exitCodes = [
  "Exit codes:",
  "  0  all handled Services have addresses and are announced, and no problem is an error",
  "  3  the answer is complete, and something is refused, unannounced or wrong",
  "  2  the command line, a file or the cluster can't be read",
  "  1  a fault of our own",
];

function help(intro: string, usage: string, examples: readonly (readonly [string, string])[]): string {
  const flags = Object.values(planFlags).flatMap(({ flag, help, default: usual }) => {
    const placeholder = placeholders[flag];
    const head = `${flag.length === 1 ? "-" : "--"}${flag}${
      placeholder === undefined ? "" : ` ${placeholder}`
    }`;
    const remark = typeof usual === "string" && usual !== "" ? ` (default ${usual})` : "";
    return [`  ${head}`, `        ${help}${remark}`];
  });
  const width = Math.max(...examples.map(([command]) => command.length));
  const shown = examples.map(([command, what]) => `  ${command.padEnd(width)}  # ${what}`);
  return [intro, "", `Usage: ${usage}`, "", "Flags:", ...flags, "", "Examples:", ...shown, "", ...exitCodes]
    .join("\n");
}

function parse(
  args: readonly string[],
): CommandLine<{ readonly options: PlanCommandOptions; readonly operands: readonly string[] }> {
  const parsed = parseCommandLine(planFlags, args);
  if (parsed.kind === "error") return error(parsed.message);
  if (parsed.kind !== "options") return { kind: "help" };
  const refs: ObjectRef[] = [];
  for (const text of parsed.options.without) {
    const ref = parseObjectRef(text);
    if (ref === null) return error(`--without=${JSON.stringify(text)}: ${refHint}`);
    refs.push(ref);
  }
  if (parsed.options.namespace === "") {
    return error("--namespace needs a value, as in --namespace=metallb-system");
  }
  return { kind: "run", asked: { options: { ...parsed.options, without: refs }, operands: parsed.operands } };
}

const refHint = `wants KIND/NAME or KIND/NAMESPACE/NAME, as in Node/node-a; the kinds are ${
  planKinds.map(({ kind }) => kind).join(", ")
}`;

function error(message: string): { readonly kind: "error"; readonly message: string } {
  return { kind: "error", message };
}
