/** Certificates of servers: what belongs together, and where it lies in a folder. */

/** PEM texts: a chain with the server's certificate first, and its private key. */
export interface ServerCertificate {
  readonly certPem: string;
  readonly keyPem: string;
}

/** A certificate and a key that can't be used together, or at all. Its message never holds any of the key. */
export class CertificateError extends Error {
  override readonly name = "CertificateError";
}

/** What they are called where Kubernetes mounts a Secret of type kubernetes.io/tls. */
const [certFile, keyFile] = ["tls.crt", "tls.key"] as const;

/**
 * Reads `tls.crt` and `tls.key`.
 *
 * @throws {CertificateError} when they are missing, can't be read, or don't belong together; it names the folder
 */
export async function readCertificate(dir: string): Promise<ServerCertificate> {
  try {
    const certificate = {
      certPem: await read(`${dir}/${certFile}`),
      keyPem: await read(`${dir}/${keyFile}`),
    };
    await checkCertificate(certificate);
    return certificate;
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    throw new CertificateError(`${certFile} and ${keyFile} in ${dir}: ${error.message}`);
  }
}

async function read(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw new CertificateError(error instanceof Deno.errors.NotFound ? `${path} is missing` : String(error));
  }
}

/** @throws {CertificateError} when certificate and key can't be read, or don't belong together */
export async function checkCertificate({ certPem, keyPem }: ServerCertificate): Promise<void> {
  const { createPrivateKey, X509Certificate } = await import("node:crypto");
  const certificate = readable("the certificate", () => new X509Certificate(certPem));
  const key = readable("the private key", () => createPrivateKey(keyPem));
  if (!certificate.checkPrivateKey(key)) {
    throw new CertificateError("the certificate is not for the private key beside it");
  }
}

function readable<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch {
    // The cause may quote what it read.
    throw new CertificateError(`${what} can't be read: it wants PEM`);
  }
}
