/** The schema of BGPPeer v1beta2; the same rules as `peersettings.ts`. */
import { addressPrefix, defaultPort, maxAsn, maxPort } from "./peersettings.ts";
import { maxPasswordBytes } from "./password.ts";
import { ipSchema } from "./ipfield.ts";
import type { Column, KindVersion } from "./kind.ts";
import { timerRules, timerSchemas } from "./peertimers.ts";
import { boolean, integer, mapping, type Rule, text, withRules } from "./schema.ts";
import { labelSelectors } from "./selectorschema.ts";

/** The fields that both versions have, written alike in both. */
export const sharedFields = {
  myASN: integer("Our AS number.", { format: "int64", minimum: 1, maximum: maxAsn }),
  sourceAddress: ipSchema(
    "sourceAddress",
    "The address that connections to the router come from; the kernel chooses one when not given.",
  ),
  holdTime: timerSchemas.holdTime,
  keepaliveTime: timerSchemas.keepaliveTime,
  routerID: ipSchema(
    "routerID",
    "Our BGP identifier: an IPv4 address; chosen by the speaker when not given.",
    {
      rules: [{
        rule: "!isIP(self) || (ip(self).family() == 4 && !ip(self).isUnspecified())",
        message: "routerID must be an IPv4 address other than 0.0.0.0",
      }],
    },
  ),
  password: withRules(
    text("The password of the session (TCP MD5), in clear text; passwordSecret keeps it in a Secret."),
    {
      rule: `size(bytes(self)) <= ${maxPasswordBytes}`,
      message: `password must have at most ${maxPasswordBytes} bytes`,
    },
  ),
  bfdProfile: text("The name of the BFDProfile with which the loss of the router is noticed."),
  ebgpMultiHop: boolean("Whether the router is more than one hop away; for eBGP only."),
} as const;

const given = (name: string) => `(has(self.${name}) && self.${name} != '')`;
const isAddress = (name: string) => `(has(self.${name}) && isIP(self.${name}))`;

/** The rules about several fields that both versions have. */
export const sharedRules: readonly Rule[] = [
  ...timerRules,
  {
    rule: "!has(self.ebgpMultiHop) || !self.ebgpMultiHop || !has(self.peerASN) || self.peerASN != self.myASN",
    message: "ebgpMultiHop must not be true when peerASN is myASN",
    fieldPath: ".ebgpMultiHop",
  },
  {
    rule: `!${isAddress("sourceAddress")} || !${isAddress("peerAddress")} || ` +
      "ip(self.sourceAddress).family() == ip(self.peerAddress).family()",
    message: "sourceAddress must be of the same address family as peerAddress",
    fieldPath: ".sourceAddress",
  },
];

const rules: readonly Rule[] = [
  {
    rule: "(has(self.peerASN) && self.peerASN != 0) || has(self.dynamicASN)",
    message: "peerASN is required, or else dynamicASN",
    fieldPath: ".peerASN",
  },
  {
    rule: "!has(self.peerASN) || self.peerASN == 0 || !has(self.dynamicASN)",
    message: "peerASN and dynamicASN are mutually exclusive",
    fieldPath: ".dynamicASN",
  },
  {
    rule: `${given("peerAddress")} || ${given("interface")}`,
    message: `${addressPrefix}peerAddress is required, or else interface`,
    fieldPath: ".peerAddress",
  },
  {
    rule: `!${given("peerAddress")} || !${given("interface")}`,
    message: "peerAddress and interface are mutually exclusive",
    fieldPath: ".interface",
  },
  {
    rule: `!${given("password")} || !has(self.passwordSecret) || !has(self.passwordSecret.name) || ` +
      "self.passwordSecret.name == ''",
    message: "password and passwordSecret are mutually exclusive",
    fieldPath: ".passwordSecret",
  },
];

const passwordSecret = mapping(
  "The Secret with the password of the session: of type kubernetes.io/basic-auth, the password under the key password.",
  {
    name: text("The name of the Secret, which is read from this object's namespace."),
    namespace: text("Has no effect."),
  },
  { "x-kubernetes-map-type": "atomic" },
);

const enableGracefulRestart = withRules(
  boolean("Whether the router keeps our routes while the speaker restarts (RFC 4724). It can't be changed."),
  { rule: "self == oldSelf", message: "enableGracefulRestart cannot be changed after creation" },
);

const fields = {
  myASN: sharedFields.myASN,
  peerASN: integer("The router's AS number; this or dynamicASN.", {
    format: "int64",
    minimum: 0,
    maximum: maxAsn,
  }),
  dynamicASN: text(
    "Instead of peerASN: the router's AS number is found out, and must be the same as ours (internal) or another one " +
      "(external).",
    { enum: ["internal", "external"] },
  ),
  localASN: integer("The AS number that this router sees instead of myASN.", {
    format: "int64",
    minimum: 1,
    maximum: maxAsn,
  }),
  peerAddress: ipSchema("peerAddress", "The router's IP address; this or interface.", {
    prefix: addressPrefix,
  }),
  interface: text(
    "Instead of peerAddress: the interface of the node at whose other end the router is. Its link-local address is " +
      "found out.",
    { maxLength: 253 },
  ),
  sourceAddress: sharedFields.sourceAddress,
  peerPort: integer("The router's TCP port.", { minimum: 1, maximum: maxPort, default: defaultPort }),
  holdTime: sharedFields.holdTime,
  keepaliveTime: sharedFields.keepaliveTime,
  connectTime: timerSchemas.connectTime,
  routerID: sharedFields.routerID,
  nodeSelectors: labelSelectors(
    "nodeSelectors",
    "The nodes that keep a session to the router; without selectors all nodes.",
  ),
  password: sharedFields.password,
  passwordSecret,
  bfdProfile: sharedFields.bfdProfile,
  enableGracefulRestart,
  ebgpMultiHop: sharedFields.ebgpMultiHop,
  vrf: text("The VRF device of the node in which the session is."),
  disableMP: boolean("Deprecated: has no effect.", { default: false }),
  dualStackAddressFamily: boolean(
    "Whether routes of both address families go over the session, not only those of its own.",
    { default: false },
  ),
};

const column = (name: string, field: string, description: string): Column => ({
  name,
  type: "string",
  jsonPath: `.spec.${field}`,
  description,
});

/** What `kubectl get` shows of both versions. */
export const peerColumns: readonly Column[] = [
  column("Address", "peerAddress", "The router's IP address"),
  column("ASN", "peerASN", "The router's AS number"),
  column("BFD Profile", "bfdProfile", "The BFDProfile with which the loss of the router is noticed"),
  column("Multi Hops", "ebgpMultiHop", "Whether the router is more than one hop away"),
];

export const bgpPeerV1Beta2Version: KindVersion = {
  name: "v1beta2",
  description: "BGPPeer is a router to which nodes of the cluster keep a BGP session.",
  storage: true,
  deprecationWarning: null,
  specRequired: true,
  spec: withRules(
    mapping("The router and the session.", fields, { required: ["myASN"] }),
    ...sharedRules,
    ...rules,
  ),
  status: mapping("Nothing yet.", {}),
  columns: peerColumns,
};
