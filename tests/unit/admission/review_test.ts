import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { conversionPath, convertReview } from "../../../controller/admission/conversion.ts";
import type { Known } from "../../../controller/admission/judge.ts";
import { admissionReviewOf, readAdmissionReview, ReviewError } from "../../../controller/admission/review.ts";
import { admissionAt, admissionPaths } from "../../../controller/admission/subjects.ts";
import { warningsOf } from "../../../controller/admission/warnings.ts";
import type { Problem } from "../../../core/problem.ts";
import { admissionOf, configurationOf, installation, rawObject, reviewOf } from "../../support/admission.ts";

const known = (objects = {}): Known => ({
  namespace: installation,
  configuration: configurationOf(objects),
  nodesRead: true,
});

function verdict(kind: string, body: unknown, about: Known = known()) {
  const judgement = admissionOf(kind).admission.judge(readAdmissionReview(body), about);
  assert(judgement.type === "verdict");
  return judgement.verdict;
}

const nothing = { refusals: [], warnings: [] };

Deno.test("reviews: a body that is none says what is missing", () => {
  const request = { uid: "1", operation: "CREATE", object: rawObject("IPAddressPool", "x", {}, 1) };
  const review = (change: Record<string, unknown>) => ({
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: { ...request, ...change },
  });
  assertEquals(readAdmissionReview(review({})).uid, "1");
  const bad: readonly [body: unknown, says: string][] = [
    [null, "AdmissionReview, not empty"],
    ["text", "AdmissionReview, not the text"],
    [[], "AdmissionReview, not a list"],
    [{}, "one of kind empty"],
    [{ kind: "ConversionReview", apiVersion: "v1", request }, 'one of kind the text "ConversionReview"'],
    [{ kind: "AdmissionReview", request }, "apiVersion must be text"],
    [{ kind: "AdmissionReview", apiVersion: "admission.k8s.io/v1" }, "request must be a mapping"],
    [review({ uid: "" }), "request.uid must be text"],
    [review({ uid: 7 }), "request.uid must be text"],
    [review({ operation: undefined }), "request.operation must be text"],
    [review({ object: "x" }), "request.object must be an object with metadata"],
    [review({ object: {} }), "request.object must be an object with metadata"],
    [review({ oldObject: { metadata: [] } }), "request.oldObject must be an object with metadata"],
  ];
  for (const [body, says] of bad) {
    const error = assertThrows(() => readAdmissionReview(body), ReviewError);
    assertStringIncludes(error.message, says);
  }
});

Deno.test("reviews: paths are MetalLB's", () => {
  assertEquals([...admissionPaths].sort(), [
    "/validate-metallb-io-v1beta1-bfdprofile",
    "/validate-metallb-io-v1beta1-bgpadvertisement",
    "/validate-metallb-io-v1beta1-community",
    "/validate-metallb-io-v1beta1-ipaddresspool",
    "/validate-metallb-io-v1beta1-l2advertisement",
    "/validate-metallb-io-v1beta2-bgppeer",
  ]);
  assertEquals(admissionAt(conversionPath), null);
});

Deno.test("reviews: what is not asked about is allowed, and needs no other object", () => {
  const bad = rawObject("IPAddressPool", "x", { addresses: ["nonsense"] }, 1);
  const { admission } = admissionOf("IPAddressPool");
  for (const operation of ["DELETE", "CONNECT", "SOMETHING"]) {
    const body = reviewOf("CREATE", bad, bad) as { request: Record<string, unknown> };
    const changed = { ...body, request: { ...body.request, operation } };
    assertEquals(verdict("IPAddressPool", changed), nothing);
    assertEquals(admission.reads(readAdmissionReview(changed)), null);
  }
  const body = reviewOf("UPDATE", bad, bad) as { request: Record<string, unknown> };
  assertEquals(
    verdict("IPAddressPool", { ...body, request: { ...body.request, subResource: "status" } }),
    nothing,
  );
});

Deno.test("reviews: without the other objects only the object's own errors refuse, and that is said", () => {
  const alone: Known = { namespace: installation, configuration: null, nodesRead: true };
  const pool = (spec: unknown) => reviewOf("CREATE", rawObject("IPAddressPool", "x", spec, 1));
  const good = verdict("IPAddressPool", pool({ addresses: ["192.0.2.0/24"] }), alone);
  assertEquals(good.refusals, []);
  assertEquals(good.warnings.length, 1);
  assertStringIncludes(good.warnings[0] ?? "", "was not compared with the other objects");
  const bad = verdict("IPAddressPool", pool({ addresses: ["192.0.2.9-192.0.2.1"] }), alone);
  assertEquals(bad.refusals.map(({ field }) => field), ["spec.addresses[0]"]);
  const removal = reviewOf("DELETE", null, rawObject("BFDProfile", "fast", {}, 1));
  assertEquals(verdict("BFDProfile", removal, alone), nothing);
});

Deno.test("reviews: nodes are asked for only when they can change the answer", () => {
  const { admission } = admissionOf("BGPPeer");
  const spec = { myASN: 64512, peerASN: 64513, peerAddress: "192.0.2.1" };
  const ask = (others: Record<string, unknown>, given: unknown = spec) =>
    admission.judge(readAdmissionReview(reviewOf("CREATE", rawObject("BGPPeer", "x", given, 9))), {
      namespace: installation,
      configuration: configurationOf({ BGPPeer: others }),
      nodesRead: false,
    }).type;
  const nodeSelectors = [{ matchLabels: { rack: "1" } }];
  assertEquals(ask({}), "verdict");
  assertEquals(ask({ a: spec }), "verdict");
  assertEquals(ask({ a: { ...spec, peerAddress: "192.0.2.2", nodeSelectors } }), "verdict");
  assertEquals(ask({ a: { ...spec, nodeSelectors } }), "nodesNeeded");
  assertEquals(ask({ a: spec }, { ...spec, nodeSelectors }), "nodesNeeded");
});

Deno.test("reviews: several refusals are one message, with a cause each", () => {
  const body = reviewOf(
    "CREATE",
    rawObject("Community", "x", { communities: [{ name: "a", value: "1" }, { name: "b", value: "2" }] }, 1),
  );
  const review = admissionReviewOf(readAdmissionReview(body), verdict("Community", body)) as {
    readonly response: {
      readonly status: { readonly message: string; readonly details: { causes: unknown[] } };
    };
  };
  const { message, details } = review.response.status;
  assertEquals(details.causes.length, 2);
  assert(
    /^Community "metallb-system\/x": \[spec\.communities\[0\].*, spec\.communities\[1\].*\]$/.test(message),
  );
});

Deno.test("warnings: none twice, and no flood", () => {
  const problem = (message: string): Problem => ({
    ...{ severity: "warning", kind: "BGPPeer", namespace: installation, name: "x", field: "spec" },
    message,
  });
  assertEquals(warningsOf([problem("a"), problem("b"), problem("a")]), [
    'BGPPeer "x", spec: a',
    'BGPPeer "x", spec: b',
  ]);
  const many = warningsOf(Array.from({ length: 40 }, (_, index) => problem(String(index))));
  assertEquals([many.length, many.at(-1)], [16, "and 25 more"]);
  assertEquals(warningsOf(Array.from({ length: 16 }, (_, index) => problem(String(index)))).length, 16);
});

const peer = (version: string, spec: Record<string, unknown> = {}) => ({
  apiVersion: `metallb.io/${version}`,
  kind: "BGPPeer",
  metadata: {
    name: "router",
    namespace: installation,
    labels: { a: "b" },
    managedFields: [{ manager: "m" }],
  },
  spec: { myASN: 64512, peerASN: 64513, peerAddress: "192.0.2.1", ...spec },
});

function conversion(desiredAPIVersion: string, objects: readonly unknown[], apiVersion = "v1") {
  return convertReview({
    apiVersion: `apiextensions.k8s.io/${apiVersion}`,
    kind: "ConversionReview",
    request: { uid: "u", desiredAPIVersion, objects },
  }) as {
    readonly apiVersion: string;
    readonly response: {
      readonly uid: string;
      readonly result: { readonly status: string; readonly message?: string };
      readonly convertedObjects: readonly { readonly apiVersion: string; readonly metadata: unknown }[];
    };
  };
}

Deno.test("conversion: all objects, in order, in both versions of the review", () => {
  for (const version of ["v1", "v1beta1"]) {
    const objects = [peer("v1beta1"), peer("v1beta2", { vrf: "red" }), peer("v1beta1", { holdTime: "30s" })];
    const { apiVersion, response } = conversion("metallb.io/v1beta2", objects, version);
    assertEquals(apiVersion, `apiextensions.k8s.io/${version}`);
    assertEquals([response.uid, response.result], ["u", { status: "Success" }]);
    assertEquals(response.convertedObjects as unknown, [
      { ...peer("v1beta2"), spec: { ...peer("").spec, holdTime: "0s", keepaliveTime: "0s" } },
      objects[1],
      { ...peer("v1beta2"), spec: { ...peer("").spec, holdTime: "30s", keepaliveTime: "0s" } },
    ]);
  }
  const down = conversion("metallb.io/v1beta1", [peer("v1beta2", { vrf: "red", holdTime: "30s" })]).response;
  assertEquals(down.convertedObjects as unknown, [{
    ...peer("v1beta1"),
    spec: { ...peer("").spec, holdTime: "30s", keepaliveTime: "0s", nodeSelectors: [] },
  }]);
});

Deno.test("conversion: a failure names the objects, and converts none", () => {
  const failure = (version: string, ...objects: unknown[]) => {
    const { result, convertedObjects } = conversion(version, objects).response;
    assertEquals([result.status, convertedObjects], ["Failure", []]);
    return result.message ?? "";
  };
  assertStringIncludes(
    failure("metallb.io/v1", peer("v1beta1")),
    'BGPPeer "metallb-system/router" can\'t be converted from the text "metallb.io/v1beta1" to "metallb.io/v1"',
  );
  assertStringIncludes(failure("metallb.io/v1beta2", peer("v1beta1"), peer("v9")), "v9");
  assertStringIncludes(
    failure("metallb.io/v1beta1", rawObject("IPAddressPool", "a", {}, 1)),
    'IPAddressPool "metallb-system/a" can\'t be converted: only BGPPeers',
  );
  assertStringIncludes(failure("metallb.io/v1beta1", { kind: "BGPPeer" }), "metadata must be a mapping");
  assertStringIncludes(failure("metallb.io/v1beta1", 7), "must be a mapping, not 7");
  assertStringIncludes(
    failure("metallb.io/v1", ...Array.from({ length: 9 }, () => peer("v1beta1"))),
    "and 4 more",
  );
});

Deno.test("conversion: a body that is no review", () => {
  for (
    const request of [
      {},
      { uid: "u", objects: [] },
      { uid: "u", desiredAPIVersion: "metallb.io/v1beta1" },
      { desiredAPIVersion: "metallb.io/v1beta1", objects: [] },
    ]
  ) {
    assertThrows(
      () => convertReview({ apiVersion: "apiextensions.k8s.io/v1", kind: "ConversionReview", request }),
      ReviewError,
    );
  }
});
