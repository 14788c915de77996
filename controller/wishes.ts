/** What a Service asks for: read from its spec and annotations, not yet judged. */
import { type Ip, type IpFamily, parseIp } from "../core/ip.ts";
import type { Refusal } from "../core/reason.ts";
import { deprecatedAnnotationPrefix, type Service, serviceAnnotation } from "../core/service.ts";
import { keyOf } from "../core/meta.ts";
import type { Labels } from "../core/selector.ts";
import type { Claimant } from "./ledger.ts";

/** One family, or both. */
export type ServiceFamily = IpFamily | "dual";

export interface Wishes {
  /** The pool asked for by annotation, or null. */
  readonly pool: string | null;
  /** The addresses asked for, in their order, or null. */
  readonly ips: readonly Ip[] | null;
  /** Why the request can't be read; then `ips` is null. */
  readonly problem: Refusal | null;
  /** The deprecated annotations that were read, in full. */
  readonly deprecated: readonly string[];
}

export function readWishes(service: Service): Wishes {
  const pool = serviceAnnotation(service, "address-pool")?.value ?? "";
  const requested = serviceAnnotation(service, "loadBalancerIPs")?.value ?? "";
  const deprecated = ["address-pool", "loadBalancerIPs", "allow-shared-ip"]
    .filter((name) => serviceAnnotation(service, name)?.deprecated === true)
    .map((name) => deprecatedAnnotationPrefix + name);
  const ips = readIps(service.loadBalancerIP, requested);
  return {
    pool: pool === "" ? null : pool,
    ips: "message" in ips ? null : ips.length === 0 ? null : ips,
    problem: "message" in ips ? ips : null,
    deprecated,
  };
}

/** The Service as it claims addresses. */
export function claimantOf(service: Service): Claimant {
  return {
    service: keyOf(service),
    namespace: service.namespace,
    labels: service.labels,
    sharingKey: serviceAnnotation(service, "allow-shared-ip")?.value ?? "",
    backendKey: service.externalTrafficPolicy === "Local" ? canonical(service.selector) : "",
    ports: service.ports.map(({ protocol, port }) => `${protocol}/${port}`),
  };
}

/** For people: `IPv4`, `IPv6`, or `IPv4 and IPv6`. */
export function familyName(family: ServiceFamily): string {
  return family === "dual" ? "IPv4 and IPv6" : family === "ipv4" ? "IPv4" : "IPv6";
}

/** The family of these addresses: one address, or two of different families; null for anything else. */
export function familyOf(ips: readonly (Ip | null)[]): ServiceFamily | null {
  const [first, second] = ips;
  if (first === undefined || first === null || ips.length > 2) return null;
  if (ips.length === 1) return first.family;
  return second === undefined || second === null || first.family === second.family ? null : "dual";
}

/** The family of a Service, told by its cluster IPs. */
export function serviceFamily(service: Service): ServiceFamily | null {
  return familyOf(service.clusterIPs.map(parseIp));
}

function readIps(loadBalancerIP: string, annotation: string): readonly Ip[] | Refusal {
  const refuse = (message: string): Refusal => ({ reason: "invalidRequest", message });
  if (annotation === "" && loadBalancerIP === "") return [];
  if (annotation !== "" && loadBalancerIP !== "") {
    return refuse(
      "spec.loadBalancerIP and the annotation metallb.io/loadBalancerIPs are both set; keep one of them",
    );
  }
  const field = annotation === "" ? "spec.loadBalancerIP" : "the annotation metallb.io/loadBalancerIPs";
  const ips: Ip[] = [];
  for (const part of (annotation === "" ? [loadBalancerIP] : annotation.split(","))) {
    const ip = parseIp(part.trim());
    if (ip === null) return refuse(`"${part.trim()}" in ${field} is not an IP address`);
    ips.push(ip);
  }
  if (familyOf(ips) === null) {
    return refuse(
      `${field} takes one address, or one of each family, not "${ips.map((ip) => ip.text).join(",")}"`,
    );
  }
  return ips;
}

/** Equal for equal selectors, whatever the order of their keys. */
function canonical(selector: Labels): string {
  return Object.entries(selector).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) =>
    `${key}=${value},`
  ).join("");
}
