/** What a change does to a plan, like a diff. */
import { type Paint, plain } from "./paint.ts";
import { type HandledService, type Plan, type PlannedService, serviceKey } from "./plan.ts";
import { compareServiceKeys, compareTexts } from "./order.ts";
import { gauges } from "./pooltext.ts";
import { sentence, serviceStory } from "./servicetext.ts";
import { noteSection, problemLine } from "./text.ts";

/** Ends in a newline; says so when nothing changes. */
export function diffText(before: Plan, after: Plan, paint: Paint): string {
  const sections = [
    ...serviceSections(before, after, paint),
    ...section("Problems", problemTexts(before), problemTexts(after), paint),
    ...poolSections(before, after, paint),
  ];
  const changes = sections.length === 0 ? [["Nothing changes."]] : sections;
  return `${
    [...changes, ...noteSection(after.notes, paint)].map((lines) => lines.join("\n")).join("\n\n")
  }\n`;
}

function serviceSections(before: Plan, after: Plan, paint: Paint): string[][] {
  const [old, now] = [byKey(before), byKey(after)];
  const keys = [...new Set([...old.keys(), ...now.keys()])].sort(compareServiceKeys);
  return keys.flatMap((key) => section(key, serviceTexts(old.get(key)), serviceTexts(now.get(key)), paint));
}

function byKey({ services }: Plan): ReadonlyMap<string, PlannedService> {
  return new Map(services.map((service) => [serviceKey(service), service]));
}

/** All that a person would call a change, a line for each thing. */
function serviceTexts(service: PlannedService | undefined): string[] {
  if (service === undefined) return [];
  if (!service.handled) return [`not handled (${service.reason})`];
  const { ips, pool, layer2, bgp } = service;
  if (ips.length === 0) return [serviceStory(service)];
  const refusal = service.refusal === null ? [] : [`keeps it, though ${sentence(service.refusal)}`];
  return [
    `${ips.join(",")} from pool ${pool}`,
    ...refusal,
    ...sharing(service),
    ...layer2Texts(layer2),
    ...bgpTexts(bgp),
  ];
}

function sharing({ sharedWith }: HandledService): string[] {
  return sharedWith.length === 0 ? [] : [`shared with ${sharedWith.join(", ")}`];
}

function layer2Texts({ nodes, refusal }: HandledService["layer2"]): string[] {
  if (refusal !== null) return [`layer2: ${sentence(refusal)}`];
  const candidates = nodes.filter(({ verdict }) => verdict !== "excluded");
  if (candidates.length === 0) return [];
  const names = candidates.map(({ node, interfaces }) =>
    interfaces === "all" ? node : `${node} on ${interfaces.join("+")}`
  );
  return [`layer2: ${names.join(", then ")}`];
}

function bgpTexts({ routes, refusal }: HandledService["bgp"]): string[] {
  if (refusal !== null) return [`bgp: ${sentence(refusal)}`];
  return routes.map(({ node, peer, prefix, localPref, communities, largeCommunities }) => {
    const attributes = [
      ...(localPref === null ? [] : [`localPref ${localPref}`]),
      ...communities,
      ...largeCommunities.map((text) => `large:${text}`),
    ];
    return `bgp: ${node} to ${peer}: ${[prefix, ...attributes].join(" ")}`;
  });
}

function problemTexts({ problems }: Plan): string[] {
  return problems.map((problem) => problemLine(problem, plain));
}

function poolSections(before: Plan, after: Plan, paint: Paint): string[][] {
  const names = [...new Set([...before.pools, ...after.pools].map(({ name }) => name))].sort(compareTexts);
  const texts = ({ pools }: Plan, name: string) =>
    pools.filter((pool) => pool.name === name).flatMap((pool) => gauges(pool, plain));
  return names.flatMap((name) => section(`Pool ${name}`, texts(before, name), texts(after, name), paint));
}

/** What is only in one of the two, under a title; none when they are the same. */
function section(title: string, old: readonly string[], now: readonly string[], paint: Paint): string[][] {
  const gone = old.filter((line) => !now.includes(line));
  const come = now.filter((line) => !old.includes(line));
  if (gone.length + come.length === 0) return [];
  return [[
    paint("bold", title),
    ...gone.map((line) => paint("red", `- ${line}`)),
    ...come.map((line) => paint("green", `+ ${line}`)),
  ]];
}
