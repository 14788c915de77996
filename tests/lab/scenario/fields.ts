/** Takes plain data apart, naming the place of what doesn't fit. */

/** The file is not a scenario. The message begins with file and place. */
export class ScenarioError extends Error {
  override readonly name = "ScenarioError";
}

export type Fields = Readonly<Record<string, unknown>>;

/** `10s`, `500ms`, `1m`. */
export function duration(value: unknown, place: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text(value, place));
  if (match === null) throw new ScenarioError(`${place}: a duration such as 10s or 500ms is wanted`);
  return Number(match[1]) * { ms: 1, s: 1000, m: 60_000 }[match[2] as "ms" | "s" | "m"];
}

export function mapping(value: unknown, place: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ScenarioError(`${place}: a mapping is wanted`);
  }
  return value as Fields;
}

export function only(fields: Fields, known: readonly string[], place: string): Fields {
  const unknown = Object.keys(fields).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new ScenarioError(`${place}: ${unknown} is not known; ${known.join(", ")} are`);
  }
  return fields;
}

export function list(value: unknown, place: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new ScenarioError(`${place}: a list is wanted`);
  return value;
}

export function text(value: unknown, place: string): string {
  if (typeof value !== "string") throw new ScenarioError(`${place}: a text is wanted`);
  return value;
}

export function textAt(fields: Fields, name: string, place: string): string {
  return text(fields[name], `${place}: ${name}`);
}

export function texts(value: unknown, place: string): readonly string[] {
  return (Array.isArray(value) ? value : [value]).map((item) => text(item, place));
}

export function oneOf<const T extends string>(value: unknown, choices: readonly T[], place: string): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new ScenarioError(`${place}: one of ${choices.join(", ")} is wanted`);
  return found;
}
