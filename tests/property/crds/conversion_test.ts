/** BGPPeer between its versions: what both have survives the way there and back. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { bgpPeerFromV1Beta1, bgpPeerToV1Beta1, convertBGPPeer } from "../../../crds/bgppeerconversion.ts";

const parameters = { seed: 20261123, numRuns: 2000 };
const text = fc.constantFrom("192.0.2.1", "2001:db8::1", "fast", "s3cret");
const duration = fc.constantFrom("0s", "3s", "1m30s", "90s");
const selector = fc.record({
  matchLabels: fc.dictionary(fc.constantFrom("rack", "zone"), fc.constantFrom("1", "2")),
  matchExpressions: fc.array(
    fc.record({
      key: fc.constantFrom("rack", "zone"),
      operator: fc.constantFrom("In", "NotIn"),
      values: fc.array(fc.constantFrom("1", "2"), { minLength: 1, maxLength: 2 }),
    }),
    { maxLength: 2 },
  ),
}, { requiredKeys: [] });

const shared = {
  myASN: fc.integer({ min: 1, max: 4294967295 }),
  peerASN: fc.integer({ min: 1, max: 4294967295 }),
  peerAddress: text,
  sourceAddress: text,
  peerPort: fc.integer({ min: 0, max: 16384 }),
  holdTime: duration,
  keepaliveTime: duration,
  routerID: text,
  nodeSelectors: fc.array(selector, { maxLength: 3 }),
  password: text,
  bfdProfile: text,
  ebgpMultiHop: fc.boolean(),
};
const onlyNew = {
  localASN: fc.nat(),
  dynamicASN: text,
  interface: text,
  connectTime: duration,
  passwordSecret: fc.record({ name: text }),
  enableGracefulRestart: fc.boolean(),
  vrf: text,
  disableMP: fc.boolean(),
  dualStackAddressFamily: fc.boolean(),
};

const old = fc.record(shared, { requiredKeys: ["myASN", "peerASN", "peerAddress"] });
const current = fc.record({ ...shared, ...onlyNew }, { requiredKeys: ["myASN"] });

/** A spec as v1beta1 would show it: with both timers, a list of selectors, and no port that is 0. */
function asV1Beta1(spec: Record<string, unknown>): Record<string, unknown> {
  const { peerPort, ...rest } = spec;
  return {
    ...rest,
    ...(peerPort === undefined || peerPort === 0 ? {} : { peerPort }),
    holdTime: spec["holdTime"] ?? "0s",
    keepaliveTime: spec["keepaliveTime"] ?? "0s",
    nodeSelectors: spec["nodeSelectors"] ?? [],
  };
}

Deno.test("v1beta1, converted and converted back, says the same", () => {
  fc.assert(
    fc.property(old, (spec) => {
      assertEquals(bgpPeerToV1Beta1(bgpPeerFromV1Beta1(spec)), asV1Beta1(spec));
    }),
    parameters,
  );
});

Deno.test("v1beta2 loses just what v1beta1 doesn't have", () => {
  fc.assert(
    fc.property(current, (spec) => {
      const kept = Object.fromEntries(Object.entries(spec).filter(([name]) => Object.hasOwn(shared, name)));
      const back = bgpPeerFromV1Beta1(bgpPeerToV1Beta1(spec));
      assertEquals(back, asV1Beta1(kept));
      assertEquals(bgpPeerFromV1Beta1(bgpPeerToV1Beta1(back)), back, "a second way changes nothing");
    }),
    parameters,
  );
});

Deno.test("whole objects: metadata stays, the status goes, what is of the version already is untouched", () => {
  const versions = ["metallb.io/v1beta1", "metallb.io/v1beta2"] as const;
  const metadata = { name: "tor", labels: { a: "b" }, uid: "u" };
  fc.assert(
    fc.property(
      fc.constantFrom(...versions),
      fc.constantFrom(...versions),
      fc.option(old, { nil: undefined }),
      (from, to, spec) => {
        const object = { apiVersion: from, kind: "BGPPeer", metadata, spec, status: {} };
        const converted = convertBGPPeer(object, to);
        assert(converted !== null);
        assertEquals([converted.apiVersion, converted.kind, converted.metadata], [to, "BGPPeer", metadata]);
        if (from === to) assertEquals(converted, object);
        else assert(!Object.hasOwn(converted, "status"));
      },
    ),
    parameters,
  );
});

Deno.test("versions that there aren't are refused; whatever stands in a spec is converted without a fault", () => {
  const object = { apiVersion: "metallb.io/v1beta1", kind: "BGPPeer", metadata: {} };
  for (const version of ["metallb.io/v1", "v1beta2", ""]) assertEquals(convertBGPPeer(object, version), null);
  assertEquals(convertBGPPeer({ ...object, apiVersion: undefined }, "metallb.io/v1beta2"), null);
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true }), (spec) => {
      for (const version of ["metallb.io/v1beta1", "metallb.io/v1beta2"]) {
        assert(convertBGPPeer({ ...object, spec }, version) !== null);
        assert(convertBGPPeer({ ...object, apiVersion: "metallb.io/v1beta2", spec }, version) !== null);
      }
    }),
    parameters,
  );
});
