/**
 * Reads a spec field by field. The API server checks types before it stores an object, but manifests that `plan`
 * reads never passed it, so a value of the wrong type is a problem of its field and never an exception.
 */
import type { Selector } from "../core/selector.ts";
import { readSelector, selectsNothing } from "./selectorreader.ts";
import { describe, isMapping, type Mapping, quote } from "./values.ts";

/** A problem before it is known whose it is. */
export interface FieldProblem {
  readonly severity: "error" | "warning";
  /** The path of the field, as in `spec.addresses[0]`. */
  readonly field: string;
  readonly message: string;
}

/** Collects the problems of one object. */
export type Report = (severity: FieldProblem["severity"], field: string, message: string) => void;

/** An item of a list with its path, as in `spec.addresses[0]`. */
export interface ListItem<T> {
  readonly value: T;
  readonly field: string;
}

/**
 * A mapping at a place in a manifest. A field that is null counts as absent, as for the API server. Lists are
 * undefined when they are absent or empty, that is, when they restrict nothing; a list that can't be read is an empty
 * one (of selectors: one that selects nothing), since a broken restriction must not become none.
 */
export class FieldReader {
  private constructor(
    private readonly fields: Mapping,
    readonly path: string,
    private readonly report: Report,
  ) {}

  /** Null, and reported, when the value is not a mapping. */
  static of(value: unknown, path: string, report: Report): FieldReader | null {
    if (isMapping(value)) return new FieldReader(value, path, report);
    report("error", path, `${lastName(path)} must be a mapping, not ${describe(value)}`);
    return null;
  }

  pathOf(name: string): string {
    return `${this.path}.${name}`;
  }

  /** Reports that a field is wrong. */
  error(name: string, message: string): void {
    this.report("error", this.pathOf(name), message);
  }

  /** Reports that a field is probably not meant as it is. */
  warning(name: string, message: string): void {
    this.report("warning", this.pathOf(name), message);
  }

  /** Warns of each field that isn't one of these: the API server drops it. */
  expectOnly(...names: readonly string[]): void {
    for (const name of Object.keys(this.fields).filter((name) => !names.includes(name))) {
      this.report(
        "warning",
        this.pathOf(name),
        `${quote(name)} is not a field of ${lastName(this.path)}; it has no effect`,
      );
    }
  }

  /** Undefined when absent, null (reported) when it is no mapping. */
  mapping(name: string): FieldReader | null | undefined {
    const value = this.value(name);
    return value === undefined ? undefined : FieldReader.of(value, this.pathOf(name), this.report);
  }

  /** `unreadable` stands in for a value of another type, which is reported. */
  boolean(name: string, absent: boolean, unreadable: boolean): boolean {
    const value = this.value(name);
    if (value === undefined) return absent;
    if (typeof value === "boolean") return value;
    this.report("error", this.pathOf(name), `${name} must be true or false, not ${describe(value)}`);
    return unreadable;
  }

  /**
   * A whole number from `least` to `most`; undefined when absent, null (reported) for anything else. `next` says what
   * happens then, as in `300 is used`.
   */
  integer(name: string, least: number, most: number, next?: string): number | null | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
    const wanted = `a whole number from ${least} to ${most}`;
    const then = next === undefined ? "" : `; ${next}`;
    this.error(name, `${name} must be ${wanted}, not ${describe(value)}${then}`);
    return null;
  }

  /**
   * Undefined when absent or empty, which is the same in this API; null (reported) when it is no text. What is secret
   * isn't shown in the message.
   */
  text(name: string, { secret = false } = {}): string | null | undefined {
    const value = this.value(name);
    if (value === undefined || value === "") return undefined;
    if (typeof value === "string") return value;
    this.error(name, `${name} must be text${secret ? "; put it in quotes" : `, not ${describe(value)}`}`);
    return null;
  }

  /** The items as they are; none, and reported, when it is no list. */
  items(name: string): readonly ListItem<unknown>[] | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    const field = this.pathOf(name);
    if (!Array.isArray(value)) {
      this.report("error", field, `${name} must be a list, not ${describe(value)}`);
      return [];
    }
    if (value.length === 0) return undefined;
    return Array.from(value, (item: unknown, index) => ({ value: item, field: `${field}[${index}]` }));
  }

  /** Items that are no text are reported and left out. */
  texts(name: string): readonly ListItem<string>[] | undefined {
    return this.items(name)?.flatMap(({ value, field }) => {
      if (typeof value === "string") return [{ value, field }];
      this.report("error", field, `an item of ${name} must be text, not ${describe(value)}`);
      return [];
    });
  }

  /** As {@link texts}; one that repeats an earlier one is reported and left out. */
  distinctTexts(name: string): readonly ListItem<string>[] | undefined {
    const seen = new Map<string, string>();
    return this.texts(name)?.filter(({ value, field }) => {
      const earlier = seen.get(value);
      if (earlier === undefined) seen.set(value, field);
      else {this.report(
          "error",
          field,
          `${quote(value)} is given twice, in ${earlier} already; remove one of them`,
        );}
      return earlier === undefined;
    });
  }

  /**
   * One that can't be read is reported and selects nothing; one that says the same as an earlier one is reported, and
   * the earlier one counts.
   */
  selectors(name: string): readonly Selector[] | undefined {
    const seen = new Map<string, string>();
    const selectors = this.items(name)?.flatMap(({ value, field }) => {
      const selector = readSelector(value, field, this.report);
      const earlier = seen.get(selector.text);
      if (selector === selectsNothing || earlier === undefined) {
        seen.set(selector.text, field);
        return [selector];
      }
      this.report("error", field, `this selector is given twice, in ${earlier} already; remove one of them`);
      return [];
    });
    return selectors?.length === 0 ? [selectsNothing] : selectors;
  }

  /** Undefined when absent; one that can't be read is reported and selects nothing. */
  selector(name: string): Selector | undefined {
    const value = this.value(name);
    return value === undefined ? undefined : readSelector(value, this.pathOf(name), this.report);
  }

  /** Items that are no mappings are reported and left out. */
  mappings(name: string): readonly FieldReader[] | undefined {
    return this.items(name)?.flatMap(({ value, field }) => FieldReader.of(value, field, this.report) ?? []);
  }

  private value(name: string): unknown {
    return Object.hasOwn(this.fields, name) ? this.fields[name] ?? undefined : undefined;
  }
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}
