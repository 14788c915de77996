/** Kubeconfig files, which are YAML and so may be JSON. */

export interface KubeconfigInput {
  readonly server: string;
  /** PEM; undefined for a plain http server. */
  readonly caPem?: string;
  readonly token: string;
  readonly user: string;
  readonly namespace?: string;
  /** The name to expect in the server's certificate, where it differs from the address. */
  readonly tlsServerName?: string;
}

/** The text of a kubeconfig file with one context. */
export function kubeconfig(input: KubeconfigInput): string {
  const cluster = {
    server: input.server,
    ...(input.caPem === undefined ? {} : { "certificate-authority-data": btoa(input.caPem) }),
    ...(input.tlsServerName === undefined ? {} : { "tls-server-name": input.tlsServerName }),
  };
  const context = {
    cluster: "lab",
    user: input.user,
    ...(input.namespace === undefined ? {} : { namespace: input.namespace }),
  };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "lab", cluster }],
    users: [{ name: input.user, user: { token: input.token } }],
    contexts: [{ name: "lab", context }],
    "current-context": "lab",
  };
  return JSON.stringify(config, null, 2) + "\n";
}
