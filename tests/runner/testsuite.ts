/** Runs one suite in a `deno test` of its own. */
import { readJunit } from "./junit.ts";
import { refuseEmpty, type SuiteResult } from "./results.ts";
import type { Suite } from "./suites.ts";

/** Runs the suite from the repository's root. What it printed is shown only when it failed. */
export async function runSuite(root: string, suite: Suite): Promise<SuiteResult> {
  const folder = `tests/${suite.name}/`;
  if (!hasFiles(`${root}${folder}`)) {
    return refuseEmpty(readJunit(suite.name, ""));
  }
  const report = Deno.makeTempFileSync({ prefix: "pewter-junit-" });
  try {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "--quiet", "--no-prompt", ...suite.permissions, `--junit-path=${report}`, folder],
      cwd: root,
      env: { DENO_NO_UPDATE_CHECK: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    const result = refuseEmpty(readJunit(suite.name, Deno.readTextFileSync(report)));
    if (code === 0 && result.failed.length === 0) return result;
    printOutput(stdout, stderr);
    // A file that can't be loaded, or a leak found after the last test, is in no test case.
    const whole = `${suite.name}: deno test ended with ${code}, see above`;
    return result.failed.length > 0 ? result : { ...result, failed: [whole] };
  } finally {
    Deno.removeSync(report);
  }
}

function hasFiles(folder: string): boolean {
  try {
    return [...Deno.readDirSync(folder)].length > 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** All but the tests that passed. */
function printOutput(...streams: Uint8Array<ArrayBuffer>[]): void {
  for (const stream of streams) {
    // deno-lint-ignore no-control-regex -- Deno colours the word "ok"
    const passed = /\.\.\. (\x1b\[\d+m)*ok\b/;
    const lines = new TextDecoder().decode(stream).split("\n").filter((line) => !passed.test(line));
    console.log(lines.join("\n").trim());
  }
}
