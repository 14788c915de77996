/** A Pod's own way to the API server: the service account's projected files, read again whenever they are needed. */
import { type ApiServerConfig, KubeConfigError } from "./config.ts";

const usualDir = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * @param host KUBERNETES_SERVICE_HOST: a name or an IP address
 * @throws {KubeConfigError} when the token can't be read
 */
export async function serviceAccountConfig(
  host: string,
  port: string,
  dir: string = usualDir,
): Promise<ApiServerConfig> {
  await readToken(dir);
  return {
    url: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
    namespace: (await readOptional(`${dir}/namespace`))?.trim() || "default",
    source: `service account in ${dir}`,
    tls: async () => {
      const caPem = await readOptional(`${dir}/ca.crt`);
      return caPem === undefined ? {} : { caPem };
    },
    // The kubelet replaces the token about every 48 minutes; a small read from memory costs less than a stale one.
    headers: async () => ({ authorization: `Bearer ${await readToken(dir)}` }),
  };
}

async function readToken(dir: string): Promise<string> {
  const path = `${dir}/token`;
  const token = (await readOptional(path))?.trim() ?? "";
  if (token !== "") return token;
  throw new KubeConfigError(
    `this is a Pod (KUBERNETES_SERVICE_HOST is set) but ${path} is missing or empty; ` +
      `let the Pod mount its service account token, or give --kubeconfig=<file>`,
  );
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new KubeConfigError(`${path} can't be read: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}
