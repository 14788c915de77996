/** Rules for object names and labels. See Kubernetes "Object Names and IDs" (RFC 1123 and RFC 1035 labels). */
import type { ApiObject } from "./json.ts";
import type { KindInfo } from "./kinds.ts";
import { type FieldProblem, invalidValue, required } from "./status.ts";

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

const SUBDOMAIN_TEXT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and " +
  "end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_TEXT =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with " +
  "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const KEY_TEXT =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric " +
  "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is " +
  "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const VALUE_TEXT =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and " +
  "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is " +
  "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/** Kinds whose names become DNS labels. */
const SHORT_NAMES = new Set(["/namespaces", "/services"]);

/** Problems of the metadata that every object has. */
export function metadataProblems(info: KindInfo, object: Readonly<ApiObject>): FieldProblem[] {
  const { name, labels = {}, annotations = {} } = object.metadata;
  const problems: FieldProblem[] = [];
  if (name === undefined || name === "") {
    problems.push(required("metadata.name", "name or generateName is required"));
  } else if (info.group !== "rbac.authorization.k8s.io") {
    const [rule, text, longest] = SHORT_NAMES.has(info.storage)
      ? [LABEL, LABEL_TEXT, 63] as const
      : [SUBDOMAIN, SUBDOMAIN_TEXT, 253] as const;
    if (!rule.test(name)) problems.push(invalidValue("metadata.name", name, text));
    else if (name.length > longest) {
      problems.push(invalidValue("metadata.name", name, `must be no more than ${longest} characters`));
    }
  }
  for (const [key, value] of Object.entries(labels)) {
    if (!QUALIFIED.test(key)) problems.push(invalidValue("metadata.labels", key, KEY_TEXT));
    if (typeof value !== "string" || !LABEL_VALUE.test(value)) {
      problems.push(invalidValue("metadata.labels", value, VALUE_TEXT));
    }
  }
  for (const [key, value] of Object.entries(annotations)) {
    if (typeof value !== "string") {
      const message = `Invalid value: ${
        JSON.stringify(typeof value)
      }: annotation ${key} must be of type string`;
      problems.push({ reason: "FieldValueTypeInvalid", field: "metadata.annotations", message });
    }
  }
  return problems;
}
