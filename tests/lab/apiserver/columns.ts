/** What a column of a table is, and the words that kubectl's users know. */
import { ageOf } from "./ages.ts";
import { type ApiObject, arrayOr, type JsonObject, objectOr, textOr } from "./json.ts";

export const NONE = "<none>";
export const UNSET = "<unset>";

/** One column. */
export interface Column {
  readonly name: string;
  readonly type: "string" | "integer" | "number" | "boolean" | "date";
  /** 0 is always shown, 1 only with `-o wide`. */
  readonly priority: 0 | 1;
  readonly cell: (object: ApiObject, now: Date) => unknown;
}

/** The columns of a kind beside its name. */
export type Columns = readonly Column[];

export function column(name: string, cell: Column["cell"], type: Column["type"] = "string"): Column {
  return { name, type, priority: 0, cell };
}

/** A column that only `-o wide` shows. */
export function wide(name: string, cell: Column["cell"]): Column {
  return { name, type: "string", priority: 1, cell };
}

/** How old the object is. */
export const age: Column = column("Age", ({ metadata }, now) => ageOf(metadata.creationTimestamp, now));

/** The items of a list as objects. */
export function objects(value: unknown): JsonObject[] {
  return arrayOr(value).map(objectOr);
}

export function orNone(items: readonly string[]): string {
  return items.length === 0 ? NONE : items.join(",");
}

/** `a=b,c=d`, in the order of the keys. */
export function selectorText(value: unknown): string {
  return orNone(Object.entries(objectOr(value)).sort().map(([key, one]) => `${key}=${textOr(one)}`));
}
