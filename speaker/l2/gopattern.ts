/**
 * Go's regular expressions (RE2 syntax), which the exclude list is written in, in terms of JavaScript's. They are
 * searched anywhere in the text, unless anchored.
 */

/** The expression is not one that Go would accept, or uses the rare syntax that we don't translate. */
export class GoPatternError extends Error {
  constructor(readonly pattern: string, problem: string) {
    super(`${JSON.stringify(pattern)} is not a regular expression as Go reads it: ${problem}`);
    this.name = "GoPatternError";
  }
}

/** POSIX classes, as they stand within brackets. */
const posixClasses: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7F",
  blank: "\\t ",
  cntrl: "\\x00-\\x1F\\x7F",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`\\{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

/** Translates an expression. Throws {@link GoPatternError}. */
export function compileGoPattern(pattern: string): RegExp {
  const { flags, rest } = leadingFlags(pattern);
  let source = "";
  for (let at = 0; at < rest.length;) {
    const [text, length] = nextPiece(pattern, rest.slice(at));
    source += text;
    at += length;
  }
  try {
    return new RegExp(source, flags + "u");
  } catch (error) {
    throw new GoPatternError(pattern, error instanceof Error ? error.message : String(error));
  }
}

/** `(?i)` at the beginning holds for all of it. U, which swaps greedy and lazy, doesn't change whether it matches. */
function leadingFlags(pattern: string): { flags: string; rest: string } {
  const found = /^\(\?([imsU]+)\)/.exec(pattern);
  if (found === null) return { flags: "", rest: pattern };
  const flags = [...new Set((found[1] ?? "").replaceAll("U", ""))].join("");
  return { flags, rest: pattern.slice(found[0].length) };
}

/** The translation of the first piece of `rest`, and how much of it that was. */
function nextPiece(pattern: string, rest: string): [string, number] {
  const first = rest.charAt(0);
  if (first === "\\") return escape(pattern, rest);
  if (first === "[") return bracket(pattern, rest);
  if (rest.startsWith("(?P<")) return ["(?<", 4];
  if (/^\(\?([=!]|<[=!])/.test(rest)) throw new GoPatternError(pattern, "it looks ahead or behind");
  if (/^\(\?[a-zA-Z-]+\)/.test(rest)) {
    throw new GoPatternError(pattern, "flags stand elsewhere than at its beginning");
  }
  const repeat = /^\{\d+(,\d*)?\}/.exec(rest);
  if (repeat !== null) return [repeat[0], repeat[0].length];
  // Outside brackets, RE2 takes these as themselves where they close or repeat nothing.
  return [/[\]{}]/.test(first) ? "\\" + first : first, 1];
}

function escape(pattern: string, rest: string): [string, number] {
  if (rest.startsWith("\\Q")) {
    const end = rest.indexOf("\\E");
    const literal = end < 0 ? rest.slice(2) : rest.slice(2, end);
    return [literal.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"), end < 0 ? rest.length : end + 2];
  }
  const next = rest.charAt(1);
  if (next === "A") return ["(?<![\\s\\S])", 2];
  if (next === "z") return ["(?![\\s\\S])", 2];
  if (next === "a") return ["\\x07", 2];
  if (/[1-9kZGcu]/.test(next)) throw new GoPatternError(pattern, `\\${next} has no meaning there`);
  const wide = /^\\x\{([0-9A-Fa-f]+)\}/.exec(rest);
  if (wide !== null) return [`\\u{${wide[1]}}`, wide[0].length];
  const property = /^\\([pP])([A-Z])/.exec(rest);
  if (property !== null) return [`\\${property[1]}{${property[2]}}`, 3];
  // Any punctuation may be escaped, where JavaScript allows only what has a meaning.
  if (/[!-/:-@[-`{-~]/.test(next) && !/[\^$\\.*+?()[\]{}|/]/.test(next)) return [next, 2];
  return [rest.slice(0, 2), 2];
}

/** A bracket expression, with its POSIX classes spelt out. */
function bracket(pattern: string, rest: string): [string, number] {
  let at = rest.startsWith("[^") ? 2 : 1;
  let source = rest.slice(0, at);
  for (let first = true;; first = false) {
    const char = rest.charAt(at);
    if (char === "") throw new GoPatternError(pattern, "a bracket is not closed");
    if (char === "]" && !first) return [source + "]", at + 1];
    const posix = /^\[:(\^?)([a-z]+):\]/.exec(rest.slice(at));
    if (posix !== null) {
      const members = posixClasses[posix[2] ?? ""];
      if (members === undefined || posix[1] === "^") {
        throw new GoPatternError(pattern, `${posix[0]} isn't known`);
      }
      source += members;
      at += posix[0].length;
    } else if (char === "\\") {
      const [text, length] = escape(pattern, rest.slice(at));
      // An escaped hyphen must not become the middle of a range.
      source += text === "-" ? "\\-" : text;
      at += length;
    } else {
      source += char === "[" || char === "]" ? "\\" + char : char;
      at++;
    }
  }
}
