/**
 * What an API server writes into a Service by itself: defaults, the values that were allocated before, and the
 * clearing of what a changed type no longer needs. See Kubernetes Service, and its registry's strategy.
 */
import type { ApiObject, JsonObject } from "./json.ts";
import { arrayOr, at, equal, objectOr, textOr } from "./json.ts";

const CLIENT_IP_TIMEOUT_SECONDS = 10_800;

/** NodePort and LoadBalancer Services, and those with external IPs. */
export function externallyAccessible(spec: JsonObject): boolean {
  const type = spec["type"];
  return type === "LoadBalancer" || type === "NodePort" ||
    (type === "ClusterIP" && arrayOr(spec["externalIPs"]).length > 0);
}

/** Does the Service get node ports for its ports? */
export function needsNodePorts(spec: JsonObject): boolean {
  if (spec["type"] === "NodePort") return true;
  return spec["type"] === "LoadBalancer" && spec["allocateLoadBalancerNodePorts"] !== false;
}

/** Does the Service get `healthCheckNodePort`? */
export function needsHealthPort(spec: JsonObject): boolean {
  return spec["type"] === "LoadBalancer" && spec["externalTrafficPolicy"] === "Local";
}

function mayHaveNodePorts(spec: JsonObject): boolean {
  return spec["type"] === "NodePort" || spec["type"] === "LoadBalancer";
}

/** Sets the defaults that don't need allocation. */
export function defaultService(service: ApiObject): void {
  const spec = service.spec ??= {};
  spec["sessionAffinity"] = textOr(spec["sessionAffinity"]) || "None";
  if (spec["sessionAffinity"] === "None") delete spec["sessionAffinityConfig"];
  else if (at(spec, "sessionAffinityConfig", "clientIP", "timeoutSeconds") === undefined) {
    spec["sessionAffinityConfig"] = { clientIP: { timeoutSeconds: CLIENT_IP_TIMEOUT_SECONDS } };
  }
  const type = spec["type"] = textOr(spec["type"]) || "ClusterIP";
  for (const port of arrayOr(spec["ports"]).map(objectOr)) {
    port["protocol"] = textOr(port["protocol"]) || "TCP";
    const target = port["targetPort"];
    if (
      (target === undefined || target === 0 || target === "" || target === null) && type !== "ExternalName"
    ) {
      port["targetPort"] = port["port"];
    }
  }
  if (externallyAccessible(spec)) {
    spec["externalTrafficPolicy"] = textOr(spec["externalTrafficPolicy"]) || "Cluster";
  }
  if (type !== "ExternalName") {
    spec["internalTrafficPolicy"] = textOr(spec["internalTrafficPolicy"]) || "Cluster";
  }
  if (type === "LoadBalancer") {
    spec["allocateLoadBalancerNodePorts"] = spec["allocateLoadBalancerNodePorts"] ?? true;
    defaultIngress(service);
  }
}

/** An ingress with an IP gets `ipMode: VIP`. */
function defaultIngress(service: ApiObject): void {
  for (const ingress of arrayOr(at(service.status, "loadBalancer", "ingress")).map(objectOr)) {
    if (textOr(ingress["ip"]) !== "" && ingress["ipMode"] === undefined) ingress["ipMode"] = "VIP";
  }
}

/** `clusterIP` and `clusterIPs[0]` are one value with two names: a change of either is taken over into the other. */
export function normalizeClusterIps(spec: JsonObject, old: JsonObject | undefined): void {
  const ip = textOr(spec["clusterIP"]);
  const ips = arrayOr(spec["clusterIPs"]).map(textOr);
  if (old === undefined) {
    if (ip !== "" && ips.length === 0) spec["clusterIPs"] = [ip];
    return;
  }
  const oldIp = textOr(old["clusterIP"]);
  const ipChanged = ip !== oldIp;
  const ipsChanged = !equal(ips, arrayOr(old["clusterIPs"]));
  if (ipChanged && !ipsChanged) {
    if (ip === "") delete spec["clusterIPs"];
    else if (oldIp === "") spec["clusterIPs"] = [ip];
    else if (ips.length > 0) spec["clusterIPs"] = [ip, ...ips.slice(1)];
  } else if (!ipChanged && ipsChanged && ips.length === 0) {
    delete spec["clusterIP"];
  }
}

/** A write that leaves an allocated value out keeps the old one. */
export function keepAllocated(spec: JsonObject, old: JsonObject): void {
  if (old["type"] !== "ExternalName" && spec["type"] !== "ExternalName") {
    if (textOr(spec["clusterIP"]) === "" && arrayOr(spec["clusterIPs"]).length === 0) {
      spec["clusterIP"] = old["clusterIP"];
      spec["clusterIPs"] = old["clusterIPs"];
    }
  }
  if (needsNodePorts(old) && needsNodePorts(spec)) {
    const before = arrayOr(old["ports"]).map(objectOr);
    for (const port of arrayOr(spec["ports"]).map(objectOr)) {
      if (port["nodePort"] !== undefined && port["nodePort"] !== 0) continue;
      const same = before.find((one) => one["port"] === port["port"] && one["protocol"] === port["protocol"]);
      const taken = arrayOr(spec["ports"]).map(objectOr).some((one) =>
        one["nodePort"] === same?.["nodePort"]
      );
      if (same?.["nodePort"] !== undefined && !taken) port["nodePort"] = same["nodePort"];
    }
  }
  if (needsHealthPort(old) && needsHealthPort(spec)) {
    spec["healthCheckNodePort"] = spec["healthCheckNodePort"] || old["healthCheckNodePort"];
  }
}

function clearIfSame(spec: JsonObject, old: JsonObject, field: string): void {
  if (equal(spec[field], old[field])) delete spec[field];
}

/** Clears fields that a changed type no longer uses, unless the same write changed them too. */
export function dropTypeDependent(service: ApiObject, before: Readonly<ApiObject>): void {
  const spec = objectOr(service.spec);
  const old = objectOr(before.spec);
  if (old["type"] !== "ExternalName" && spec["type"] === "ExternalName") {
    for (
      const field of ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"]
    ) {
      clearIfSame(spec, old, field);
    }
  }
  if (mayHaveNodePorts(old) && !mayHaveNodePorts(spec)) {
    const oldPorts = new Set(arrayOr(old["ports"]).map((port) => objectOr(port)["nodePort"]));
    for (const port of arrayOr(spec["ports"]).map(objectOr)) {
      if (oldPorts.has(port["nodePort"])) delete port["nodePort"];
    }
  }
  if (needsHealthPort(old) && !needsHealthPort(spec)) clearIfSame(spec, old, "healthCheckNodePort");
  if (old["type"] === "LoadBalancer" && spec["type"] !== "LoadBalancer") {
    clearIfSame(spec, old, "allocateLoadBalancerNodePorts");
    clearIfSame(spec, old, "loadBalancerClass");
  }
  if (externallyAccessible(old) && !externallyAccessible(spec)) {
    clearIfSame(spec, old, "externalTrafficPolicy");
  }
  if (spec["type"] !== "LoadBalancer") service.status = { loadBalancer: {} };
}
