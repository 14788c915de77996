/** The command line of the end-to-end run. */

export type ControlPlaneKind = "real" | "embedded";

export interface Options {
  /** null: real where that can be had; what only the embedded one can show runs there. */
  readonly controlPlane: ControlPlaneKind | null;
  readonly product: string | null;
  readonly list: boolean;
  readonly failFast: boolean;
  /** Ids, or paths of files; all when empty. */
  readonly scenarios: readonly string[];
}

const usage = `usage: deno task e2e [option...] [scenario...]

Runs scenarios (all, or those named by id or path) in a cluster of network namespaces.
--control-plane real|embedded   etcd and Kubernetes, or the API server of the tests; default: real, if it can be had
--product FOLDER                test this folder's manifests/, bin/controller and bin/speaker
--provider lab                  where the cluster is; there is only lab yet
--fail-fast                     stop after the first failure
--list                          only list the scenarios`;

/** The command line is wrong, or asks for help; the message is for people. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export function parseOptions(args: readonly string[]): Options {
  const options = { controlPlane: null as ControlPlaneKind | null, product: null as string | null };
  const flags = { list: false, failFast: false };
  const scenarios: string[] = [];
  const rest = args.flatMap((argument) =>
    /^--[\w-]+=/.test(argument) ? argument.split(/=(.*)/s, 2) : [argument]
  );
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    if (argument === "--list") flags.list = true;
    else if (argument === "--fail-fast") flags.failFast = true;
    else if (argument === "--provider") only(rest.shift(), ["lab"], argument);
    else if (argument === "--control-plane") {
      options.controlPlane = only(rest.shift(), ["real", "embedded"], argument);
    } else if (argument === "--product") options.product = rest.shift() ?? null;
    else if (argument === "--help" || argument === "-h") throw new UsageError(usage);
    else if (argument.startsWith("-")) throw new UsageError(`${argument} is not known\n${usage}`);
    else scenarios.push(argument);
  }
  return { ...options, ...flags, scenarios };
}

function only<const T extends string>(value: string | undefined, choices: readonly T[], flag: string): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new UsageError(`${flag}: ${choices.join(" or ")} is wanted\n${usage}`);
  return found;
}
