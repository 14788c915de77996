/** A Kubernetes Service, trimmed to what decides about its addresses and who announces them. */
import type { V1Service } from "@kubernetes/client-node";
import { type Meta, trimMeta } from "./meta.ts";
import type { Labels } from "./selector.ts";
import type { Wire } from "./wire.ts";

export interface Service extends Meta {
  /** spec.type; the API server's default is ClusterIP. */
  readonly type: string;
  readonly loadBalancerClass: string | null;
  /** spec.loadBalancerIP, "" when unset. */
  readonly loadBalancerIP: string;
  /** spec.clusterIPs, or else spec.clusterIP; without "None" and "". */
  readonly clusterIPs: readonly string[];
  readonly ipFamilies: readonly string[];
  /** spec.ipFamilyPolicy; an unset one is SingleStack. */
  readonly ipFamilyPolicy: string;
  readonly ports: readonly ServicePort[];
  /** Local, or else Cluster. */
  readonly externalTrafficPolicy: "Cluster" | "Local";
  readonly selector: Labels;
  /** status.loadBalancer.ingress */
  readonly ingress: readonly ServiceIngress[];
}

export interface ServicePort {
  /** TCP, UDP or SCTP */
  readonly protocol: string;
  readonly port: number;
}

/** One entry of status.loadBalancer.ingress; "" for what it lacks. */
export interface ServiceIngress {
  readonly ip: string;
  readonly hostname: string;
}

/** The prefix of the annotations in use, and the one that MetalLB deprecated. */
export const annotationPrefix = "metallb.io/";
export const deprecatedAnnotationPrefix = "metallb.universe.tf/";

export function trimService(raw: Wire<V1Service>): Service {
  const { spec, status } = raw;
  const clusterIPs = spec?.clusterIPs ?? (spec?.clusterIP === undefined ? [] : [spec.clusterIP]);
  return {
    ...trimMeta(
      raw.metadata,
      (key) => key.startsWith(annotationPrefix) || key.startsWith(deprecatedAnnotationPrefix),
    ),
    type: spec?.type ?? "ClusterIP",
    loadBalancerClass: spec?.loadBalancerClass ?? null,
    loadBalancerIP: spec?.loadBalancerIP ?? "",
    clusterIPs: clusterIPs.filter((ip) => ip !== "" && ip !== "None"),
    ipFamilies: spec?.ipFamilies ?? [],
    ipFamilyPolicy: spec?.ipFamilyPolicy ?? "SingleStack",
    ports: (spec?.ports ?? []).map(({ protocol, port }) => ({ protocol: protocol ?? "TCP", port })),
    externalTrafficPolicy: spec?.externalTrafficPolicy === "Local" ? "Local" : "Cluster",
    selector: spec?.selector ?? {},
    ingress: (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ({
      ip: ip ?? "",
      hostname: hostname ?? "",
    })),
  };
}

/** One of the product's annotations by its short name, as in `address-pool`, and under which prefix it stands. */
export function serviceAnnotation(
  service: Service,
  name: string,
): { readonly value: string; readonly deprecated: boolean } | null {
  const value = service.annotations[annotationPrefix + name];
  if (value !== undefined) return { value, deprecated: false };
  const old = service.annotations[deprecatedAnnotationPrefix + name];
  return old === undefined ? null : { value: old, deprecated: true };
}

/**
 * Whether a Service's class is ours: with no class configured those without a class are, else those of that class.
 */
export function classIsOurs(service: Service, configuredClass: string): boolean {
  return configuredClass === ""
    ? service.loadBalancerClass === null
    : service.loadBalancerClass === configuredClass;
}
