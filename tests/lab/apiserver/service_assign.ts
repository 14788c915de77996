/** Gives a Service its IP families, cluster IPs and node ports. See Kubernetes' Service registry, alloc.go. */
import type { ApiObject, JsonObject } from "./json.ts";
import { arrayOr, equal, objectOr, textOr } from "./json.ts";
import { familyOf, type IpFamily, NODE_PORTS, type ServiceAllocator } from "./service_alloc.ts";
import { needsHealthPort, needsNodePorts } from "./service_defaults.ts";
import { type FieldProblem, internal, invalidValue } from "./status.ts";

function texts(value: unknown): string[] {
  return arrayOr(value).map(textOr);
}

/** Fills `ipFamilyPolicy` and `ipFamilies`. The cluster is dual stack, IPv4 first. */
export function assignFamilies(spec: JsonObject, old: JsonObject | undefined): FieldProblem[] {
  if (spec["type"] === "ExternalName") return [];
  const headless = textOr(spec["clusterIP"]) === "None";
  const selectorless = Object.keys(objectOr(spec["selector"])).length === 0;
  if (spec["ipFamilyPolicy"] === undefined) {
    spec["ipFamilyPolicy"] = old?.["ipFamilyPolicy"] ??
      (headless && selectorless ? "RequireDualStack" : "SingleStack");
  }
  const single = spec["ipFamilyPolicy"] === "SingleStack";
  let ips = texts(spec["clusterIPs"]);
  let families = texts(spec["ipFamilies"]);
  const problems: FieldProblem[] = [];
  if (old !== undefined) {
    if (single) {
      if (equal(ips, texts(old["clusterIPs"]))) ips = ips.slice(0, 1);
      if (equal(families, texts(old["ipFamilies"]))) families = families.slice(0, 1);
    } else if (
      ips.length > 0 && ips.length < texts(old["clusterIPs"]).length && ips[0] === texts(old["clusterIPs"])[0]
    ) {
      const why = "must be 'SingleStack' to release the secondary cluster IP";
      problems.push(invalidValue("spec.ipFamilyPolicy", spec["ipFamilyPolicy"], why));
    }
    if (families.length === 0 && old["type"] !== "ExternalName") {
      families = texts(old["ipFamilies"]).slice(0, 1);
    }
  }
  if (single && (ips.length > 1 || families.length > 1)) {
    const what = ips.length > 1 ? "cluster IPs" : "IP families";
    const why = `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`;
    problems.push(invalidValue("spec.ipFamilyPolicy", spec["ipFamilyPolicy"], why));
    return problems;
  }
  ips.forEach((ip, i) => {
    if (ip !== "None") families[i] ??= familyOf(ip);
  });
  if (families.length === 0) families = ["IPv4"];
  if (!single && families.length === 1) families.push(families[0] === "IPv4" ? "IPv6" : "IPv4");
  spec["ipFamilies"] = families;
  if (ips.length > 0) spec["clusterIPs"] = ips;
  return problems;
}

/** Allocates the cluster IPs that are missing, and checks those that were asked for. */
export function assignClusterIps(
  spec: JsonObject,
  old: JsonObject | undefined,
  pool: ServiceAllocator,
): FieldProblem[] {
  if (spec["type"] === "ExternalName" || textOr(spec["clusterIP"]) === "None") return [];
  const mine = new Set(texts(old?.["clusterIPs"]));
  const ips = texts(spec["clusterIPs"]);
  const problems: FieldProblem[] = [];
  texts(spec["ipFamilies"]).forEach((family, i) => {
    const wanted = ips[i] ?? "";
    if (wanted === "") {
      const free = pool.freeAddress(family as IpFamily);
      if (free === undefined) throw internal("failed to allocate a serviceIP: range is full");
      ips[i] = free;
    } else if (!mine.has(wanted) && pool.isAddressTaken(wanted)) {
      problems.push(
        invalidValue(
          "spec.clusterIPs",
          ips,
          `failed to allocate IP ${wanted}: provided IP is already allocated`,
        ),
      );
    } else if (!mine.has(wanted) && !wanted.startsWith(family === "IPv4" ? "10.96." : "fd00:10:96::")) {
      const why = `failed to allocate IP ${wanted}: the provided network does not match the current range`;
      problems.push(invalidValue("spec.clusterIPs", ips, why));
    }
  });
  spec["clusterIP"] = ips[0];
  spec["clusterIPs"] = ips;
  return problems;
}

/** Allocates the node ports that are missing, and checks those that were asked for. */
export function assignNodePorts(
  service: ApiObject,
  old: JsonObject | undefined,
  pool: ServiceAllocator,
): FieldProblem[] {
  const spec = objectOr(service.spec);
  const mine = new Set(arrayOr(old?.["ports"]).map((port) => objectOr(port)["nodePort"]));
  const picked = new Set<number>();
  const problems: FieldProblem[] = [];
  const ports = arrayOr(spec["ports"]).map(objectOr);
  ports.forEach((port, i) => {
    const wanted = port["nodePort"];
    if (typeof wanted !== "number" || wanted === 0) return;
    const path = `spec.ports[${i}].nodePort`;
    picked.add(wanted);
    if (mine.has(wanted)) return;
    if (wanted < NODE_PORTS.first || wanted > NODE_PORTS.last) {
      const why =
        `provided port is not in the valid range. The range of valid ports is ${NODE_PORTS.first}-${NODE_PORTS.last}`;
      problems.push(invalidValue(path, wanted, why));
    } else if (pool.isPortTaken(wanted, textOr(port["protocol"]))) {
      problems.push(invalidValue(path, wanted, "provided port is already allocated"));
    }
  });
  const take = (): number => {
    const free = pool.freePort(picked);
    if (free === undefined) throw internal("failed to allocate a nodePort: range is full");
    picked.add(free);
    return free;
  };
  if (needsNodePorts(spec)) {
    const byPort = new Map<unknown, number>();
    for (const port of ports) {
      if (typeof port["nodePort"] === "number" && port["nodePort"] > 0) {
        byPort.set(port["port"], port["nodePort"]);
      }
    }
    for (const port of ports) {
      if (typeof port["nodePort"] === "number" && port["nodePort"] > 0) continue;
      // TCP and UDP on one port number share a node port, as with a real API server.
      const shared = byPort.get(port["port"]);
      port["nodePort"] = shared ?? take();
      byPort.set(port["port"], port["nodePort"] as number);
    }
  }
  if (needsHealthPort(spec) && !spec["healthCheckNodePort"]) spec["healthCheckNodePort"] = take();
  return problems;
}
