/** The whole tree of one plan, byte by byte: what scripts depend on. */
import { assertEquals } from "@std/assert";
import { jsonPieces, yamlPieces } from "../../../core/plan/output.ts";
import { planOf } from "../../support/plan.ts";
import { bgp, l2, node, peer, pool, service } from "./manifests.ts";

const files = [
  node("node-a"),
  node("node-b", { "node.kubernetes.io/exclude-from-external-load-balancers": "" }),
  pool("public", ["192.0.2.10-192.0.2.19", "2001:db8::/64"]),
  l2("all", { interfaces: ["eth1"] }),
  bgp("all", { communities: ["65535:65281", "large:64512:1:2"] }),
  peer("tor-1", "10.0.0.1", { peerASN: 64512 }),
  service("web"),
  service("idle", { type: "ClusterIP" }),
];

const json = `{
  "format": 1,
  "services": [
    {
      "namespace": "default",
      "name": "idle",
      "handled": false,
      "reason": "notLoadBalancer"
    },
    {
      "namespace": "default",
      "name": "web",
      "handled": true,
      "reason": null,
      "ips": [
        "192.0.2.10"
      ],
      "pool": "public",
      "sharedWith": [],
      "refusal": null,
      "events": [
        {
          "type": "Normal",
          "reason": "IPAllocated",
          "message": "Assigned IP [\\"192.0.2.10\\"] from pool \\"public\\""
        }
      ],
      "layer2": {
        "owner": "node-a",
        "refusal": null,
        "nodes": [
          {
            "node": "node-a",
            "verdict": "owner",
            "reason": null,
            "preference": 0,
            "interfaces": [
              "eth1"
            ]
          },
          {
            "node": "node-b",
            "verdict": "excluded",
            "reason": "nodeLabeledExcludeBalancers",
            "preference": 0,
            "interfaces": []
          }
        ]
      },
      "bgp": {
        "refusal": null,
        "nodes": [
          {
            "node": "node-a",
            "verdict": "announces",
            "reason": null
          },
          {
            "node": "node-b",
            "verdict": "excluded",
            "reason": "nodeLabeledExcludeBalancers"
          }
        ],
        "routes": [
          {
            "node": "node-a",
            "peer": "tor-1",
            "prefix": "192.0.2.10/32",
            "nextHop": "self",
            "localPref": 100,
            "communities": [
              "65535:65281"
            ],
            "largeCommunities": [
              "64512:1:2"
            ]
          }
        ]
      }
    }
  ],
  "pools": [
    {
      "name": "public",
      "assignedIPv4": 1,
      "availableIPv4": 9,
      "assignedIPv6": 0,
      "availableIPv6": 9223372036854775807
    }
  ],
  "problems": [],
  "notes": [
    "the BGP routes are what the configuration asks for; this version's speakers don't speak BGP yet, and announce by Layer 2 only"
  ]
}
`;

Deno.test("plan, tree: -o json", () => {
  const { plan, allWell } = planOf(files, { assumeEndpoints: true });
  assertEquals([...jsonPieces(plan)].join(""), json);
  assertEquals(allWell, true);
});

Deno.test("plan, tree: -o yaml is the same tree", () => {
  const yaml = `format: 1
services:
  - namespace: default
    name: idle
    handled: false
    reason: notLoadBalancer
pools:
  - name: public
    assignedIPv4: 0
    availableIPv4: 10
    assignedIPv6: 0
    availableIPv6: 9223372036854775807
problems: []
notes:
  - there is no Node, so announcements are not planned
`;
  const { plan } = planOf([files[2], files[7]]);
  assertEquals([...yamlPieces(plan)].join(""), yaml);
});

Deno.test("plan, tree: problems have their fields in the order of the format", () => {
  const { plan } = planOf([pool("bad", ["nonsense"])]);
  assertEquals(plan.problems.map((problem) => Object.keys(problem)), [
    ["severity", "kind", "namespace", "name", "field", "message"],
  ]);
});

Deno.test("plan, tree: the order in which things are given doesn't matter", () => {
  const text = (objects: readonly unknown[]) =>
    [...jsonPieces(planOf(objects, { assumeEndpoints: true }).plan)].join("");
  assertEquals(text(files.toReversed()), text(files));
});
