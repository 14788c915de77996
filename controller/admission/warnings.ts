/** Warnings, as `kubectl` prints them. */
import type { Problem } from "../../core/problem.ts";
import { quote } from "../../crds/values.ts";

/** The API server drops what is beyond 4096 characters in all, so more of them would not arrive. */
const most = 16;

/** A sentence for each, none twice; the last one may say how many were left out. */
export function warningsOf(problems: readonly Problem[]): readonly string[] {
  const texts = [
    ...new Set(
      problems.map(({ kind, name, field, message }) => `${kind} ${quote(name)}, ${field}: ${message}`),
    ),
  ];
  return texts.length <= most ? texts : [...texts.slice(0, most - 1), `and ${texts.length - most + 1} more`];
}
