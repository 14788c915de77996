/** A throwaway certificate authority and a server certificate, so that clients verify as they do in a cluster. */
import "reflect-metadata";
import * as x509 from "@peculiar/x509";

/** PEM texts. */
export interface ServerCertificate {
  readonly caPem: string;
  readonly caKeyPem: string;
  readonly certPem: string;
  readonly keyPem: string;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY_MS = 86_400_000;

function alternativeName(name: string): { type: "ip" | "dns"; value: string } {
  const isIp = name.includes(":") || /^\d+\.\d+\.\d+\.\d+$/.test(name);
  return { type: isIp ? "ip" : "dns", value: name };
}

async function keyPem(key: CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await crypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}

/**
 * Makes a CA and a certificate for these names and addresses, valid for a year and, for clocks that differ, from
 * yesterday on.
 */
export async function makeCertificates(names: readonly string[], now: Date): Promise<ServerCertificate> {
  x509.cryptoProvider.set(crypto);
  const notBefore = new Date(now.getTime() - DAY_MS);
  const notAfter = new Date(now.getTime() + 365 * DAY_MS);
  const caKeys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=pewter-lab-ca",
    notBefore,
    notAfter,
    keys: caKeys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: "CN=pewter-lab-apiserver",
    issuer: ca.subject,
    notBefore,
    notAfter,
    publicKey: keys.publicKey,
    signingKey: caKeys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.SubjectAlternativeNameExtension([...new Set(names)].map(alternativeName)),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  return {
    caPem: ca.toString("pem"),
    caKeyPem: await keyPem(caKeys.privateKey),
    certPem: certificate.toString("pem"),
    keyPem: await keyPem(keys.privateKey),
  };
}
