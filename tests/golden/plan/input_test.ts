/** What a plan reads: every row of the format's table of input. */
import {
  bfd,
  bgp,
  changed,
  community,
  configuration,
  l2,
  namespace,
  node,
  nodes,
  peer,
  pool,
  ready,
  secret,
  service,
  slice,
} from "./manifests.ts";
import { testPlans } from "./table.ts";

const web = service("web");
const lan = pool("lan", ["192.0.2.10-192.0.2.12"]);
const noNode = "there is no Node, so announcements are not planned";
const notSpoken = "the BGP routes are what the configuration asks for; this version's speakers don't speak " +
  "BGP yet, and announce by Layer 2 only";
const excluded = "node.kubernetes.io/exclude-from-external-load-balancers";

testPlans("input", [
  {
    rule: "of an object given twice the later one counts, whole, whatever its version",
    files: [
      pool("lan", ["192.0.2.1/32"]),
      service("web", { annotations: { "address-pool": "gone" }, ips: ["192.0.2.12"] }),
      peer("tor", "10.0.0.1", { peerPort: 0 }),
      lan,
      web,
      configuration("BGPPeer", "tor", {
        ...{ myASN: 1, peerASN: 2, peerAddress: "10.0.0.9", holdTime: "90s", keepaliveTime: "30s" },
      }),
    ],
    services: ["default/web 192.0.2.10 of lan"],
    pools: ["lan 1/2 0/0"],
    problems: [],
    notes: ["BGPPeer tor: metallb.io/v1beta1 BGPPeer is deprecated; use metallb.io/v1beta2", noNode],
  },
  {
    rule: "on top of a cluster a manifest is applied: what only the cluster writes stays",
    files: [
      service("web", { labels: { tier: "gold" } }),
      changed(lan, {}, { spec: { addresses: ["192.0.2.0/24"] } }),
    ],
    asked: {
      live: [
        changed(lan, { creationTimestamp: "2024-01-01T00:00:00Z" }),
        changed(pool("other", ["192.0.2.0/28"]), { creationTimestamp: "2024-02-01T00:00:00Z" }),
        service("web", { ips: ["192.0.2.12"], created: "2024-01-01" }),
        service("old", { ips: ["192.0.2.10"] }),
      ],
    },
    services: ["default/old 192.0.2.10 of lan", "default/web 192.0.2.12 of lan"],
    problems: ["error IPAddressPool/other spec.addresses[0]"],
  },
  {
    rule: "on top of a cluster a change of families is the manifest's",
    files: [
      service("more", { spec: { ipFamilyPolicy: "PreferDualStack" } }),
      service("other", { spec: { ipFamilies: ["IPv6"] } }),
      service("fewer", { spec: { ipFamilyPolicy: "SingleStack" } }),
      service("same"),
    ],
    asked: {
      live: [
        pool("lan", ["192.0.2.10-192.0.2.19", "2001:db8::/126"]),
        service("more", {
          spec: { clusterIPs: ["10.96.0.9"], ipFamilies: ["IPv4"], ipFamilyPolicy: "SingleStack" },
          ips: ["192.0.2.12"],
        }),
        service("other", {
          spec: { clusterIPs: ["10.96.0.7"], ipFamilies: ["IPv4"], ipFamilyPolicy: "SingleStack" },
        }),
        ...["fewer", "same"].map((name) =>
          service(name, {
            spec: {
              clusterIPs: ["10.96.0.8", "fd00::8"],
              ipFamilies: ["IPv4", "IPv6"],
              ipFamilyPolicy: "RequireDualStack",
            },
          })
        ),
      ],
    },
    services: [
      "default/fewer 192.0.2.10 of lan",
      "default/more 192.0.2.12,2001:db8:: of lan",
      "default/other 2001:db8::1 of lan",
      "default/same 192.0.2.11,2001:db8::2 of lan",
    ],
  },
  {
    rule: "--without takes objects away, with or without their namespace, and says what wasn't there",
    files: [...nodes, lan, pool("other", ["192.0.2.40/32"]), l2("all"), web, service("shop/web")],
    asked: {
      assumeEndpoints: true,
      without: ["Node/node-b", "ipaddresspools/lan", "Service/shop/web", "Service/gone", "BGPPeer/tor"],
    },
    services: ["default/web 192.0.2.40 of other"],
    layer2: ["default/web node-a, node-c"],
    notes: [
      "--without: there is no Service default/gone",
      "--without: there is no BGPPeer metallb-system/tor",
    ],
    well: true,
  },
  {
    rule: "--assume-endpoints stands in for missing EndpointSlices only",
    files: [...nodes, lan, l2("all"), web, service("empty"), slice("empty", [])],
    asked: { assumeEndpoints: true },
    layer2: [
      "default/empty ! noEndpoints; node-c noEndpoints; node-b noEndpoints; node-a noEndpoints",
      "default/web node-a, node-c, node-b",
    ],
    notes: [],
    well: false,
  },
  {
    rule: "without it a Service without EndpointSlices is not announced, and a note says how to go on",
    files: [node("node-a"), lan, l2("all"), web],
    layer2: ["default/web ! noEndpoints; node-a noEndpoints"],
    notes: [
      "1 Service has no EndpointSlice; with --assume-endpoints such a Service counts as having an endpoint on every node",
    ],
    well: false,
  },
  {
    rule: "other kinds are skipped, with one note that counts them",
    files: [
      web,
      ...["a", "b"].map((name) => ({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name } })),
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" } },
      { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization" },
      { apiVersion: "serving.knative.dev/v1", kind: "Service", metadata: { name: "d" } },
    ],
    services: ["default/web - noPools"],
    notes: [
      "5 objects of kinds that decide nothing here were skipped: 1 ConfigMap, 2 Deployment, 1 Kustomization, 1 Service",
      noNode,
    ],
  },
  {
    rule:
      "metallb.io objects elsewhere have no effect, and a note names the namespace; none given is default",
    files: [
      web,
      changed(pool("lost", ["nonsense"]), { namespace: undefined }),
      changed(l2("a"), { namespace: "other" }),
    ],
    services: ["default/web - noPools"],
    pools: [],
    problems: [],
    notes: [
      'IPAddressPool lost in namespace "default" has no effect: metallb.io objects count in the installation\'s ' +
      'namespace, "metallb-system" (--namespace)',
      'L2Advertisement a in namespace "other" has no effect: metallb.io objects count in the installation\'s ' +
      'namespace, "metallb-system" (--namespace)',
      noNode,
    ],
  },
  {
    rule: "--namespace says where they count",
    files: [changed(lan, { namespace: "lb" }), web],
    asked: { namespace: "lb" },
    services: ["default/web 192.0.2.10 of lan"],
  },
  {
    rule: "a version that no API server has is an error",
    files: [{ ...lan, apiVersion: "metallb.io/v1" }, web],
    services: ["default/web - noPools"],
    problems: ["error IPAddressPool/lan apiVersion"],
  },
  {
    rule: "a Namespace has its labels, and a missing one none",
    files: [
      pool("team", ["192.0.2.1-192.0.2.9"], {
        serviceAllocation: { namespaceSelectors: [{ matchLabels: { team: "a" } }] },
      }),
      namespace("shop", { team: "a" }),
      service("shop/web"),
      service("blog/web"),
    ],
    services: ["blog/web - poolExhausted", "shop/web 192.0.2.1 of team"],
  },
  {
    rule: "--lb-class: those of the class are handled, and those without one are not",
    files: [
      lan,
      service("mine", { spec: { loadBalancerClass: "x.y/z" } }),
      web,
      service("plain", { type: "ClusterIP" }),
    ],
    asked: { lbClass: "x.y/z" },
    services: [
      "default/mine 192.0.2.10 of lan",
      "default/plain notLoadBalancer",
      "default/web loadBalancerClass",
    ],
  },
  {
    rule: "without --lb-class those of any class are not handled",
    files: [lan, service("theirs", { spec: { loadBalancerClass: "x.y/z" } }), web],
    services: ["default/theirs loadBalancerClass", "default/web 192.0.2.10 of lan"],
    well: true,
  },
  {
    rule: "a label without a value is there; --ignore-exclude-lb announces from such nodes too",
    files: [node("node-a", { [excluded]: null }), lan, l2("all"), bgp("all"), peer("tor", "10.0.0.1"), web],
    asked: { assumeEndpoints: true, ignoreExcludeLabel: true },
    layer2: ["default/web node-a"],
    bgp: ["default/web node-a"],
  },
  {
    rule: "without it they are excluded",
    files: [node("node-a", { [excluded]: null }), lan, l2("all"), bgp("all"), peer("tor", "10.0.0.1"), web],
    asked: { assumeEndpoints: true },
    layer2: ["default/web ! nodeLabeledExcludeBalancers; node-a nodeLabeledExcludeBalancers"],
    bgp: ["default/web ! nodeLabeledExcludeBalancers; node-a nodeLabeledExcludeBalancers"],
  },
  {
    rule: "what peers refer to is found; of Secrets that may not be read nothing is said",
    files: [
      ...[...nodes, lan, bfd("fast"), community("c", { nice: "64512:1" })],
      peer("a", "10.0.0.1", { bfdProfile: "fast" }),
      peer("b", "10.0.0.2", { passwordSecret: { name: "key" } }),
    ],
    asked: { secretsKnown: false },
    problems: [],
  },
  {
    rule: "a peer without its Secret or its BFDProfile has no session, and that is an error",
    files: [
      ...[...nodes, lan, secret("there", { password: "x" })],
      peer("a", "10.0.0.1", { bfdProfile: "fast" }),
      peer("b", "10.0.0.2", { passwordSecret: { name: "key" } }),
      peer("c", "10.0.0.3", { passwordSecret: { name: "there" } }),
    ],
    problems: ["error BGPPeer/a spec.bfdProfile", "error BGPPeer/b spec.passwordSecret"],
    well: false,
  },
  {
    rule: "without any Node addresses are planned, and a note says that announcements are not",
    files: [lan, l2("all"), bgp("all"), web, slice("web", [ready("node-a")])],
    services: ["default/web 192.0.2.10 of lan"],
    layer2: ["default/web ! undefined"],
    bgp: ["default/web "],
    notes: [noNode],
    well: true,
  },
  {
    rule: "where routes are printed a note says that the speakers don't send them yet",
    files: [node("node-a"), lan, bgp("all"), peer("tor", "10.0.0.1"), web],
    asked: { assumeEndpoints: true },
    routes: ["default/web node-a tor 192.0.2.10/32 ebgp"],
    notes: [notSpoken],
    well: true,
  },
]);
