/** A kind of the API, and the CustomResourceDefinition that is made of it. */
import { type Schema, text } from "./schema.ts";

export const apiGroup = "metallb.io";

export interface Kind {
  readonly kind: string;
  readonly plural: string;
  readonly versions: readonly KindVersion[];
  /** Where the API server has objects converted between versions; null when there is one version. */
  readonly conversion: WebhookConversion | null;
  /** What those who install it should know, in a line each; it becomes a comment at the head of the file. */
  readonly notes?: readonly string[];
}

export interface KindVersion {
  /** As in `v1beta1`. */
  readonly name: string;
  readonly description: string;
  /** Objects are stored in this version. */
  readonly storage: boolean;
  /** What the API server tells those who still use this version; null when it is in favour. */
  readonly deprecationWarning: string | null;
  /** null: objects have no spec. */
  readonly spec: Schema | null;
  readonly specRequired: boolean;
  readonly status: Schema;
  /** What `kubectl get` shows beside the name. */
  readonly columns: readonly Column[];
}

/** See Kubernetes `CustomResourceColumnDefinition`. */
export interface Column {
  readonly name: string;
  readonly type: "boolean" | "string" | "integer" | "date";
  readonly jsonPath: string;
  readonly description: string;
  /** Above 0: only in the wide form. */
  readonly priority?: number;
}

export interface WebhookConversion {
  readonly serviceName: string;
  readonly serviceNamespace: string;
  readonly path: string;
}

/** The CustomResourceDefinition, as plain data in the order in which people read it. */
export function customResourceDefinition(kind: Kind): Readonly<Record<string, unknown>> {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${kind.plural}.${apiGroup}` },
    spec: {
      group: apiGroup,
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular: kind.kind.toLowerCase(),
      },
      scope: "Namespaced",
      ...(kind.conversion === null ? {} : { conversion: conversionOf(kind.conversion) }),
      versions: kind.versions.map(versionOf),
    },
  };
}

function versionOf(version: KindVersion): Readonly<Record<string, unknown>> {
  const { deprecationWarning } = version;
  return {
    name: version.name,
    served: true,
    storage: version.storage,
    ...(deprecationWarning === null ? {} : { deprecated: true, deprecationWarning }),
    // Like a mapping, a list that is empty is dropped by the API server.
    ...(version.columns.length === 0 ? {} : { additionalPrinterColumns: version.columns }),
    schema: { openAPIV3Schema: objectSchema(version) },
    subresources: { status: {} },
  };
}

function objectSchema(version: KindVersion): Readonly<Record<string, unknown>> {
  const properties = {
    apiVersion: text("The API group and version of this object."),
    kind: text("The kind of this object."),
    // The API server describes it itself, and refuses another description.
    metadata: { type: "object" },
    ...(version.spec === null ? {} : { spec: version.spec }),
    status: version.status,
  };
  const required = version.specRequired ? { required: ["spec"] } : {};
  return { type: "object", description: version.description, properties, ...required };
}

function conversionOf(
  { serviceName: name, serviceNamespace: namespace, path }: WebhookConversion,
): Readonly<Record<string, unknown>> {
  return {
    strategy: "Webhook",
    webhook: {
      clientConfig: { service: { name, namespace, path } },
      // The version of the question (apiextensions.k8s.io ConversionReview), not of the objects in it.
      conversionReviewVersions: ["v1"],
    },
  };
}
