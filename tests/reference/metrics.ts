/**
 * The tables of docs/metrics.md, made from the catalogues. `deno run -A tests/reference/metrics.ts` writes them;
 * with `--check` it only says whether they are in step. A test looks too.
 */
import { controllerMetrics } from "../../controller/metriccatalogue.ts";
import type { MetricSpec } from "../../core/metric.ts";
import { kubeMetrics } from "../../kube/metriccatalogue.ts";
import { speakerMetrics } from "../../speaker/metriccatalogue.ts";

const path = new URL("../../docs/metrics.md", import.meta.url);

const tables: Readonly<Record<string, Readonly<Record<string, MetricSpec>>>> = {
  controller: controllerMetrics,
  speaker: speakerMetrics,
  both: kubeMetrics,
};

/** The document with its tables as the catalogues want them. Throws when a table's place is missing. */
export function withTables(document: string): string {
  return Object.entries(tables).reduce((text, [name, catalogue]) => {
    const place = new RegExp(`(<!-- table: ${name} -->\n)[^]*?(\n<!-- end -->)`);
    if (!place.test(text)) throw new Error(`docs/metrics.md has no place for the table "${name}"`);
    return text.replace(place, (_, start, end) => `${start}\n${tableOf(Object.values(catalogue))}${end}`);
  }, document);
}

/** Markdown as `deno fmt` writes it: columns of one width. */
function tableOf(specs: readonly MetricSpec[]): string {
  const rows = specs.map(({ name, type, labels, help }) => [
    `\`${name}\``,
    type,
    labels.map((label) => `\`${label}\``).join(", "),
    help,
  ]);
  const all = [["Name", "Type", "Labels", "Meaning"], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |\n`;
  const [head = [], ...body] = all;
  return line(head) + line(widths.map((width) => "-".repeat(width))) + body.map(line).join("");
}

if (import.meta.main) {
  const before = await Deno.readTextFile(path);
  const after = withTables(before);
  if (before === after) console.log("docs/metrics.md is in step");
  else if (Deno.args.includes("--check")) {
    console.error('docs/metrics.md is out of step; run "deno run -A tests/reference/metrics.ts"');
    Deno.exit(1);
  } else {
    await Deno.writeTextFile(path, after);
    console.log("wrote docs/metrics.md");
  }
}
