/** Looks into certificates, with what TLS has loaded anyway. */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import type { WebhookCertificates } from "../../certificates/material.ts";
import type { AuthorityFindings, Findings, ServerFindings, Validity } from "../../certificates/renewal.ts";

/** Never throws: what can't be read is null, or not usable. */
export function inspect({ caPem, caKeyPem, certPem, keyPem }: WebhookCertificates): Findings {
  const authority = attempt(() => new X509Certificate(caPem));
  const server = attempt(() => new X509Certificate(certPem));
  return {
    authority: authority && {
      ...validityOf(authority),
      keyUsable: isPlainP256(caKeyPem) && fits(authority, caKeyPem),
    } satisfies AuthorityFindings,
    server: server && {
      ...validityOf(server),
      names: namesOf(server),
      keyFits: fits(server, keyPem),
      signedByAuthority: authority !== null && attempt(() => server.verify(authority.publicKey)) === true,
    } satisfies ServerFindings,
  };
}

function validityOf({ validFrom, validTo }: X509Certificate): Validity {
  return { fromMs: Date.parse(validFrom), untilMs: Date.parse(validTo) };
}

/** As in `DNS:a.example, DNS:b.example`. */
function namesOf({ subjectAltName = "" }: X509Certificate): readonly string[] {
  return subjectAltName.split(", ").filter((name) => name.startsWith("DNS:")).map((name) => name.slice(4));
}

function fits(certificate: X509Certificate, keyPem: string): boolean {
  return attempt(() => certificate.checkPrivateKey(createPrivateKey(keyPem))) === true;
}

/** The kind of key that we make, in the form that Web Crypto reads: PKCS #8. */
function isPlainP256(keyPem: string): boolean {
  const key: KeyObject | null = attempt(() => createPrivateKey(keyPem));
  return keyPem.includes("-----BEGIN PRIVATE KEY-----") && key?.asymmetricKeyType === "ec" &&
    key.asymmetricKeyDetails?.namedCurve === "prime256v1";
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
