/**
 * A certificate that vouches for itself, for an endpoint whose clients can't or won't check one. Written out by hand: a
 * library for certificates holds 15 MiB for as long as the process lives, on each node.
 */
import type { ServerCertificate } from "./servercertificate.ts";

/** DER's tags (ITU-T X.690). */
const tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  /** `[0]`, `[3]`: the fields `version` and `extensions`. */
  version: 0xa0,
  extensions: 0xa3,
  /** `[2]` of GeneralName. */
  dnsName: 0x82,
} as const;

/** Object identifiers with tag and length. */
const oid = {
  commonName: "0603550403",
  ecdsaWithSha256: "06082a8648ce3d040302",
  subjectAltName: "0603551d11",
  extendedKeyUsage: "0603551d25",
  serverAuth: "06082b06010505070301",
} as const;

const dayMs = 86_400_000;

/**
 * Makes a key and a certificate for these DNS names, the first of which is its subject. It is valid from a day ago, for
 * clocks that differ, to ten years from now: the process makes a new one at each start. See RFC 5280 section 4.1.
 */
export async function makeSelfSigned(names: readonly string[], nowMs: number): Promise<ServerCertificate> {
  // Web Crypto would start a thread for this, which is never given back: 5 MiB.
  const { generateKeyPairSync, sign } = await import("node:crypto");
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const body = certificateBody(names, nowMs, publicKey.export({ type: "spki", format: "der" }));
  const signature = sign("sha256", body, privateKey);
  const certificate = der(tag.sequence, body, signatureAlgorithm(), bits(signature));
  return {
    certPem: pem("CERTIFICATE", certificate),
    keyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** `TBSCertificate`. */
function certificateBody(
  names: readonly string[],
  nowMs: number,
  publicKey: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const subject = nameOf(names[0] ?? "");
  return der(
    tag.sequence,
    der(tag.version, positive(Uint8Array.of(2))),
    positive(crypto.getRandomValues(new Uint8Array(16))),
    signatureAlgorithm(),
    subject,
    der(tag.sequence, time(nowMs - dayMs), time(nowMs + 3650 * dayMs)),
    subject,
    publicKey,
    der(
      tag.extensions,
      der(
        tag.sequence,
        extension(oid.subjectAltName, der(tag.sequence, ...names.map((name) => text(tag.dnsName, name)))),
        extension(oid.extendedKeyUsage, der(tag.sequence, Uint8Array.fromHex(oid.serverAuth))),
      ),
    ),
  );
}

function nameOf(commonName: string): Uint8Array {
  const attribute = der(tag.sequence, Uint8Array.fromHex(oid.commonName), text(tag.utf8String, commonName));
  return der(tag.sequence, der(tag.set, attribute));
}

function signatureAlgorithm(): Uint8Array {
  return der(tag.sequence, Uint8Array.fromHex(oid.ecdsaWithSha256));
}

function extension(id: string, value: Uint8Array): Uint8Array {
  return der(tag.sequence, Uint8Array.fromHex(id), der(tag.octetString, value));
}

/** Before 2050 a year has two digits (RFC 5280 section 4.1.2.5). */
function time(ms: number): Uint8Array {
  const digits = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, "");
  return digits < "2050" ? text(tag.utcTime, digits.slice(2)) : text(tag.generalizedTime, digits);
}

function text(kind: number, value: string): Uint8Array {
  return der(kind, new TextEncoder().encode(value));
}

/** A BIT STRING of whole bytes. */
function bits(bytes: Uint8Array): Uint8Array {
  return der(tag.bitString, Uint8Array.of(0), bytes);
}

/** An INTEGER of these bytes, big-endian and without a sign: no zeros in front but the one that keeps it positive. */
function positive(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? Uint8Array.of(0) : bytes.subarray(first);
  return (digits[0] ?? 0) < 0x80 ? der(tag.integer, digits) : der(tag.integer, Uint8Array.of(0), digits);
}

/** Tag, length, content. */
function der(kind: number, ...content: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  const head = length < 0x80
    ? [kind, length]
    : length < 0x100
    ? [kind, 0x81, length]
    : [kind, 0x82, length >> 8, length & 0xff];
  const bytes = new Uint8Array(head.length + length);
  bytes.set(head);
  let at = head.length;
  for (const part of content) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function pem(label: string, bytes: Uint8Array): string {
  const lines = bytes.toBase64().replace(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}
