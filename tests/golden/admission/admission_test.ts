/** The answer to every row, through the whole of the pure part: review in, review out. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { admissionReviewOf, readAdmissionReview } from "../../../controller/admission/review.ts";
import { admissionPaths } from "../../../controller/admission/subjects.ts";
import { admissionOf, configurationOf, installation, rawObject, reviewOf } from "../../support/admission.ts";
import { type AdmissionCase, admissionCases } from "./cases.ts";

interface Answer {
  readonly response: {
    readonly uid: string;
    readonly allowed: boolean;
    readonly status?: {
      readonly message: string;
      readonly reason: string;
      readonly details: {
        readonly name: string;
        readonly kind: string;
        readonly causes: readonly { readonly field: string; readonly message: string }[];
      };
    };
    readonly warnings?: readonly string[];
  };
}

/** Younger than all others. */
const newest = 1000;

function bodyOf(row: AdmissionCase): unknown {
  const { kind, name = "x", namespace = installation, operation = "CREATE", spec, old, deleting } = row;
  const age = old?.age ?? row.age ?? newest;
  const object = rawObject(kind, name, spec, age, namespace);
  const marked = { ...object, metadata: { ...object.metadata, deletionTimestamp: "2026-02-01T00:00:00Z" } };
  return reviewOf(
    operation,
    operation === "DELETE" ? null : deleting ? marked : object,
    old === undefined ? null : rawObject(kind, name, old.spec, age, namespace),
  );
}

/** As the shell asks: first without nodes, which the answer need not depend on. */
function answerTo(row: AdmissionCase): Answer {
  const { kind, name = "x", others, old } = row;
  const { admission } = admissionOf(kind);
  const request = readAdmissionReview(bodyOf(row));
  const there = configurationOf(
    old === undefined ? others : { ...others, [kind]: { ...others?.[kind], [name]: old.spec } },
  );
  const first = admission.judge(request, {
    namespace: installation,
    configuration: { ...there, nodes: [] },
    nodesRead: false,
  });
  const judgement = first.type === "verdict"
    ? first
    : admission.judge(request, { namespace: installation, configuration: there, nodesRead: true });
  assert(judgement.type === "verdict");
  return admissionReviewOf(request, judgement.verdict) as Answer;
}

Deno.test("admission: what is refused, for which fields, and what is warned of", async (t) => {
  for (const row of admissionCases) {
    const { kind, operation = "CREATE", what, refused, warnings } = row;
    await t.step(`${operation} ${kind}: ${what}`, () => {
      const { response } = answerTo(row);
      assertEquals(response.uid, "uid-of-the-question");
      const causes = response.status?.details.causes ?? [];
      assertEquals(causes.map(({ field }) => field), refused.map(([field]) => field));
      refused.forEach(([field, word], index) => {
        assertStringIncludes(causes[index]?.message ?? "", word);
        assertStringIncludes(response.status?.message ?? "", `${field}: ${causes[index]?.message}`);
      });
      assertEquals(response.allowed, refused.length === 0);
      if (!response.allowed) {
        assertEquals(response.status?.details.name, row.name ?? "x");
        assertEquals(response.status?.details.kind, kind);
        assertEquals(response.status?.reason, operation === "DELETE" ? "Forbidden" : "Invalid");
      }
      assertEquals(response.warnings?.length ?? 0, warnings.length, response.warnings?.join("\n"));
      warnings.forEach((word, index) => assertStringIncludes(response.warnings?.[index] ?? "", word));
    });
  }
});

Deno.test("admission: every path has rows that are taken, refused and warned of", () => {
  const kinds = new Set(admissionCases.map(({ kind }) => kind));
  assertEquals(kinds.size, admissionPaths.length);
  for (const kind of kinds) {
    const rows = admissionCases.filter((row) => row.kind === kind);
    assert(rows.some(({ refused, warnings }) => refused.length + warnings.length === 0), `${kind}: taken`);
    assert(rows.some(({ refused }) => refused.length > 0), `${kind}: refused`);
    assert(
      rows.some(({ refused, warnings }) => refused.length === 0 && warnings.length > 0),
      `${kind}: warned`,
    );
  }
});

Deno.test("admission: a whole refusal and a whole warning, word for word", () => {
  const refusal = admissionCases.find(({ what }) => what === "an aggregate that is wider than the pool");
  const warning = admissionCases.find(({ what }) => what === "for a pool that isn't there");
  assert(refusal !== undefined && warning !== undefined);
  const message =
    "invalid aggregation length 26: prefix 28 in this pool is more specific than the aggregation length for addresses " +
    '192.0.2.0/28 of IPAddressPool "a" (spec.addresses[0]); this advertisement announces none of them; write a length ' +
    "from 28 to 32";
  assertEquals(answerTo(refusal) as unknown, {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    response: {
      uid: "uid-of-the-question",
      allowed: false,
      status: {
        status: "Failure",
        message: `BGPAdvertisement "metallb-system/x": spec.aggregationLength: ${message}`,
        reason: "Invalid",
        code: 422,
        details: {
          name: "x",
          group: "metallb.io",
          kind: "BGPAdvertisement",
          causes: [{ reason: "FieldValueInvalid", message, field: "spec.aggregationLength" }],
        },
      },
    },
  });
  assertEquals(answerTo(warning) as unknown, {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    response: {
      uid: "uid-of-the-question",
      allowed: true,
      warnings: [
        'L2Advertisement "x", spec.ipAddressPools[0]: there is no usable IPAddressPool "b"; the name has no effect ' +
        "until there is",
      ],
    },
  });
});
