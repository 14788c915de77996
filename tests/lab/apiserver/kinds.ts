/** The built-in kinds that the embedded API server knows, as one table. */
import type { JsonObject } from "./json.ts";

/** A column of `kubectl get` that a CustomResourceDefinition declares. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
}

/** What only kinds of a CustomResourceDefinition have. */
export interface CustomKind {
  readonly schema: JsonObject;
  readonly columns: readonly PrinterColumn[];
  readonly selectableFields: readonly string[];
}

/** One kind in one version, and how its writes behave. */
export interface KindInfo {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** Has `/status`: the main endpoint ignores status, and `/status` ignores the rest. */
  readonly status: boolean;
  /** `metadata.generation` counts changes of the spec. */
  readonly generation: boolean;
  /** A PUT without resourceVersion overwrites. */
  readonly unconditionalUpdate: boolean;
  /** A PUT of an object that isn't there creates it. */
  readonly createOnUpdate: boolean;
  /** Fields that a fieldSelector may name beside `metadata.name` and `metadata.namespace`. */
  readonly selectable: readonly string[];
  /** Where objects are kept; all versions of a kind share it. */
  readonly storage: string;
  /** The version in which objects are kept. */
  readonly storageVersion: string;
  readonly custom?: CustomKind;
}

/** `v1` or `group/version`. */
export function apiVersionOf(info: { readonly group: string; readonly version: string }): string {
  return info.group === "" ? info.version : `${info.group}/${info.version}`;
}

type Row = readonly [
  groupVersion: string,
  plural: string,
  kind: string,
  flags: string,
  shortNames?: string,
  selectable?: string,
];

/**
 * Flags: n namespaced, s status subresource, g generation, u unconditional update, c create on update, a category "all".
 * As in the strategies of Kubernetes 1.36.
 */
const ROWS: readonly Row[] = [
  ["v1", "configmaps", "ConfigMap", "nu", "cm"],
  ["v1", "endpoints", "Endpoints", "nuc", "ep"],
  [
    "v1",
    "events",
    "Event",
    "nuc",
    "ev",
    "involvedObject.kind involvedObject.namespace involvedObject.name involvedObject.uid involvedObject.apiVersion " +
    "involvedObject.resourceVersion involvedObject.fieldPath reason reportingComponent source type",
  ],
  ["v1", "namespaces", "Namespace", "su", "ns", "status.phase"],
  ["v1", "nodes", "Node", "su", "no", "spec.unschedulable"],
  [
    "v1",
    "pods",
    "Pod",
    "nsgua",
    "po",
    "spec.nodeName spec.restartPolicy spec.schedulerName spec.serviceAccountName spec.hostNetwork status.phase " +
    "status.podIP status.nominatedNodeName",
  ],
  ["v1", "secrets", "Secret", "nu", "", "type"],
  ["v1", "serviceaccounts", "ServiceAccount", "nu", "sa"],
  ["v1", "services", "Service", "nsuca", "svc", "spec.clusterIP spec.type"],
  ["apps/v1", "daemonsets", "DaemonSet", "nsgua", "ds"],
  ["apps/v1", "deployments", "Deployment", "nsgua", "deploy"],
  ["coordination.k8s.io/v1", "leases", "Lease", "nc"],
  ["discovery.k8s.io/v1", "endpointslices", "EndpointSlice", "ngu"],
  ["rbac.authorization.k8s.io/v1", "clusterrolebindings", "ClusterRoleBinding", "uc"],
  ["rbac.authorization.k8s.io/v1", "clusterroles", "ClusterRole", "uc"],
  ["rbac.authorization.k8s.io/v1", "rolebindings", "RoleBinding", "nuc"],
  ["rbac.authorization.k8s.io/v1", "roles", "Role", "nuc"],
  ["apiextensions.k8s.io/v1", "customresourcedefinitions", "CustomResourceDefinition", "sg", "crd crds"],
  ["admissionregistration.k8s.io/v1", "mutatingwebhookconfigurations", "MutatingWebhookConfiguration", "g"],
  [
    "admissionregistration.k8s.io/v1",
    "validatingwebhookconfigurations",
    "ValidatingWebhookConfiguration",
    "g",
  ],
];

function fromRow([groupVersion, plural, kind, flags, shortNames = "", selectable = ""]: Row): KindInfo {
  const slash = groupVersion.indexOf("/");
  const group = slash < 0 ? "" : groupVersion.slice(0, slash);
  const version = groupVersion.slice(slash + 1);
  return {
    group,
    version,
    plural,
    singular: kind.toLowerCase(),
    kind,
    namespaced: flags.includes("n"),
    status: flags.includes("s"),
    generation: flags.includes("g"),
    unconditionalUpdate: flags.includes("u"),
    createOnUpdate: flags.includes("c"),
    categories: flags.includes("a")
      ? ["all"]
      : plural === "customresourcedefinitions"
      ? ["api-extensions"]
      : [],
    shortNames: shortNames.split(" ").filter((word) => word !== ""),
    selectable: selectable.split(" ").filter((word) => word !== ""),
    storage: `${group}/${plural}`,
    storageVersion: version,
  };
}

/** events.k8s.io/v1 is a second face of the core Events: same storage, other field names. */
function eventsGroup(core: KindInfo): KindInfo {
  return {
    ...core,
    group: "events.k8s.io",
    selectable: core.selectable.map((field) =>
      field.replace(/^involvedObject\./, "regarding.").replace("reportingComponent", "reportingController")
    ),
  };
}

/** All built-in kinds. */
export function builtInKinds(): KindInfo[] {
  const kinds = ROWS.map(fromRow);
  return kinds.flatMap((info) => info.plural === "events" ? [info, eventsGroup(info)] : [info]);
}
