/** Every rule of BFDProfile by itself. */
import { alike, type RuleCase, said, type Verdict } from "./cases.ts";

const inProfile = (what: string, spec: unknown, ...verdict: Verdict) =>
  alike("BFDProfile", what, spec, ...verdict);

const ranges: readonly (readonly [field: string, least: number, most: number])[] = [
  ["receiveInterval", 10, 60_000],
  ["transmitInterval", 10, 60_000],
  ["detectMultiplier", 2, 255],
  ["echoInterval", 10, 60_000],
  ["minimumTtl", 1, 254],
];

export const bfdProfileCases: readonly RuleCase[] = [
  inProfile("no spec", undefined),
  inProfile("an empty spec", {}),
  inProfile("a spec that is text", "fast", "spec", "mapping", "object"),
  ...ranges.flatMap(([field, least, most]) => [
    inProfile(`${field} ${least}`, { [field]: least }),
    inProfile(`${field} ${most}`, { [field]: most }),
    inProfile(
      `${field} ${least - 1}`,
      { [field]: least - 1 },
      `spec.${field}`,
      `from ${least} to ${most}`,
      `greater than or equal to ${least}`,
    ),
    inProfile(
      `${field} ${most + 1}`,
      { [field]: most + 1 },
      `spec.${field}`,
      "the default",
      `less than or equal to ${most}`,
    ),
    inProfile(`${field} that is text`, { [field]: "300ms" }, `spec.${field}`, "whole number", "integer"),
    inProfile(
      `${field} with a fraction`,
      { [field]: 20.5 },
      `spec.${field}`,
      "whole number",
      "must be of type",
    ),
  ]),
  ...["echoMode", "passiveMode"].flatMap((field) => [
    inProfile(`${field} true`, { [field]: true }),
    inProfile(`${field} false`, { [field]: false }),
    inProfile(`${field} that is text`, { [field]: "yes" }, `spec.${field}`, "true or false", "boolean"),
  ]),
  {
    what: "a field that doesn't exist: the API server drops it",
    kind: "BFDProfile",
    spec: { detectMultiplyer: 3 },
    problems: [said("spec.detectMultiplyer", "not a field")],
    api: null,
  },
];
