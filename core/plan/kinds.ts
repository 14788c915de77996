/** The kinds that `plan` reads. */

/** A kind; objects of one group and kind are the same in whichever version they are written. */
export interface PlanKind {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** The versions that an API server with our definitions knows; null: whatever version it is, it reads alike. */
  readonly versions: readonly string[] | null;
}

export const configurationGroup = "metallb.io";

function builtIn(group: string, kind: string, plural: string, namespaced = true): PlanKind {
  return { group, kind, plural, namespaced, versions: null };
}

function configuration(kind: string, plural: string, versions: readonly string[] = ["v1beta1"]): PlanKind {
  return { group: configurationGroup, kind, plural, namespaced: true, versions };
}

/** In the order in which people name them. */
export const planKinds: readonly PlanKind[] = [
  builtIn("", "Service", "services"),
  builtIn("discovery.k8s.io", "EndpointSlice", "endpointslices"),
  builtIn("", "Node", "nodes", false),
  builtIn("", "Namespace", "namespaces", false),
  builtIn("", "Secret", "secrets"),
  configuration("IPAddressPool", "ipaddresspools"),
  configuration("L2Advertisement", "l2advertisements"),
  configuration("BGPAdvertisement", "bgpadvertisements"),
  configuration("BGPPeer", "bgppeers", ["v1beta1", "v1beta2"]),
  configuration("BFDProfile", "bfdprofiles"),
  configuration("Community", "communities"),
  configuration("ServiceL2Status", "servicel2statuses"),
  configuration("ServiceBGPStatus", "servicebgpstatuses"),
  configuration("ConfigurationState", "configurationstates"),
];

/** `metallb.io` of `metallb.io/v1beta1`, "" of `v1`. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}

/** The kind of an object; null for one that isn't read. */
export function planKindOf(object: { readonly apiVersion: string; readonly kind: string }): PlanKind | null {
  const group = groupOf(object.apiVersion);
  return planKinds.find((one) => one.group === group && one.kind === object.kind) ?? null;
}

/** The kind that a person means by `Node`, `node` or `nodes`. */
export function planKindNamed(text: string): PlanKind | null {
  const name = text.toLowerCase();
  return planKinds.find((one) => one.kind.toLowerCase() === name || one.plural === name) ?? null;
}
