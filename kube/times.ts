/** Times as the Kubernetes API writes them. */

/** `metav1.Time`: RFC 3339 in whole seconds. */
export function kubeTime(wallMs: number): string {
  return new Date(wallMs).toISOString().replace(/\.\d+Z$/, "Z");
}

/** `metav1.MicroTime`: RFC 3339 with exactly six digits after the seconds. */
export function kubeMicroTime(wallMs: number): string {
  return new Date(wallMs).toISOString().replace(/Z$/, "000Z");
}
