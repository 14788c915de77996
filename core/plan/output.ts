/** The forms of a tree that programs read. */
import { stringify } from "yaml";
import { exactNumber } from "../exactnumber.ts";

/**
 * The tree as JSON, piece by piece, since that of a big cluster is longer than a text may be. It ends in a newline;
 * integers beyond 2^53 keep all their digits.
 */
export function* jsonPieces(tree: object): Generator<string> {
  let separator = "{\n";
  for (const [name, value] of Object.entries(tree)) {
    yield `${separator}  ${JSON.stringify(name)}: `;
    separator = ",\n";
    if (!Array.isArray(value) || value.length === 0) {
      yield indented(value, 2);
      continue;
    }
    for (const [index, item] of value.entries()) yield `${index === 0 ? "[" : ","}\n    ${indented(item, 4)}`;
    yield "\n  ]";
  }
  yield "\n}\n";
}

/** The same tree as {@link jsonPieces}. */
export function* yamlPieces(tree: object): Generator<string> {
  for (const [name, value] of Object.entries(tree)) {
    if (!Array.isArray(value) || value.length === 0) {
      yield yaml({ [name]: value });
      continue;
    }
    yield `${name}:\n`;
    for (const item of value) yield yaml([item]).replaceAll(/^(?=.)/gm, "  ");
  }
}

function indented(value: unknown, by: number): string {
  const exact = (_: string, one: unknown) => typeof one === "bigint" ? exactNumber(one) : one;
  return JSON.stringify(value, exact, 2).replaceAll("\n", `\n${" ".repeat(by)}`);
}

function yaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
