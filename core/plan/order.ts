/** The orders of a plan: by code units, whatever the language of whoever reads it. */

/** Below 0 when `a` comes first. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** By the first pair of texts that differs. */
export function compareAll(a: readonly string[], b: readonly string[]): number {
  for (const [index, text] of a.entries()) {
    const difference = compareTexts(text, b[index] ?? "");
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** `namespace/name`: by namespace, then by name. */
export function compareServiceKeys(a: string, b: string): number {
  return compareAll(a.split("/"), b.split("/"));
}
