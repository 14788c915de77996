/** Which problems a change brings: those that were there before are nobody's fault who comes now. */
import type { Problem } from "../../core/problem.ts";

/** The errors of `after` that `before` doesn't have. An item of a list may have moved meanwhile. */
export function newErrors(before: readonly Problem[], after: readonly Problem[]): readonly Problem[] {
  const known = new Map<string, number>();
  for (const problem of before) {
    const key = identityOf(problem);
    known.set(key, (known.get(key) ?? 0) + 1);
  }
  return after.filter((problem) => {
    if (problem.severity !== "error") return false;
    const key = identityOf(problem);
    const count = known.get(key) ?? 0;
    known.set(key, count - 1);
    return count <= 0;
  });
}

/** Whether a problem is one of this object. */
export function isOf(
  problem: Problem,
  kind: string,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): boolean {
  return problem.kind === kind && problem.namespace === namespace && problem.name === name;
}

function identityOf({ severity, kind, namespace, name, field, message }: Problem): string {
  return JSON.stringify([severity, kind, namespace, name, withoutIndexes(field), withoutIndexes(message)]);
}

function withoutIndexes(text: string): string {
  return text.replaceAll(/\[\d+\]/g, "[]");
}
