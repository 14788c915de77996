/** The decisions about one Service for people: rule by rule, and what came of each. */
import { reasons } from "../reason.ts";
import type { ExplanationTree } from "./explainservice.ts";
import type { ExplainedStep, ObjectName } from "./explanation.ts";
import type { Paint } from "./paint.ts";
import { type PlannedService, serviceKey } from "./plan.ts";
import { serviceStory } from "./servicetext.ts";

const titles = { allocation: "Address", layer2: "Layer 2", bgp: "BGP" } as const;
const marks = { yes: ["green", "yes "], no: ["red", "no  "], info: ["dim", "    "] } as const;

/** Ends in a newline. */
export function explanationText({ service, steps }: ExplanationTree, paint: Paint): string {
  const lines = [`${paint("bold", serviceKey(service))}  ${summary(service)}`];
  let part: ExplainedStep["part"] | null = null;
  let rule: string | null = null;
  for (const step of steps) {
    if (step.part !== part) lines.push("", paint("bold", titles[step.part]));
    // Steps that apply one rule to several objects stand below it.
    if (step.part !== part || step.rule !== rule) lines.push(`  ${paint("cyan", step.rule)}`);
    [part, rule] = [step.part, step.rule];
    lines.push(`    ${stepText(step, paint)}`);
  }
  return `${lines.join("\n")}\n`;
}

function summary(service: PlannedService): string {
  if (!service.handled) return `not handled: ${reasons[service.reason]}`;
  return [...(service.ips.length === 0 ? [] : [service.ips.join(",")]), serviceStory(service)].join("  ");
}

function stepText({ outcome, object, node, reason, message }: ExplainedStep, paint: Paint): string {
  const [colour, mark] = marks[outcome];
  const where = [
    ...(node === null ? [] : [node]),
    // A node is known by its name alone.
    ...(object === null || object.kind === "Node" ? [] : [objectText(object)]),
  ].join(", ");
  const word = reason === null ? "" : ` (${reason})`;
  return `${paint(colour, mark)}${where === "" ? "" : `${where}: `}${message}${word}`;
}

function objectText({ kind, namespace, name }: ObjectName): string {
  return `${kind} ${namespace === "" ? "" : `${namespace}/`}${name}`;
}
