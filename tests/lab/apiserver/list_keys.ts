/** How lists merge: which lists are maps by a key or sets. Everything else is replaced as a whole. */
import { arrayOr, type JsonObject, objectOr, textOr } from "./json.ts";
import type { KindInfo } from "./kinds.ts";

/** A list that is merged item by item: by the values of keys, or (no keys) by the items themselves. */
export interface MergedList {
  readonly keys: readonly string[];
}

/** One step into an object: a member's name, or "*" for any item of a list. */
export type Step = string;

/**
 * Lists of the built-in kinds that merge, by the end of their path. As the `patchMergeKey`, `listType` and
 * `listMapKey` markers of the Kubernetes API say, for the kinds that this server has.
 */
const BUILT_IN:
  readonly (readonly [suffix: readonly Step[], keys: readonly string[], strategicKey?: string])[] = [
    [["metadata", "finalizers"], []],
    [["metadata", "ownerReferences"], ["uid"]],
    [["spec", "ports"], ["port", "protocol"], "port"],
    [["status", "conditions"], ["type"]],
    [["status", "addresses"], ["type"]],
    [["spec", "podCIDRs"], []],
    [["status", "hostIPs"], ["ip"]],
    [["status", "podIPs"], ["ip"]],
    [["spec", "containers"], ["name"]],
    [["spec", "initContainers"], ["name"]],
    [["spec", "ephemeralContainers"], ["name"]],
    [["spec", "volumes"], ["name"]],
    [["spec", "imagePullSecrets"], ["name"]],
    [["imagePullSecrets"], ["name"]],
    [["secrets"], ["name"]],
    [["spec", "hostAliases"], ["ip"]],
    [["spec", "readinessGates"], []],
    [["spec", "topologySpreadConstraints"], ["topologyKey", "whenUnsatisfiable"], "topologyKey"],
    [["*", "env"], ["name"]],
    [["*", "ports"], ["containerPort", "protocol"], "containerPort"],
    [["*", "volumeMounts"], ["mountPath"]],
    [["*", "volumeDevices"], ["devicePath"]],
    [["webhooks"], ["name"]],
  ];

/** Lists that only a strategic merge patch merges. */
const STRATEGIC_ONLY: readonly (readonly [suffix: readonly Step[], keys: readonly string[]])[] = [
  [["spec", "taints"], ["key"]],
];

function endsWith(path: readonly Step[], suffix: readonly Step[]): boolean {
  const start = path.length - suffix.length;
  return start >= 0 && suffix.every((step, i) => path[start + i] === step);
}

/** The schema that a path leads to in a CustomResourceDefinition. */
function schemaAt(schema: JsonObject, path: readonly Step[]): JsonObject {
  let here = schema;
  for (const step of path) {
    if (step === "*") here = objectOr(here["items"]);
    else here = objectOr(objectOr(here["properties"])[step] ?? here["additionalProperties"]);
  }
  return here;
}

/** How server-side apply merges the list at this path; undefined: as a whole. */
export function appliedList(info: KindInfo, path: readonly Step[]): MergedList | undefined {
  if (info.custom !== undefined && path[0] !== "metadata") {
    const schema = schemaAt(info.custom.schema, path);
    if (schema["x-kubernetes-list-type"] === "set") return { keys: [] };
    if (schema["x-kubernetes-list-type"] !== "map") return undefined;
    return { keys: arrayOr(schema["x-kubernetes-list-map-keys"]).map(textOr) };
  }
  const found = builtIn(info, path);
  return found === undefined ? undefined : { keys: found[1] };
}

function builtIn(info: KindInfo, path: readonly Step[]): typeof BUILT_IN[number] | undefined {
  const row = BUILT_IN.find(([suffix]) => endsWith(path, suffix));
  // Only Services merge their ports at the top of the spec.
  return row?.[2] === "port" && info.plural !== "services" ? undefined : row;
}

/** How a strategic merge patch merges the list at this path: by the one merge key, or (keys empty) as a set. */
export function strategicList(info: KindInfo, path: readonly Step[]): MergedList | undefined {
  const only = STRATEGIC_ONLY.find(([suffix]) => endsWith(path, suffix));
  if (only !== undefined) return { keys: only[1] };
  const found = builtIn(info, path);
  if (found === undefined) return undefined;
  return { keys: found[2] === undefined ? found[1].slice(0, 1) : [found[2]] };
}
