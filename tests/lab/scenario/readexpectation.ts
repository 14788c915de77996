/** Reads one item of `see`. */
import { mapping, only, ScenarioError, text, texts } from "./fields.ts";
import type { Expectation } from "./scenario.ts";

/** The fields that each expectation knows. A text in the place of a mapping is the first of them. */
const expectations: Readonly<Record<string, readonly string[]>> = {
  service: ["of", "addresses", "within", "count", "pool"],
  event: ["on", "type", "reason", "says", "absent"],
  http: ["to", "port", "family", "pods", "allOf", "from", "client", "silent"],
  udp: ["to", "port", "family", "pods", "allOf", "from", "client", "silent"],
  announced: ["of", "by", "on", "family"],
  gratuitous: ["of", "by"],
  object: ["is", "has", "absent"],
  kubectl: ["run", "says"],
  command: ["run", "says"],
  log: ["of", "says"],
  unchanged: [],
};

/** Fields that are lists, where a single text may stand for a list of one. */
const listFields: readonly string[] = ["says", "pods", "allOf", "addresses", "within"];

export function readExpectation(value: unknown, place: string): Expectation {
  const fields = only(mapping(value, place), Object.keys(expectations), place);
  const [name, second] = Object.keys(fields);
  if (name === undefined || second !== undefined) {
    throw new ScenarioError(`${place}: one expectation for each item`);
  }
  if (name === "unchanged") return { unchanged: text(fields[name], place) };
  const known = expectations[name] ?? [];
  const first = known[0] ?? "";
  const given = typeof fields[name] === "string" ? { [first]: fields[name] } : mapping(fields[name], place);
  const checked = only(given, known, `${place}.${name}`);
  if (checked[first] === undefined) throw new ScenarioError(`${place}.${name}: ${first} must be given`);
  const complete = Object.fromEntries(
    Object.entries(checked).map(([key, item]) =>
      listFields.includes(key) ? [key, texts(item, `${place}.${name}.${key}`)] : [key, item]
    ),
  );
  return { [name]: complete } as unknown as Expectation;
}
