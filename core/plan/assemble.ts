/** Puts the plan together: objects go through the engines, and their answers become one sorted tree. */
import type { Problem } from "../problem.ts";
import { collect, type Collected, type Request } from "./collect.ts";
import { compareAll, compareServiceKeys, compareTexts } from "./order.ts";
import type {
  AllocationPart,
  AnnouncementPart,
  Assigned,
  Engines,
  PlannedAnnouncements,
  PlanObjects,
} from "./parts.ts";
import { type HandledService, type Plan, type PlannedService, serviceKey } from "./plan.ts";

/** A plan, and what the exit code says about it. */
export interface Outcome {
  readonly plan: Plan;
  /**
   * All handled Services have addresses, the ones they wish, and each is announced; and no problem is an error. Where
   * there is no Node announcements don't count.
   */
  readonly allWell: boolean;
  /** The handled Services, by `namespace/name`, of which that isn't true. */
  readonly unwell: ReadonlySet<string>;
}

/** The objects, and what the engines say about them. */
export interface Answers {
  readonly request: Request;
  readonly collected: Collected;
  readonly allocation: AllocationPart;
  readonly assigned: Assigned;
  readonly announcements: AnnouncementPart;
}

/** What would happen. */
export function makePlan(request: Request, engines: Engines): Outcome {
  return assemble(ask(request, engines));
}

export function ask(request: Request, { controller, speaker }: Engines): Answers {
  const collected = collect(request);
  const allocation = controller.allocate(collected.objects, request);
  const assigned = assignedOf(allocation);
  const announcements = speaker.announce(collected.objects, request, assigned);
  return { request, collected, allocation, assigned, announcements };
}

/** The addresses that the handled Services have, for the speaker. */
function assignedOf({ services }: AllocationPart): Assigned {
  return new Map([...services].flatMap(([key, answer]) => "ips" in answer ? [[key, answer.ips]] : []));
}

/** The tree, sorted. */
export function assemble({ request, collected, allocation, announcements }: Answers): Outcome {
  const { objects, problems, notes } = collected;
  const services = [...allocation.services].sort(([a], [b]) => compareServiceKeys(a, b))
    .map(([key, answer]) => serviceOf(key, answer, announcements.services.get(key)));
  const handled = services.filter((service) => service.handled);
  const allProblems = sortedProblems([...problems, ...allocation.problems, ...announcements.problems]);
  const hasNodes = objects.nodes.length > 0;
  const announcementNotes = hasNodes
    ? [...endpointNotes(request, objects, handled), ...partlySilentNotes(handled, announcements)]
    : ["there is no Node, so announcements are not planned"];
  const plan: Plan = {
    format: 1,
    services,
    pools: [...allocation.pools].sort((a, b) => compareTexts(a.name, b.name)),
    problems: allProblems,
    notes: [...notes, ...announcements.notes, ...announcementNotes],
  };
  const isServed = (service: HandledService) =>
    service.ips.length > 0 && service.refusal === null &&
    (!hasNodes || silentIps(service, announcements).length === 0);
  const unwell = new Set(handled.filter((service) => !isServed(service)).map(serviceKey));
  const allWell = unwell.size === 0 && allProblems.every(({ severity }) => severity !== "error");
  return { plan, allWell, unwell };
}

function serviceOf(
  key: string,
  answer: AllocationPart["services"] extends ReadonlyMap<string, infer Answer> ? Answer : never,
  announcements: PlannedAnnouncements | undefined,
): PlannedService {
  const [namespace = "", name = ""] = key.split("/");
  if ("reason" in answer) return { namespace, name, handled: false, reason: answer.reason };
  if (announcements === undefined) throw new Error(`the speaker's part says nothing of ${key}`);
  const { ips, pool, sharedWith, refusal, events } = answer;
  const { layer2, bgp } = announcements;
  return {
    ...{ namespace, name, handled: true, reason: null },
    ...{ ips, pool, sharedWith, refusal, events, layer2, bgp },
  };
}

/** Those of a Service's addresses that no node announces. */
function silentIps(service: HandledService, { services }: AnnouncementPart): readonly string[] {
  const announced = services.get(serviceKey(service))?.announced;
  return service.ips.filter((ip) => !announced?.has(ip));
}

/** Where nothing of a Service is announced its refusals say so. */
function partlySilentNotes(services: readonly HandledService[], part: AnnouncementPart): string[] {
  return services.flatMap((service) => {
    const ips = silentIps(service, part);
    if (ips.length === 0 || ips.length === service.ips.length) return [];
    return [`${ips.join(", ")} of ${serviceKey(service)} is announced by no node`];
  });
}

/** For people who only have manifests. */
function endpointNotes(
  { live, assumeEndpoints }: Request,
  objects: PlanObjects,
  services: readonly HandledService[],
): string[] {
  if (live.length > 0 || assumeEndpoints) return [];
  const known = new Set(
    objects.endpointSlices.map(({ namespace, serviceName: name }) => serviceKey({ namespace, name })),
  );
  const count = services.filter((service) => !known.has(serviceKey(service))).length;
  if (count === 0) return [];
  const which = count === 1 ? "1 Service has no EndpointSlice" : `${count} Services have no EndpointSlices`;
  return [`${which}; with --assume-endpoints such a Service counts as having an endpoint on every node`];
}

function sortedProblems(problems: readonly Problem[]): readonly Problem[] {
  const distinct = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  const texts = (
    { kind, namespace, name, field, severity, message }: Problem,
  ) => [kind, namespace, name, field, severity, message];
  return [...distinct.values()].map(orderedProblem).sort((a, b) => compareAll(texts(a), texts(b)));
}

/** With its fields in the order of the format. */
function orderedProblem({ severity, kind, namespace, name, field, message }: Problem): Problem {
  return { severity, kind, namespace, name, field, message };
}
