/** Every rule of BGPAdvertisement by itself. */
import { alike, type RuleCase, said, selectorCasesAt, type Verdict } from "./cases.ts";
import { badCommunities, goodCommunities } from "./communitycases.ts";

const inAdvertisement = (what: string, spec: unknown, ...verdict: Verdict) =>
  alike("BGPAdvertisement", what, spec, ...verdict);

const web = [{ matchLabels: { app: "web" } }];

const names = (field: string, item: string): readonly RuleCase[] => [
  inAdvertisement(`${field}`, { [field]: ["a", "b"] }),
  inAdvertisement(`${field}, empty`, { [field]: [] }),
  inAdvertisement(
    `${field}: ${item} twice`,
    { [field]: ["a", "b", "a"] },
    `spec.${field}[2]`,
    "given twice",
    "Duplicate",
  ),
  inAdvertisement(`${field} that are text`, { [field]: "a" }, `spec.${field}`, "list", "array"),
  inAdvertisement(
    `${field}: ${item} that is a number`,
    { [field]: [1] },
    `spec.${field}[0]`,
    "text",
    "string",
  ),
];

export const bgpAdvertisementCases: readonly RuleCase[] = [
  inAdvertisement("no spec", undefined),
  inAdvertisement("an empty spec", {}),
  inAdvertisement("a spec that is text", "all", "spec", "mapping", "object"),
  ...[1, 24, 32].map((length) =>
    inAdvertisement(`aggregationLength ${length}`, { aggregationLength: length })
  ),
  ...[0, 1, 64, 128].map((length) =>
    inAdvertisement(`aggregationLengthV6 ${length}`, { aggregationLengthV6: length })
  ),
  ...([
    ["aggregationLength", 0, "from 1 to 32", "greater than or equal to 1"],
    ["aggregationLength", 33, "announces no IPv4 address", "less than or equal to 32"],
    ["aggregationLength", "24", "whole number", "integer"],
    ["aggregationLengthV6", -1, "from 0 to 128", "greater than or equal to 0"],
    ["aggregationLengthV6", 129, "announces no IPv6 address", "less than or equal to 128"],
    ["localPref", -1, "announces nothing", "greater than or equal to 0"],
    ["localPref", 4294967296, "from 0 to 4294967295", "less than or equal to 4294967295"],
    ["localPref", "100", "whole number", "integer"],
  ] as const).map(([field, value, word, apiWord]) =>
    inAdvertisement(`${field} ${JSON.stringify(value)}`, { [field]: value }, `spec.${field}`, word, apiWord)
  ),
  ...[0, 100, 4294967295].map((localPref) => inAdvertisement(`localPref ${localPref}`, { localPref })),
  ...goodCommunities.map((value) => inAdvertisement(`the community ${value}`, { communities: [value] })),
  ...badCommunities.map(([value, word, apiWord]) =>
    inAdvertisement(
      `the community "${value}"`,
      { communities: [value] },
      "spec.communities[0]",
      word,
      apiWord,
    )
  ),
  ...names("communities", "one"),
  ...names("ipAddressPools", "a pool"),
  ...names("peers", "a peer"),
  inAdvertisement("serviceSelectors with full lengths", {
    serviceSelectors: web,
    aggregationLength: 32,
    aggregationLengthV6: 128,
  }),
  inAdvertisement("an aggregate without Services chosen", { serviceSelectors: [], aggregationLength: 24 }),
  inAdvertisement(
    "serviceSelectors with an aggregate",
    { serviceSelectors: web, aggregationLength: 24 },
    "spec.aggregationLength",
    "serviceSelectors and aggregationLength are mutually exclusive",
  ),
  inAdvertisement(
    "serviceSelectors with an IPv6 aggregate",
    { serviceSelectors: [{}], aggregationLengthV6: 64 },
    "spec.aggregationLengthV6",
    "serviceSelectors and aggregationLengthV6 are mutually exclusive",
  ),
  {
    what: "a field that doesn't exist: the API server drops it",
    kind: "BGPAdvertisement",
    spec: { localpref: 100 },
    problems: [said("spec.localpref", "not a field")],
    api: null,
  },
  ...["ipAddressPoolSelectors", "nodeSelectors", "serviceSelectors"].flatMap((field) =>
    selectorCasesAt(["BGPAdvertisement", `spec.${field}`, (selectors) => ({ [field]: selectors })])
  ),
];
