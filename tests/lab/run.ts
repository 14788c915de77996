/** `deno task e2e`: runs scenarios in a lab and prints how each of their steps went. See options.ts. */
import { ensureBuilt } from "../../deploy/io/ensure.ts";
import { ensurePackages, SetupError } from "../setup.ts";
import { kubernetesBinaries } from "./controlplane/binaries.ts";
import { ensureNamespaces, isInside, parentGone, runInside } from "./isolation.ts";
import { type Lab, startLab } from "./lab.ts";
import { type ControlPlaneKind, type Options, parseOptions, UsageError } from "./options.ts";
import type { ProductPlaces } from "./product.ts";
import { checkExamplesUsed, readScenarioFile, readScenarios } from "./scenario/folder.ts";
import { ScenarioError } from "./scenario/fields.ts";
import { Baseline } from "./scenario/reset.ts";
import { repositoryRoot } from "./scenario/root.ts";
import { runScenario } from "./scenario/runner.ts";
import type { Scenario } from "./scenario/scenario.ts";
import { writeResults } from "../runner/results.ts";
import { type Counts, Tally } from "./tally.ts";

/** What one lab is to run; from the outer process to the inner. */
interface Part {
  readonly controlPlane: ControlPlaneKind;
  readonly onlyThoseForIt: boolean;
}

const partVariable = "PEWTER_LAB_PART";
/** Begins the line in which the inner process tells its {@link Counts} to the outer. */
const countsMark = "@counts ";

async function chosenScenarios({ scenarios }: Options): Promise<readonly Scenario[]> {
  const all = await readScenarios();
  if (scenarios.length === 0) {
    await checkExamplesUsed(all);
    return all;
  }
  return await Promise.all(scenarios.map(async (wanted) => {
    if (wanted.endsWith(".yaml")) return await readScenarioFile(wanted);
    const found = all.find(({ id }) => id === wanted);
    if (found === undefined) throw new UsageError(`there is no scenario ${wanted}; --list shows all`);
    return found;
  }));
}

/** Outside: sees to packages, binaries and executables, where there is a network; then goes inside. */
async function outer(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  const scenarios = await chosenScenarios(options);
  if (options.list) {
    for (const { id, name } of scenarios) console.log(`${id.padEnd(26)} ${name}`);
    return 0;
  }
  await ensurePackages("e2e");
  await ensureNamespaces();
  const tally = new Tally();
  const kinds = await controlPlanes(options, scenarios, tally);
  if (options.product === null) await ensureBuilt(repositoryRoot);
  for (const [index, controlPlane] of kinds.entries()) {
    const code = await runPart({ controlPlane, onlyThoseForIt: index > 0 }, args, tally);
    if (code !== 0) return code;
    if (options.failFast && tally.failed > 0) break;
  }
  writeResults([tally.suiteResult]);
  return tally.finish();
}

/** The control planes to run on, the second only for scenarios that need it. */
async function controlPlanes(
  { controlPlane }: Options,
  scenarios: readonly Scenario[],
  tally: Tally,
): Promise<readonly ControlPlaneKind[]> {
  if (controlPlane === "embedded") return ["embedded"];
  const binaries = await kubernetesBinaries();
  if ("unavailable" in binaries) {
    if (controlPlane === "real") throw new SetupError(binaries.unavailable);
    tally.skip("all scenarios on real Kubernetes", binaries.unavailable);
    return ["embedded"];
  }
  const others = scenarios.some(({ only }) => only?.controlPlane === "embedded");
  return controlPlane === null && others ? ["real", "embedded"] : ["real"];
}

async function runPart(part: Part, args: readonly string[], tally: Tally): Promise<number> {
  const env = { [partVariable]: JSON.stringify(part) };
  return await runInside({ script: import.meta.filename ?? "", args, env }, (line) => {
    if (line.startsWith(countsMark)) tally.add(JSON.parse(line.slice(countsMark.length)) as Counts);
    else console.log(line);
  });
}

/** Inside the namespaces; 0 unless it broke off, whatever the scenarios' results. */
async function inner(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  const { controlPlane, onlyThoseForIt } = JSON.parse(Deno.env.get(partVariable) ?? "") as Part;
  const all = await chosenScenarios(options);
  const scenarios = onlyThoseForIt ? all.filter(({ only }) => only?.controlPlane === controlPlane) : all;
  const tally = new Tally();
  const began = performance.now();
  const lab = await startLab({ controlPlane, logLevel: "debug", ...placesOf(options) });
  const took = seconds(performance.now() - began);
  console.log(`\nlab: ${lab.controlPlane.title}, ${lab.topology.nodes.length} nodes, up in ${took}`);
  const baseline = await Baseline.take(lab);
  for (const scenario of scenarios) {
    const reason = skipReason(scenario, lab);
    if (reason === null) await runOne(scenario, lab, baseline, tally);
    else if (options.controlPlane !== null || !runsElsewhere(scenario)) tally.skip(scenario.id, reason);
    if (options.failFast && tally.failed > 0) break;
  }
  console.log(countsMark + JSON.stringify(tally.counts));
  return 0;
}

function skipReason({ only, steps }: Scenario, { controlPlane }: Lab): string | null {
  if (only !== null && only.controlPlane !== controlPlane.kind) return only.because;
  const needsKubectl = steps.some(({ action }) =>
    "see" in action && action.see.some((each) => "kubectl" in each)
  );
  return needsKubectl && controlPlane.kubectl === null ? "there is no kubectl on this machine" : null;
}

/** A second lab, on the embedded API server, takes it: see {@link controlPlanes}. */
function runsElsewhere({ only }: Scenario): boolean {
  return only?.controlPlane === "embedded";
}

function placesOf({ product }: Options): { readonly places?: ProductPlaces } {
  if (product === null) return {};
  return {
    places: {
      manifests: `${product}/manifests`,
      controller: `${product}/bin/controller`,
      speaker: `${product}/bin/speaker`,
    },
  };
}

async function runOne(scenario: Scenario, lab: Lab, baseline: Baseline, tally: Tally): Promise<void> {
  console.log(`\n${scenario.id}: ${scenario.name}`);
  const starts = new Map(lab.processes().map((process) => [process, process.logSize()]));
  await baseline.prepare(lab, scenario.arguments);
  const report = await runScenario(scenario, lab, (line, tookMs, depth) => {
    console.log(`  ${seconds(tookMs).padStart(7)}  ${"  ".repeat(depth)}${line}`);
  });
  if (!report.passed) printLogs(lab, starts);
  const leftover = await baseline.restore(lab).then(
    () => null,
    (error: unknown) => `cleaning up: ${String(error)}`,
  );
  const failure = report.failure ?? leftover;
  if (failure !== null) await baseline.restartProduct(lab);
  tally.result(scenario.id, failure, report.tookMs);
}

const linesShown = 25;

function printLogs(lab: Lab, starts: ReadonlyMap<unknown, number>): void {
  for (const process of lab.processes()) {
    const lines = process.logSince(starts.get(process) ?? 0).trimEnd().split("\n");
    if (lines.length === 1 && lines[0] === "") continue;
    const shown = lab.product.processes.includes(process) ? linesShown : 5;
    console.log(`  --- ${process.name}, last ${Math.min(shown, lines.length)} of ${lines.length} lines`);
    for (const line of lines.slice(-shown)) console.log(`  | ${line.slice(0, 400)}`);
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

if (import.meta.main) {
  try {
    if (isInside()) {
      void parentGone().then(() => Deno.exit(130));
      Deno.exit(await inner(Deno.args));
    }
    Deno.exit(await outer(Deno.args));
  } catch (error) {
    const expected = error instanceof UsageError || error instanceof SetupError ||
      error instanceof ScenarioError;
    console.error(expected ? error.message : error);
    Deno.exit(2);
  }
}
