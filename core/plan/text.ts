/** A plan for people: a line for each Service, then problems, pools and notes. */
import type { Problem } from "../problem.ts";
import { reasons } from "../reason.ts";
import type { Paint } from "./paint.ts";
import { type HandledService, type Plan, type PlannedService, serviceKey } from "./plan.ts";
import { poolLines } from "./pooltext.ts";
import { isAmiss, serviceStory } from "./servicetext.ts";

/** Of Services that aren't handled, more than these are only counted. */
const namedUnhandled = 10;

/** Ends in a newline. */
export function planText(plan: Plan, paint: Paint): string {
  const sections = [
    [paint("bold", "Services"), ...serviceLines(plan.services, paint)],
    ...problemSection(plan.problems, paint),
    ...poolSection(plan, paint),
    ...noteSection(plan.notes, paint),
  ];
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** `  error    IPAddressPool metallb-system/public, spec.addresses[0]: …` */
export function problemLine(
  { severity, kind, namespace, name, field, message }: Problem,
  paint: Paint,
): string {
  const word = paint(severity === "error" ? "red" : "yellow", severity.padEnd(7));
  return `${word}  ${kind} ${namespace}/${name}, ${field}: ${message}`;
}

export function noteSection(notes: readonly string[], paint: Paint): string[][] {
  return notes.length === 0 ? [] : [[paint("bold", "Notes"), ...notes.map((note) => `  ${note}`)]];
}

function serviceLines(services: readonly PlannedService[], paint: Paint): string[] {
  const handled = services.filter((service) => service.handled);
  const width = (of: (service: HandledService) => string) =>
    Math.max(0, ...handled.map((one) => of(one).length));
  const [keys, ips, pools] = [width(serviceKey), width(ipsOf), width(poolOf)];
  const lines = handled.map((service) => {
    const columns = [
      serviceKey(service).padEnd(keys),
      ipsOf(service).padEnd(ips),
      poolOf(service).padEnd(pools),
    ];
    const story = serviceStory(service);
    return `  ${columns.join("  ")}  ${isAmiss(service) ? paint("red", story) : story}`;
  });
  const others = unhandledLines(services, paint);
  return services.length === 0 ? ["  none"] : [...lines, ...others];
}

function ipsOf({ ips }: HandledService): string {
  return ips.length === 0 ? "-" : ips.join(",");
}

function poolOf({ pool }: HandledService): string {
  return pool ?? "-";
}

function unhandledLines(services: readonly PlannedService[], paint: Paint): string[] {
  const groups = Map.groupBy(services.filter((service) => !service.handled), ({ reason }) => reason);
  return [...groups].flatMap(([reason, group]) => {
    const why = `not handled: ${reasons[reason]} (${reason})`;
    if (group.length <= namedUnhandled) {
      return group.map((service) => paint("dim", `  ${serviceKey(service)}  ${why}`));
    }
    const first = group.slice(0, 3).map(serviceKey).join(", ");
    return [paint("dim", `  ${first} and ${group.length - 3} more  ${why}`)];
  });
}

function problemSection(problems: readonly Problem[], paint: Paint): string[][] {
  if (problems.length === 0) return [];
  return [[paint("bold", "Problems"), ...problems.map((problem) => `  ${problemLine(problem, paint)}`)]];
}

function poolSection({ pools }: Plan, paint: Paint): string[][] {
  if (pools.length === 0) return [];
  const width = Math.max(...pools.map(({ name }) => name.length));
  return [[
    paint("bold", "Pools"),
    ...pools.flatMap((pool) => poolLines(pool, width, paint).map((line) => `  ${line}`)),
  ]];
}
