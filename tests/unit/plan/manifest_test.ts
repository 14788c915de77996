/** Which values are manifests, and what is said of those that aren't. */
import { assertEquals, assertThrows } from "@std/assert";
import { configurationGroup, planKinds } from "../../../core/plan/kinds.ts";
import { objectRefText, parseObjectRef } from "../../../core/plan/layers.ts";
import { InputError } from "../../../core/plan/manifest.ts";
import { readManifest } from "../../../core/plan/readmanifest.ts";
import { bfdProfileKind } from "../../../crds/bfdprofile.ts";
import { bgpAdvertisementKind } from "../../../crds/bgpadvertisement.ts";
import { bgpPeerKind } from "../../../crds/bgppeer.ts";
import { communityKind } from "../../../crds/community.ts";
import { configurationStateKind } from "../../../crds/configurationstate.ts";
import { apiGroup } from "../../../crds/kind.ts";
import { ipAddressPoolKind } from "../../../crds/ipaddresspool.ts";
import { l2AdvertisementKind } from "../../../crds/l2advertisement.ts";
import { serviceBGPStatusKind } from "../../../crds/servicebgpstatus.ts";
import { serviceL2StatusKind } from "../../../crds/servicel2status.ts";

const place = { source: "a.yaml", line: 7 };
const service = (rest: object, metadata: object = { name: "web" }) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata,
  ...rest,
});

/** A value, and the whole message. */
const wrong: readonly (readonly [unknown, string])[] = [
  ["text", 'an object must be a mapping, not "text"'],
  [[], "an object must be a mapping, not a list"],
  [null, "an object must be a mapping, not empty"],
  [{ kind: "Service" }, "an object must have apiVersion, as text"],
  [{ apiVersion: "v1" }, "an object must have kind, as text"],
  [{ apiVersion: "v1", kind: 5 }, "an object must have kind, as text"],
  [{ apiVersion: "v1", kind: "Service" }, "Service: metadata.name is missing"],
  [service({}, {}), "Service: metadata.name is missing"],
  [service({}, { name: null }), "Service: metadata.name is missing"],
  [service({}, { name: 5 }), "Service: metadata.name must be text, not 5; put it in quotes"],
  [service({}, []), "Service: metadata must be a mapping, not a list"],
  [
    service({}, { name: "web", labels: { a: true } }),
    'Service "web": metadata.labels.a must be text, not true; put it in quotes',
  ],
  [service({}, { name: "web", labels: [] }), 'Service "web": metadata.labels must be a mapping, not a list'],
  [service({ spec: "x" }), 'Service "web": spec must be a mapping, not "x"'],
  [service({ spec: { ports: 80 } }), 'Service "web": spec.ports must be a list, not 80'],
  [service({ spec: { ports: [80] } }), 'Service "web": spec.ports[0] must be a mapping, not 80'],
  [service({ spec: { ports: [null] } }), 'Service "web": spec.ports[0] is empty'],
  [
    service({ spec: { ports: [{ port: "80" }] } }),
    'Service "web": spec.ports[0].port must be a number, not "80"',
  ],
  [
    service({ spec: { clusterIPs: [1] } }),
    'Service "web": spec.clusterIPs[0] must be text, not 1; put it in quotes',
  ],
  [
    service({ status: { loadBalancer: { ingress: [{ ip: {} }] } } }),
    'Service "web": status.loadBalancer.ingress[0].ip must be text, not a mapping',
  ],
  [
    { apiVersion: "v1", kind: "Node", metadata: { name: "n" }, status: { conditions: [{ status: true }] } },
    'Node "n": status.conditions[0].status must be text, not true; put it in quotes',
  ],
  [
    {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { name: "s" },
      endpoints: [{ conditions: { ready: "yes" } }],
    },
    'EndpointSlice "s": endpoints[0].conditions.ready must be true or false, not "yes"',
  ],
  [
    {
      apiVersion: "metallb.io/v1beta1",
      kind: "IPAddressPool",
      metadata: { name: "p", annotations: { a: 1 } },
    },
    'IPAddressPool "p": metadata.annotations.a must be text, not 1; put it in quotes',
  ],
];

Deno.test("plan: what is no manifest is refused with file, line and reason", async (test) => {
  for (const [value, message] of wrong) {
    await test.step(message, () => {
      const error = assertThrows(() => readManifest(value, place), InputError);
      assertEquals(error.message, `a.yaml:7: ${message}`);
    });
  }
});

Deno.test("plan: a Secret's contents are in no message", () => {
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, data: { password: 271828 } };
  const error = assertThrows(() => readManifest(secret, place), InputError);
  assertEquals(
    error.message,
    'a.yaml:7: Secret "s": data.password must be text; put it in quotes',
  );
});

Deno.test("plan: null is absent, and an empty text in a map of texts", () => {
  const read = readManifest(
    service({ spec: { clusterIP: null, ports: null, selector: { a: null } } }, {
      name: "web",
      creationTimestamp: null,
      labels: { b: null },
    }),
    place,
  );
  assertEquals(read, {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web", labels: { b: "" } },
    spec: { selector: { a: "" } },
  });
});

Deno.test("plan: of metallb.io objects and of kinds that aren't read the rest stays as it is", () => {
  const pool = {
    apiVersion: "metallb.io/v1beta1",
    kind: "IPAddressPool",
    metadata: { name: "p" },
    spec: { addresses: [null, 5] },
  };
  assertEquals(readManifest(pool, place), pool);
  const other = { apiVersion: "x.io/v1", kind: "Service", metadata: 5 };
  assertEquals(readManifest(other, place), { ...other, metadata: {} });
});

Deno.test("plan: --without names objects", () => {
  const text = (ref: string) => {
    const parsed = parseObjectRef(ref);
    return parsed === null ? null : objectRefText(parsed, "lb");
  };
  assertEquals(text("Node/node-a"), "Node node-a");
  assertEquals(text("nodes/node-a"), "Node node-a");
  assertEquals(text("service/web"), "Service default/web");
  assertEquals(text("SERVICES/shop/web"), "Service shop/web");
  assertEquals(text("ipaddresspool/public"), "IPAddressPool lb/public");
  assertEquals(text("IPAddressPool/other/public"), "IPAddressPool other/public");
  assertEquals(text("Secret/key"), "Secret lb/key");
  for (
    const bad of ["", "Node", "Node/", "Node/a/b", "Service/a/b/c", "Service//b", "Service/a/", "Pod/a", "/a"]
  ) {
    assertEquals(text(bad), null, bad);
  }
});

Deno.test("plan: the kinds that it reads are those that there are", () => {
  const ours = [
    ...[
      ipAddressPoolKind,
      l2AdvertisementKind,
      bgpAdvertisementKind,
      bgpPeerKind,
      bfdProfileKind,
      communityKind,
    ],
    ...[serviceL2StatusKind, serviceBGPStatusKind, configurationStateKind],
  ].map(({ kind, plural, versions }) => ({ kind, plural, versions: versions.map(({ name }) => name) }));
  assertEquals(configurationGroup, apiGroup);
  const read = planKinds.filter(({ group }) => group === apiGroup)
    .map(({ kind, plural, versions }) => ({ kind, plural, versions }));
  assertEquals(read, ours);
});
