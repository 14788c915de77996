/** A line for a step, as the runner prints it. */
import { parseManifests } from "../api.ts";
import type { Action, Expectation, Step } from "./scenario.ts";

export function describeStep({ title, action }: Step): string {
  return title ?? describeAction(action);
}

function describeAction(action: Action): string {
  if ("see" in action) {
    const period = action.forMs > 0 ? ` for ${action.forMs / 1000} s` : "";
    return `see ${action.see.map(describeExpectation).join("; ")}${period}`;
  }
  if ("throughout" in action) return `throughout: http to ${action.throughout.http.to}`;
  if ("apply" in action) return `apply ${action.apply.map(describeSource).join(", ")}`;
  if ("refused" in action) return `apply ${describeSource(action.refused.apply)}, which is refused`;
  if ("pods" in action) {
    return `start ${action.pods.map((pod) => `Pod ${pod.name} on ${pod.node}`).join(", ")}`;
  }
  if ("apiServer" in action) return `API server ${action.apiServer}`;
  return Object.entries(action).map(([verb, value]) => `${verb} ${brief(value)}`).join("");
}

/** A path, or the objects of inline YAML. */
function describeSource(source: string): string {
  if (!source.includes("\n")) return source;
  return parseManifests(source, "the scenario").map(({ kind, metadata: { name } }) => `${kind}/${name}`).join(
    ", ",
  );
}

export function describeExpectation(expectation: Expectation): string {
  const [[name, value] = ["", ""]] = Object.entries(expectation) as [string, unknown][];
  return `${name} ${brief(value)}`;
}

function brief(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(brief).join(", ");
  if (typeof value !== "object" || value === null) return String(value);
  const [first, ...others] = Object.entries(value);
  if (first === undefined) return "";
  const rest = others.map(([key, item]) =>
    `${key} ${typeof item === "object" ? JSON.stringify(item) : item}`
  );
  return [brief(first[1]), ...rest].join(" ").slice(0, 150);
}
