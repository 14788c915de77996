/** The suites of `deno task test`, in the order in which they run. The end-to-end run and the bench are their own. */

export interface Suite {
  /** Its folder in tests/. */
  readonly name: string;
  /** Permissions for `deno test`. */
  readonly permissions: readonly string[];
}

/** The first four have no permissions at all: what they pass is free of effects, proven. */
export const suites: readonly Suite[] = [
  { name: "unit", permissions: [] },
  { name: "golden", permissions: [] },
  { name: "property", permissions: [] },
  { name: "fuzz", permissions: [] },
  { name: "contract", permissions: ["--allow-all"] },
];

/** Test files that no suite runs, so that none is forgotten. */
export function strayTests(files: readonly string[]): string[] {
  const isTest = (file: string) => /(^|[._/])test\.(ts|tsx|js|mjs)$/.test(file);
  return files.filter((file) =>
    isTest(file) && !suites.some((suite) => file.startsWith(`tests/${suite.name}/`))
  );
}
