/** The three objects that certificates are about, each watched by its name. */
import { type Meta, trimMeta } from "../../../core/meta.ts";
import { isMapping } from "../../../crds/values.ts";
import type { KubeObject, Resource, Trim } from "../../../kube/api.ts";
import { customResourceDefinitions } from "../../../kube/resources.ts";
import {
  conversionPatch,
  trimConvertedDefinition,
  trimWebhookConfiguration,
  webhookConfigurationPatch,
} from "../../certificates/injection.ts";
import { certificatesIn, type WebhookCertificates } from "../../certificates/material.ts";

export const webhookConfigurations: Resource = {
  group: "admissionregistration.k8s.io",
  version: "v1",
  plural: "validatingwebhookconfigurations",
  kind: "ValidatingWebhookConfiguration",
  namespaced: false,
};

/** The Secret; null: it holds no certificates, or not all of them. */
export interface CertificateSecret extends Meta {
  readonly certificates: WebhookCertificates | null;
}

export const trimCertificateSecret: Trim<CertificateSecret> = (raw) => ({
  ...trimMeta(raw.metadata),
  certificates: certificatesIn("data" in raw && isMapping(raw.data) ? raw.data : undefined),
});

/** An object that names the authority, and the patch that makes it name this one; null when it does. */
export interface Injectable extends Meta {
  patch(caPem: string): unknown;
}

/** Where an authority is named. */
export interface InjectionPlace {
  readonly resource: Resource;
  readonly name: string;
  readonly trim: Trim<Injectable>;
}

export const injectionPlaces: readonly InjectionPlace[] = [
  {
    resource: webhookConfigurations,
    name: "metallb-webhook-configuration",
    trim: (raw: KubeObject) => {
      const object = trimWebhookConfiguration(raw);
      return { ...object, patch: (caPem) => webhookConfigurationPatch(object, caPem) };
    },
  },
  {
    resource: customResourceDefinitions,
    name: "bgppeers.metallb.io",
    trim: (raw: KubeObject) => {
      const object = trimConvertedDefinition(raw);
      return { ...object, patch: (caPem) => conversionPatch(object, caPem) };
    },
  },
];
