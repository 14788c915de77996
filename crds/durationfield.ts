/** Fields that hold a duration as Go writes it, as in `1m30s`: how they are read, and their schema. */
import { parseDurationNs } from "../core/duration.ts";
import type { FieldReader } from "./fieldreader.ts";
import { type Rule, type Schema, text, withRules } from "./schema.ts";
import { quote } from "./values.ts";

export const secondNs = 1_000_000_000n;

/** In nanoseconds; undefined when absent, null (reported) when it is no duration. */
export function readDurationNs(spec: FieldReader, name: string): bigint | null | undefined {
  const value = spec.text(name);
  if (typeof value !== "string") return value;
  const ns = parseDurationNs(value);
  if (ns === null) {
    spec.error(name, `${name} must be a duration such as "90s" or "1m30s", not ${quote(value)}`);
  }
  return ns;
}

const duration = "^[+-]?(0|(([0-9]+[.]?[0-9]*|[.][0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$";

/** CEL: whether an expression is text that `duration()` takes. */
export function isDuration(expression: string): string {
  return `${expression}.matches('${duration}')`;
}

/** The schema of a duration, which must keep the rule too; the rule is about `time`, the duration. */
export function durationSchema(description: string, name: string, { rule, message }: Rule): Schema {
  return withRules(
    text(description, { maxLength: 64 }),
    {
      rule: `self == '' || ${isDuration("self")}`,
      message: `${name} must be a duration such as 90s or 1m30s`,
    },
    {
      rule: `!${isDuration("self")} || [duration(self)].all(time, ${rule})`,
      message,
    },
  );
}
