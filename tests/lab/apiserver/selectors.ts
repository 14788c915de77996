/** Label and field selectors, parsed once for each list or watch. See Kubernetes "Labels and Selectors". */
import { type ApiObject, at } from "./json.ts";
import { badRequest } from "./status.ts";

/** Says whether a set of labels is selected. */
export type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

/** One field requirement: `path` must, or must not, have this value as text. */
export interface FieldTerm {
  readonly path: string;
  readonly equals: boolean;
  readonly value: string;
}

const SET_TERM = /^([^\s!=,()]+)\s+(in|notin)\s*\(([^()]*)\)$/;
const EQUALS_TERM = /^([^\s!=,()]+)\s*(==|=|!=)\s*([^\s!=,()]*)$/;
const EXISTS_TERM = /^(!?)\s*([^\s!=,()<>]+)$/;
const COMPARE_TERM = /^([^\s!=,()<>]+)\s*([<>])\s*(-?\d+)$/;

/** Splits at commas outside parentheses. */
function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "(") depth++;
    else if (text[i] === ")") depth--;
    else if (text[i] === "," && depth === 0) {
      terms.push(text.slice(start, i));
      start = i + 1;
    }
  }
  terms.push(text.slice(start));
  return terms.map((term) => term.trim());
}

function parseLabelTerm(term: string): LabelTest {
  const set = SET_TERM.exec(term);
  if (set !== null) {
    const [, key = "", operator, list = ""] = set;
    const values = new Set(list.split(",").map((value) => value.trim()));
    if (operator === "in") return (labels) => key in labels && values.has(labels[key] ?? "");
    return (labels) => !(key in labels) || !values.has(labels[key] ?? "");
  }
  const equals = EQUALS_TERM.exec(term);
  if (equals !== null) {
    const [, key = "", operator, value = ""] = equals;
    if (operator === "!=") return (labels) => labels[key] !== value;
    return (labels) => labels[key] === value;
  }
  const compare = COMPARE_TERM.exec(term);
  if (compare !== null) {
    const [, key = "", operator, value = ""] = compare;
    const limit = Number(value);
    return (labels) =>
      /^-?\d+$/.test(labels[key] ?? "") &&
      (operator === "<" ? Number(labels[key]) < limit : Number(labels[key]) > limit);
  }
  const exists = EXISTS_TERM.exec(term);
  if (exists === null) {
    throw badRequest(`unable to parse requirement: ${JSON.stringify(term)} is not a label selector`);
  }
  const [, not, key = ""] = exists;
  return (labels) => (key in labels) !== (not === "!");
}

/** Parses a label selector. @throws ApiError 400 */
export function parseLabelSelector(text: string): LabelTest {
  if (text.trim() === "") return () => true;
  const tests = splitTerms(text).map(parseLabelTerm);
  return (labels) => tests.every((test) => test(labels));
}

/** Parses a field selector; which fields a kind allows is not checked here. @throws ApiError 400 */
export function parseFieldSelector(text: string): FieldTerm[] {
  if (text.trim() === "") return [];
  return text.split(",").map((term) => {
    const found = /^\s*([^!=]+?)\s*(==|!=|=)\s*(.*?)\s*$/.exec(term);
    if (found === null) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
    const [, path = "", operator, value = ""] = found;
    return { path, equals: operator !== "!=", value };
  });
}

/** What a kind calls its fields that selectors may name, beside the two of the metadata. */
export function checkFieldTerms(
  terms: readonly FieldTerm[],
  selectable: readonly string[],
  namespaced: boolean,
): void {
  for (const { path } of terms) {
    if (path === "metadata.name" || (path === "metadata.namespace" && namespaced)) continue;
    if (!selectable.includes(path)) throw badRequest(`field label not supported: ${path}`);
  }
}

/** A field as text for selectors; "" when it isn't set. */
export function fieldText(object: Readonly<ApiObject>, path: string): string {
  const value = at(object, ...path.split("."));
  if (value !== undefined && value !== null) {
    return typeof value === "object" ? sourceText(value) : String(value);
  }
  return path === "spec.unschedulable" || path === "spec.hostNetwork" ? "false" : "";
}

/** An Event's `source` is selected by its component. */
function sourceText(value: object): string {
  const component = at(value, "component");
  return typeof component === "string" ? component : "";
}

/** Combines both selectors and a namespace into one test of objects. */
export function objectTest(
  labels: LabelTest,
  fields: readonly FieldTerm[],
): (object: Readonly<ApiObject>) => boolean {
  return (object) =>
    labels(object.metadata.labels ?? {}) &&
    fields.every(({ path, equals, value }) => (fieldText(object, path) === value) === equals);
}
