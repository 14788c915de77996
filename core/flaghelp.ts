/** What `--help` prints, made from the flag table itself. */
import type { Flag, FlagTable } from "./flags.ts";

/** The help text of a program, ending in a newline. `intro` is a sentence that says what the program is for. */
export function flagHelp(program: string, intro: string, table: FlagTable): string {
  const flags = Object.values(table);
  const [working, accepted] = [flags.filter((flag) => flag.works), flags.filter((flag) => !flag.works)];
  const lines = [intro, "", `Usage: ${program} [flags]`, "", "Flags:", ...working.flatMap(entry)];
  lines.push(...plain("--help, -h", "print this text"), ...plain("--version", "print the version"));
  if (accepted.length > 0) {
    lines.push("", "Accepted so that MetalLB's command lines keep working, without effect:");
    lines.push(...accepted.flatMap(entry));
  }
  lines.push(
    "",
    "A flag may be written -flag=value, --flag=value or --flag value; a boolean only with `=`.",
    "",
  );
  return lines.join("\n");
}

function entry(flag: Flag): string[] {
  if (flag.flag === null) {
    return plain(`${flag.env}=${typeName(flag)}`, `${flag.help}${remarks(flag, false)}`);
  }
  const type = flag.kind === "bool" ? "" : `=${typeName(flag)}`;
  return plain(`--${flag.flag}${type}`, `${flag.help}${remarks(flag, true)}`);
}

function remarks(flag: Flag, nameEnv: boolean): string {
  const value = defaultText(flag);
  const parts = value === "" ? [] : [`default ${value}`];
  if (nameEnv && flag.env !== undefined) parts.push(`or ${flag.env}`);
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

function plain(head: string, text: string): string[] {
  return [`  ${head}`, `        ${text}`];
}

function typeName(flag: Flag): string {
  return flag.kind === "enum" ? flag.values.join("|") : `<${flag.kind}>`;
}

function defaultText(flag: Flag): string {
  if (flag.kind !== "duration") return String(flag.default);
  return flag.default % 1000 === 0 ? `${flag.default / 1000}s` : `${flag.default}ms`;
}
