/**
 * Label selectors, compiled once. See Kubernetes `metav1.LabelSelector`: the terms of one selector must all hold,
 * and a selector without terms fits everything.
 */

export type Labels = Readonly<Record<string, string>>;

/** As in a manifest. */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly LabelExpression[];
}

export interface LabelExpression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** Says of a set of labels whether it is selected. */
export interface Selector {
  /** Canonical text: equal for selectors that say the same in another order. */
  readonly text: string;
  matches(labels: Labels): boolean;
}

/** What is wrong with a selector: where, relative to it, and a sentence. */
export interface SelectorProblem {
  /** As in `matchExpressions[0].operator`. */
  readonly field: string;
  readonly message: string;
}

type Compiled = { readonly selector: Selector } | { readonly problems: readonly SelectorProblem[] };

/** Compiles a selector, or says all that is wrong with it. */
export function compileSelector(selector: LabelSelector): Compiled {
  const problems: SelectorProblem[] = [];
  const terms: Term[] = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => {
    problems.push(...checkKey(key, "matchLabels"), ...checkValue(value, "matchLabels"));
    return { text: `${key}=${value}`, holds: (labels) => labelOf(labels, key) === value };
  });
  const seen = new Set<string>();
  (selector.matchExpressions ?? []).forEach((expression, index) => {
    const field = `matchExpressions[${index}]`;
    const term = compileExpression(expression, field, problems);
    if (term === null) return;
    if (seen.has(term.text)) {
      problems.push({ field, message: `the expression "${term.text}" is given twice` });
    }
    seen.add(term.text);
    terms.push(term);
  });
  if (problems.length > 0) return { problems };
  return {
    selector: {
      text: terms.map((term) => term.text).sort().join(","),
      matches: (labels) => terms.every((term) => term.holds(labels)),
    },
  };
}

/** Whether one of several selectors fits; of none, nothing does. */
export function anyMatches(selectors: readonly Selector[], labels: Labels): boolean {
  return selectors.some((selector) => selector.matches(labels));
}

interface Term {
  readonly text: string;
  holds(labels: Labels): boolean;
}

function compileExpression(
  expression: LabelExpression,
  field: string,
  problems: SelectorProblem[],
): Term | null {
  const { key, operator } = expression;
  const values = [...(expression.values ?? [])].sort();
  const problem = (path: string, message: string): null => {
    problems.push({ field: `${field}.${path}`, message });
    return null;
  };
  problems.push(...checkKey(key, `${field}.key`));
  problems.push(...values.flatMap((value) => checkValue(value, `${field}.values`)));
  const twice = values.find((value, index) => values[index + 1] === value);
  if (twice !== undefined) return problem("values", `the value "${twice}" is given twice`);
  switch (operator) {
    case "In":
    case "NotIn": {
      if (values.length === 0) return problem("values", `operator ${operator} needs at least one value`);
      const wanted = new Set(values);
      const inside = (labels: Labels) => {
        const value = labelOf(labels, key);
        return value !== undefined && wanted.has(value);
      };
      // NotIn also holds for labels that lack the key: that is Kubernetes' rule, not an oversight.
      return operator === "In"
        ? { text: `${key} in (${values.join(",")})`, holds: inside }
        : { text: `${key} notin (${values.join(",")})`, holds: (labels) => !inside(labels) };
    }
    case "Exists":
    case "DoesNotExist": {
      if (values.length > 0) return problem("values", `operator ${operator} takes no values`);
      const exists = (labels: Labels) => labelOf(labels, key) !== undefined;
      return operator === "Exists"
        ? { text: key, holds: exists }
        : { text: `!${key}`, holds: (labels) => !exists(labels) };
    }
    default:
      return problem("operator", `"${operator}" is not one of In, NotIn, Exists, DoesNotExist`);
  }
}

/** A label key is a name of up to 63 characters, with an optional DNS prefix before a slash. */
function checkKey(key: string, field: string): SelectorProblem[] {
  const slash = key.indexOf("/");
  const prefix = slash < 0 ? null : key.slice(0, slash);
  const name = key.slice(slash + 1);
  const nameFits = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(name);
  const prefixFits = prefix === null ||
    (prefix.length <= 253 &&
      /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(prefix));
  return nameFits && prefixFits ? [] : [{ field, message: `"${key}" is not a label key` }];
}

/** A label value is empty or up to 63 characters. */
function checkValue(value: string, field: string): SelectorProblem[] {
  return /^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/.test(value)
    ? []
    : [{ field, message: `"${value}" is not a label value` }];
}

function labelOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
