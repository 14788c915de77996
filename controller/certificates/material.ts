/** The webhook's certificates as they are kept: in a Secret, under the keys that MetalLB has. */
import { isMapping } from "../../crds/values.ts";

/** PEM texts. */
export interface WebhookCertificates {
  /** Who trusts it: the authority that signs now, and after it the one before, whose certificates may still be served. */
  readonly caPem: string;
  readonly caKeyPem: string;
  readonly certPem: string;
  readonly keyPem: string;
}

const keys = {
  caPem: "ca.crt",
  caKeyPem: "ca.key",
  certPem: "tls.crt",
  keyPem: "tls.key",
} as const satisfies Record<keyof WebhookCertificates, string>;

const fields = Object.entries(keys) as readonly [keyof WebhookCertificates, string][];

/** Reads `data` of the Secret; null when a key is missing, empty or no base64, as in a Secret that was just created. */
export function certificatesIn(data: unknown): WebhookCertificates | null {
  if (!isMapping(data)) return null;
  const texts = fields.map(([name, key]) => [name, textOf(data[key])] as const);
  return texts.some(([, text]) => text === null)
    ? null
    : Object.fromEntries(texts) as Record<keyof WebhookCertificates, string>;
}

/** The other way round. */
export function secretDataOf(certificates: WebhookCertificates): Readonly<Record<string, string>> {
  return Object.fromEntries(fields.map(([name, key]) => [key, btoa(certificates[name])]));
}

/** The first certificate of a PEM text, or "" when there is none. */
export function firstCertificate(pem: string): string {
  return /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/.exec(pem)?.[0] ?? "";
}

/** The new authority first; after it the old one, so that what it signed is trusted until nobody serves it any more. */
export function caBundle(newPem: string, oldPem: string | null): string {
  const old = oldPem === null ? "" : firstCertificate(oldPem);
  return old === "" ? newPem : `${newPem.trimEnd()}\n${old}\n`;
}

function textOf(value: unknown): string | null {
  if (typeof value !== "string" || value === "") return null;
  try {
    return atob(value);
  } catch {
    return null;
  }
}
