import { assert, assertEquals } from "@std/assert";
import type { Problem } from "../../../core/problem.ts";
import {
  type Findings,
  lackingOfConfigurationState,
  statementOf,
} from "../../../crds/configurationreport.ts";
import type { RawObject } from "../../../crds/rawobject.ts";

const controller = { type: "controller" } as const;
const speaker = { type: "speaker", node: "n1" } as const;
const now = "2030-01-01T00:00:00Z";
const before = "2029-12-31T23:00:00Z";
const pod = { apiVersion: "v1", kind: "Pod", name: "controller-abc", uid: "u-1" };

function problem(name: string, message = "wrong", severity: Problem["severity"] = "error"): Problem {
  return {
    severity,
    kind: "IPAddressPool",
    namespace: "metallb-system",
    name,
    field: "spec.addresses[0]",
    message,
  };
}

const findings = (...problems: Problem[]): Findings => ({ problems, unread: [] });

/** The object as it is when all of it was applied. */
function applied(
  from: ReturnType<typeof lackingOfConfigurationState>,
  found: RawObject | null = null,
): RawObject {
  return from.reduce<RawObject>(
    (object, { subresource, body }) =>
      subresource === null
        ? { ...object, metadata: { ...object.metadata, ...body.metadata } }
        : { ...object, status: body["status"] },
    found ?? { metadata: {} },
  );
}

const lacking = (
  found: RawObject | null,
  said = findings(),
  component: typeof controller | typeof speaker = controller,
) => lackingOfConfigurationState({ component, owner: pod, findings: said, found, now });

Deno.test("ConfigurationState: a missing object is made, and its status after it", () => {
  assertEquals(lacking(null, findings(), speaker), [
    {
      subresource: null,
      body: {
        metadata: {
          name: "speaker-n1",
          labels: { "metallb.io/component-type": "speaker", "metallb.io/node-name": "n1" },
          ownerReferences: [pod],
        },
      },
    },
    {
      subresource: "status",
      body: {
        metadata: { name: "speaker-n1" },
        status: {
          result: "Valid",
          errorSummary: "",
          conditions: [{
            type: "configReconcilerValid",
            status: "True",
            reason: "Reconciled",
            message: "",
            lastTransitionTime: now,
          }],
        },
      },
    },
  ]);
});

Deno.test("ConfigurationState: what is as it shall be is left alone, whatever the time", () => {
  for (const said of [findings(), findings(problem("a"))]) {
    assertEquals(lacking(applied(lacking(null, said)), said), []);
  }
});

Deno.test("ConfigurationState: errors are told with object, field and text, sorted, each once; warnings are not", () => {
  const said = findings(problem("b"), problem("a", "bad"), problem("c", "odd", "warning"), problem("b"));
  assertEquals(statementOf(controller, said), {
    type: "poolReconcilerValid",
    status: "False",
    reason: "ConfigurationError",
    message:
      "configuration error: IPAddressPool a, spec.addresses[0]: bad\nIPAddressPool b, spec.addresses[0]: wrong",
  });
  assertEquals(statementOf(controller, findings(problem("c", "odd", "warning"))).status, "True");
});

Deno.test("ConfigurationState: kinds that can't be read are told only where nothing is wrong", () => {
  const unread = ["bgppeers", "bfdprofiles"];
  const statement = statementOf(controller, { problems: [], unread });
  assertEquals([statement.status, statement.reason], ["False", "UnknownError"]);
  assertEquals(statement.message, "could not be read yet: bfdprofiles, bgppeers");
  assertEquals(statementOf(controller, { problems: [problem("a")], unread }).reason, "ConfigurationError");
  // As MetalLB counts: only errors of the configuration make it Invalid.
  const [, status] = lacking(null, { problems: [], unread });
  assertEquals((status?.body["status"] as { result: string }).result, "Valid");
});

Deno.test("ConfigurationState: a message is bounded, and says how many lines are left out", () => {
  const many = Array.from(
    { length: 500 },
    (_, index) => problem(`pool-${String(index).padStart(3, "0")}`, "x".repeat(60)),
  );
  const { message } = statementOf(controller, findings(...many));
  assert(message.length <= 8192, String(message.length));
  const lines = message.split("\n");
  const left = /^and (\d+) more$/.exec(lines.at(-1) ?? "")?.[1];
  assertEquals(Number(left) + lines.length - 1, 500);
  const one = statementOf(controller, findings(problem("long", "y".repeat(20_000)))).message;
  assert(one.length <= 8192 && one.endsWith("y..."), one.slice(-20));
  const two = statementOf(controller, findings(problem("a", "y".repeat(20_000)), problem("b"))).message;
  assert(two.length <= 8192 && two.endsWith("\nand 1 more"), two.slice(-20));
});

Deno.test("ConfigurationState: the time changes with what is said, and only then", () => {
  const time = (found: RawObject, said: Findings) => {
    const [status] = lacking(found, said).filter(({ subresource }) => subresource === "status");
    return (status?.body["status"] as { conditions: { lastTransitionTime: string }[] } | undefined)
      ?.conditions[0]?.lastTransitionTime;
  };
  const found = applied(
    lackingOfConfigurationState({
      component: controller,
      owner: pod,
      findings: findings(),
      found: null,
      now: before,
    }),
  );
  assertEquals(time(found, findings(problem("a"))), now);
  // The summary was edited, the condition wasn't.
  const status = found.status as Record<string, unknown>;
  assertEquals(time({ ...found, status: { ...status, result: "Invalid" } }, findings()), before);
});

Deno.test("ConfigurationState: labels, owner and status that were edited are applied again, each by itself", () => {
  const found = applied(lacking(null));
  const kinds = (object: RawObject) => lacking(object).map(({ subresource }) => subresource ?? "object");
  assertEquals(kinds({ ...found, metadata: { ...found.metadata, labels: {} } }), ["object"]);
  assertEquals(
    kinds({ ...found, metadata: { ...found.metadata, ownerReferences: [{ ...pod, uid: "u-0" }] } }),
    [
      "object",
    ],
  );
  assertEquals(
    kinds({ ...found, metadata: { ...found.metadata, labels: { ...found.metadata.labels, mine: "x" } } }),
    [],
  );
  const status = found.status as Record<string, unknown>;
  for (const edit of [{ result: "Invalid" }, { errorSummary: "x" }, { conditions: [] }]) {
    assertEquals(kinds({ ...found, status: { ...status, ...edit } }), ["status"]);
  }
  const { status: _, ...bare } = found;
  assertEquals(kinds(bare), ["status"]);
});

Deno.test("ConfigurationState: without a Pod nobody owns it, and somebody else's ownership stays", () => {
  const made = lackingOfConfigurationState({
    component: controller,
    owner: null,
    findings: findings(),
    found: null,
    now,
  });
  assertEquals(made[0]?.body.metadata["ownerReferences"], undefined);
  const owned = { ...applied(made), metadata: { ...applied(made).metadata, ownerReferences: [pod] } };
  assertEquals(
    lackingOfConfigurationState({
      component: controller,
      owner: null,
      findings: findings(),
      found: owned,
      now,
    }),
    [],
  );
});

Deno.test("ConfigurationState: conditions of others stay, and count in the result", () => {
  const foreign = {
    type: "frrReconcilerValid",
    status: "False",
    reason: "ConfigurationError",
    message: "configuration error: theirs",
    lastTransitionTime: before,
  };
  const found = applied(lacking(null));
  const { conditions, ...rest } = found.status as { conditions: unknown[] };
  const [status] = lacking({ ...found, status: { ...rest, conditions: [...conditions, foreign] } });
  assertEquals(status?.body["status"], {
    result: "Invalid",
    errorSummary: "configuration error: theirs",
    conditions,
  });
});
