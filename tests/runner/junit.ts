/** Reads what `deno test --junit-path` wrote: every test and every step is a `testcase`, a step's name holds its path. */
import type { SuiteResult } from "./results.ts";

interface Case {
  readonly file: string;
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
}

/**
 * The counts of a report. What has steps is counted by its steps, and for itself only when it failed though none of
 * them did. A name says why it is skipped by ending in `[skipped: reason]`; without a reason it counts as failed.
 */
export function readJunit(suite: string, xml: string): SuiteResult {
  const cases = readCases(xml);
  const counted = cases.filter((one) => {
    const below = cases.filter((other) => other.file === one.file && other.name.startsWith(`${one.name} > `));
    return below.length === 0 ||
      (one.outcome === "failed" && !below.some((other) => other.outcome === "failed"));
  });
  const failed = counted.filter((one) => one.outcome === "failed").map((one) => one.name);
  const skipped = [];
  for (const one of counted) {
    if (one.outcome !== "skipped") continue;
    const match = /^(.*?) ?\[skipped: (.+)\]$/s.exec(one.name);
    if (match === null) failed.push(`${one.name}: skipped without a reason`);
    else skipped.push({ name: match[1] ?? "", reason: match[2] ?? "" });
  }
  const passed = counted.filter((one) => one.outcome === "passed").length;
  return { suite, ran: counted.length - skipped.length, passed, failed, skipped };
}

function readCases(xml: string): Case[] {
  return [...xml.matchAll(/<testcase ([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g)].map((
    [, attributes, inside],
  ) => ({
    file: attribute(attributes ?? "", "classname"),
    name: attribute(attributes ?? "", "name"),
    outcome: outcomeOf(inside ?? ""),
  }));
}

function outcomeOf(inside: string): Case["outcome"] {
  if (/<(failure|error)\b/.test(inside)) return "failed";
  return /<skipped\b/.test(inside) ? "skipped" : "passed";
}

function attribute(attributes: string, name: string): string {
  const value = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes)?.[1] ?? "";
  return value.replace(/&(lt|gt|amp|quot|apos|#(\d+)|#x([0-9a-f]+));/gi, (all, entity, decimal, hex) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(parseInt(hex, 16));
    return { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" }[String(entity).toLowerCase()] ?? all;
  });
}
