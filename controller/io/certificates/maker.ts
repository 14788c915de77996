/** Makes certificates. Loaded only when some have to be made, since the library takes 16 MiB that a year needs once. */
import "reflect-metadata";
import * as x509 from "@peculiar/x509";

/** PEM texts. */
export interface Made {
  readonly certPem: string;
  readonly keyPem: string;
}

/** Milliseconds since the Unix epoch. */
export interface Period {
  readonly fromMs: number;
  readonly untilMs: number;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const authorityName = "CN=cert, O=metallb";

/** An authority that signs server certificates and nothing else. */
export async function makeAuthority(period: Period): Promise<Made> {
  x509.cryptoProvider.set(crypto);
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(period),
    name: authorityName,
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certPem: `${certificate.toString("pem")}\n`, keyPem: await pemOf(keys.privateKey) };
}

/**
 * A certificate for a server with this DNS name.
 *
 * @param authority its key in PKCS #8, of curve P-256
 */
export async function makeServerCertificate(authority: Made, name: string, period: Period): Promise<Made> {
  x509.cryptoProvider.set(crypto);
  const [keyBytes] = x509.PemConverter.decode(authority.keyPem);
  if (keyBytes === undefined) throw new TypeError("the authority's key is no PEM text");
  const signingKey = await crypto.subtle.importKey("pkcs8", keyBytes, algorithm, false, ["sign"]);
  const issuer = new x509.X509Certificate(authority.certPem);
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity(period),
    subject: `CN=${name}`,
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.SubjectAlternativeNameExtension([{ type: "dns", value: name }]),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      await x509.AuthorityKeyIdentifierExtension.create(await issuer.publicKey.export()),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certPem: `${certificate.toString("pem")}\n`, keyPem: await pemOf(keys.privateKey) };
}

async function newKeys(): Promise<CryptoKeyPair> {
  return await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

function validity({ fromMs, untilMs }: Period) {
  return { notBefore: new Date(fromMs), notAfter: new Date(untilMs) };
}

async function pemOf(key: CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await crypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY")}\n`;
}
