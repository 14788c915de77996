/** What is answered at every path: objects that are there, a change, and what is said of it. */
import type { Operation } from "../../../controller/admission/subject.ts";

/** The exact field, and a word of the message. */
export type Cause = readonly [field: string, word: string];

/** Objects by kind, each with a name and a spec; in this order they were created. */
export type Others = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface AdmissionCase {
  readonly what: string;
  readonly kind: string;
  /** CREATE when not given. */
  readonly operation?: Operation;
  /** "x" when not given. */
  readonly name?: string;
  /** "metallb-system" when not given. */
  readonly namespace?: string;
  readonly others?: Others;
  readonly spec: unknown;
  /** For UPDATE and DELETE: what it was, and when it was created, in the order of `others` (0: before all of them). */
  readonly old?: { readonly spec: unknown; readonly age?: number };
  /** For CREATE: the second in which the API server created it; after all others when not given. */
  readonly age?: number;
  readonly deleting?: boolean;
  readonly refused: readonly Cause[];
  /** A word of each, in their order. */
  readonly warnings: readonly string[];
}

const addresses = (...entries: string[]) => ({ addresses: entries });
const peer = (extra: Record<string, unknown> = {}) => ({
  ...{ myASN: 64512, peerASN: 64513, peerAddress: "192.0.2.1" },
  ...extra,
});
const aliases = (communities: Record<string, string>) => ({
  communities: Object.entries(communities).map(([name, value]) => ({ name, value })),
});
const rack = (...racks: string[]) => [{ matchExpressions: [{ key: "rack", operator: "In", values: racks }] }];

const good = { refused: [], warnings: [] } as const;

const pools: readonly AdmissionCase[] = [
  { what: "the first one", kind: "IPAddressPool", spec: addresses("192.0.2.0/24"), ...good },
  {
    what: "one beside another",
    kind: "IPAddressPool",
    others: { IPAddressPool: { a: addresses("192.0.2.0/25") } },
    spec: addresses("192.0.2.128/25"),
    ...good,
  },
  {
    what: "one that overlaps an older one",
    kind: "IPAddressPool",
    others: { IPAddressPool: { a: addresses("192.0.2.0/25") } },
    spec: addresses("198.51.100.0/24", "192.0.2.127-192.0.2.130"),
    refused: [["spec.addresses[1]", "overlaps with already defined CIDR"]],
    warnings: [],
  },
  {
    what: "one whose name comes before that of the one it overlaps, which was created in the same second",
    kind: "IPAddressPool",
    name: "a",
    age: 1,
    others: { IPAddressPool: { b: addresses("192.0.2.0/25") } },
    spec: addresses("192.0.2.0/24"),
    refused: [[
      "spec.addresses[0]",
      '"192.0.2.0/24" of IPAddressPool "a" overlaps with already defined CIDR "192.0.2.0/25" of IPAddressPool "b"',
    ]],
    warnings: [],
  },
  {
    what: "one beside two others that overlap one another",
    kind: "IPAddressPool",
    others: { IPAddressPool: { a: addresses("192.0.2.0/24"), b: addresses("192.0.2.0/25") } },
    spec: addresses("198.51.100.0/24"),
    ...good,
  },
  {
    what: "an older one that grows into a younger one",
    kind: "IPAddressPool",
    operation: "UPDATE",
    others: { IPAddressPool: { younger: addresses("192.0.2.128/25") } },
    old: { spec: addresses("198.51.100.0/24", "192.0.2.0/25"), age: 0 },
    spec: addresses("198.51.100.0/24", "192.0.2.0/24"),
    refused: [["spec.addresses[1]", 'IPAddressPool "younger" in part (spec.addresses[0])']],
    warnings: [],
  },
  {
    what: "an old fault that stays, when something else changes",
    kind: "IPAddressPool",
    operation: "UPDATE",
    others: { IPAddressPool: { a: addresses("192.0.2.0/24") } },
    old: { spec: addresses("192.0.2.0/25", "198.51.100.0/24") },
    spec: { ...addresses("198.51.100.0/24", "192.0.2.0/25"), autoAssign: false },
    refused: [],
    warnings: ["overlaps with already defined CIDR"],
  },
  {
    what: "an old fault that is joined by another",
    kind: "IPAddressPool",
    operation: "UPDATE",
    others: { IPAddressPool: { a: addresses("192.0.2.0/24") } },
    old: { spec: addresses("192.0.2.0/25") },
    spec: addresses("192.0.2.0/25", "192.0.2.200/32"),
    refused: [["spec.addresses[1]", "overlaps with already defined CIDR"]],
    warnings: ['"192.0.2.0/25"'],
  },
  {
    what: "a fault that is corrected",
    kind: "IPAddressPool",
    operation: "UPDATE",
    others: { IPAddressPool: { a: addresses("192.0.2.0/24") } },
    old: { spec: addresses("192.0.2.0/25") },
    spec: addresses("198.51.100.0/24"),
    ...good,
  },
  {
    what: "one that is being deleted, whatever is in it",
    kind: "IPAddressPool",
    operation: "UPDATE",
    deleting: true,
    old: { spec: addresses("192.0.2.0/25") },
    spec: addresses("everything"),
    ...good,
  },
  {
    what: "in another namespace",
    kind: "IPAddressPool",
    namespace: "default",
    spec: addresses("192.0.2.0/24"),
    refused: [["metadata.namespace", "resource must be created in metallb-system namespace"]],
    warnings: [],
  },
  {
    what: "changed in another namespace",
    kind: "IPAddressPool",
    operation: "UPDATE",
    namespace: "default",
    others: { IPAddressPool: { a: addresses("192.0.2.0/24") } },
    old: { spec: addresses("192.0.2.0/26") },
    spec: addresses("192.0.2.0/25"),
    refused: [],
    warnings: ['only objects in "metallb-system" have an effect'],
  },
  {
    what: "changed in another namespace into something that can't be read",
    kind: "IPAddressPool",
    operation: "UPDATE",
    namespace: "default",
    old: { spec: addresses("192.0.2.0/26") },
    spec: addresses("192.0.2.9-192.0.2.1"),
    refused: [["spec.addresses[0]", "starts after its end"]],
    warnings: ['only objects in "metallb-system" have an effect'],
  },
  {
    what: "errors that no schema can say, beside one another",
    kind: "IPAddressPool",
    spec: addresses("2001:db9::1-2001:db8::9", "192.0.2.0/24", "192.0.2.0/25"),
    refused: [["spec.addresses[0]", "starts after its end"], ["spec.addresses[2]", "of the same pool"]],
    warnings: [],
  },
  {
    what: "namespaces that nobody has",
    kind: "IPAddressPool",
    spec: {
      ...addresses("192.0.2.0/24"),
      serviceAllocation: { namespaceSelectors: [{ matchLabels: { team: "none" } }] },
    },
    refused: [],
    warnings: ["no namespace fits"],
  },
  {
    what: "namespaces that somebody has",
    kind: "IPAddressPool",
    others: { Namespace: { web: { team: "web" } } },
    spec: {
      ...addresses("192.0.2.0/24"),
      serviceAllocation: { namespaceSelectors: [{ matchLabels: { team: "web" } }] },
    },
    ...good,
  },
  {
    what: "one that an advertisement aggregates too widely",
    kind: "IPAddressPool",
    others: { BGPAdvertisement: { wide: { aggregationLength: 24 } } },
    spec: addresses("192.0.2.0/28"),
    refused: [],
    warnings: ['BGPAdvertisement "wide", spec.aggregationLength: invalid aggregation length 24'],
  },
  {
    what: "its IPv6 addresses would go to a peer with echo",
    kind: "IPAddressPool",
    others: {
      BFDProfile: { echo: { echoMode: true } },
      BGPPeer: { router: peer({ bfdProfile: "echo" }) },
      BGPAdvertisement: { all: {} },
    },
    spec: addresses("2001:db8::/64"),
    refused: [],
    warnings: ["echoMode, which works with IPv4 only"],
  },
];

const l2Advertisements: readonly AdmissionCase[] = [
  { what: "for everything", kind: "L2Advertisement", spec: {}, ...good },
  {
    what: "for a pool that is there",
    kind: "L2Advertisement",
    others: { IPAddressPool: { a: addresses("192.0.2.0/24") } },
    spec: { ipAddressPools: ["a"] },
    ...good,
  },
  {
    what: "for a pool that isn't there",
    kind: "L2Advertisement",
    spec: { ipAddressPools: ["b"] },
    refused: [],
    warnings: ['L2Advertisement "x", spec.ipAddressPools[0]: there is no usable IPAddressPool "b"'],
  },
  {
    what: "an expression twice, its values in another order",
    kind: "L2Advertisement",
    spec: {
      nodeSelectors: [{
        matchExpressions: [
          { key: "rack", operator: "In", values: ["1", "2"] },
          { key: "rack", operator: "In", values: ["2", "1"] },
        ],
      }],
    },
    refused: [["spec.nodeSelectors[0].matchExpressions[1]", "given twice"]],
    warnings: [],
  },
  {
    what: "in another namespace",
    kind: "L2Advertisement",
    namespace: "kube-system",
    spec: {},
    refused: [["metadata.namespace", "resource must be created in metallb-system namespace"]],
    warnings: [],
  },
];

const bgpAdvertisements: readonly AdmissionCase[] = [
  { what: "for everything", kind: "BGPAdvertisement", spec: {}, ...good },
  {
    what: "an aggregate that is wider than the pool",
    kind: "BGPAdvertisement",
    others: { IPAddressPool: { a: addresses("192.0.2.0/28") } },
    spec: { aggregationLength: 26, ipAddressPools: ["a"] },
    refused: [[
      "spec.aggregationLength",
      "invalid aggregation length 26: prefix 28 in this pool is more specific than the aggregation length for " +
      "addresses 192.0.2.0/28",
    ]],
    warnings: [],
  },
  {
    what: "serviceSelectors with an aggregate",
    kind: "BGPAdvertisement",
    spec: { aggregationLength: 24, serviceSelectors: [{ matchLabels: { app: "web" } }] },
    refused: [["spec.aggregationLength", "serviceSelectors and aggregationLength are mutually exclusive"]],
    warnings: [],
  },
  {
    what: "another localPref for the same pool",
    kind: "BGPAdvertisement",
    others: {
      IPAddressPool: { a: addresses("192.0.2.0/24") },
      BGPAdvertisement: { older: { localPref: 100 } },
    },
    spec: { localPref: 200 },
    refused: [["spec.localPref", "contradicts localPref 100"]],
    warnings: [],
  },
  {
    what: "another localPref for the same pool, on other nodes",
    kind: "BGPAdvertisement",
    others: {
      IPAddressPool: { a: addresses("192.0.2.0/24") },
      Node: { one: { rack: "1" }, two: { rack: "2" } },
      BGPAdvertisement: { older: { localPref: 100, nodeSelectors: rack("1") } },
    },
    spec: { localPref: 200, nodeSelectors: rack("2") },
    ...good,
  },
  {
    what: "another localPref for the same pool, on a node that both have",
    kind: "BGPAdvertisement",
    others: {
      IPAddressPool: { a: addresses("192.0.2.0/24") },
      Node: { one: { rack: "1" }, two: { rack: "2" } },
      BGPAdvertisement: { older: { localPref: 100, nodeSelectors: rack("1") } },
    },
    spec: { localPref: 200, nodeSelectors: rack("1", "2") },
    refused: [["spec.localPref", "contradicts localPref 100"]],
    warnings: [],
  },
  {
    what: "an older one that turns against a younger one",
    kind: "BGPAdvertisement",
    operation: "UPDATE",
    others: {
      IPAddressPool: { a: addresses("192.0.2.0/24") },
      BGPAdvertisement: { younger: { localPref: 100 } },
    },
    old: { spec: { localPref: 100 }, age: 0 },
    spec: { localPref: 200 },
    refused: [["spec.localPref", 'BGPAdvertisement "younger" in part (spec.localPref)']],
    warnings: [],
  },
  {
    what: "an alias, a pool and a peer that aren't there",
    kind: "BGPAdvertisement",
    spec: { communities: ["blackhole", "65535:666"], ipAddressPools: ["b"], peers: ["router"] },
    refused: [],
    warnings: ['IPAddressPool "b"', 'BGPPeer "router"', 'no Community defines the alias "blackhole"'],
  },
  {
    what: "an alias that is there",
    kind: "BGPAdvertisement",
    others: { Community: { names: aliases({ blackhole: "65535:666" }) } },
    spec: { communities: ["blackhole"] },
    ...good,
  },
  {
    what: "a community that can't be read",
    kind: "BGPAdvertisement",
    spec: { communities: ["1:70000"] },
    refused: [["spec.communities[0]", "invalid community value: invalid section"]],
    warnings: [],
  },
  {
    what: "in another namespace",
    kind: "BGPAdvertisement",
    namespace: "default",
    spec: {},
    refused: [["metadata.namespace", "resource must be created in metallb-system namespace"]],
    warnings: [],
  },
];

const peers: readonly AdmissionCase[] = [
  { what: "the first one", kind: "BGPPeer", spec: peer(), ...good },
  {
    what: "another router",
    kind: "BGPPeer",
    others: { BGPPeer: { a: peer() } },
    spec: peer({ peerAddress: "192.0.2.2" }),
    ...good,
  },
  {
    what: "the same router",
    kind: "BGPPeer",
    others: { BGPPeer: { a: peer() } },
    spec: peer(),
    refused: [["spec.peerAddress", "already exists"]],
    warnings: [],
  },
  {
    what: "the same router on other nodes",
    kind: "BGPPeer",
    others: {
      Node: { one: { rack: "1" }, two: { rack: "2" } },
      BGPPeer: { a: peer({ nodeSelectors: rack("1") }) },
    },
    spec: peer({ nodeSelectors: rack("2") }),
    ...good,
  },
  {
    what: "the same router on a node that both select",
    kind: "BGPPeer",
    others: {
      Node: { one: { rack: "1" }, two: { rack: "2" } },
      BGPPeer: { a: peer({ nodeSelectors: rack("1") }) },
    },
    spec: peer(),
    refused: [["spec.peerAddress", 'already exists on node "one"']],
    warnings: [],
  },
  {
    what: "an older one that moves to a younger one's router",
    kind: "BGPPeer",
    operation: "UPDATE",
    others: { BGPPeer: { younger: peer() } },
    old: { spec: peer({ peerAddress: "192.0.2.2" }), age: 0 },
    spec: peer(),
    refused: [["spec.peerAddress", 'BGPPeer "younger" in part (spec.peerAddress)']],
    warnings: ["this one came first and keeps the session"],
  },
  {
    what: "an address that can't be read",
    kind: "BGPPeer",
    spec: peer({ peerAddress: "192.0.2.300" }),
    refused: [["spec.peerAddress", "invalid BGPPeer address"]],
    warnings: [],
  },
  {
    what: "password and passwordSecret",
    kind: "BGPPeer",
    spec: peer({ password: "hush", passwordSecret: { name: "s" } }),
    refused: [["spec.passwordSecret", "mutually exclusive"]],
    warnings: [],
  },
  {
    what: "graceful restart switched on later",
    kind: "BGPPeer",
    operation: "UPDATE",
    old: { spec: peer({ enableGracefulRestart: false }) },
    spec: peer({ enableGracefulRestart: true }),
    refused: [["spec.enableGracefulRestart", "cannot be changed after creation"]],
    warnings: [],
  },
  {
    what: "a profile and a Secret that aren't there",
    kind: "BGPPeer",
    spec: peer({ bfdProfile: "fast", passwordSecret: { name: "s" } }),
    refused: [],
    warnings: ['there is no Secret "s"', 'there is no BFDProfile "fast"'],
  },
  {
    what: "a profile and a Secret that are there",
    kind: "BGPPeer",
    others: { BFDProfile: { fast: {} }, Secret: { s: "hush" } },
    spec: peer({ bfdProfile: "fast", passwordSecret: { name: "s" } }),
    ...good,
  },
  {
    what: "disableMP: warned of, and all else is checked",
    kind: "BGPPeer",
    others: { BGPPeer: { a: peer() } },
    spec: peer({ disableMP: true }),
    refused: [["spec.peerAddress", "already exists"]],
    warnings: ["disableMP is deprecated"],
  },
  {
    what: "disableMP in another namespace",
    kind: "BGPPeer",
    namespace: "default",
    spec: peer({ disableMP: true }),
    refused: [["metadata.namespace", "resource must be created in metallb-system namespace"]],
    warnings: [],
  },
];

const communities: readonly AdmissionCase[] = [
  { what: "aliases", kind: "Community", spec: aliases({ a: "64512:1", b: "large:64512:1:2" }), ...good },
  {
    what: "an alias that another object has",
    kind: "Community",
    others: { Community: { first: aliases({ a: "64512:1" }) } },
    spec: aliases({ b: "64512:2", a: "64512:1" }),
    refused: [["spec.communities[1].name", "duplicate definition of community"]],
    warnings: [],
  },
  {
    what: "an older one that takes a younger one's alias",
    kind: "Community",
    operation: "UPDATE",
    others: { Community: { younger: aliases({ a: "64512:1" }) } },
    old: { spec: aliases({ b: "64512:2" }), age: 0 },
    spec: aliases({ b: "64512:2", a: "64512:3" }),
    refused: [["spec.communities[1].name", 'Community "younger" in part (spec.communities[0].name)']],
    warnings: [],
  },
  {
    what: "values that can't be read",
    kind: "Community",
    spec: aliases({ a: "64512:70000", b: "huge:1:2:3" }),
    refused: [
      ["spec.communities[0].value", "invalid community value: invalid section"],
      ["spec.communities[1].value", "expected community to be of format large"],
    ],
    warnings: [],
  },
  {
    what: "an alias that goes while an advertisement has it",
    kind: "Community",
    operation: "UPDATE",
    others: { BGPAdvertisement: { all: { communities: ["a"] } } },
    old: { spec: aliases({ a: "64512:1" }) },
    spec: aliases({ b: "64512:1" }),
    refused: [],
    warnings: ['BGPAdvertisement "all", spec.communities[0]: no Community defines the alias "a"'],
  },
  {
    what: "in another namespace",
    kind: "Community",
    namespace: "default",
    spec: aliases({}),
    refused: [["metadata.namespace", "resource must be created in metallb-system namespace"]],
    warnings: [],
  },
];

const profiles: readonly AdmissionCase[] = [
  { what: "a profile", kind: "BFDProfile", spec: { receiveInterval: 300 }, ...good },
  {
    what: "an interval that is too short",
    kind: "BFDProfile",
    spec: { receiveInterval: 1 },
    refused: [["spec.receiveInterval", "from 10 to 60000"]],
    warnings: [],
  },
  {
    what: "its echo would not fit the IPv6 addresses of a peer that waits for it",
    kind: "BFDProfile",
    others: {
      IPAddressPool: { a: addresses("2001:db8::/64") },
      BGPPeer: { router: peer({ bfdProfile: "x" }) },
      BGPAdvertisement: { all: {} },
    },
    spec: { echoMode: true },
    refused: [],
    warnings: ["echoMode, which works with IPv4 only"],
  },
  {
    what: "deleted while peers refer to it",
    kind: "BFDProfile",
    operation: "DELETE",
    name: "fast",
    others: { BGPPeer: { a: peer({ bfdProfile: "fast" }), b: peer({ peerAddress: "192.0.2.2" }) } },
    old: { spec: {} },
    spec: null,
    refused: [["metadata.name", 'failed to delete BFDProfile "fast": BGPPeer "a"']],
    warnings: [],
  },
  {
    what: "deleted while nobody refers to it",
    kind: "BFDProfile",
    operation: "DELETE",
    name: "slow",
    others: { BGPPeer: { a: peer({ bfdProfile: "fast" }) } },
    old: { spec: {} },
    spec: null,
    ...good,
  },
  {
    what: "deleted in another namespace",
    kind: "BFDProfile",
    operation: "DELETE",
    name: "fast",
    namespace: "default",
    others: { BGPPeer: { a: peer({ bfdProfile: "fast" }) } },
    old: { spec: {} },
    spec: null,
    ...good,
  },
  {
    what: "in another namespace",
    kind: "BFDProfile",
    namespace: "default",
    spec: {},
    refused: [["metadata.namespace", "resource must be created in metallb-system namespace"]],
    warnings: [],
  },
];

export const admissionCases: readonly AdmissionCase[] = [
  ...pools,
  ...l2Advertisements,
  ...bgpAdvertisements,
  ...peers,
  ...communities,
  ...profiles,
];
