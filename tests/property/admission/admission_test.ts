/** Admission over random configurations: it refuses what would break something, and only that. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { convertReview } from "../../../controller/admission/conversion.ts";
import type { Configuration } from "../../../controller/admission/configuration.ts";
import type { Verdict } from "../../../controller/admission/review.ts";
import { readAdmissionReview } from "../../../controller/admission/review.ts";
import type { Operation } from "../../../controller/admission/subject.ts";
import type { Problem } from "../../../core/problem.ts";
import { compileBGPAdvertisements } from "../../../crds/bgpadvertisements.ts";
import { compileBGPPeers } from "../../../crds/bgppeers.ts";
import { compileCommunities } from "../../../crds/communities.ts";
import { compileL2Advertisements } from "../../../crds/l2advertisements.ts";
import { compilePools } from "../../../crds/pools.ts";
import {
  admissionOf,
  configurationOf,
  installation,
  type Objects,
  rawObject,
  reviewOf,
} from "../../support/admission.ts";

const runs = { seed: 20260401, numRuns: 300 };

const kinds = ["IPAddressPool", "L2Advertisement", "BGPAdvertisement", "BGPPeer", "Community"] as const;
type JudgedKind = typeof kinds[number];

const subset = <T>(...values: T[]) => fc.subarray(values, { minLength: 1 });
const rack = fc.option(
  subset("1", "2", "3").map((values) => [{ matchExpressions: [{ key: "rack", operator: "In", values }] }]),
  { nil: undefined },
);
const entry = fc.oneof(
  fc.tuple(fc.nat(7), fc.constantFrom(26, 27, 28)).map(([part, length]) => `192.0.2.${part * 32}/${length}`),
  fc.tuple(fc.nat(99), fc.nat(99)).map(([first, more]) => `192.0.2.${first}-192.0.2.${first + more}`),
  fc.constantFrom("2001:db8::/64", "2001:db8::/120", "everything", "192.0.2.9-192.0.2.1"),
);

const specs: Readonly<Record<JudgedKind, fc.Arbitrary<unknown>>> = {
  IPAddressPool: fc.record({ addresses: fc.array(entry, { minLength: 1, maxLength: 3 }) }),
  L2Advertisement: fc.record({ ipAddressPools: fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 2 }) }),
  BGPAdvertisement: fc.record({
    localPref: fc.constantFrom(0, 100, 200),
    aggregationLength: fc.constantFrom(24, 26, 28, 32),
    ipAddressPools: fc.option(subset("a", "b", "c"), { nil: undefined }),
    peers: fc.option(subset("a", "b"), { nil: undefined }),
    nodeSelectors: rack,
  }),
  BGPPeer: fc.record({
    myASN: fc.constantFrom(0, 64512),
    peerASN: fc.constant(64513),
    peerAddress: fc.constantFrom("192.0.2.1", "192.0.2.2", "2001:db8::1", "nowhere"),
    bfdProfile: fc.constantFrom("", "fast"),
    nodeSelectors: rack,
  }),
  Community: fc.record({
    communities: fc.array(
      fc.record({ name: fc.constantFrom("x", "y", "z"), value: fc.constantFrom("1:1", "2:2", "70000:1") }),
      { maxLength: 3 },
    ),
  }),
};

const nodes = { one: { rack: "1" }, two: { rack: "2" }, three: { rack: "3" } };

function some(kind: JudgedKind): fc.Arbitrary<Record<string, unknown>> {
  return fc.dictionary(fc.constantFrom("a", "b", "c", "d"), specs[kind], { maxKeys: 3 });
}

const configurations: fc.Arbitrary<Objects> = fc.record({
  IPAddressPool: some("IPAddressPool"),
  L2Advertisement: some("L2Advertisement"),
  BGPAdvertisement: some("BGPAdvertisement"),
  BGPPeer: some("BGPPeer"),
  Community: some("Community"),
  Node: fc.constantFrom({}, nodes),
});

/** An object of one kind under a name that nobody has, or that of an old one. */
const changes = fc.constantFrom(...kinds).chain((kind) =>
  fc.record({ kind: fc.constant(kind), name: fc.constantFrom("a", "b", "new"), spec: specs[kind] })
);

interface Change {
  readonly kind: JudgedKind;
  readonly name: string;
  readonly spec: unknown;
}

/** What the controller and the speakers would make of the objects of a kind. */
function errorsOf(kind: JudgedKind, objects: Objects): readonly Problem[] {
  const { pools, namespaces, nodes, ...rest } = configurationOf(objects);
  const compiled = compilePools(pools, namespaces);
  const results: Readonly<Record<JudgedKind, () => { readonly problems: readonly Problem[] }>> = {
    IPAddressPool: () => compiled,
    L2Advertisement: () => compileL2Advertisements(rest.l2Advertisements, compiled.pools, nodes),
    BGPAdvertisement: () =>
      compileBGPAdvertisements(rest.bgpAdvertisements, {
        ...{ pools: compiled.pools, nodes, aliases: "unknown", peers: "unknown" },
      }),
    BGPPeer: () => compileBGPPeers(rest.bgpPeers, { profiles: "unknown", secrets: "unknown", nodes }),
    Community: () => compileCommunities(rest.communities),
  };
  return results[kind]().problems.filter(({ severity }) => severity === "error");
}

function put(objects: Objects, { kind, name, spec }: Change): Objects {
  return { ...objects, [kind]: { ...objects[kind], [name]: spec } };
}

/** As the shell asks. The age of an old object is its place among its kind, as in {@link configurationOf}. */
function judged(objects: Objects, { kind, name, spec }: Change): Verdict {
  const names = Object.keys(objects[kind] ?? {});
  const old = objects[kind]?.[name];
  const age = old === undefined ? 1000 : names.indexOf(name) + 1;
  const operation: Operation = old === undefined ? "CREATE" : "UPDATE";
  const request = readAdmissionReview(
    reviewOf(
      operation,
      rawObject(kind, name, spec, age),
      old === undefined ? null : rawObject(kind, name, old, age),
    ),
  );
  const { admission } = admissionOf(kind);
  const ask = (configuration: Configuration, nodesRead: boolean) =>
    admission.judge(request, { namespace: installation, configuration, nodesRead });
  const there = configurationOf(objects);
  const first = ask({ ...there, nodes: [] }, false);
  const last = first.type === "verdict" ? first : ask(there, true);
  assert(last.type === "verdict");
  return last.verdict;
}

const texts = (problems: readonly Problem[]) =>
  problems.map(({ kind, name, field, message }) =>
    `${kind}/${name} ${field} ${message}`.replaceAll(/\[\d+\]/g, "[]")
  );

Deno.test("admission refuses exactly what brings an error that wasn't there", () => {
  let [refused, taken] = [0, 0];
  fc.assert(
    fc.property(configurations, changes, (objects, change) => {
      const before = texts(errorsOf(change.kind, objects));
      const after = texts(errorsOf(change.kind, put(objects, change)));
      const brought = after.filter((text) =>
        after.filter((one) => one === text).length > before.filter((one) => one === text).length
      );
      const { refusals } = judged(objects, change);
      assertEquals(refusals.length > 0, brought.length > 0, brought.join("\n"));
      if (refusals.length > 0) refused++;
      else taken++;
      for (const refusal of refusals) {
        assertEquals([refusal.kind, refusal.name, refusal.severity], [change.kind, change.name, "error"]);
        assert(refusal.field.startsWith("spec"), refusal.field);
      }
    }),
    runs,
  );
  assert(refused > 30 && taken > 30, `${refused} refused, ${taken} taken`);
});

Deno.test("what was admitted one after the other has no error together", () => {
  fc.assert(
    fc.property(fc.array(changes, { maxLength: 12 }), fc.constantFrom({}, nodes), (history, nodes) => {
      let objects: Objects = { Node: nodes };
      for (const change of history) {
        if (judged(objects, change).refusals.length === 0) objects = put(objects, change);
      }
      // A pool that came after an advertisement may be too narrow for it: that is a warning, as in MetalLB.
      for (const kind of ["IPAddressPool", "L2Advertisement", "BGPPeer", "Community"] as const) {
        assertEquals(texts(errorsOf(kind, objects)), []);
      }
    }),
    { ...runs, numRuns: 150 },
  );
});

Deno.test("admission takes a change that changes nothing, whatever is wrong with the configuration", () => {
  fc.assert(
    fc.property(configurations, fc.constantFrom(...kinds), (objects, kind) => {
      for (const [name, spec] of Object.entries(objects[kind] ?? {})) {
        assertEquals(judged(objects, { kind, name, spec }).refusals, []);
      }
    }),
    runs,
  );
});

Deno.test("a verdict doesn't depend on the order in which other objects are listed", () => {
  fc.assert(
    fc.property(configurations, changes, (objects, change) => {
      const { admission } = admissionOf(change.kind);
      const body = reviewOf("CREATE", rawObject(change.kind, "newest", change.spec, 1000));
      const ask = (configuration: Configuration) =>
        admission.judge(readAdmissionReview(body), {
          namespace: installation,
          configuration,
          nodesRead: true,
        });
      const there = configurationOf(objects);
      const turned: Configuration = {
        ...there,
        pools: there.pools.toReversed(),
        l2Advertisements: there.l2Advertisements.toReversed(),
        bgpAdvertisements: there.bgpAdvertisements.toReversed(),
        bgpPeers: there.bgpPeers.toReversed(),
        communities: there.communities.toReversed(),
        nodes: there.nodes.toReversed(),
      };
      const [one, other] = [ask(there), ask(turned)];
      assert(one.type === "verdict" && other.type === "verdict");
      assertEquals(texts(one.verdict.refusals).length, texts(other.verdict.refusals).length);
    }),
    runs,
  );
});

Deno.test("a peer that was converted there and back is the same the second time", () => {
  const convert = (version: string, objects: readonly unknown[]) => {
    const review = convertReview({
      ...{ apiVersion: "apiextensions.k8s.io/v1", kind: "ConversionReview" },
      request: { uid: "u", desiredAPIVersion: `metallb.io/${version}`, objects },
    }) as { readonly response: { readonly convertedObjects: readonly unknown[] } };
    assertEquals(review.response.convertedObjects.length, objects.length);
    return review.response.convertedObjects;
  };
  const spec = fc.dictionary(
    fc.constantFrom("myASN", "peerAddress", "peerPort", "holdTime", "nodeSelectors", "vrf", "unheardOf"),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(fc.array(spec, { maxLength: 4 }), fc.constantFrom("v1beta1", "v1beta2"), (specs, version) => {
      const other = version === "v1beta1" ? "v1beta2" : "v1beta1";
      const objects = specs.map((spec, index) => ({
        ...{ apiVersion: `metallb.io/${version}`, kind: "BGPPeer" },
        ...{ metadata: { name: `peer-${index}`, namespace: installation }, spec },
      }));
      assertEquals(convert(other, objects), convert(other, objects));
      const once = convert(version, convert(other, objects));
      assertEquals(convert(version, convert(other, once)), once);
    }),
    runs,
  );
});
