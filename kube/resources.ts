/** The resources that Pewter reads or writes. */
import type { Resource } from "./api.ts";

function resource(group: string, version: string, plural: string, kind: string, namespaced = true): Resource {
  return { group, version, plural, kind, namespaced };
}

export const services: Resource = resource("", "v1", "services", "Service");
export const nodes: Resource = resource("", "v1", "nodes", "Node", false);
export const namespaces: Resource = resource("", "v1", "namespaces", "Namespace", false);
export const pods: Resource = resource("", "v1", "pods", "Pod");
export const secrets: Resource = resource("", "v1", "secrets", "Secret");
export const configMaps: Resource = resource("", "v1", "configmaps", "ConfigMap");
export const coreEvents: Resource = resource("", "v1", "events", "Event");
export const endpointSlices: Resource = resource("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice");
export const leases: Resource = resource("coordination.k8s.io", "v1", "leases", "Lease");
export const customResourceDefinitions: Resource = resource(
  "apiextensions.k8s.io",
  "v1",
  "customresourcedefinitions",
  "CustomResourceDefinition",
  false,
);
export const ipAddressPools: Resource = resource("metallb.io", "v1beta1", "ipaddresspools", "IPAddressPool");
export const l2Advertisements: Resource = resource(
  "metallb.io",
  "v1beta1",
  "l2advertisements",
  "L2Advertisement",
);
export const bgpPeers: Resource = resource("metallb.io", "v1beta2", "bgppeers", "BGPPeer");
export const bgpAdvertisements: Resource = resource(
  "metallb.io",
  "v1beta1",
  "bgpadvertisements",
  "BGPAdvertisement",
);
export const bfdProfiles: Resource = resource("metallb.io", "v1beta1", "bfdprofiles", "BFDProfile");
export const communities: Resource = resource("metallb.io", "v1beta1", "communities", "Community");
export const serviceL2Statuses: Resource = resource(
  "metallb.io",
  "v1beta1",
  "servicel2statuses",
  "ServiceL2Status",
);
export const serviceBGPStatuses: Resource = resource(
  "metallb.io",
  "v1beta1",
  "servicebgpstatuses",
  "ServiceBGPStatus",
);
export const configurationStates: Resource = resource(
  "metallb.io",
  "v1beta1",
  "configurationstates",
  "ConfigurationState",
);
/** A question about a token, answered and not stored. */
export const tokenReviews: Resource = resource(
  "authentication.k8s.io",
  "v1",
  "tokenreviews",
  "TokenReview",
  false,
);
/** A question about a right, answered and not stored. */
export const subjectAccessReviews: Resource = resource(
  "authorization.k8s.io",
  "v1",
  "subjectaccessreviews",
  "SubjectAccessReview",
  false,
);
