/** ConfigurationState (metallb.io/v1beta1): what the controller, or a speaker, makes of the configuration. */
import { type Meta, trimMeta } from "../core/meta.ts";
import { conditionsSchema } from "./conditionschema.ts";
import type { Kind } from "./kind.ts";
import type { RawObject } from "./rawobject.ts";
import { mapping, text } from "./schema.ts";
import { isMapping, type Mapping } from "./values.ts";

export type ConfigurationResult = "Valid" | "Invalid" | "Unknown";

/** See Kubernetes `metav1.Condition`. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** RFC 3339 */
  readonly lastTransitionTime: string;
}

/** `status`, as it is written. */
export interface ConfigurationStateStatus {
  readonly result: ConfigurationResult;
  readonly errorSummary: string;
  readonly conditions: readonly Condition[];
}

export interface ConfigurationState extends Meta {
  /** null while the component has not written it */
  readonly status: ConfigurationStateStatus | null;
}

/** Who writes an object: the controller, or the speaker of a node. */
export type Component = { readonly type: "controller" } | {
  readonly type: "speaker";
  readonly node: string;
};

export const componentTypeLabel = "metallb.io/component-type";
export const nodeNameLabel = "metallb.io/node-name";

/** The conditions that the components write, by MetalLB's names, and their reasons. */
export const conditionTypes = {
  controller: "poolReconcilerValid",
  speaker: "configReconcilerValid",
} as const;
export const conditionReasons = {
  valid: "Reconciled",
  invalid: "ConfigurationError",
  unknown: "UnknownError",
} as const;

/** The name and the labels of a component's object. */
export function configurationStateIdentity(
  component: Component,
): { readonly name: string; readonly labels: Readonly<Record<string, string>> } {
  const labels = { [componentTypeLabel]: component.type };
  return component.type === "controller"
    ? { name: "controller", labels }
    : { name: `speaker-${component.node}`, labels: { ...labels, [nodeNameLabel]: component.node } };
}

/** What the conditions amount to. */
export function summarizeConditions(
  conditions: readonly Condition[],
): { readonly result: ConfigurationResult; readonly errorSummary: string } {
  if (conditions.length === 0) return { result: "Unknown", errorSummary: "" };
  const errors = conditions.filter(({ status, reason }) =>
    status === "False" && reason === conditionReasons.invalid
  );
  return {
    result: errors.length === 0 ? "Valid" : "Invalid",
    errorSummary: errors.map(({ message }) => message).join("\n"),
  };
}

/** Keeps what decisions read. */
export function trimConfigurationState(raw: RawObject): ConfigurationState {
  return { ...trimMeta(raw.metadata), status: isMapping(raw.status) ? readStatus(raw.status) : null };
}

function readStatus({ result, errorSummary, conditions }: Mapping): ConfigurationStateStatus {
  return {
    result: result === "Valid" || result === "Invalid" ? result : "Unknown",
    errorSummary: typeof errorSummary === "string" ? errorSummary : "",
    conditions: Array.isArray(conditions) ? conditions.filter(isMapping).map(readCondition) : [],
  };
}

function readCondition(condition: Mapping): Condition {
  const field = (name: keyof Condition) => {
    const value = condition[name];
    return typeof value === "string" ? value : "";
  };
  return {
    type: field("type"),
    status: field("status"),
    reason: field("reason"),
    message: field("message"),
    lastTransitionTime: field("lastTransitionTime"),
  };
}

/** The kind, as it is registered with the API server. */
export const configurationStateKind: Kind = {
  kind: "ConfigurationState",
  plural: "configurationstates",
  conversion: null,
  versions: [{
    name: "v1beta1",
    description: "ConfigurationState says what the controller, or the speaker of a node, makes of the " +
      "configuration. What is wrong disables only the object, or the part of it, that it is in.",
    storage: true,
    deprecationWarning: null,
    spec: null,
    specRequired: false,
    status: mapping("What the component found; it writes this itself.", {
      result: text("Valid, Invalid when something in the configuration is wrong, or else Unknown.", {
        enum: ["Valid", "Invalid", "Unknown"],
      }),
      errorSummary: text("What is wrong, for people."),
      conditions: conditionsSchema("The parts of the configuration and whether they are valid."),
    }),
    columns: [
      {
        name: "Result",
        type: "string",
        jsonPath: ".status.result",
        description: "Whether the configuration is valid",
      },
      {
        name: "ErrorSummary",
        type: "string",
        jsonPath: ".status.errorSummary",
        description: "What is wrong",
      },
      {
        name: "Age",
        type: "date",
        jsonPath: ".metadata.creationTimestamp",
        description: "How long ago the object was created",
      },
    ],
  }],
};
