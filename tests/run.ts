/** `deno task test [suite…]`: installs what is missing, runs the suites one after the other, and counts. */
import { ensurePackages, SetupError } from "./setup.ts";
import { endRun, suiteLines, type SuiteResult } from "./runner/results.ts";
import { strayTests, suites } from "./runner/suites.ts";
import { runSuite } from "./runner/testsuite.ts";

const root = new URL("../", import.meta.url).pathname;

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !suites.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    console.error(
      `no suite ${unknown.join(", ")}; there are ${suites.map((suite) => suite.name).join(", ")}`,
    );
    Deno.exit(2);
  }
  const chosen = suites.filter((suite) => names.length === 0 || names.includes(suite.name));
  if (chosen.some((suite) => suite.permissions.length > 0)) await prepare();
  const results: SuiteResult[] = [];
  for (const suite of chosen) {
    // The longest takes minutes, and what a suite prints is kept back.
    console.error(`running ${suite.name}`);
    const result = await runSuite(root, suite);
    for (const line of suiteLines(result)) console.log(line);
    results.push(result);
  }
  const stray = strayTests(filesBelow("tests"));
  if (stray.length > 0) {
    const result = { suite: "in no suite", ran: 0, passed: 0, failed: stray, skipped: [] };
    for (const line of suiteLines(result)) console.log(line);
    results.push(result);
  }
  endRun(results);
}

async function prepare(): Promise<void> {
  try {
    await ensurePackages("test");
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}

function filesBelow(folder: string): string[] {
  return [...Deno.readDirSync(`${root}${folder}`)].flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory ? filesBelow(path) : [path];
  });
}

await main(Deno.args);
