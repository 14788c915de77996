/** What is wrong with a configuration, as a plan shows it: of every kind, sorted, and with the rest in force. */
import { bfd, bgp, community, configuration, l2, node, peer, pool, service } from "./manifests.ts";
import { testPlans } from "./table.ts";

const web = service("web");
const lan = pool("lan", ["192.0.2.10-192.0.2.12"]);

testPlans("problems", [
  {
    rule: "all kinds, sorted by kind, namespace, name and field",
    files: [
      node("node-a"),
      pool("b", ["192.0.2.1-192.0.2.0", "nonsense", "192.0.2.10/31"]),
      pool("a", ["192.0.2.10/32", "192.0.2.20/32"]),
      l2("wrong", { nodeSelectors: [{ matchExpressions: [{ key: "a", operator: "Is" }] }] }),
      l2("unknown", { ipAddressPools: ["gone"] }),
      bgp("wrong", { aggregationLength: 33, communities: ["65535:65536", "nobody"], peers: ["gone"] }),
      bfd("slow", { receiveInterval: 5 }),
      community("c", { twice: "1:1" }),
      community("d", { twice: "1:2" }),
      peer("asn", "10.0.0.1", { peerASN: 64513, dynamicASN: "external" }),
      peer("hold", "10.0.0.2", { holdTime: "1s" }),
      peer("again", "10.0.0.3", {}),
      peer("twin", "10.0.0.3", {}),
      web,
    ],
    problems: [
      "error BFDProfile/slow spec.receiveInterval",
      "error BGPAdvertisement/wrong spec.aggregationLength",
      "error BGPAdvertisement/wrong spec.communities[0]",
      "warning BGPAdvertisement/wrong spec.peers[0]",
      "warning BGPPeer/again spec.peerAddress",
      "error BGPPeer/asn spec.dynamicASN",
      "error BGPPeer/hold spec.holdTime",
      "error BGPPeer/twin spec.peerAddress",
      "error Community/d spec.communities[0].name",
      "error IPAddressPool/b spec.addresses[0]",
      "error IPAddressPool/b spec.addresses[1]",
      "error IPAddressPool/b spec.addresses[2]",
      "warning L2Advertisement/unknown spec.ipAddressPools[0]",
      "error L2Advertisement/wrong spec.nodeSelectors[0].matchExpressions[0].operator",
    ],
    services: ["default/web 192.0.2.10 of a"],
    well: false,
  },
  {
    rule: "warnings leave all well",
    files: [lan, l2("all", { ipAddressPools: ["gone"] }), web],
    problems: ["warning L2Advertisement/all spec.ipAddressPools[0]"],
    well: true,
  },
  {
    rule: "an error leaves nothing well, though every Service is served",
    files: [lan, pool("broken", ["nonsense"]), web],
    services: ["default/web 192.0.2.10 of lan"],
    problems: ["error IPAddressPool/broken spec.addresses[0]"],
    well: false,
  },
  {
    rule: "of pools that overlap the older one keeps the addresses; one without a time is the youngest",
    files: [
      pool("a", ["192.0.2.0/24"]),
      {
        ...pool("z", ["192.0.2.0/25"]),
        metadata: { name: "z", namespace: "metallb-system", creationTimestamp: "2024-01-01T00:00:00Z" },
      },
      web,
    ],
    pools: ["a 1/127 0/0", "z 0/128 0/0"],
    problems: ["error IPAddressPool/a spec.addresses[0]"],
  },
  {
    rule: "a range from one family to the other is an error",
    files: [pool("lan", ["192.0.2.1-2001:db8::1"])],
    problems: ["error IPAddressPool/lan spec.addresses[0]"],
  },
  {
    rule: "a namespaceSelector that fits nobody admits nobody, and is warned of",
    files: [
      pool("team", ["192.0.2.1/32"], {
        serviceAllocation: { namespaceSelectors: [{ matchLabels: { a: "b" } }] },
      }),
      service("web", { annotations: { loadBalancerIPs: "192.0.2.1" } }),
    ],
    services: ["default/web - poolNotAllowed"],
    problems: ["warning IPAddressPool/team spec.serviceAllocation.namespaceSelectors"],
  },
  {
    rule: "a field beside spec is warned of: most often it is one of spec's that lost its indentation",
    files: [{ ...lan, serviceAllocation: { priority: 50, namespaces: ["a"] } }, web],
    services: ["default/web 192.0.2.10 of lan"],
    problems: ["warning IPAddressPool/lan serviceAllocation"],
  },
  {
    rule: "statuses are objects like others, and nothing is wrong with them",
    files: [
      lan,
      configuration("ServiceL2Status", "l2-abc", undefined),
      configuration("ConfigurationState", "controller", undefined),
    ],
    problems: [],
    well: true,
  },
]);
