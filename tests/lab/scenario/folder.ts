/** The scenario files, and the examples of the documentation that they prove. */
import { parseDocument } from "yaml";
import { ScenarioError } from "./fields.ts";
import { readScenario } from "./read.ts";
import { repositoryRoot } from "./root.ts";
import type { Scenario } from "./scenario.ts";

const folder = new URL("../scenarios/", import.meta.url).pathname;
const examples = "docs/examples";

/** All scenarios, in order of their names. Throws when there is none. */
export async function readScenarios(): Promise<readonly Scenario[]> {
  const names = await yamlFiles(folder);
  if (names.length === 0) throw new ScenarioError(`${folder} has no scenario`);
  return await Promise.all(names.map((name) => readScenarioFile(folder + name)));
}

/** One scenario; its id is the file's name without folder and `.yaml`. */
export async function readScenarioFile(path: string): Promise<Scenario> {
  const id = path.replace(/^.*\//, "").replace(/\.yaml$/, "");
  const document = parseDocument(await Deno.readTextFile(path));
  const [error] = document.errors;
  if (error !== undefined) throw new ScenarioError(`${id}: ${error.message}`);
  return readScenario(document.toJS(), id);
}

/** Every example of the documentation is applied by a scenario: throws naming those that aren't. */
export async function checkExamplesUsed(scenarios: readonly Scenario[]): Promise<void> {
  const text = JSON.stringify(scenarios);
  const unused = (await yamlFiles(`${repositoryRoot}${examples}/`)).filter((name) =>
    !text.includes(`${examples}/${name}`)
  );
  if (unused.length > 0) {
    throw new ScenarioError(`no scenario applies ${unused.map((name) => `${examples}/${name}`).join(", ")}`);
  }
}

async function yamlFiles(path: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(path)) {
    if (isFile && name.endsWith(".yaml")) names.push(name);
  }
  return names.sort();
}
