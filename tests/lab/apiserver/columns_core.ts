/** Columns of Services, Nodes, Pods, Endpoints and EndpointSlices. */
import { type ApiObject, arrayOr, at, type JsonObject, objectOr, textOr } from "./json.ts";
import { ageOf } from "./ages.ts";
import { column, type Columns, NONE, objects, orNone, selectorText, UNSET, wide } from "./columns.ts";

function externalIps(service: ApiObject): string {
  const spec = objectOr(service.spec);
  const own = arrayOr(spec["externalIPs"]).map(textOr);
  const given = objects(at(service.status, "loadBalancer", "ingress"))
    .map((ingress) => textOr(ingress["ip"]) || textOr(ingress["hostname"]));
  switch (spec["type"]) {
    case "LoadBalancer":
      return [...given, ...own].join(",") || "<pending>";
    case "ExternalName":
      return textOr(spec["externalName"]) || NONE;
    default:
      return own.join(",") || NONE;
  }
}

function servicePorts(spec: JsonObject): string {
  return orNone(
    objects(spec["ports"]).map((port) => {
      const node = port["nodePort"] ? `:${port["nodePort"]}` : "";
      return `${port["port"]}${node}/${textOr(port["protocol"]) || "TCP"}`;
    }),
  );
}

const service: Columns = [
  column("Type", ({ spec }) => spec?.["type"] ?? ""),
  column("Cluster-IP", ({ spec }) => textOr(spec?.["clusterIP"]) || NONE),
  column("External-IP", externalIps),
  column("Port(s)", ({ spec }) => servicePorts(objectOr(spec))),
  column("Age", ({ metadata }, now) => ageOf(metadata.creationTimestamp, now)),
  wide("Selector", ({ spec }) => selectorText(spec?.["selector"])),
];

function nodeStatus(node: ApiObject): string {
  const ready = objects(node.status?.["conditions"]).find((condition) => condition["type"] === "Ready");
  const state = ready === undefined ? "Unknown" : ready["status"] === "True" ? "Ready" : "NotReady";
  return node.spec?.["unschedulable"] === true ? `${state},SchedulingDisabled` : state;
}

const ROLE_PREFIX = "node-role.kubernetes.io/";

function nodeRoles(node: ApiObject): string {
  const labels = node.metadata.labels ?? {};
  const roles = Object.keys(labels).filter((label) => label.startsWith(ROLE_PREFIX))
    .map((label) => label.slice(ROLE_PREFIX.length));
  const old = labels["kubernetes.io/role"];
  if (old !== undefined) roles.push(old);
  return orNone(roles.filter((role) => role !== "").sort());
}

function nodeAddress(node: ApiObject, type: string): string {
  const found = objects(node.status?.["addresses"]).find((address) => address["type"] === type);
  return textOr(found?.["address"]) || NONE;
}

function nodeInfo(node: ApiObject, field: string): string {
  return textOr(at(node.status, "nodeInfo", field)) || "<unknown>";
}

const node: Columns = [
  column("Status", nodeStatus),
  column("Roles", nodeRoles),
  column("Age", ({ metadata }, now) => ageOf(metadata.creationTimestamp, now)),
  column("Version", (object) => textOr(at(object.status, "nodeInfo", "kubeletVersion"))),
  wide("Internal-IP", (object) => nodeAddress(object, "InternalIP")),
  wide("External-IP", (object) => nodeAddress(object, "ExternalIP")),
  wide("OS-Image", (object) => nodeInfo(object, "osImage")),
  wide("Kernel-Version", (object) => nodeInfo(object, "kernelVersion")),
  wide("Container-Runtime", (object) => nodeInfo(object, "containerRuntimeVersion")),
];

function podState(pod: ApiObject): string {
  if (pod.metadata.deletionTimestamp !== undefined) return "Terminating";
  for (const container of objects(pod.status?.["containerStatuses"])) {
    const reason = textOr(at(container, "state", "waiting", "reason")) ||
      textOr(at(container, "state", "terminated", "reason"));
    if (reason !== "") return reason;
  }
  return textOr(pod.status?.["reason"]) || textOr(pod.status?.["phase"]) || "Unknown";
}

function podReady(pod: ApiObject): string {
  const ready = objects(pod.status?.["containerStatuses"]).filter((container) => container["ready"] === true);
  return `${ready.length}/${arrayOr(pod.spec?.["containers"]).length}`;
}

function podRestarts(pod: ApiObject): string {
  const counts = objects(pod.status?.["containerStatuses"]).map((container) =>
    Number(container["restartCount"] ?? 0)
  );
  return String(counts.reduce((sum, count) => sum + count, 0));
}

const pod: Columns = [
  column("Ready", podReady),
  column("Status", podState),
  column("Restarts", podRestarts),
  column("Age", ({ metadata }, now) => ageOf(metadata.creationTimestamp, now)),
  wide("IP", ({ status }) => textOr(status?.["podIP"]) || NONE),
  wide("Node", ({ spec }) => textOr(spec?.["nodeName"]) || NONE),
  wide("Nominated Node", ({ status }) => textOr(status?.["nominatedNodeName"]) || NONE),
  wide(
    "Readiness Gates",
    ({ spec }) =>
      arrayOr(spec?.["readinessGates"]).length === 0 ? NONE : "0/" + arrayOr(spec?.["readinessGates"]).length,
  ),
];

/** Shows three of a list and how many more there are. */
function firstThree(items: readonly string[], whenEmpty: string): string {
  if (items.length === 0) return whenEmpty;
  const more = items.length > 3 ? ` + ${items.length - 3} more...` : "";
  return items.slice(0, 3).join(",") + more;
}

function endpointsText(endpoints: ApiObject): string {
  const all = objects(endpoints["subsets"]).flatMap((subset) => {
    const ports = objects(subset["ports"]);
    const ips = objects(subset["addresses"]).map((address) => textOr(address["ip"]));
    if (ports.length === 0) return ips;
    return ports.flatMap((port) => ips.map((ip) => `${ip.includes(":") ? `[${ip}]` : ip}:${port["port"]}`));
  });
  return firstThree(all, NONE);
}

const endpoints: Columns = [
  column("Endpoints", endpointsText),
  column("Age", ({ metadata }, now) => ageOf(metadata.creationTimestamp, now)),
];

const endpointSlice: Columns = [
  column("AddressType", (slice) => slice["addressType"]),
  column(
    "Ports",
    (slice) =>
      firstThree(
        objects(slice["ports"]).map((port) => port["port"] === undefined ? "*" : String(port["port"])),
        UNSET,
      ),
  ),
  column(
    "Endpoints",
    (slice) =>
      firstThree(objects(slice["endpoints"]).flatMap((one) => arrayOr(one["addresses"]).map(textOr)), UNSET),
  ),
  column("Age", ({ metadata }, now) => ageOf(metadata.creationTimestamp, now)),
];

/** By storage. */
export const CORE_COLUMNS: Readonly<Record<string, Columns>> = {
  "/services": service,
  "/nodes": node,
  "/pods": pod,
  "/endpoints": endpoints,
  "discovery.k8s.io/endpointslices": endpointSlice,
};
