/**
 * Every rule of IPAddressPool and L2Advertisement by itself, with values that keep and break it; those of the other
 * kinds stand in the files beside this one. The same rows are judged by the pure functions (golden) and by a real API
 * server with the generated CRDs (contract).
 */

/** What is said of a value: the exact field, and a word that its message must have. */
export interface Said {
  readonly field: string;
  readonly word: string;
}

/** The kinds with rules. */
export type RuleKind =
  | "IPAddressPool"
  | "L2Advertisement"
  | "BGPPeer"
  | "BGPAdvertisement"
  | "BFDProfile"
  | "Community";

export interface RuleCase {
  readonly what: string;
  readonly kind: RuleKind;
  /** Where it isn't the one in which objects are stored. */
  readonly version?: "v1beta1";
  /** undefined: the object has no spec. */
  readonly spec: unknown;
  /** All errors and warnings of the pure functions, in their order. */
  readonly problems: readonly Said[];
  /** What the API server refuses it for; null: it accepts it, or prunes what it doesn't know. */
  readonly api: Said | null;
}

function pool(what: string, spec: unknown, problems: readonly Said[], api: Said | null): RuleCase {
  return { what, kind: "IPAddressPool", spec, problems, api };
}

function advertisement(what: string, spec: unknown, problems: readonly Said[], api: Said | null): RuleCase {
  return { what, kind: "L2Advertisement", spec, problems, api };
}

export const said = (field: string, word: string): Said => ({ field, word });

/** Nothing to say, or what both say of a field; the API server perhaps in another word. */
export type Verdict = readonly [] | readonly [field: string, word: string, apiWord?: string];

/** Judged alike by both. */
export function alike(
  kind: RuleCase["kind"],
  what: string,
  spec: unknown,
  ...verdict: Verdict
): RuleCase {
  const [field, word, apiWord] = verdict;
  if (field === undefined || word === undefined) return { what, kind, spec, problems: [], api: null };
  return { what, kind, spec, problems: [said(field, word)], api: said(field, apiWord ?? word) };
}

const inPool = (what: string, spec: unknown, ...verdict: Verdict) =>
  alike("IPAddressPool", what, spec, ...verdict);
const inAdvertisement = (what: string, spec: unknown, ...verdict: Verdict) =>
  alike("L2Advertisement", what, spec, ...verdict);

const addresses = ["192.0.2.0/24"];
const first = "spec.addresses[0]";

const goodAddresses = [
  ...[
    "192.0.2.0/24",
    "192.0.2.7/24",
    "192.0.2.1/32",
    "0.0.0.0/0",
    "192.0.2.1-192.0.2.9",
    "192.0.2.1-192.0.2.1",
  ],
  ...["192.0.2.250-192.0.3.5", " 192.0.2.1 - 192.0.2.9 ", "2001:db8::/64", "2001:DB8::1/128", "::/0"],
  ...[
    "2001:db8::1-2001:db8::ff",
    "2001:db8::-2001:db9::",
    "2001:db8:0:0:0:0:0:1-2001:db8::2",
    "fc00::f-fc00::0010",
  ],
];

const badAddresses: readonly (readonly [entry: string, word: string, apiWord: string])[] = [
  ["", "CIDR prefix", "CIDR prefix"],
  ["public", "CIDR prefix", "CIDR prefix"],
  ["192.0.2.1", "prefix length", "CIDR prefix"],
  ["2001:db8::1", "prefix length", "CIDR prefix"],
  ["192.0.2.0/33", "CIDR prefix", "CIDR prefix"],
  ["192.0.2.0/", "CIDR prefix", "CIDR prefix"],
  ["192.0.2/24", "CIDR prefix", "CIDR prefix"],
  ["192.0.2.0/024", "CIDR prefix", "CIDR prefix"],
  ["192.0.2.0/255.255.255.0", "CIDR prefix", "CIDR prefix"],
  ["192.0.2.256/24", "CIDR prefix", "CIDR prefix"],
  ["192.0.02.0/24", "CIDR prefix", "CIDR prefix"],
  [" 192.0.2.0/24", "CIDR prefix", "CIDR prefix"],
  ["2001:db8::/129", "CIDR prefix", "CIDR prefix"],
  ["fe80::1%eth0/64", "CIDR prefix", "CIDR prefix"],
  ["::ffff:192.0.2.0/120", "CIDR prefix", "CIDR prefix"],
  ["192.0.2.0/24,192.0.3.0/24", "CIDR prefix", "CIDR prefix"],
  ["-", "not a range", "range"],
  ["192.0.2.1-", "not a range", "range"],
  ["-192.0.2.9", "not a range", "range"],
  ["192.0.2.1-9", "not a range", "range"],
  ["192.0.2.1-192.0.2.300", "not a range", "range"],
  ["192.0.2.1-192.0.2.5-192.0.2.9", "not a range", "range"],
  ["192.0.2.0/28-192.0.2.32/28", "not a range", "range"],
  ["::ffff:192.0.2.1-::ffff:192.0.2.9", "not a range", "range"],
  ["192.0.2.9-192.0.2.1", "starts after its end", "start after its end"],
  ["192.0.3.0-192.0.2.255", "starts after its end", "start after its end"],
  ["192.0.2.9 - 192.0.2.1", "starts after its end", "start after its end"],
  ["2001:db8::9-2001:db8::1", "starts after its end", "start after its end"],
  ["2001:db8::10-2001:db8::f", "starts after its end", "start after its end"],
  ["192.0.2.1-2001:db8::9", "from one address family to the other", "from one address family to the other"],
  ["2001:db8::9-192.0.2.1", "from one address family to the other", "from one address family to the other"],
];

const poolCases: readonly RuleCase[] = [
  pool("no spec", undefined, [said("spec", "mapping")], said("spec", "Required")),
  pool("a spec that is text", "all", [said("spec", "mapping")], said("spec", "object")),
  inPool("no addresses", {}, "spec.addresses", "at least one", "Required"),
  inPool("addresses that are empty", { addresses: [] }, "spec.addresses", "at least one", "at least 1"),
  pool(
    "addresses that are null",
    { addresses: null },
    [said("spec.addresses", "at least one")],
    said("spec.addresses", "Required"),
  ),
  inPool("addresses that are text", { addresses: "192.0.2.0/24" }, "spec.addresses", "list", "array"),
  inPool("an address that is a number", { addresses: [42] }, first, "text", "string"),
  ...goodAddresses.map((entry) => inPool(`the entry "${entry}"`, { addresses: [entry] })),
  ...badAddresses.map(([entry, word, apiWord]) =>
    inPool(`the entry "${entry}"`, { addresses: [entry] }, first, word, apiWord)
  ),
  pool(
    "an IPv6 range whose ends differ in more than the last group, backwards: the API server can't say it",
    { addresses: ["2001:db9::1-2001:db8::9"] },
    [said(first, "starts after its end")],
    null,
  ),
  inPool(
    "a bad entry after a good one",
    { addresses: ["192.0.2.0/25", "192.0.2.128/255"] },
    "spec.addresses[1]",
    "CIDR prefix",
  ),
  pool(
    "entries that overlap: the API server can't say it",
    { addresses: ["192.0.2.0/24", "192.0.2.128/25"] },
    [said("spec.addresses[1]", "overlaps with already defined CIDR")],
    null,
  ),
  pool(
    "the same entry twice: the API server can't say it",
    { addresses: ["192.0.2.1-192.0.2.9", "192.0.2.1-192.0.2.9"] },
    [said("spec.addresses[1]", "overlaps with already defined CIDR")],
    null,
  ),
  inPool("entries side by side", { addresses: ["192.0.2.0/25", "192.0.2.128/25", "2001:db8::/64"] }),
  inPool("autoAssign false", { addresses, autoAssign: false }),
  inPool(
    "autoAssign that is text",
    { addresses, autoAssign: "no" },
    "spec.autoAssign",
    "true or false",
    "boolean",
  ),
  inPool("avoidBuggyIPs true", { addresses, avoidBuggyIPs: true }),
  inPool(
    "avoidBuggyIPs that is a number",
    { addresses, avoidBuggyIPs: 1 },
    "spec.avoidBuggyIPs",
    "true or false",
    "boolean",
  ),
  pool(
    "a field that doesn't exist: the API server drops it",
    { addresses, autoAsign: false },
    [said("spec.autoAsign", "not a field")],
    null,
  ),
];

const allocationField = "spec.serviceAllocation";
const allocation = (serviceAllocation: unknown) => ({ addresses, serviceAllocation });

const allocationCases: readonly RuleCase[] = [
  inPool("serviceAllocation that is empty", allocation({})),
  inPool("serviceAllocation that is text", allocation("web"), allocationField, "mapping", "object"),
  inPool("priority alone", allocation({ priority: 50 })),
  inPool("priority 0", allocation({ priority: 0 })),
  inPool(
    "priority that is text",
    allocation({ priority: "first" }),
    `${allocationField}.priority`,
    "whole number",
    "integer",
  ),
  inPool(
    "priority with a fraction",
    allocation({ priority: 1.5 }),
    `${allocationField}.priority`,
    "whole number",
    "integer",
  ),
  pool(
    "priority below 0, of which nothing is known to MetalLB's schema",
    allocation({ priority: -1 }),
    [said(`${allocationField}.priority`, "counts like 0")],
    null,
  ),
  inPool("namespaces", allocation({ namespaces: ["a", "b"] })),
  inPool(
    "a namespace twice",
    allocation({ namespaces: ["a", "b", "a"] }),
    `${allocationField}.namespaces[2]`,
    "given twice",
    "Duplicate",
  ),
  inPool(
    "namespaces that are text",
    allocation({ namespaces: "a" }),
    `${allocationField}.namespaces`,
    "list",
    "array",
  ),
  inPool(
    "a namespace that is a number",
    allocation({ namespaces: [1] }),
    `${allocationField}.namespaces[0]`,
    "text",
    "string",
  ),
];

/** Where selectors stand, and a spec with them there. */
export type SelectorPlace = readonly [kind: RuleKind, field: string, specOf: (selectors: unknown) => unknown];

const selectorPlaces: readonly SelectorPlace[] = [
  [
    "IPAddressPool",
    `${allocationField}.namespaceSelectors`,
    (namespaceSelectors) => allocation({ namespaceSelectors }),
  ],
  [
    "IPAddressPool",
    `${allocationField}.serviceSelectors`,
    (serviceSelectors) => allocation({ serviceSelectors }),
  ],
  [
    "L2Advertisement",
    "spec.ipAddressPoolSelectors",
    (ipAddressPoolSelectors) => ({ ipAddressPoolSelectors }),
  ],
  ["L2Advertisement", "spec.nodeSelectors", (nodeSelectors) => ({ nodeSelectors })],
  ["L2Advertisement", "spec.serviceSelectors", (serviceSelectors) => ({ serviceSelectors })],
];

/** A selector, and what is said of it relative to it. */
type SelectorRow = readonly [what: string, selector: unknown, problem?: Said, api?: Said | null];

const expression = (key: unknown, operator: unknown, values?: unknown) => ({
  matchExpressions: [{ key, operator, ...(values === undefined ? {} : { values }) }],
});
const inExpression = (field: string) => `.matchExpressions[0]${field}`;
const longName = "a".repeat(64);

const selectorRows: readonly SelectorRow[] = [
  ["an empty selector", {}],
  ["labels", { matchLabels: { app: "web", "example.com/tier": "", "app.kubernetes.io/name": "a.b_c-d" } }],
  ["In", expression("app", "In", ["web", "api"])],
  ["NotIn", expression("app", "NotIn", ["web"])],
  ["Exists", expression("app", "Exists")],
  ["Exists with an empty list", expression("app", "Exists", [])],
  ["DoesNotExist", expression("app", "DoesNotExist")],
  ["text", "app=web", said("", "mapping"), said("", "object")],
  [
    "a list of labels",
    { matchLabels: ["app"] },
    said(".matchLabels", "mapping"),
    said(".matchLabels", "object"),
  ],
  [
    "a label value that is a number",
    { matchLabels: { rack: 3 } },
    said(".matchLabels.rack", "quotes"),
    said(".matchLabels.rack", "string"),
  ],
  ["a label key with a space", { matchLabels: { "my app": "web" } }, said(".matchLabels", "label key")],
  [
    "a label key without a name",
    { matchLabels: { "example.com/": "web" } },
    said(".matchLabels", "label key"),
  ],
  ["a label key that is too long", { matchLabels: { [longName]: "web" } }, said(".matchLabels", "label key")],
  [
    "a label value with a space",
    { matchLabels: { app: "my web" } },
    said(".matchLabels", "label value"),
    said(".matchLabels.app", "should match"),
  ],
  [
    "a label value that is too long",
    { matchLabels: { app: longName } },
    said(".matchLabels", "label value"),
    said(".matchLabels.app", "Too long"),
  ],
  [
    "an operator that doesn't exist",
    expression("app", "Is", ["web"]),
    said(inExpression(".operator"), "In, NotIn, Exists"),
    said(inExpression(".operator"), "Unsupported"),
  ],
  [
    "an operator in lower case",
    expression("app", "in", ["web"]),
    said(inExpression(".operator"), "In, NotIn, Exists"),
    said(inExpression(".operator"), "Unsupported"),
  ],
  [
    "no operator",
    expression("app", undefined),
    said(inExpression(".operator"), "operator"),
    said(inExpression(".operator"), "Required"),
  ],
  [
    "no key",
    expression(undefined, "Exists"),
    said(inExpression(".key"), "key"),
    said(inExpression(".key"), "Required"),
  ],
  [
    "an empty key",
    expression("", "Exists"),
    said(inExpression(".key"), "label key"),
    said(inExpression(".key"), "should match"),
  ],
  [
    "a key with two slashes",
    expression("a/b/c", "Exists"),
    said(inExpression(".key"), "label key"),
    said(inExpression(".key"), "should match"),
  ],
  ["In without values", expression("app", "In"), said(inExpression(".values"), "at least one value")],
  [
    "NotIn with an empty list",
    expression("app", "NotIn", []),
    said(inExpression(".values"), "at least one value"),
  ],
  [
    "Exists with a value",
    expression("app", "Exists", ["web"]),
    said(inExpression(".values"), "no values"),
    said(inExpression(".values"), "must be empty"),
  ],
  [
    "DoesNotExist with a value",
    expression("app", "DoesNotExist", ["web"]),
    said(inExpression(".values"), "no values"),
    said(inExpression(".values"), "must be empty"),
  ],
  [
    "a value twice",
    expression("app", "In", ["web", "api", "web"]),
    said(inExpression(".values"), "given twice"),
    said(inExpression(".values[2]"), "Duplicate"),
  ],
  [
    "a value that is a number",
    expression("rack", "In", [3]),
    said(inExpression(".values[0]"), "quotes"),
    said(inExpression(".values[0]"), "string"),
  ],
  [
    "values that are text",
    expression("app", "In", "web"),
    said(inExpression(".values"), "list"),
    said(inExpression(".values"), "array"),
  ],
  [
    "a value with a space",
    expression("app", "In", ["my web"]),
    said(inExpression(".values"), "label value"),
    said(inExpression(".values[0]"), "should match"),
  ],
  [
    "an expression twice",
    { matchExpressions: [{ key: "app", operator: "Exists" }, { key: "app", operator: "Exists" }] },
    said(".matchExpressions[1]", "given twice"),
    said(".matchExpressions", "Duplicate"),
  ],
  [
    "an expression twice, its values in another order",
    {
      matchExpressions: [
        { key: "app", operator: "In", values: ["a", "b"] },
        { key: "app", operator: "In", values: ["b", "a"] },
      ],
    },
    said(".matchExpressions[1]", "given twice"),
    said(".matchExpressions", "Duplicate"),
  ],
  [
    "expressions that are a mapping",
    { matchExpressions: {} },
    said(".matchExpressions", "list"),
    said(".matchExpressions", "array"),
  ],
  [
    "a field that doesn't exist: the API server drops it",
    { matchLabel: { app: "web" } },
    said(".matchLabel", "not part of"),
    null,
  ],
];

const at = (place: string, { field, word }: Said): Said => said(`${place}${field}`, word);

/** The rules of selectors, which hold wherever selectors stand. */
export const selectorCasesAt = ([kind, place, specOf]: SelectorPlace): readonly RuleCase[] => [
  ...selectorRows.map(([what, selector, problem, api]): RuleCase => ({
    what: `${place}: ${what}`,
    kind,
    spec: specOf([selector]),
    problems: problem === undefined ? [] : [at(`${place}[0]`, problem)],
    api: problem === undefined || api === null ? null : at(`${place}[0]`, api ?? problem),
  })),
  alike(
    kind,
    `${place}: two selectors`,
    specOf([{ matchLabels: { app: "a" } }, { matchLabels: { app: "b" } }]),
  ),
  alike(kind, `${place}: an empty list`, specOf([])),
  alike(kind, `${place}: a mapping`, specOf({ matchLabels: { app: "a" } }), place, "list", "array"),
  {
    what: `${place}: a selector twice`,
    kind,
    spec: specOf([{ matchLabels: { app: "a" } }, {}, { matchLabels: { app: "a" } }]),
    problems: [said(`${place}[2]`, "given twice")],
    api: said(place, "Duplicate"),
  },
  {
    what: `${place}: a selector twice, said in another order`,
    kind,
    spec: specOf([expression("app", "In", ["a", "b"]), expression("app", "In", ["b", "a"])]),
    problems: [said(`${place}[1]`, "given twice")],
    api: said(place, "Duplicate"),
  },
];

const preferences = "spec.preferredNodeSelectors";
const preference = (weight: unknown, selector: unknown) => ({
  preferredNodeSelectors: [{
    ...(weight === undefined ? {} : { weight }),
    ...(selector === undefined ? {} : { preference: selector }),
  }],
});

const advertisementCases: readonly RuleCase[] = [
  inAdvertisement("no spec", undefined),
  inAdvertisement("an empty spec", {}),
  advertisement("a spec that is text", "all", [said("spec", "mapping")], said("spec", "object")),
  inAdvertisement("pools", { ipAddressPools: ["a", "b"] }),
  inAdvertisement(
    "a pool twice",
    { ipAddressPools: ["a", "a"] },
    "spec.ipAddressPools[1]",
    "given twice",
    "Duplicate",
  ),
  inAdvertisement("pools that are text", { ipAddressPools: "a" }, "spec.ipAddressPools", "list", "array"),
  inAdvertisement("interfaces", { interfaces: ["eth0", "eth1"] }),
  inAdvertisement("interfaces that are text", { interfaces: "eth0" }, "spec.interfaces", "list", "array"),
  inAdvertisement(
    "an interface that is a number",
    { interfaces: [0] },
    "spec.interfaces[0]",
    "text",
    "string",
  ),
  inAdvertisement("weight 1", preference(1, {})),
  inAdvertisement("weight 100", preference(100, { matchLabels: { rack: "1" } })),
  inAdvertisement(
    "weight 0",
    preference(0, {}),
    `${preferences}[0].weight`,
    "from 1 to 100",
    "greater than or equal to 1",
  ),
  inAdvertisement(
    "weight 101",
    preference(101, {}),
    `${preferences}[0].weight`,
    "from 1 to 100",
    "less than or equal to 100",
  ),
  inAdvertisement(
    "a weight that is text",
    preference("10", {}),
    `${preferences}[0].weight`,
    "from 1 to 100",
    "integer",
  ),
  inAdvertisement("no weight", preference(undefined, {}), `${preferences}[0].weight`, "required", "Required"),
  inAdvertisement(
    "no preference",
    preference(1, undefined),
    `${preferences}[0].preference`,
    "required",
    "Required",
  ),
  inAdvertisement(
    "a preference with a bad operator",
    preference(1, expression("rack", "Near", ["1"])),
    `${preferences}[0].preference.matchExpressions[0].operator`,
    "In, NotIn, Exists",
    "Unsupported",
  ),
  inAdvertisement(
    "preferences that are a mapping",
    { preferredNodeSelectors: {} },
    preferences,
    "list",
    "array",
  ),
  advertisement(
    "a field that doesn't exist: the API server drops it",
    { ipAddressPool: ["a"] },
    [said("spec.ipAddressPool", "not a field")],
    null,
  ),
];

export const ruleCases: readonly RuleCase[] = [
  ...poolCases,
  ...allocationCases,
  ...selectorPlaces.flatMap(selectorCasesAt),
  ...advertisementCases,
];
