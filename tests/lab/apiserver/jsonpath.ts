/** The simple forms of JSONPath that additionalPrinterColumns use. See Kubernetes "JSONPath Support". */
import { isObject } from "./json.ts";

type Step =
  | { readonly kind: "member"; readonly name: string }
  | { readonly kind: "all" }
  | { readonly kind: "index"; readonly index: number }
  | {
    readonly kind: "filter";
    readonly path: readonly Step[];
    readonly operator: string;
    readonly value: unknown;
  };

const TOKENS =
  /\.\*|\.([A-Za-z0-9_$-](?:\\.|[^.[\]\\])*)|\[\*\]|\[(-?\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]|\[\?\(\s*@(.*?)\s*(?:(==|!=|<=|>=|<|>)\s*(.*?)\s*)?\)\]/gy;

function literal(text: string): unknown {
  const quoted = /^(?:'(.*)'|"(.*)")$/.exec(text);
  if (quoted !== null) return quoted[1] ?? quoted[2];
  if (text === "true" || text === "false") return text === "true";
  return Number.isNaN(Number(text)) ? text : Number(text);
}

/** Parses a path as in `.spec.ports[0].name` or `.status.conditions[?(@.type=="Ready")].status`; undefined when it can't. */
export function parsePath(text: string): readonly Step[] | undefined {
  const path = text.startsWith("$") ? text.slice(1) : text;
  const steps: Step[] = [];
  const tokens = new RegExp(TOKENS.source, "gy");
  while (tokens.lastIndex < path.length) {
    const found = tokens.exec(path);
    if (found === null) return undefined;
    const [whole, member, index, single, double, filtered, operator, value] = found;
    if (whole === "[*]" || whole === ".*") steps.push({ kind: "all" });
    else if (index !== undefined) steps.push({ kind: "index", index: Number(index) });
    else if (filtered !== undefined) {
      const inner = parsePath(filtered);
      if (inner === undefined) return undefined;
      steps.push({ kind: "filter", path: inner, operator: operator ?? "", value: literal(value ?? "") });
    } else steps.push({ kind: "member", name: (member ?? single ?? double ?? "").replace(/\\(.)/g, "$1") });
  }
  return steps;
}

function compare(left: unknown, operator: string, right: unknown): boolean {
  switch (operator) {
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return Number(left) < Number(right);
    case "<=":
      return Number(left) <= Number(right);
    case ">":
      return Number(left) > Number(right);
    case ">=":
      return Number(left) >= Number(right);
    default:
      return left !== undefined;
  }
}

function follow(value: unknown, step: Step): unknown[] {
  switch (step.kind) {
    case "member":
      return isObject(value) && value[step.name] !== undefined ? [value[step.name]] : [];
    case "all":
      return Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
    case "index": {
      const item: unknown = Array.isArray(value) ? value.at(step.index) : undefined;
      return item === undefined ? [] : [item];
    }
    case "filter":
      return (Array.isArray(value) ? value : []).filter((item) =>
        compare(evaluate(item, step.path)[0], step.operator, step.value)
      );
  }
}

/** All values that a path leads to. */
export function evaluate(value: unknown, path: readonly Step[]): unknown[] {
  let values: unknown[] = [value];
  for (const step of path) values = values.flatMap((one) => follow(one, step));
  return values;
}
