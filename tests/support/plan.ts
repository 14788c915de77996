/** Plans of manifests, and plans as lines that a table can hold. */
import { planAllocation } from "../../controller/plan/allocation.ts";
import { explainAllocation } from "../../controller/plan/explanation.ts";
import { makePlan, type Outcome } from "../../core/plan/assemble.ts";
import type { Request } from "../../core/plan/collect.ts";
import { parseObjectRef } from "../../core/plan/layers.ts";
import { readManifest } from "../../core/plan/readmanifest.ts";
import type { Engines } from "../../core/plan/parts.ts";
import { type HandledService, type Plan, serviceKey } from "../../core/plan/plan.ts";
import { planAnnouncements } from "../../speaker/plan/announcements.ts";
import { explainAnnouncements } from "../../speaker/plan/explanation.ts";

/** As main.ts hands them over. */
export const engines: Engines = {
  controller: { allocate: planAllocation, explain: explainAllocation },
  speaker: { announce: planAnnouncements, explain: explainAnnouncements },
};

export interface Asked {
  /** The objects of a cluster. */
  readonly live?: readonly unknown[];
  /** As with --without. */
  readonly without?: readonly string[];
  readonly assumeEndpoints?: boolean;
  readonly namespace?: string;
  readonly lbClass?: string;
  readonly ignoreExcludeLabel?: boolean;
  readonly secretsKnown?: boolean;
}

/** `files` are the objects in them, in their order. */
export function requestOf(files: readonly unknown[], asked: Asked = {}): Request {
  const read = (objects: readonly unknown[]) =>
    objects.map((object) => readManifest(object, { source: "test", line: null }));
  return {
    live: read(asked.live ?? []),
    files: read(files),
    without: (asked.without ?? []).map((text) => {
      const ref = parseObjectRef(text);
      if (ref === null) throw new Error(`${text} names no object`);
      return ref;
    }),
    namespace: asked.namespace ?? "metallb-system",
    lbClass: asked.lbClass ?? "",
    ignoreExcludeLabel: asked.ignoreExcludeLabel ?? false,
    assumeEndpoints: asked.assumeEndpoints ?? false,
    secretsKnown: asked.secretsKnown ?? true,
    notes: [],
  };
}

export function planOf(files: readonly unknown[], asked: Asked = {}): Outcome {
  return makePlan(requestOf(files, asked), engines);
}

/** What a table may say about a plan: all lines of a kind, in their order. */
export const planViews = {
  /** `default/web 192.0.2.10 of public, with default/dns`, `default/web - poolExhausted`, `default/web notLoadBalancer` */
  services: ({ services }: Plan) =>
    services.map((service) => {
      const key = serviceKey(service);
      if (!service.handled) return `${key} ${service.reason}`;
      const { ips, pool, sharedWith, refusal } = service;
      const sharing = sharedWith.length === 0 ? "" : `, with ${sharedWith.join(" ")}`;
      const has = ips.length === 0 ? "-" : `${ips.join(",")} of ${pool}${sharing}`;
      return `${key} ${has}${refusal === null ? "" : ` ${refusal.reason}`}`;
    }),
  /** `default/web Normal IPAllocated` */
  events: (plan: Plan) =>
    handled(plan).flatMap((service) =>
      service.events.map(({ type, reason }) => `${serviceKey(service)} ${type} ${reason}`)
    ),
  /** `default/web node-b, node-a on eth1; node-c nodeLabeledExcludeBalancers` */
  layer2: (plan: Plan) => handled(plan).map((service) => `${serviceKey(service)} ${layer2(service)}`),
  /** `default/web node-a; node-b noLocalEndpoints` */
  bgp: (plan: Plan) =>
    handled(plan).map((service) => {
      const { nodes, refusal } = service.bgp;
      const announcing = nodes.filter(({ verdict }) => verdict === "announces").map(({ node }) => node);
      const excluded = nodes.flatMap(({ node, reason }) => reason === null ? [] : [`${node} ${reason}`]);
      const who = refusal === null ? announcing.join(", ") : `! ${refusal.reason}`;
      return `${serviceKey(service)} ${[who, ...excluded].join("; ")}`;
    }),
  /** `default/web node-a tor-1 192.0.2.10/32 100 65535:65281 large:1:2:3`; `ebgp` where no localPref is sent */
  routes: (plan: Plan) =>
    handled(plan).flatMap((service) =>
      service.bgp.routes.map(({ node, peer, prefix, localPref, communities, largeCommunities }) =>
        [
          ...[serviceKey(service), node, peer, prefix, localPref ?? "ebgp"],
          ...[...communities, ...largeCommunities.map((text) => `large:${text}`)],
        ].join(" ")
      )
    ),
  /** `public 1/9 0/0`: assigned and available, IPv4 and IPv6 */
  pools: ({ pools }: Plan) =>
    pools.map((pool) =>
      `${pool.name} ${pool.assignedIPv4}/${pool.availableIPv4} ${pool.assignedIPv6}/${pool.availableIPv6}`
    ),
  /** `error IPAddressPool/public spec.addresses[0]` */
  problems: ({ problems }: Plan) =>
    problems.map(({ severity, kind, name, field }) => `${severity} ${kind}/${name} ${field}`),
  notes: ({ notes }: Plan) => notes,
} as const satisfies Record<string, (plan: Plan) => readonly string[]>;

export type PlanView = keyof typeof planViews;

function handled({ services }: Plan): HandledService[] {
  return services.filter((service) => service.handled);
}

function layer2({ layer2: { owner, refusal, nodes } }: HandledService): string {
  const candidates = nodes.filter(({ verdict }) => verdict !== "excluded").map(({ node, interfaces }) =>
    interfaces === "all" ? node : `${node} on ${interfaces.join("+")}`
  );
  const excluded = nodes.flatMap(({ node, verdict, reason }) =>
    verdict === "excluded" ? [`${node} ${reason}`] : []
  );
  const who = owner === null ? `! ${refusal?.reason}` : candidates.join(", ");
  return [who, ...excluded].join("; ");
}
