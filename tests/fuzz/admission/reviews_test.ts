/** Whatever arrives at the webhooks: only a ReviewError comes out, and an answer is an answer. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { convertReview } from "../../../controller/admission/conversion.ts";
import { admissionReviewOf, readAdmissionReview, ReviewError } from "../../../controller/admission/review.ts";
import { admissionAt, admissionPaths } from "../../../controller/admission/subjects.ts";
import { configurationOf, installation } from "../../support/admission.ts";

const runs = { seed: 5, numRuns: 1500 };

const peer = { myASN: 64512, peerASN: 64513, peerAddress: "192.0.2.1", bfdProfile: "fast" };
const known = {
  namespace: installation,
  nodesRead: true,
  configuration: configurationOf({
    IPAddressPool: { a: { addresses: ["192.0.2.0/24"] } },
    BGPAdvertisement: { a: { localPref: 7 } },
    BGPPeer: { a: peer },
    BFDProfile: { fast: { echoMode: true } },
    Community: { a: { communities: [{ name: "n", value: "1:1" }] } },
    Node: { one: {} },
  }),
};

const maybe = <T>(value: fc.Arbitrary<T>) => fc.oneof({ weight: 6, arbitrary: value }, fc.jsonValue());

const spec = fc.dictionary(
  fc.constantFrom(
    ...[
      "addresses",
      "serviceAllocation",
      "autoAssign",
      "ipAddressPools",
      "nodeSelectors",
      "peers",
      "localPref",
    ],
    ...[
      "aggregationLength",
      "communities",
      "myASN",
      "peerASN",
      "peerAddress",
      "passwordSecret",
      "bfdProfile",
    ],
    ...["echoMode", "receiveInterval", "password", "holdTime"],
  ),
  maybe(
    fc.constantFrom<unknown>(
      ...[["192.0.2.0/28"], [{ name: "n", value: "1:1" }], { name: "s" }, "fast", 24, true, "192.0.2.1"],
      [{ matchLabels: { a: "b" } }],
    ),
  ),
);

const object = fc.record({
  apiVersion: maybe(fc.constantFrom("metallb.io/v1beta1", "metallb.io/v1beta2")),
  kind: maybe(fc.constant("BGPPeer")),
  metadata: maybe(fc.record({
    name: maybe(fc.constantFrom("a", "x")),
    namespace: maybe(fc.constantFrom(installation, "default")),
    labels: maybe(fc.constant({ a: "b" })),
    annotations: fc.jsonValue(),
    creationTimestamp: maybe(fc.constant("2026-01-01T00:00:00Z")),
  })),
  spec: maybe(spec),
});

const review = fc.record({
  apiVersion: maybe(fc.constant("admission.k8s.io/v1")),
  kind: maybe(fc.constantFrom("AdmissionReview", "ConversionReview")),
  request: maybe(fc.record({
    uid: maybe(fc.constant("u")),
    operation: maybe(fc.constantFrom("CREATE", "UPDATE", "DELETE")),
    object: fc.oneof(object, fc.constant(null)),
    oldObject: fc.oneof(object, fc.constant(null)),
    desiredAPIVersion: maybe(fc.constantFrom("metallb.io/v1beta1", "metallb.io/v1beta2")),
    objects: maybe(fc.array(object, { maxLength: 3 })),
  })),
});

Deno.test("admission of anything: an answer to the question, or a ReviewError", () => {
  let answered = 0;
  fc.assert(
    fc.property(review, fc.constantFrom(...admissionPaths), fc.boolean(), (body, path, isKnown) => {
      const admission = admissionAt(path);
      assert(admission !== null);
      try {
        const request = readAdmissionReview(body);
        admission.reads(request);
        const judgement = admission.judge(request, isKnown ? known : { ...known, configuration: null });
        assert(judgement.type === "verdict");
        const answer = JSON.parse(JSON.stringify(admissionReviewOf(request, judgement.verdict)));
        assertEquals(answer.response.uid, request.uid);
        assertEquals(typeof answer.response.allowed, "boolean");
        answered++;
      } catch (error) {
        if (!(error instanceof ReviewError)) throw error;
      }
    }),
    runs,
  );
  assert(answered > 200, String(answered));
});

Deno.test("conversion of anything: as many objects as there were, a failure with a reason, or a ReviewError", () => {
  let answered = 0;
  fc.assert(
    fc.property(review, (body) => {
      try {
        const { response } = convertReview(body) as {
          readonly response: {
            readonly result: { readonly status: string; readonly message?: string };
            readonly convertedObjects: readonly unknown[];
          };
        };
        const { result: { status, message = "" }, convertedObjects } = response;
        const { objects } = (body as { readonly request: { readonly objects: readonly unknown[] } }).request;
        assertEquals(convertedObjects.length, status === "Success" ? objects.length : 0);
        assertEquals(status === "Success", message === "");
        answered++;
      } catch (error) {
        if (!(error instanceof ReviewError)) throw error;
      }
    }),
    runs,
  );
  assert(answered > 200, String(answered));
});
