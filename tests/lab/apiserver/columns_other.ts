/** Columns of the other built-in kinds. */
import { ageOf } from "./ages.ts";
import { age, column, type Columns, objects, selectorText, wide } from "./columns.ts";
import { type ApiObject, arrayOr, at, objectOr, textOr } from "./json.ts";

function count(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return Object.keys(objectOr(value)).length;
}

function about(event: ApiObject): string {
  const object = objectOr(event["involvedObject"] ?? event["regarding"]);
  const kind = textOr(object["kind"]).toLowerCase();
  return textOr(object["name"]) === "" ? kind : `${kind}/${textOr(object["name"])}`;
}

function lastSeen(event: ApiObject, now: Date): string {
  const series = at(event, "series", "lastObservedTime");
  const last = series ?? event["lastTimestamp"] ?? event["deprecatedLastTimestamp"] ?? event["eventTime"];
  return ageOf(last, now);
}

function firstSeen(event: ApiObject, now: Date): string {
  return ageOf(event["firstTimestamp"] ?? event["deprecatedFirstTimestamp"] ?? event["eventTime"], now);
}

function source(event: ApiObject): string {
  const old = objectOr(event["source"] ?? event["deprecatedSource"]);
  const component = textOr(old["component"]) ||
    textOr(event["reportingComponent"] ?? event["reportingController"]);
  const host = textOr(old["host"]) || textOr(event["reportingInstance"]);
  return host === "" ? component : `${component}, ${host}`;
}

const event: Columns = [
  column("Last Seen", lastSeen),
  column("Type", (object) => object["type"]),
  column("Reason", (object) => object["reason"]),
  column("Object", about),
  wide("Subobject", (object) => textOr(at(object["involvedObject"] ?? object["regarding"], "fieldPath"))),
  wide("Source", source),
  column("Message", (object) => textOr(object["message"] ?? object["note"]).trim()),
  wide("First Seen", firstSeen),
  wide(
    "Count",
    (object) => at(object, "series", "count") ?? object["count"] ?? object["deprecatedCount"] ?? 1,
  ),
  wide("Name", ({ metadata }) => metadata.name),
];

function containers(workload: ApiObject, field: string): string {
  return objects(at(workload.spec, "template", "spec", "containers")).map((one) => textOr(one[field])).join(
    ",",
  );
}

function matchLabels(workload: ApiObject): string {
  return selectorText(at(workload.spec, "selector", "matchLabels"));
}

function number(object: ApiObject, field: string): number {
  const value = object.status?.[field];
  return typeof value === "number" ? value : 0;
}

const deployment: Columns = [
  column("Ready", (object) => `${number(object, "readyReplicas")}/${object.spec?.["replicas"] ?? 1}`),
  column("Up-to-date", (object) => number(object, "updatedReplicas")),
  column("Available", (object) => number(object, "availableReplicas")),
  age,
  wide("Containers", (object) => containers(object, "name")),
  wide("Images", (object) => containers(object, "image")),
  wide("Selector", matchLabels),
];

const daemonSet: Columns = [
  column("Desired", (object) => number(object, "desiredNumberScheduled"), "integer"),
  column("Current", (object) => number(object, "currentNumberScheduled"), "integer"),
  column("Ready", (object) => number(object, "numberReady"), "integer"),
  column("Up-to-date", (object) => number(object, "updatedNumberScheduled"), "integer"),
  column("Available", (object) => number(object, "numberAvailable"), "integer"),
  column("Node Selector", (object) => selectorText(at(object.spec, "template", "spec", "nodeSelector"))),
  age,
  wide("Containers", (object) => containers(object, "name")),
  wide("Images", (object) => containers(object, "image")),
  wide("Selector", matchLabels),
];

function subjects(binding: ApiObject, kind: string): string {
  const names = objects(binding["subjects"]).filter((subject) => subject["kind"] === kind)
    .map((subject) =>
      kind === "ServiceAccount"
        ? `${textOr(subject["namespace"])}/${textOr(subject["name"])}`
        : textOr(subject["name"])
    );
  return names.join(", ");
}

const binding: Columns = [
  column(
    "Role",
    (object) => `${textOr(at(object, "roleRef", "kind"))}/${textOr(at(object, "roleRef", "name"))}`,
  ),
  age,
  wide("Users", (object) => subjects(object, "User")),
  wide("Groups", (object) => subjects(object, "Group")),
  wide("ServiceAccounts", (object) => subjects(object, "ServiceAccount")),
];

/** Kinds without a printer of their own show when they were made. */
const createdAt: Columns = [column("Created At", ({ metadata }) => metadata.creationTimestamp ?? "", "date")];

const webhooks: Columns = [column("Webhooks", (object) => count(object["webhooks"]), "integer"), age];

/** By storage. */
export const OTHER_COLUMNS: Readonly<Record<string, Columns>> = {
  "/namespaces": [column("Status", ({ status }) => textOr(status?.["phase"])), age],
  "/secrets": [
    column("Type", (object) => object["type"]),
    column("Data", (object) => count(object["data"])),
    age,
  ],
  "/configmaps": [
    column("Data", (object) => count(object["data"]) + count(object["binaryData"])),
    age,
  ],
  "/serviceaccounts": [column("Secrets", (object) => String(arrayOr(object["secrets"]).length)), age],
  "/events": event,
  "apps/deployments": deployment,
  "apps/daemonsets": daemonSet,
  "coordination.k8s.io/leases": [column("Holder", ({ spec }) => textOr(spec?.["holderIdentity"])), age],
  "rbac.authorization.k8s.io/roles": createdAt,
  "rbac.authorization.k8s.io/clusterroles": createdAt,
  "rbac.authorization.k8s.io/rolebindings": binding,
  "rbac.authorization.k8s.io/clusterrolebindings": binding,
  "apiextensions.k8s.io/customresourcedefinitions": createdAt,
  "admissionregistration.k8s.io/mutatingwebhookconfigurations": webhooks,
  "admissionregistration.k8s.io/validatingwebhookconfigurations": webhooks,
};
