/** What a run of suites came to, how it is said, and how it is handed on to whoever started it. */

/** One suite's counts. */
export interface SuiteResult {
  readonly suite: string;
  /** How many tests ran, whatever became of them. */
  readonly ran: number;
  readonly passed: number;
  /** The names of what failed. */
  readonly failed: readonly string[];
  readonly skipped: readonly Skip[];
}

/** What was not checked, and why. */
export interface Skip {
  readonly name: string;
  readonly reason: string;
}

/** The variable that names a file for the results: JSON of {@link SuiteResult}s, for programs. */
export const resultsVariable = "PEWTER_RESULTS";

/** The lines that a person reads of a suite. */
export function suiteLines(result: SuiteResult): string[] {
  const parts = [
    `${result.passed} passed`,
    `${result.failed.length} failed`,
    `${result.skipped.length} skipped`,
  ];
  return [
    `${result.suite}: ran ${result.ran} (${parts.join(", ")})`,
    ...result.failed.map((name) => `  failed: ${name}`),
    ...result.skipped.map((skip) => `  skipped: ${skip.name}: ${skip.reason}`),
  ];
}

/** The line that ends a whole run. */
export function totalLine(results: readonly SuiteResult[]): string {
  const sum = (count: (one: SuiteResult) => number) => results.reduce((total, one) => total + count(one), 0);
  const failed = sum((one) => one.failed.length);
  return `${sum((one) => one.passed)} passed, ${failed} failed, ${sum((one) => one.skipped.length)} skipped`;
}

/** The same result, with a failure when the suite ran nothing: a check that checks nothing must not look green. */
export function refuseEmpty(result: SuiteResult): SuiteResult {
  if (result.ran > 0) return result;
  return { ...result, failed: [`${result.suite}: nothing ran`] };
}

/** Hands the results to whoever started this process, if they asked for them. */
export function writeResults(results: readonly SuiteResult[]): void {
  const file = Deno.env.get(resultsVariable);
  if (file !== undefined && file !== "") Deno.writeTextFileSync(file, JSON.stringify(results));
}

/** Reads such a file; null when it holds nothing that can be read, as after a crash. */
export function readResults(text: string): readonly SuiteResult[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every(isResult) ? value : null;
  } catch {
    return null;
  }
}

function isResult(value: unknown): value is SuiteResult {
  if (typeof value !== "object" || value === null) return false;
  const one = value as Partial<Record<keyof SuiteResult, unknown>>;
  return typeof one.suite === "string" && typeof one.ran === "number" && typeof one.passed === "number" &&
    Array.isArray(one.failed) && Array.isArray(one.skipped);
}

/**
 * Ends a run: writes the results to the file that {@link resultsVariable} names, if it is set, prints the total as the
 * last line, and ends the process with 1 when anything failed, else with 0.
 */
export function endRun(results: readonly SuiteResult[]): never {
  writeResults(results);
  console.log(totalLine(results));
  Deno.exit(results.length > 0 && results.every((one) => one.failed.length === 0) ? 0 : 1);
}
