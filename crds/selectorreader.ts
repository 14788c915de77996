/** Label selectors as they stand in manifests, which may hold anything. */
import { compileSelector, type LabelExpression, type Selector } from "../core/selector.ts";
import type { Report } from "./fieldreader.ts";
import { describe, isMapping } from "./values.ts";

/** What stands for a selector that can't be read: it selects nothing, so that nobody is admitted by mistake. */
export const selectsNothing: Selector = Object.freeze({ text: "(unreadable)", matches: () => false });

/** Compiles a selector; all that is wrong with it is reported, and then it selects nothing. */
export function readSelector(value: unknown, field: string, report: Report): Selector {
  let sound = true;
  const wrong = (path: string, message: string): null => {
    sound = false;
    report("error", path === "" ? field : `${field}.${path}`, message);
    return null;
  };
  if (!isMapping(value)) {
    wrong("", `a label selector must be a mapping, not ${describe(value)}`);
    return selectsNothing;
  }
  for (const name of Object.keys(value)) {
    if (name !== "matchLabels" && name !== "matchExpressions") {
      wrong(name, `${name} is not part of a label selector; it has matchLabels and matchExpressions`);
    }
  }
  const matchLabels = readLabels(value["matchLabels"], wrong);
  const matchExpressions = readExpressions(value["matchExpressions"], wrong);
  if (!sound) return selectsNothing;
  const compiled = compileSelector({ matchLabels, matchExpressions });
  if ("selector" in compiled) return compiled.selector;
  for (const problem of compiled.problems) wrong(problem.field, problem.message);
  return selectsNothing;
}

type Wrong = (path: string, message: string) => null;

function readLabels(value: unknown, wrong: Wrong): Record<string, string> {
  const labels = Object.create(null) as Record<string, string>;
  if (value === undefined || value === null) return labels;
  if (!isMapping(value)) {
    wrong("matchLabels", `matchLabels must be a mapping of label keys to values, not ${describe(value)}`);
    return labels;
  }
  for (const [key, label] of Object.entries(value)) {
    if (typeof label === "string") labels[key] = label;
    else {wrong(
        `matchLabels.${key}`,
        `the value of label ${key} must be text, not ${describe(label)}; put it in quotes`,
      );}
  }
  return labels;
}

function readExpressions(value: unknown, wrong: Wrong): LabelExpression[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    wrong("matchExpressions", `matchExpressions must be a list, not ${describe(value)}`);
    return [];
  }
  return value.flatMap((item: unknown, index) => {
    const path = `matchExpressions[${index}]`;
    return readExpression(item, path, wrong) ?? [];
  });
}

function readExpression(item: unknown, path: string, wrong: Wrong): LabelExpression | null {
  if (!isMapping(item)) return wrong(path, `an expression must be a mapping, not ${describe(item)}`);
  const { key, operator, values } = item;
  if (typeof key !== "string") {
    return wrong(`${path}.key`, `the label key must be text, not ${describe(key)}`);
  }
  if (typeof operator !== "string") {
    return wrong(
      `${path}.operator`,
      `the operator must be In, NotIn, Exists or DoesNotExist, not ${describe(operator)}`,
    );
  }
  if (values === undefined || values === null) return { key, operator };
  if (!Array.isArray(values)) {
    return wrong(`${path}.values`, `values must be a list, not ${describe(values)}`);
  }
  const bad = values.findIndex((one) => typeof one !== "string");
  if (bad >= 0) {
    return wrong(
      `${path}.values[${bad}]`,
      `a value must be text, not ${describe(values[bad])}; put it in quotes`,
    );
  }
  return { key, operator, values: values as string[] };
}
