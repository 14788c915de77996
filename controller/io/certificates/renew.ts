/** Makes what was decided to be made. */
import { caBundle, firstCertificate, type WebhookCertificates } from "../../certificates/material.ts";
import type { Lifetimes, Renewal } from "../../certificates/renewal.ts";

/**
 * New certificates. The old authority stays trusted, so that a replica that still serves what it signed is believed.
 *
 * @param old null: there are none
 * @param name the server's DNS name
 * @param nowMs since the Unix epoch
 */
export async function renew(
  { type }: Exclude<Renewal, { readonly type: "keep" }>,
  old: WebhookCertificates | null,
  name: string,
  nowMs: number,
  { authorityMs, serverMs, skewMs }: Lifetimes,
): Promise<WebhookCertificates> {
  const { makeAuthority, makeServerCertificate } = await import("./maker.ts");
  const fromMs = nowMs - skewMs;
  const authority = type === "renewServer" && old !== null
    ? { certPem: firstCertificate(old.caPem), keyPem: old.caKeyPem }
    : await makeAuthority({ fromMs, untilMs: nowMs + authorityMs });
  const server = await makeServerCertificate(authority, name, { fromMs, untilMs: nowMs + serverMs });
  return {
    caPem: type === "renewServer" && old !== null
      ? old.caPem
      : caBundle(authority.certPem, old?.caPem ?? null),
    caKeyPem: authority.keyPem,
    certPem: server.certPem,
    keyPem: server.keyPem,
  };
}
