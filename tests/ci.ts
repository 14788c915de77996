/** All that must be green before a change lands, in the order of what fails fastest. `.ci/run` calls it. */
import { readResults, resultsVariable, type SuiteResult, totalLine } from "./runner/results.ts";

const root = new URL("../", import.meta.url).pathname;

/** A step that is right or wrong as a whole. */
interface Check {
  readonly name: string;
  readonly args: readonly string[];
}

const checks: readonly Check[] = [
  { name: "format", args: ["task", "fmt", "--check"] },
  { name: "lint", args: ["task", "lint"] },
  { name: "types", args: ["task", "check"] },
  // Against the lockfile as it is: an import that isn't in it is an error here, and not added in passing.
  { name: "lockfile in step", args: ["check", "--frozen", "."] },
  { name: "generated files in step", args: ["task", "generate", "--check"] },
];

async function main(): Promise<void> {
  const results: SuiteResult[] = [];
  for (const check of checks) results.push(await runCheck(check));
  results.push(...await runSuites("test", await readmeCommand("test")));
  results.push(await runCheck({ name: "build", args: ["task", "build"] }));
  results.push(...await runSuites("e2e", [Deno.execPath(), "task", "e2e"]));
  heading("summary");
  for (const { suite, ran, failed, skipped } of results) {
    console.log(`${suite}: ${ran} ran, ${failed.length} failed, ${skipped.length} skipped`);
  }
  for (const { skipped } of results) {
    for (const skip of skipped) console.log(`skipped: ${skip.name}: ${skip.reason}`);
  }
  for (const { failed } of results) for (const name of failed) console.log(`failed: ${name}`);
  console.log(totalLine(results));
  Deno.exit(results.every((one) => one.failed.length === 0) ? 0 : 1);
}

/** A check adds to what failed, and to nothing else: it is no test. */
async function runCheck({ name, args }: Check): Promise<SuiteResult> {
  heading(name);
  const code = await run([Deno.execPath(), ...args]);
  const failed = code === 0 ? [] : [`${name}: deno ${args.join(" ")} ended with ${code}`];
  return { suite: name, ran: 1, passed: 0, failed, skipped: [] };
}

/** Runs what counts its tests itself, and reads the counts from the file that it writes for us. */
async function runSuites(name: string, argv: readonly string[]): Promise<readonly SuiteResult[]> {
  heading(argv.map((word) => word === Deno.execPath() ? "deno" : word).join(" "));
  const file = await Deno.makeTempFile({ prefix: "pewter-results-" });
  try {
    const code = await run(argv, { [resultsVariable]: file });
    const results = readResults(await Deno.readTextFile(file));
    if (results === null || results.length === 0) {
      return [failure(name, `${name}: it ended with ${code} and counted nothing`)];
    }
    const silent = results.filter((one) => one.ran === 0 && one.failed.length === 0).map((one) =>
      failure(one.suite, `${one.suite}: nothing ran`)
    );
    const red = [...results, ...silent].some((one) => one.failed.length > 0);
    return code === 0 || red
      ? [...results, ...silent]
      : [...results, failure(name, `${name}: it ended with ${code}`)];
  } finally {
    await Deno.remove(file);
  }
}

function failure(suite: string, what: string): SuiteResult {
  return { suite, ran: 0, passed: 0, failed: [what], skipped: [] };
}

/** The README's command, through npx where there is one: what a stranger types is what is checked. */
async function readmeCommand(task: string): Promise<readonly string[]> {
  const npx = await run(["sh", "-c", "command -v npx >/dev/null"]);
  return npx === 0
    ? ["npx", "-y", `deno@${Deno.version.deno}`, "task", task]
    : [Deno.execPath(), "task", task];
}

async function run(argv: readonly string[], env: Record<string, string> = {}): Promise<number> {
  const [command = "", ...args] = argv;
  const child = new Deno.Command(command, { args, env, cwd: root, stdin: "null" }).spawn();
  return (await child.status).code;
}

function heading(name: string): void {
  console.log(`\n== ${name}`);
}

await main();
