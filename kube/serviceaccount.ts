/** A Pod's own way to the API server: the service account's projected files, read again whenever they are needed. */
import { type ApiServerConfig, KubeConfigError } from "./config.ts";

const usualDir = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * @param host KUBERNETES_SERVICE_HOST: a name or an IP address
 * @throws {KubeConfigError} when the token can't be read
 */
export function serviceAccountConfig(host: string, port: string, dir: string = usualDir): ApiServerConfig {
  readToken(dir);
  return {
    url: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
    namespace: readOptional(`${dir}/namespace`)?.trim() || "default",
    source: `service account in ${dir}`,
    tls: () =>
      promised(() => {
        const caPem = readOptional(`${dir}/ca.crt`);
        return caPem === undefined ? {} : { caPem };
      }),
    // The kubelet replaces the token about every 48 minutes; a small read from memory costs less than a stale one. It
    // takes 20 µs at once; by way of the runtime's threads it would take 0.6 ms of every request.
    headers: () => promised(() => ({ authorization: `Bearer ${readToken(dir)}` })),
  };
}

/** What it throws the promise rejects with. */
function promised<T>(read: () => T): Promise<T> {
  return new Promise((resolve) => resolve(read()));
}

function readToken(dir: string): string {
  const path = `${dir}/token`;
  const token = readOptional(path)?.trim() ?? "";
  if (token !== "") return token;
  throw new KubeConfigError(
    `this is a Pod (KUBERNETES_SERVICE_HOST is set) but ${path} is missing or empty; ` +
      `let the Pod mount its service account token, or give --kubeconfig=<file>`,
  );
}

function readOptional(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new KubeConfigError(`${path} can't be read: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}
