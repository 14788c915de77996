/** Every rule of Community by itself, and the grammar of communities. */
import { alike, type RuleCase, said, type Verdict } from "./cases.ts";

const inCommunity = (what: string, spec: unknown, ...verdict: Verdict) =>
  alike("Community", what, spec, ...verdict);

export const goodCommunities = [
  ...[
    "0:0",
    "64512:100",
    "65535:65535",
    "065535:007",
    "large:0:0:0",
    "large:4294967295:4294967295:4294967295",
  ],
  "large:64512:001:2",
];

/** With a colon; what our message and the API server's say. */
export const badCommunities: readonly (readonly [value: string, word: string, apiWord: string])[] = [
  ["65536:1", "invalid section", "invalid section"],
  ["1:65536", "invalid section", "invalid section"],
  [":", "invalid section", "must be"],
  ["1:", "invalid section", "must be"],
  [":1", "invalid section", "must be"],
  ["-1:1", "invalid section", "must be"],
  ["+1:1", "invalid section", "must be"],
  ["1 :1", "invalid section", "must be"],
  ["0x10:1", "invalid section", "must be"],
  ["no-export:1", "invalid section", "must be"],
  ["large:1:2:4294967296", "invalid section", "invalid section"],
  ["large:1:2:", "invalid section", "must be"],
  ["large:1:b:3", "invalid section", "must be"],
  ["1:2:3:4", "expected community to be of format large", "must be"],
  ["LARGE:1:2:3", "expected community to be of format large", "must be"],
  ["large:1:2", "is not a community", "must be"],
  ["1:2:3", "is not a community", "must be"],
  ["large:1:2:3:4", "is not a community", "must be"],
];

const alias = (name: unknown, value: unknown) => ({
  communities: [{ ...(name === undefined ? {} : { name }), ...(value === undefined ? {} : { value }) }],
});
const first = "spec.communities[0]";

export const communityCases: readonly RuleCase[] = [
  inCommunity("no spec", undefined),
  inCommunity("an empty spec", {}),
  inCommunity("a spec that is text", "64512:1", "spec", "mapping", "object"),
  inCommunity("an empty list", { communities: [] }),
  inCommunity("a mapping", { communities: { a: "1:1" } }, "spec.communities", "list", "array"),
  inCommunity("an item that is text", { communities: ["1:1"] }, first, "mapping", "object"),
  ...goodCommunities.map((value) => inCommunity(`the value ${value}`, alias("a", value))),
  ...[...badCommunities, ["64512", "is not a community", "must be"] as const].map(([value, word, apiWord]) =>
    inCommunity(`the value "${value}"`, alias("a", value), `${first}.value`, word, apiWord)
  ),
  inCommunity("no value", alias("a", undefined), `${first}.value`, "required", "Required"),
  inCommunity("a value that is empty", alias("a", ""), `${first}.value`, "required", "must be"),
  inCommunity("a value that is a number", alias("a", 64512), `${first}.value`, "text", "string"),
  inCommunity("a name that is a number", alias(1, "1:1"), `${first}.name`, "text", "string"),
  inCommunity("several", { communities: [{ name: "a", value: "1:1" }, { name: "b", value: "1:1" }] }),
  {
    what: "a name twice",
    kind: "Community",
    spec: {
      communities: [{ name: "a", value: "1:1" }, { name: "b", value: "1:2" }, { name: "a", value: "1:3" }],
    },
    problems: [said("spec.communities[2].name", "duplicate definition of community")],
    api: said("spec.communities", "duplicate definition of community"),
  },
  {
    what: "no name, of which nothing is known to MetalLB's schema",
    kind: "Community",
    spec: alias(undefined, "1:1"),
    problems: [said(`${first}.name`, "without a name")],
    api: null,
  },
  {
    what: "a name with a colon, of which nothing is known to MetalLB's schema",
    kind: "Community",
    spec: alias("1:1", "1:1"),
    problems: [said(`${first}.name`, "is a value")],
    api: null,
  },
  {
    what: "a field that doesn't exist: the API server drops it",
    kind: "Community",
    spec: { communities: [{ name: "a", value: "1:1", valeu: "1:2" }] },
    problems: [said(`${first}.valeu`, "not a field")],
    api: null,
  },
];
