/**
 * Command line flags as Go's `flag` package reads them: `-name=value`, `--name value`, a boolean alone is true,
 * and a boolean takes another value only after `=`. Flags fall back to environment variables, then to a default.
 */
import { parseDurationMs } from "./duration.ts";

interface FlagBase {
  /** Without dashes; null for what can only be set by the environment. */
  readonly flag: string | null;
  /** The environment variable that is the default when it is set and not empty. */
  readonly env?: string;
  /** A sentence without a full stop, for people. */
  readonly help: string;
  /**
   * Whether it changes what this program does. MetalLB's flags that have no meaning here are accepted all the same,
   * so that its command lines keep working; see {@link ParsedFlags.withoutEffect}.
   */
  readonly works: boolean;
}

/**
 * One flag. `int` may have bounds, inclusive; `duration` is written as in Go (`1m30s`) and read as milliseconds; a
 * `list` is text that may be given several times.
 */
export type Flag =
  & FlagBase
  & (
    | { readonly kind: "string"; readonly default: string }
    | { readonly kind: "int"; readonly default: number; readonly min?: number; readonly max?: number }
    | { readonly kind: "bool"; readonly default: boolean }
    | { readonly kind: "enum"; readonly default: string; readonly values: readonly string[] }
    | { readonly kind: "duration"; readonly default: number; readonly min?: number }
    | { readonly kind: "list"; readonly default: readonly string[] }
  );

/** Flags by the name of the option that they set. */
export type FlagTable = Readonly<Record<string, Flag>>;

type ValueOf<F extends Flag> = F extends { kind: "string" } ? string
  : F extends { kind: "bool" } ? boolean
  : F extends { kind: "enum" } ? F["values"][number]
  : F extends { kind: "list" } ? readonly string[]
  : number;

/** What a table's flags are read as: durations in milliseconds. */
export type OptionsOf<T extends FlagTable> = { readonly [Name in keyof T]: ValueOf<T[Name]> };

/** A command line that can be acted on. */
export interface ParsedFlags<Options> {
  readonly kind: "options";
  readonly options: Options;
  /** What was set (as `--name` or as the variable's name) and has no effect here, in the order of the table. */
  readonly withoutEffect: readonly string[];
}

/** A command line that asks for words, not work. */
export interface FlagQuestion {
  readonly kind: "help" | "version";
}

/**
 * A command line that can't be read. Exit code 2 is Go's for a flag that is unknown or of the wrong type, 1 is
 * MetalLB's for a value that it refuses itself.
 */
export interface FlagError {
  readonly kind: "error";
  readonly exitCode: 1 | 2;
  readonly message: string;
}

export type FlagResult<Options> = ParsedFlags<Options> | FlagQuestion | FlagError;

/** Environment variables as data. */
export type Environment = Readonly<Record<string, string | undefined>>;

type Value = string | number | boolean | readonly string[];
type Read = { readonly value: Value } | FlagError;

/** Reads a command line. Of a flag given twice the later one holds, but of a list all count. */
export function parseFlags<T extends FlagTable>(
  table: T,
  args: readonly string[],
  env: Environment,
): FlagResult<OptionsOf<T>> {
  return parse(table, args, env, null);
}

/** As {@link parseFlags}, for a command that takes more than flags: `operands` are the other arguments, in order. */
export function parseCommandLine<T extends FlagTable>(
  table: T,
  args: readonly string[],
): FlagQuestion | FlagError | (ParsedFlags<OptionsOf<T>> & { readonly operands: readonly string[] }) {
  const operands: string[] = [];
  const parsed = parse(table, args, {}, operands);
  return parsed.kind === "options" ? { ...parsed, operands } : parsed;
}

function parse<T extends FlagTable>(
  table: T,
  args: readonly string[],
  env: Environment,
  operands: string[] | null,
): FlagResult<OptionsOf<T>> {
  const given = readArguments(table, args, operands);
  if (!(given instanceof Map)) return given;
  const options: Record<string, Value> = {};
  const withoutEffect: string[] = [];
  for (const [name, flag] of Object.entries(table)) {
    const fromArgs = given.get(name);
    const fromEnv = flag.env === undefined ? undefined : env[flag.env];
    if (fromArgs !== undefined) {
      options[name] = fromArgs;
    } else if (flag.env !== undefined && fromEnv !== undefined && fromEnv !== "") {
      const read = readValue(flag, flag.env, fromEnv);
      // A bad variable is not a bad command line: MetalLB refuses it itself.
      if ("kind" in read) return { ...read, exitCode: 1 };
      options[name] = read.value;
    } else {
      options[name] = flag.default;
      continue;
    }
    if (!flag.works) withoutEffect.push(fromArgs !== undefined ? `--${flag.flag}` : flag.env ?? name);
  }
  return { kind: "options", options: options as OptionsOf<T>, withoutEffect };
}

/** Every environment variable that the table reads, sorted; for the permission to read them. */
export function environmentOf(table: FlagTable): string[] {
  return Object.values(table).flatMap((flag) => flag.env === undefined ? [] : [flag.env]).sort();
}

/** An error of exit code 1, for rules that concern several options. */
export function refuse(message: string): FlagError {
  return { kind: "error", exitCode: 1, message };
}

function readArguments(
  table: FlagTable,
  args: readonly string[],
  operands: string[] | null,
): Map<string, Value> | FlagQuestion | FlagError {
  const byFlag = new Map(Object.entries(table).map(([name, flag]) => [flag.flag, { name, flag }] as const));
  const given = new Map<string, Value>();
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? "";
    if (arg === "--" && index === args.length - 1) break;
    const match = /^--?([^-=][^=]*)(?:=([\s\S]*))?$/.exec(arg);
    if (match === null && operands !== null) {
      operands.push(arg);
      continue;
    }
    if (match === null) return usage(strayArgument(arg, args[index - 1]));
    const [, name = "", inline] = match;
    const known = byFlag.get(name);
    if (known === undefined) {
      if (name === "h" || name === "help") return { kind: "help" };
      if (name === "version") return { kind: "version" };
      return usage(`unknown flag --${name}`);
    }
    // Only `=` gives a boolean a value: what follows it is the next argument, as in Go.
    const value = inline ?? (known.flag.kind === "bool" ? "true" : args[++index]);
    if (value === undefined) {
      return usage(`${dashed(name)} needs a value, as in ${dashed(name)}=${example(known.flag)}`);
    }
    const read = readValue(known.flag, dashed(name), value);
    if ("kind" in read) return read;
    const earlier = known.flag.kind === "list" ? given.get(known.name) ?? [] : [];
    given.set(known.name, known.flag.kind === "list" ? [earlier, read.value].flat().map(String) : read.value);
  }
  return given;
}

/** As people write it: one letter has one dash. */
function dashed(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}

function strayArgument(arg: string, before: string | undefined): string {
  const hint = before?.startsWith("-") && parseBool(arg) !== null
    ? `; a boolean takes its value after "=", as in ${before}=${arg}`
    : "";
  return `unexpected argument ${JSON.stringify(arg)}${hint}`;
}

function usage(message: string): FlagError {
  return { kind: "error", exitCode: 2, message: `${message}; --help lists the flags` };
}

function readValue(flag: Flag, source: string, text: string): Read {
  const bad = (want: string, exitCode: 1 | 2): FlagError => ({
    kind: "error",
    exitCode,
    message: `${source}=${JSON.stringify(text)}: ${want}`,
  });
  switch (flag.kind) {
    case "string":
    case "list":
      return { value: text };
    case "bool": {
      const value = parseBool(text);
      return value === null ? bad("wants true or false", 2) : { value };
    }
    case "enum":
      return flag.values.includes(text) ? { value: text } : bad(`wants one of ${flag.values.join(", ")}`, 1);
    case "int": {
      const value = parseInteger(text);
      if (value === null) return bad("wants an integer", 2);
      return within(value, flag.min, flag.max) ? { value } : bad(`wants ${bounds(flag.min, flag.max)}`, 1);
    }
    case "duration": {
      const value = parseDurationMs(text);
      if (value === null) return bad(`wants a duration with its unit, as in ${example(flag)}`, 2);
      return within(value, flag.min, undefined) ? { value } : bad(`wants at least ${flag.min}ms`, 1);
    }
  }
}

function within(value: number, min = -Infinity, max = Infinity): boolean {
  return min <= value && value <= max;
}

function bounds(min: number | undefined, max: number | undefined): string {
  if (max === undefined) return `at least ${min}`;
  return min === undefined ? `at most ${max}` : `${min} to ${max}`;
}

function example(flag: Flag): string {
  if (flag.kind === "duration") return `${flag.default}ms`;
  return flag.kind === "enum" || flag.kind === "int" ? String(flag.default) : "<text>";
}

/** The spellings of Go's strconv.ParseBool. */
function parseBool(text: string): boolean | null {
  if (["1", "t", "T", "true", "TRUE", "True"].includes(text)) return true;
  return ["0", "f", "F", "false", "FALSE", "False"].includes(text) ? false : null;
}

/** As Go's strconv.ParseInt with base 0 (without underscores): a prefix tells the base, and a leading 0 octal. */
function parseInteger(text: string): number | null {
  const match = /^([+-]?)(?:(0x[0-9a-f]+|0b[01]+|0o[0-7]+|0|[1-9]\d*)|0([0-7]+))$/i.exec(text);
  if (match === null) return null;
  const [, sign, plain, octal] = match;
  const size = octal === undefined ? Number(plain) : Number(`0o${octal}`);
  if (!Number.isSafeInteger(size)) return null;
  return sign === "-" ? 0 - size : size;
}
