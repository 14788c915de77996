/** Fields that hold one IP address: how they are read, and their schema. */
import type { Ip } from "../core/ip.ts";
import { parsePlainIp } from "./addressentry.ts";
import type { FieldReader } from "./fieldreader.ts";
import { type Rule, type Schema, text, withRules } from "./schema.ts";
import { quote } from "./values.ts";

/** Undefined when absent or empty, null (reported, after `prefix`) when it is no IP address. */
export function readIp(spec: FieldReader, name: string, prefix = ""): Ip | null | undefined {
  const value = spec.text(name);
  if (typeof value !== "string") return value;
  const ip = parsePlainIp(value);
  if (ip === null) {
    spec.error(name, `${prefix}${name} must be an IP address such as 192.0.2.1, not ${quote(value)}`);
  }
  return ip;
}

/** The same rule in the schema. */
export function ipSchema(
  name: string,
  description: string,
  { prefix = "", rules = [] }: { readonly prefix?: string; readonly rules?: readonly Rule[] } = {},
): Schema {
  const isIp = {
    rule: "self == '' || isIP(self)",
    message: `${prefix}${name} must be an IP address such as 192.0.2.1`,
  };
  return withRules(text(description, { maxLength: 64 }), isIp, ...rules);
}
