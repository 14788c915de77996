/** What is special about writing each kind: defaults, values that the server sets, and rules. */
import { crdProblems, crdStatus, defaultCrd } from "./crd.ts";
import { arrayOr, objectOr, rfc3339, textOr } from "./json.ts";
import type { KindInfo } from "./kinds.ts";
import { event, lease, namespace, node } from "./strategy_cluster.ts";
import { pod, workload } from "./strategy_pods.ts";
import type { Strategy, Write } from "./strategy.ts";
import { schemaProblems } from "./schema.ts";
import { assignClusterIps, assignFamilies, assignNodePorts } from "./service_assign.ts";
import { defaultService, dropTypeDependent, keepAllocated, normalizeClusterIps } from "./service_defaults.ts";
import { serviceProblems, serviceStatusProblems } from "./service_rules.ts";
import type { ServerState } from "./state.ts";
import { type FieldProblem, forbidden, invalidValue, notFound, required } from "./status.ts";

function service({ state, next, old, subresource }: Write): FieldProblem[] {
  defaultService(next);
  if (subresource === "status") return serviceStatusProblems(next);
  const spec = objectOr(next.spec);
  const oldSpec = old === undefined ? undefined : objectOr(old.spec);
  if (old === undefined) next.status = { loadBalancer: {} };
  else {
    keepAllocated(spec, objectOr(old.spec));
    dropTypeDependent(next, old);
  }
  normalizeClusterIps(spec, oldSpec);
  const problems = [...serviceProblems(next, old), ...assignFamilies(spec, oldSpec)];
  if (problems.length > 0) return problems;
  return [
    ...assignClusterIps(spec, oldSpec, state.allocator),
    ...assignNodePorts(next, oldSpec, state.allocator),
  ];
}

function secret({ next, old }: Write): FieldProblem[] {
  const added = objectOr(next["stringData"]);
  if (next["stringData"] !== undefined) {
    const data = { ...objectOr(next["data"]) };
    for (const [key, value] of Object.entries(added)) data[key] = base64(textOr(value));
    next["data"] = data;
    delete next["stringData"];
  }
  next["type"] = textOr(next["type"]) || textOr(old?.["type"]) || "Opaque";
  if (old !== undefined && old["type"] !== next["type"]) {
    return [invalidValue("type", next["type"], "field is immutable")];
  }
  return [];
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function endpointSlice({ next, old }: Write): FieldProblem[] {
  for (const port of arrayOr(next["ports"]).map(objectOr)) {
    port["protocol"] ??= "TCP";
    port["name"] ??= "";
  }
  next["endpoints"] ??= null;
  next["ports"] ??= null;
  if (textOr(next["addressType"]) === "") return [required("addressType")];
  if (old !== undefined && old["addressType"] !== next["addressType"]) {
    return [invalidValue("addressType", next["addressType"], "field is immutable")];
  }
  return [];
}

function endpoints({ next }: Write): FieldProblem[] {
  for (const subset of arrayOr(next["subsets"]).map(objectOr)) {
    for (const port of arrayOr(subset["ports"]).map(objectOr)) port["protocol"] ??= "TCP";
  }
  return [];
}

function crd({ state, next, subresource }: Write): FieldProblem[] {
  if (subresource === "status") return [];
  defaultCrd(next);
  const problems = crdProblems(next);
  if (problems.length === 0) next.status = crdStatus(next, rfc3339(state.now()));
  return problems;
}

const RBAC = "rbac.authorization.k8s.io";

function binding({ info, next, old }: Write): FieldProblem[] {
  const role = objectOr(next["roleRef"]);
  role["apiGroup"] = textOr(role["apiGroup"]) || RBAC;
  for (const subject of arrayOr(next["subjects"]).map(objectOr)) {
    if (subject["kind"] !== "ServiceAccount") subject["apiGroup"] = textOr(subject["apiGroup"]) || RBAC;
  }
  const before = old?.["roleRef"];
  if (
    before !== undefined &&
    (objectOr(before)["name"] !== role["name"] || objectOr(before)["kind"] !== role["kind"])
  ) {
    return [invalidValue("roleRef", role, "cannot change roleRef")];
  }
  return textOr(role["name"]) === "" && info.group === RBAC ? [required("roleRef.name")] : [];
}

function role({ next }: Write): FieldProblem[] {
  next["rules"] ??= null;
  return [];
}

const STRATEGIES: Readonly<Record<string, Strategy>> = {
  "/services": service,
  "/pods": pod,
  "/namespaces": namespace,
  "/nodes": node,
  "/secrets": secret,
  "/endpoints": endpoints,
  "/events": event,
  "apps/deployments": workload,
  "apps/daemonsets": workload,
  "coordination.k8s.io/leases": lease,
  "discovery.k8s.io/endpointslices": endpointSlice,
  "apiextensions.k8s.io/customresourcedefinitions": crd,
  [`${RBAC}/rolebindings`]: binding,
  [`${RBAC}/clusterrolebindings`]: binding,
  [`${RBAC}/roles`]: role,
  [`${RBAC}/clusterroles`]: role,
};

/** Runs the kind's strategy: `next` gets what the server sets; the answer is what is wrong with it. */
export function runStrategy(write: Write): FieldProblem[] {
  const { custom, storage } = write.info;
  if (custom === undefined) return STRATEGIES[storage]?.(write) ?? [];
  if (write.old === undefined && write.info.status) delete write.next.status;
  return schemaProblems(write.next, custom.schema);
}

/** A namespace must be there, and stay, for something to be created in it. @throws ApiError 404 or 403 */
export function checkNamespace(
  state: ServerState,
  info: KindInfo,
  namespaceName: string,
  name: string,
): void {
  const found = state.store.get("/namespaces", namespaceName);
  const names = { group: "", plural: "namespaces", kind: "Namespace" };
  if (found === undefined) throw notFound(names, namespaceName);
  if (found.object.metadata.deletionTimestamp === undefined) return;
  const why = `unable to create new content in namespace ${namespaceName} because it is being terminated`;
  const message = `namespace ${namespaceName} is being terminated`;
  throw forbidden(info, name, why, [{
    reason: "NamespaceTerminating",
    field: "metadata.namespace",
    message,
  }]);
}
