/** Certificates such as MetalLB makes them: RSA, keys in PKCS #1. */
import "reflect-metadata";
import { Buffer } from "node:buffer";
import { createPrivateKey } from "node:crypto";
import * as x509 from "@peculiar/x509";
import type { WebhookCertificates } from "../../controller/certificates/material.ts";
import type { Period } from "../../controller/io/certificates/maker.ts";

const algorithm = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  publicExponent: Uint8Array.of(1, 0, 1),
  modulusLength: 2048,
};

/** An authority, and a server certificate for this name, with these times. */
export async function makeRsaCertificates(
  name: string,
  authorityPeriod: Period,
  serverPeriod: Period,
): Promise<WebhookCertificates> {
  x509.cryptoProvider.set(crypto);
  const [caKeys, keys] = [await newKeys(), await newKeys()];
  const flags = x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment;
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(authorityPeriod),
    name: "CN=cert, O=metallb",
    keys: caKeys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(flags | x509.KeyUsageFlags.keyCertSign, true),
    ],
  });
  const server = await x509.X509CertificateGenerator.create({
    ...validity(serverPeriod),
    subject: `CN=${name}`,
    issuer: authority.subject,
    publicKey: keys.publicKey,
    signingKey: caKeys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.SubjectAlternativeNameExtension([{ type: "dns", value: name }]),
      new x509.KeyUsagesExtension(flags, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    ],
  });
  return {
    caPem: `${authority.toString("pem")}\n`,
    caKeyPem: await pkcs1(caKeys.privateKey),
    certPem: `${server.toString("pem")}\n`,
    keyPem: await pkcs1(keys.privateKey),
  };
}

async function newKeys(): Promise<CryptoKeyPair> {
  return await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

function validity({ fromMs, untilMs }: Period) {
  return { notBefore: new Date(fromMs), notAfter: new Date(untilMs) };
}

async function pkcs1(key: CryptoKey): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey("pkcs8", key));
  return String(
    createPrivateKey({ key: der, format: "der", type: "pkcs8" }).export({ type: "pkcs1", format: "pem" }),
  );
}
