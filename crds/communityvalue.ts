/** One BGP community as it is written: `64512:100` (RFC 1997), or `large:64512:1:2` (RFC 8092). */
import { type Schema, text, withRules } from "./schema.ts";
import { quote } from "./values.ts";

export interface Community {
  readonly kind: "standard" | "large";
  /** The numbers alone, as in `64512:100` and `64512:1:2`. */
  readonly text: string;
  /** standard: two of 16 bits; large: three of 32 bits. */
  readonly parts: readonly number[];
}

/** The community, or a sentence that says what is wrong with it and what would be right. */
export type CommunityReading = { readonly community: Community } | { readonly message: string };

const bits16 = 0xffff;
const bits32 = 0xffff_ffff;

/** Reads a value; a name that may be an alias is not one. */
export function parseCommunity(value: string): CommunityReading {
  const sections = value.split(":");
  if (sections.length === 2) return numbers("standard", value, sections, bits16);
  if (sections.length !== 4) {
    return {
      message: `${quote(value)} is not a community, which is written as "64512:100" or "large:64512:1:2"`,
    };
  }
  if (sections[0] === "large") return numbers("large", value, sections.slice(1), bits32);
  return {
    message: `invalid community value: expected community to be of format large:64512:1:2, not ${
      quote(value)
    }`,
  };
}

function numbers(
  kind: Community["kind"],
  value: string,
  sections: readonly string[],
  most: number,
): CommunityReading {
  const bad = sections.find((section) => !/^\d{1,18}$/.test(section) || Number(section) > most);
  if (bad !== undefined) {
    return {
      message: `invalid community value: invalid section ${quote(bad)} of ${quote(value)}: ` +
        `it must be a number from 0 to ${most}`,
    };
  }
  const parts = sections.map(Number);
  return { community: { kind, text: parts.join(":"), parts } };
}

/** By number; a standard community counts as a large one whose first part are its 32 bits. */
export function compareCommunities(a: Community, b: Community): number {
  const [left, right] = [sortKey(a), sortKey(b)];
  const index = left.findIndex((part, index) => part !== right[index]);
  if (index >= 0) return (left[index] ?? 0) - (right[index] ?? 0);
  return a.kind === b.kind ? 0 : a.kind === "standard" ? -1 : 1;
}

function sortKey({ kind, parts: [first = 0, second = 0, third = 0] }: Community): readonly number[] {
  return kind === "standard" ? [first * 0x10000 + second, 0, 0] : [first, second, third];
}

const section = "[0-9]{1,18}";
const isStandard = `self.matches('^${section}:${section}$')`;
const isLarge = `self.matches('^large(:${section}){3}$')`;
const standardFits = `self.split(':').all(part, int(part) <= ${bits16})`;
const largeFits = `self.substring(6).split(':').all(part, int(part) <= ${bits32})`;

/** The schema of a community; the same rules as {@link parseCommunity}. `alias`: text without a colon may stand there too. */
export function communitySchema(field: string, description: string, { alias = false } = {}): Schema {
  const isAlias = alias ? "!self.contains(':') || " : "";
  const names = alias ? "the name of an alias, or a value" : "a value";
  return withRules(
    text(description, { maxLength: 253 }),
    {
      rule: `${isAlias}${isStandard} || ${isLarge}`,
      message: `${field} must be ${names} such as 64512:100 or large:64512:1:2`,
    },
    {
      rule: `!${isStandard} || ${standardFits}`,
      message: `invalid community value: invalid section: each number of ${field} must be at most ${bits16}`,
    },
    {
      rule: `!${isLarge} || ${largeFits}`,
      message:
        `invalid community value: invalid section: each number of a large ${field} must be at most ${bits32}`,
    },
  );
}
