/** The webhook manifests against what the controller serves and is allowed. */
import { assert, assertEquals } from "@std/assert";
import { parseAllDocuments } from "yaml";
import { conversionPath } from "../../../controller/admission/conversion.ts";
import { admissionAt, admissionPaths } from "../../../controller/admission/subjects.ts";
import { parseControllerFlags } from "../../../controller/flags.ts";
import { injectionPlaces } from "../../../controller/io/certificates/objects.ts";
import { bgpPeerKind } from "../../../crds/bgppeer.ts";

const folder = new URL("../../../deploy/manifests/", import.meta.url);

interface Webhook {
  readonly name: string;
  readonly admissionReviewVersions: readonly string[];
  readonly clientConfig: {
    readonly service: { readonly name: string; readonly namespace: string; readonly path: string };
  };
  readonly failurePolicy: string;
  readonly sideEffects: string;
  readonly timeoutSeconds: number;
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly apiVersions: readonly string[];
    readonly operations: readonly string[];
    readonly resources: readonly string[];
  }[];
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: unknown;
  readonly spec?: { readonly selector: unknown; readonly ports: readonly Record<string, unknown>[] };
  readonly webhooks?: readonly Webhook[];
}

interface Rule {
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

async function manifests<T>(file: string): Promise<readonly T[]> {
  const documents = parseAllDocuments(await Deno.readTextFile(new URL(file, folder)));
  return documents.map((document) => document.toJS() as T);
}

const objects = await manifests<Manifest>("50-webhooks.yaml");

function the(kind: string): Manifest {
  const found = objects.filter((object) => object.kind === kind);
  assertEquals([kind, found.length], [kind, 1]);
  return found[0] as Manifest;
}

const defaults = parseControllerFlags([], {});

Deno.test("webhook manifests: the names are those that the controller looks for", () => {
  assert(defaults.kind === "options");
  const { webhookSecret, certServiceName } = defaults.options;
  assertEquals(the("Secret").metadata.name, webhookSecret);
  assertEquals(the("Secret").data, undefined);
  assertEquals(the("Service").metadata.name, certServiceName);
  assertEquals(bgpPeerKind.conversion, {
    serviceName: certServiceName,
    serviceNamespace: "metallb-system",
    path: conversionPath,
  });
  assertEquals(injectionPlaces.map(({ resource, name }) => `${resource.kind} ${name}`), [
    `ValidatingWebhookConfiguration ${the("ValidatingWebhookConfiguration").metadata.name}`,
    "CustomResourceDefinition bgppeers.metallb.io",
  ]);
});

Deno.test("webhook manifests: the Service leads to the controllers' port 9443", () => {
  const { spec } = the("Service");
  assertEquals(spec?.selector, { app: "metallb", component: "controller" });
  assertEquals(spec?.ports, [{ name: "webhook", port: 443, targetPort: 9443 }]);
});

Deno.test("webhook manifests: MetalLB's paths, each with a kind behind it, and nothing blocked without an answer", () => {
  const webhooks = the("ValidatingWebhookConfiguration").webhooks ?? [];
  assertEquals(
    webhooks.map(({ clientConfig }) => clientConfig.service.path).sort(),
    [...admissionPaths].sort(),
  );
  for (const webhook of webhooks) {
    const { clientConfig: { service }, rules: [rule, ...others] } = webhook;
    assert(rule !== undefined && others.length === 0);
    const kind = admissionAt(service.path)?.kind ?? "";
    const version = kind === "BGPPeer" ? "v1beta2" : "v1beta1";
    assertEquals(service.path, `/validate-metallb-io-${version}-${kind.toLowerCase()}`);
    assertEquals([service.name, service.namespace], ["metallb-webhook-service", "metallb-system"]);
    assertEquals([rule.apiGroups, rule.apiVersions], [["metallb.io"], [version]]);
    assertEquals(rule.operations, ["CREATE", kind === "BFDProfile" ? "DELETE" : "UPDATE"]);
    const plurals = kind === "Community" ? ["communities"] : [`${kind.toLowerCase()}s`];
    assertEquals(rule.resources, plurals);
    const { failurePolicy, sideEffects, admissionReviewVersions, timeoutSeconds } = webhook;
    assertEquals([failurePolicy, sideEffects, admissionReviewVersions], ["Ignore", "None", ["v1"]]);
    assert(timeoutSeconds <= 3);
  }
});

Deno.test("webhook manifests: the controller may do with these objects what it does, by their names", async () => {
  const roles = await manifests<{ readonly kind: string; readonly rules?: readonly Rule[] }>("20-rbac.yaml");
  const verbs = (resource: string) =>
    roles.flatMap(({ rules = [] }) => rules).filter(({ resources, resourceNames }) =>
      resources.includes(resource) && resourceNames !== undefined
    ).map(({ resourceNames, verbs }) => [resourceNames, verbs]);
  const rights = ["list", "watch", "patch"];
  assertEquals(verbs("secrets"), [[["metallb-webhook-cert"], rights]]);
  for (const { resource, name } of injectionPlaces) assertEquals(verbs(resource.plural), [[[name], rights]]);
});
