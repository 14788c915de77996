/** `pewter plan` and `pewter explain`: read, let the engines decide, print, and answer with an exit code. */
import { makePlan, type Outcome } from "../../core/plan/assemble.ts";
import type { Request } from "../../core/plan/collect.ts";
import { diffText } from "../../core/plan/difftext.ts";
import { explainService } from "../../core/plan/explainservice.ts";
import { explanationText } from "../../core/plan/explanationtext.ts";
import { InputError } from "../../core/plan/manifest.ts";
import {
  type CommandLine,
  explainHelp,
  parseExplainArguments,
  parsePlanArguments,
  type PlanCommandOptions,
  planHelp,
} from "../../core/plan/options.ts";
import { jsonPieces, yamlPieces } from "../../core/plan/output.ts";
import { coloured, type Paint, plain } from "../../core/plan/paint.ts";
import type { Engines } from "../../core/plan/parts.ts";
import { planText } from "../../core/plan/text.ts";
import { version } from "../../core/version.ts";
import { KubeApiError, KubeUnreachableError } from "../api.ts";
import { openClient } from "../client.ts";
import { systemClock } from "../clock.ts";
import { findApiServer, KubeConfigError } from "../config.ts";
import { readManifestFiles } from "./files.ts";
import { listCluster, type LiveObjects } from "./live.ts";

const exitCodes = { well: 0, fault: 1, unreadable: 2, notWell: 3 } as const;

export async function planCommand(args: readonly string[], engines: Engines): Promise<number> {
  return await run("plan", parsePlanArguments(args), planHelp, async (options) => {
    const request = await readRequest(options);
    const outcome = makePlan(request, engines);
    const isChange = options.live && (options.files.length > 0 || options.without.length > 0);
    const text = (paint: Paint) =>
      isChange
        ? diffText(makePlan({ ...request, files: [], without: [] }, engines).plan, outcome.plan, paint)
        : planText(outcome.plan, paint);
    print(options, outcome.plan, text);
    return exitCodeOf(outcome);
  });
}

export async function explainCommand(args: readonly string[], engines: Engines): Promise<number> {
  return await run("explain", parseExplainArguments(args), explainHelp, async (asked) => {
    const { options, namespace, name } = asked;
    const request = await readRequest(options);
    const explained = explainService(request, engines, `${namespace}/${name}`);
    if (explained === null) {
      console.error(`pewter explain: there is no Service ${namespace}/${name} in what was read`);
      return exitCodes.unreadable;
    }
    print(options, explained.tree, (paint) => explanationText(explained.tree, paint));
    return exitCodeOf(explained);
  });
}

async function run<Asked>(
  command: string,
  line: CommandLine<Asked>,
  help: () => string,
  work: (asked: Asked) => Promise<number>,
): Promise<number> {
  if (line.kind === "help") {
    console.log(help());
    return exitCodes.well;
  }
  if (line.kind === "error") {
    console.error(`pewter ${command}: ${line.message}`);
    return exitCodes.unreadable;
  }
  try {
    return await work(line.asked);
  } catch (error) {
    if (isUnreadable(error)) {
      console.error(`pewter ${command}: ${error.message}`);
      return exitCodes.unreadable;
    }
    console.error(`pewter ${command}: a fault of its own, please report it:`, error);
    return exitCodes.fault;
  }
}

/** What can't be read, for reasons that lie outside. */
function isUnreadable(error: unknown): error is Error {
  return [InputError, KubeConfigError, KubeApiError, KubeUnreachableError].some((known) =>
    error instanceof known
  );
}

async function readRequest(options: PlanCommandOptions): Promise<Request> {
  const { namespace, lbClass, without, assumeEndpoints } = options;
  const files = await readManifestFiles(options.files);
  const live: LiveObjects = options.live
    ? await readCluster(options)
    : { manifests: [], secretsKnown: true, notes: [] };
  return {
    ...{ namespace, lbClass, without, assumeEndpoints, files },
    ignoreExcludeLabel: options.ignoreExcludeLb,
    live: live.manifests,
    secretsKnown: live.secretsKnown,
    notes: live.notes,
  };
}

async function readCluster({ kubeconfig, context, namespace }: PlanCommandOptions): Promise<LiveObjects> {
  const config = await findApiServer({ kubeconfig, ...(context === "" ? {} : { context }) });
  const userAgent = `pewter-plan/${version}`;
  const api = openClient({ config, clock: systemClock, random: Math.random, userAgent });
  try {
    return await listCluster(api, namespace);
  } finally {
    api.close();
  }
}

function print(
  { output }: PlanCommandOptions,
  tree: object,
  text: (paint: Paint) => string,
): void {
  const paint = Deno.stdout.isTerminal() && !Deno.noColor ? coloured : plain;
  const pieces = output === "json" ? jsonPieces(tree) : output === "yaml" ? yamlPieces(tree) : [text(paint)];
  for (const piece of pieces) write(new TextEncoder().encode(piece));
}

function write(bytes: Uint8Array): void {
  let rest = bytes;
  try {
    while (rest.length > 0) rest = rest.subarray(Deno.stdout.writeSync(rest));
  } catch (error) {
    // Whoever reads has seen enough, as with `| head`.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

function exitCodeOf({ allWell }: Pick<Outcome, "allWell">): number {
  return allWell ? exitCodes.well : exitCodes.notWell;
}
