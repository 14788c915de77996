/** Whether a Service's addresses may be announced at all, by whichever protocol: in the order of MetalLB's speaker. */
import { type Ip, parseIp } from "../core/ip.ts";
import { keyOf } from "../core/meta.ts";
import type { Refusal } from "../core/reason.ts";
import { classIsOurs, type Service } from "../core/service.ts";

/** What that depends on. */
export interface Placing {
  /** As --lb-class. */
  readonly lbClass: string;
  /** The name of the pool that the address lies in, or null. */
  poolOf(ip: Ip): string | null;
}

export interface Placed {
  /** In the order of the Service's status; at least one. */
  readonly ips: readonly Ip[];
  /** The name of the pool of each. */
  readonly pools: readonly string[];
}

/** The addresses and their pools. One address that can't be announced holds back all of them. */
export function placeAddresses(service: Service, placing: Placing): Placed | Refusal {
  const name = keyOf(service);
  if (!classIsOurs(service, placing.lbClass)) {
    return { reason: "loadBalancerClass", message: classMessage(service, placing.lbClass) };
  }
  if (service.type !== "LoadBalancer") {
    return { reason: "notLoadBalancer", message: `the type of ${name} is ${service.type}` };
  }
  if (service.ingress.length === 0) return { reason: "noIPAllocated", message: `${name} has no address yet` };
  const ips: Ip[] = [];
  for (const entry of service.ingress) {
    const ip = parseIp(entry.ip);
    if (ip === null) {
      const held = JSON.stringify(entry.ip === "" ? entry.hostname : entry.ip);
      return { reason: "invalidIP", message: `the status of ${name} holds ${held}, which is no IP address` };
    }
    ips.push(ip);
  }
  const pools: string[] = [];
  for (const ip of ips) {
    const pool = placing.poolOf(ip);
    if (pool === null) return { reason: "ipNotAllowed", message: `${ip.text} of ${name} is in no pool` };
    pools.push(pool);
  }
  return { ips, pools };
}

function classMessage(service: Service, lbClass: string): string {
  const its = service.loadBalancerClass === null ? "no class" : `class ${service.loadBalancerClass}`;
  const ours = lbClass === "" ? "without one" : `of class ${lbClass}`;
  return `${keyOf(service)} has ${its}; only Services ${ours} are handled`;
}
