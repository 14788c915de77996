/** resourceVersions of one kind of object ascend as numbers do (Kubernetes 1.35, KEP-5504); they may be long. */

/** Whether the state of an object, or of a list, at `a` is the same as at `b` or follows it. */
export function isAtLeast(a: string, b: string): boolean {
  return !isNewer(b, a);
}

/** Whether the state at `a` follows that at `b`. */
export function isNewer(a: string, b: string): boolean {
  return a.length === b.length ? a > b : a.length > b.length;
}
