/** The schema of BGPAdvertisement; the same rules as `bgpadvertisement.ts`. */
import { familyBits } from "../core/ip.ts";
import { communitySchema } from "./communityvalue.ts";
import type { Column, KindVersion } from "./kind.ts";
import { integer, mapping, type Rule, set, text, withRules } from "./schema.ts";
import { labelSelectors } from "./selectorschema.ts";

/** Bounds that the API server needs to estimate what the rules cost. */
const maxCommunities = 256;

/** LOCAL_PREF is a field of 32 bits (RFC 4271 section 4.3). */
export const maxLocalPref = 0xffff_ffff;

/** The name of the field for each family, and its bounds. */
export const aggregationFields = {
  ipv4: { field: "aggregationLength", minimum: 1, maximum: familyBits("ipv4"), family: "IPv4" },
  ipv6: { field: "aggregationLengthV6", minimum: 0, maximum: familyBits("ipv6"), family: "IPv6" },
} as const;

const { ipv4, ipv6 } = aggregationFields;

const fields = {
  aggregationLength: integer(
    "The length of the announced IPv4 prefixes. Below 32 an address is announced with all others of its prefix, " +
      "which must not be shorter than the prefixes in spec.addresses of the pool.",
    { format: "int32", minimum: ipv4.minimum, maximum: ipv4.maximum, default: ipv4.maximum },
  ),
  aggregationLengthV6: integer(
    "The length of the announced IPv6 prefixes, as aggregationLength.",
    { format: "int32", minimum: ipv6.minimum, maximum: ipv6.maximum, default: ipv6.maximum },
  ),
  localPref: integer(
    "The LOCAL_PREF of the routes, which only iBGP peers see; higher is preferred. Not given, or 0: 100.",
    { format: "int64", minimum: 0, maximum: maxLocalPref },
  ),
  communities: set(
    "The BGP communities of the routes: names of aliases, which Communities define, and values.",
    communitySchema(
      "communities",
      "The name of an alias, or a value: 64512:100, or a large one as large:64512:1:2.",
      { alias: true },
    ),
    { maxItems: maxCommunities },
  ),
  ipAddressPools: set(
    "The pools whose addresses are announced, by name. Without this and ipAddressPoolSelectors: all pools.",
    text("The name of an IPAddressPool."),
  ),
  ipAddressPoolSelectors: labelSelectors(
    "ipAddressPoolSelectors",
    "The pools whose addresses are announced, by label, besides those in ipAddressPools.",
  ),
  nodeSelectors: labelSelectors("nodeSelectors", "The nodes that announce; without selectors all nodes."),
  peers: set(
    "The peers to which the addresses are announced, by name; without any all peers.",
    text("The name of a BGPPeer."),
  ),
  serviceSelectors: labelSelectors(
    "serviceSelectors",
    "The Services whose addresses are announced; without selectors all Services. They can't be combined with " +
      "aggregation, since other Services may have addresses of the same prefix.",
  ),
};

const rules: readonly Rule[] = [ipv4, ipv6].map(({ field, maximum }) => ({
  rule: "!has(self.serviceSelectors) || size(self.serviceSelectors) == 0 || " +
    `!has(self.${field}) || self.${field} == ${maximum}`,
  message: `serviceSelectors and ${field} are mutually exclusive`,
  fieldPath: `.${field}`,
}));

const column = (name: string, field: string, description: string, priority?: number): Column => ({
  name,
  type: "string",
  jsonPath: `.spec.${field}`,
  description,
  ...(priority === undefined ? {} : { priority }),
});

export const bgpAdvertisementVersion: KindVersion = {
  name: "v1beta1",
  description: "BGPAdvertisement has the addresses of pools announced to BGP peers.",
  storage: true,
  deprecationWarning: null,
  specRequired: false,
  spec: withRules(mapping("What is announced, from which nodes, to which peers and how.", fields), ...rules),
  status: mapping("Nothing yet.", {}),
  columns: [
    column("IPAddressPools", "ipAddressPools", "The pools whose addresses are announced, by name"),
    column(
      "IPAddressPool Selectors",
      "ipAddressPoolSelectors",
      "The pools whose addresses are announced, by label",
    ),
    column("Peers", "peers", "The peers to which the addresses are announced"),
    column("Node Selectors", "nodeSelectors", "The nodes that announce", 10),
  ],
};
