/** What ServiceL2Status and ServiceBGPStatus have in common: the Service and the node that they are about. */
import type { Column } from "./kind.ts";
import { type Schema, text, withRules } from "./schema.ts";
import type { Mapping } from "./values.ts";

export const nodeLabel = "metallb.io/node";
export const serviceNameLabel = "metallb.io/service-name";
export const serviceNamespaceLabel = "metallb.io/service-namespace";

/** Which Service on which node a status is about. */
export interface ServiceOnNode {
  readonly node: string;
  readonly serviceName: string;
  readonly serviceNamespace: string;
}

/** The labels of a ServiceL2Status or ServiceBGPStatus. */
export function statusLabels(
  { node, serviceName, serviceNamespace }: ServiceOnNode,
): Readonly<Record<string, string>> {
  return {
    [nodeLabel]: node,
    [serviceNameLabel]: serviceName,
    [serviceNamespaceLabel]: serviceNamespace,
  };
}

function immutable(field: keyof ServiceOnNode, description: string): Schema {
  return withRules(text(description), {
    rule: "self == oldSelf",
    message: `${field} is immutable: a status of another Service or node is another object`,
  });
}

/** The fields, none of which may change. */
export const serviceOnNodeSchema = {
  node: immutable("node", "The name of the node that announces."),
  serviceName: immutable("serviceName", "The name of the Service."),
  serviceNamespace: immutable("serviceNamespace", "The namespace of the Service."),
} as const;

/** "" for a field that is no text. */
export function readServiceOnNode(status: Mapping): ServiceOnNode {
  const field = (name: keyof ServiceOnNode) => {
    const value = status[name];
    return typeof value === "string" ? value : "";
  };
  return {
    node: field("node"),
    serviceName: field("serviceName"),
    serviceNamespace: field("serviceNamespace"),
  };
}

/** The columns; that of the node has its own title in each kind. */
export function serviceOnNodeColumns(nodeTitle: string): readonly Column[] {
  return [
    { name: nodeTitle, type: "string", jsonPath: ".status.node", description: "The node that announces" },
    {
      name: "Service Name",
      type: "string",
      jsonPath: ".status.serviceName",
      description: "The name of the Service",
    },
    {
      name: "Service Namespace",
      type: "string",
      jsonPath: ".status.serviceNamespace",
      description: "The namespace of the Service",
    },
  ];
}

/** The texts that a list of mappings has in this field, ascending; what is no text is left out. */
export function textsOf(list: unknown, field: string | null): readonly string[] {
  if (!Array.isArray(list)) return [];
  const values: unknown[] = field === null ? list : list.map((item: Mapping | null) => item?.[field]);
  return values.filter((value) => typeof value === "string").sort();
}
