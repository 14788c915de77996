/** CustomResourceDefinitions: their own rules and status, and the kinds that they define. */
import { type ApiObject, arrayOr, type JsonObject, objectOr, textOr } from "./json.ts";
import type { KindInfo, PrinterColumn } from "./kinds.ts";
import { type FieldProblem, invalidValue, required, unsupported } from "./status.ts";

/** Fills what the API server fills: names, the conversion strategy, list kind. */
export function defaultCrd(crd: ApiObject): void {
  const spec = crd.spec ??= {};
  const names = objectOr(spec["names"]);
  const kind = textOr(names["kind"]);
  names["singular"] = textOr(names["singular"]) || kind.toLowerCase();
  names["listKind"] = textOr(names["listKind"]) || `${kind}List`;
  spec["names"] = names;
  spec["conversion"] = spec["conversion"] ?? { strategy: "None" };
}

/** What is wrong with a definition. Structural schemas are asked for, but not every rule of theirs is checked. */
export function crdProblems(crd: ApiObject): FieldProblem[] {
  const spec = objectOr(crd.spec);
  const names = objectOr(spec["names"]);
  const problems: FieldProblem[] = [];
  for (const field of ["plural", "kind"]) {
    if (textOr(names[field]) === "") problems.push(required(`spec.names.${field}`));
  }
  if (textOr(spec["group"]) === "") problems.push(required("spec.group"));
  const scope = spec["scope"];
  if (scope === undefined) problems.push(required("spec.scope"));
  else if (scope !== "Namespaced" && scope !== "Cluster") {
    problems.push(unsupported("spec.scope", scope, ["Cluster", "Namespaced"]));
  }
  const expected = `${textOr(names["plural"])}.${textOr(spec["group"])}`;
  if (crd.metadata.name !== expected) {
    problems.push(
      invalidValue("metadata.name", crd.metadata.name, 'must be spec.names.plural+"."+spec.group'),
    );
  }
  const versions = arrayOr(spec["versions"]).map(objectOr);
  if (versions.filter((version) => version["storage"] === true).length !== 1) {
    const why = "must have exactly one version marked as storage version";
    problems.push(invalidValue("spec.versions", versions.map((version) => version["name"]), why));
  }
  versions.forEach((version, i) => {
    const path = `spec.versions[${i}]`;
    if (textOr(version["name"]) === "") problems.push(required(`${path}.name`));
    const schema = objectOr(version["schema"])["openAPIV3Schema"];
    if (schema === undefined) {
      problems.push(required(`${path}.schema.openAPIV3Schema`, "schemas are required"));
    } else if (objectOr(schema)["type"] !== "object") {
      problems.push(required(`${path}.schema.openAPIV3Schema.type`, "must not be empty at the root"));
    }
  });
  return problems;
}

/** The status of a definition that is served: names accepted, established. */
export function crdStatus(crd: ApiObject, now: string): JsonObject {
  const spec = objectOr(crd.spec);
  const old = objectOr(crd.status);
  const storage = arrayOr(spec["versions"]).map(objectOr).find((version) => version["storage"] === true);
  const stored = arrayOr(old["storedVersions"]).map(textOr);
  const current = textOr(storage?.["name"]);
  const conditions = arrayOr(old["conditions"]);
  return {
    acceptedNames: spec["names"],
    conditions: conditions.length > 0 ? conditions : [
      condition("NamesAccepted", "NoConflicts", "no conflicts found", now),
      condition("Established", "InitialNamesAccepted", "the initial names have been accepted", now),
    ],
    storedVersions: stored.includes(current) ? stored : [...stored, current],
  };
}

function condition(type: string, reason: string, message: string, lastTransitionTime: string): JsonObject {
  return { type, status: "True", lastTransitionTime, reason, message };
}

function columnsOf(version: JsonObject): PrinterColumn[] {
  return arrayOr(version["additionalPrinterColumns"]).map(objectOr).map((column) => ({
    name: textOr(column["name"]),
    type: textOr(column["type"]),
    jsonPath: textOr(column["jsonPath"]),
    format: textOr(column["format"]),
    description: textOr(column["description"]),
    priority: typeof column["priority"] === "number" ? column["priority"] : 0,
  }));
}

/** The kinds that a definition serves, one for each served version. */
export function customKinds(crd: Readonly<ApiObject>): KindInfo[] {
  const spec = objectOr(crd.spec);
  const names = objectOr(spec["names"]);
  const group = textOr(spec["group"]);
  const plural = textOr(names["plural"]);
  const versions = arrayOr(spec["versions"]).map(objectOr);
  const stored = versions.find((version) => version["storage"] === true);
  return versions.filter((version) => version["served"] === true).map((version): KindInfo => {
    const schema = objectOr(objectOr(version["schema"])["openAPIV3Schema"]);
    const selectableFields = arrayOr(version["selectableFields"])
      .map((field) => textOr(objectOr(field)["jsonPath"]).replace(/^\./, ""));
    return {
      group,
      version: textOr(version["name"]),
      plural,
      singular: textOr(names["singular"]),
      kind: textOr(names["kind"]),
      namespaced: spec["scope"] === "Namespaced",
      shortNames: arrayOr(names["shortNames"]).map(textOr),
      categories: arrayOr(names["categories"]).map(textOr),
      status: objectOr(version["subresources"])["status"] !== undefined,
      generation: true,
      unconditionalUpdate: false,
      createOnUpdate: false,
      selectable: selectableFields,
      storage: `${group}/${plural}`,
      storageVersion: textOr(stored?.["name"]),
      custom: { schema, columns: columnsOf(version), selectableFields },
    };
  });
}
