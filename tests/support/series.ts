/** Reads Prometheus' text format, as far as tests need it. */

/** Every series of a text in Prometheus' format, with its value: `name{label="x"}` → 1. */
export function seriesOf(text: string): ReadonlyMap<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => {
    const at = line.lastIndexOf(" ");
    return [line.slice(0, at), Number(line.slice(at + 1))];
  }));
}
