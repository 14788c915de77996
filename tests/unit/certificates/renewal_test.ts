import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  conversionPatch,
  trimConvertedDefinition,
  trimWebhookConfiguration,
  webhookConfigurationPatch,
} from "../../../controller/certificates/injection.ts";
import {
  caBundle,
  certificatesIn,
  firstCertificate,
  secretDataOf,
  type WebhookCertificates,
} from "../../../controller/certificates/material.ts";
import {
  type AuthorityFindings,
  decideRenewal,
  type Findings,
  type ServerFindings,
  usualLifetimes,
} from "../../../controller/certificates/renewal.ts";

const dayMs = 86_400_000;
const nowMs = Date.UTC(2030, 0, 1);
const name = "metallb-webhook-service.metallb-system.svc";

function found(
  server: Partial<ServerFindings> | null = {},
  authority: Partial<AuthorityFindings> | null = {},
): Findings {
  const validity = { fromMs: nowMs - dayMs, untilMs: nowMs + 200 * dayMs };
  return {
    authority: authority && { ...validity, keyUsable: true, ...authority },
    server: server && { ...validity, names: [name], keyFits: true, signedByAuthority: true, ...server },
  };
}

Deno.test("certificates: when they are made anew, which, and why", () => {
  const rows: readonly [found: Findings | null, type: string, why?: string][] = [
    [null, "renewAll", "there are none yet"],
    [found(), "keep"],
    [found({ untilMs: nowMs + 90 * dayMs + 1 }), "keep"],
    [found({ untilMs: nowMs + 90 * dayMs }), "renewServer", "the server's certificate ends at 2030-04-01"],
    [found({ untilMs: nowMs }), "renewServer", "the server's certificate ended at 2030-01-01"],
    [found({ fromMs: nowMs + 1 }), "renewServer", "counts from 2030-01-01"],
    [found({ names: ["other.svc", name] }), "keep"],
    [found({ names: ["other.svc"] }), "renewServer", `isn't for ${name}`],
    [found({ keyFits: false }), "renewServer", "key doesn't belong"],
    [found({ signedByAuthority: false }), "renewServer", "did not sign"],
    [found(null), "renewServer", "can't be read"],
    [found({}, null), "renewAll", "the authority's certificate can't be read"],
    [found({}, { untilMs: nowMs + 90 * dayMs }), "renewAll", "the authority's certificate ends"],
    // A key that can't sign is only missed when there is something to sign.
    [found({}, { keyUsable: false }), "keep"],
    [found({ keyFits: false }, { keyUsable: false }), "renewAll", "the authority's key can't sign another"],
  ];
  for (const [findings, type, why] of rows) {
    const renewal = decideRenewal(findings, name, nowMs, usualLifetimes);
    assertEquals(renewal.type, type, JSON.stringify(findings));
    if (renewal.type !== "keep") assertStringIncludes(renewal.why, why ?? "?");
  }
});

Deno.test("certificates: ten years, one year, ninety days", () => {
  assertEquals(usualLifetimes.authorityMs / dayMs, 3650);
  assertEquals(usualLifetimes.serverMs / dayMs, 365);
  assertEquals(usualLifetimes.renewBeforeMs / dayMs, 90);
});

Deno.test("certificates: in a Secret under MetalLB's keys", () => {
  const certificates: WebhookCertificates = { caPem: "a", caKeyPem: "b", certPem: "c", keyPem: "d" };
  const data = secretDataOf(certificates);
  assertEquals(data, {
    "ca.crt": btoa("a"),
    "ca.key": btoa("b"),
    "tls.crt": btoa("c"),
    "tls.key": btoa("d"),
  });
  assertEquals(certificatesIn({ ...data, more: "eA==" }), certificates);
  for (const bad of [undefined, null, [], {}, { ...data, "ca.key": "" }, { ...data, "tls.crt": "%" }]) {
    assertEquals(certificatesIn(bad), null);
  }
  const { "tls.key": _, ...incomplete } = data;
  assertEquals(certificatesIn(incomplete), null);
});

Deno.test("certificates: the old authority is trusted after the new one, and none before it", () => {
  const pem = (text: string) => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`;
  assertEquals(caBundle(pem("new"), null), pem("new"));
  assertEquals(caBundle(pem("new"), "nonsense"), pem("new"));
  assertEquals(caBundle(pem("new"), pem("old") + pem("older")), pem("new") + pem("old"));
  assertEquals(firstCertificate(pem("a") + pem("b")), pem("a").trim());
});

const webhook = (name: string, caBundle?: string) => ({
  name,
  failurePolicy: "Ignore",
  clientConfig: { service: { name: "s", namespace: "n" }, ...(caBundle === undefined ? {} : { caBundle }) },
});
const metadata = { name: "x", resourceVersion: "12" };

Deno.test("injection: every webhook gets the bundle, and keeps what else it has", () => {
  const bundle = btoa("pem");
  const object = trimWebhookConfiguration({
    metadata,
    webhooks: [webhook("a"), webhook("b", bundle), webhook("c", "old")],
  });
  assertEquals(webhookConfigurationPatch(object, "pem"), {
    metadata: { resourceVersion: "12" },
    webhooks: [webhook("a", bundle), webhook("b", bundle), webhook("c", bundle)],
  });
  const done = trimWebhookConfiguration({ metadata, webhooks: [webhook("a", bundle), webhook("b", bundle)] });
  assertEquals(webhookConfigurationPatch(done, "pem"), null);
  assertEquals(webhookConfigurationPatch(trimWebhookConfiguration({ metadata }), "pem"), null);
});

Deno.test("injection: a CRD gets it where it converts through a webhook, and nothing is added elsewhere", () => {
  const crd = (conversion: unknown) => trimConvertedDefinition({ metadata, spec: { conversion } });
  const through = (clientConfig: unknown) => crd({ strategy: "Webhook", webhook: { clientConfig } });
  assertEquals(conversionPatch(through({ service: { name: "s" } }), "pem"), {
    metadata: { resourceVersion: "12" },
    spec: { conversion: { webhook: { clientConfig: { caBundle: btoa("pem") } } } },
  });
  assertEquals(conversionPatch(through({ caBundle: btoa("pem") }), "pem"), null);
  for (
    const none of [undefined, { strategy: "None" }, { strategy: "Webhook" }, {
      strategy: "Webhook",
      webhook: {},
    }]
  ) {
    assertEquals(conversionPatch(crd(none), "pem"), null);
  }
  assert(conversionPatch(through({}), "pem") !== null);
});
