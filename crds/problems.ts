/** Problems of one object, collected while it is read. */
import type { Problem } from "../core/problem.ts";
import type { Report } from "./fieldreader.ts";

/** Adds what is reported of the object to the list. */
export function reportInto(
  problems: Problem[],
  kind: string,
  meta: { readonly namespace: string; readonly name: string },
): Report {
  const { namespace, name } = meta;
  return (severity, field, message) => {
    problems.push({ severity, kind, namespace, name, field, message });
  };
}
