/** Namespaces, Nodes, Events and Leases. */
import { arrayOr, at, isObject, type JsonObject, objectOr, textOr } from "./json.ts";
import { type FieldProblem, invalidValue, required } from "./status.ts";
import type { Strategy } from "./strategy.ts";

export const namespace: Strategy = ({ next, old }) => {
  next.metadata.labels = { ...next.metadata.labels, "kubernetes.io/metadata.name": next.metadata.name };
  const spec = next.spec ??= {};
  if (old === undefined) {
    spec["finalizers"] = ["kubernetes"];
    next.status = { phase: "Active" };
  } else spec["finalizers"] ??= objectOr(old.spec)["finalizers"];
  return [];
};

/** A real API server writes these out even when nobody set them. */
const NODE_INFO = [
  "architecture",
  "bootID",
  "containerRuntimeVersion",
  "kernelVersion",
  "kubeProxyVersion",
  "kubeletVersion",
  "machineID",
  "operatingSystem",
  "osImage",
  "systemUUID",
];

const NOT_READY = { key: "node.kubernetes.io/not-ready", effect: "NoSchedule" };

export const node: Strategy = ({ next, old }) => {
  const spec = next.spec ??= {};
  const taints = arrayOr(spec["taints"]);
  // As the TaintNodesByCondition admission does; the controller that takes it away again isn't there.
  if (old === undefined && !taints.some((taint) => objectOr(taint)["key"] === NOT_READY.key)) {
    spec["taints"] = [...taints, { ...NOT_READY }];
  }
  const status = next.status ??= {};
  status["daemonEndpoints"] ??= { kubeletEndpoint: { Port: 0 } };
  status["nodeInfo"] = {
    ...Object.fromEntries(NODE_INFO.map((name) => [name, ""])),
    ...objectOr(status["nodeInfo"]),
  };
  for (const condition of arrayOr(status["conditions"]).map(objectOr)) {
    condition["lastHeartbeatTime"] ??= null;
    condition["lastTransitionTime"] ??= null;
  }
  return [];
};

function defaultEvent(event: JsonObject): void {
  for (const field of ["eventTime", "firstTimestamp", "lastTimestamp"]) event[field] ??= null;
  for (const field of ["reportingComponent", "reportingInstance"]) event[field] ??= "";
  if (!isObject(event["source"])) event["source"] = {};
}

/** Events of the new API must say more; without an eventTime only that is told. */
function newEventProblems(event: JsonObject): FieldProblem[] {
  const type = textOr(event["type"]);
  const wrongType = type === "Normal" || type === "Warning"
    ? []
    : [invalidValue("type", type, `has invalid value: ${type}`)];
  if (textOr(event["eventTime"]) === "") return [required("eventTime"), ...wrongType];
  const fields = [["reportingComponent", "reportingController"], ["reportingInstance"], ["action"], [
    "reason",
  ]] as const;
  const missing = fields.filter(([field]) => textOr(event[field]) === "");
  return [...missing.map(([field, shown]) => required(shown ?? field)), ...wrongType];
}

export const event: Strategy = ({ info, next, old }) => {
  defaultEvent(next);
  const about = textOr(at(next, "involvedObject", "namespace"));
  const problems: FieldProblem[] = [];
  if (about !== next.metadata.namespace && !(about === "" && next.metadata.namespace === "default")) {
    problems.push(invalidValue("involvedObject.namespace", about, "does not match event.namespace"));
  }
  if (info.group === "events.k8s.io" && old === undefined) problems.push(...newEventProblems(next));
  return problems;
};

export const lease: Strategy = ({ next }) => {
  const spec = objectOr(next.spec);
  const { leaseDurationSeconds: duration, leaseTransitions: transitions } = spec as Record<
    string,
    unknown
  >;
  const problems: FieldProblem[] = [];
  if (typeof duration === "number" && duration <= 0) {
    problems.push(invalidValue("spec.leaseDurationSeconds", duration, "must be greater than 0"));
  }
  if (typeof transitions === "number" && transitions < 0) {
    problems.push(invalidValue("spec.leaseTransitions", transitions, "must be greater than or equal to 0"));
  }
  // An empty holderIdentity is valid: that is how a Lease is given back.
  return problems;
};
