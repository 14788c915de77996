/** A kubeconfig for one user of the server. */

/** As YAML (which JSON is a part of). */
export function makeKubeconfig(url: string, caPem: string, user: string, token: string): string {
  const name = "pewter-lab";
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server: url, "certificate-authority-data": btoa(caPem) } }],
    users: [{ name: user, user: { token } }],
    contexts: [{ name, context: { cluster: name, user } }],
    "current-context": name,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
