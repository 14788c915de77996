/**
 * The closed list of words that say why something is refused, left out or silent. The same word stands in logs,
 * metric labels, statuses, Events, `plan` and `explain`. Where MetalLB has a word for it, that is the word.
 */
export const reasons = {
  // Services that are not handled
  notLoadBalancer: "the Service's type is not LoadBalancer",
  loadBalancerClass: "the Service's loadBalancerClass belongs to another implementation",
  // no address
  noPools: "there is no usable IPAddressPool",
  noClusterIPs: "the Service has no cluster IPs yet",
  familyUnknown: "the Service's address family can't be told from its cluster IPs",
  familyMismatch: "the requested addresses are not of the Service's family",
  dualStackUnavailable: "the Service requires both families and the cluster gave it one",
  invalidRequest: "the requested address or pool can't be read",
  poolNotFound: "no pool has the requested name",
  addressNotInPool: "the requested address is in no pool",
  poolMismatch: "the requested addresses are not in the requested pool",
  poolNotAllowed: "the pool's serviceAllocation does not admit the Service",
  addressInUse: "another Service holds the address and it can't be shared",
  buggyAddress: "the pool avoids addresses that end in .0 or .255",
  poolExhausted: "no free address is left in the pools that the Service may use",
  // no announcement
  serviceDeleted: "the Service is gone",
  noIPAllocated: "the Service has no address",
  invalidIP: "the Service's status holds something that is no IP address",
  ipNotAllowed: "the Service's address is in no pool",
  loadBalancerIPChanged: "the Service's addresses changed",
  noMatchingAdvertisement: "no advertisement covers it",
  sharedIPWithServiceSelector: "a shared address can't be announced by advertisements with serviceSelectors",
  conflictingAdvertisements: "advertisements contradict each other",
  noMatchingPeer: "no BGP session of the node takes it",
  noEndpoints: "no endpoint can serve",
  noLocalEndpoints: "no endpoint on the node can serve and the traffic policy is Local",
  nodeNetworkUnavailable: "the node's network is unavailable",
  nodeLabeledExcludeBalancers: "the node's labels exclude it from external load balancers",
  noLiveSpeaker: "no speaker is alive on the node",
  notOwner: "another node won the election",
} as const;

export type Reason = keyof typeof reasons;

/** A refusal: the word, and a sentence with the names of the objects concerned. */
export interface Refusal {
  readonly reason: Reason;
  readonly message: string;
}
