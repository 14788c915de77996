/** How the API server learns whom to trust: caBundle in the webhook configuration and in the CRD's conversion. */
import type { V1ObjectMeta } from "@kubernetes/client-node";
import { type Meta, trimMeta } from "../../core/meta.ts";
import type { Wire } from "../../core/wire.ts";
import { isMapping, type Mapping } from "../../crds/values.ts";

/** A ValidatingWebhookConfiguration; of the webhooks all is kept, since a patch has to give all of them. */
export interface WebhookConfiguration extends Meta {
  readonly webhooks: readonly Mapping[];
}

/** A CustomResourceDefinition; null when it doesn't convert through a webhook. */
export interface ConvertedDefinition extends Meta {
  readonly clientConfig: Mapping | null;
}

/** The part of both objects that is read. */
export interface RawInjectable {
  readonly metadata: Wire<V1ObjectMeta>;
  readonly webhooks?: unknown;
  readonly spec?: unknown;
}

export function trimWebhookConfiguration({ metadata, webhooks }: RawInjectable): WebhookConfiguration {
  return { ...trimMeta(metadata), webhooks: Array.isArray(webhooks) ? webhooks.filter(isMapping) : [] };
}

export function trimConvertedDefinition({ metadata, spec }: RawInjectable): ConvertedDefinition {
  const conversion = isMapping(spec) ? spec["conversion"] : null;
  const webhook = isMapping(conversion) && conversion["strategy"] === "Webhook"
    ? conversion["webhook"]
    : null;
  const clientConfig = isMapping(webhook) ? webhook["clientConfig"] : null;
  return { ...trimMeta(metadata), clientConfig: isMapping(clientConfig) ? clientConfig : null };
}

/**
 * The merge patch after which all webhooks trust these authorities (PEM); null when they do. It carries the
 * resourceVersion, so that it fails when the object is another one by now.
 */
export function webhookConfigurationPatch(
  { resourceVersion, webhooks }: WebhookConfiguration,
  caPem: string,
): unknown {
  const caBundle = btoa(caPem);
  const trusts = (webhook: Mapping) => bundleOf(webhook["clientConfig"]) === caBundle;
  if (webhooks.every(trusts)) return null;
  return {
    metadata: { resourceVersion },
    webhooks: webhooks.map((webhook) => {
      const { clientConfig } = webhook;
      return { ...webhook, clientConfig: { ...(isMapping(clientConfig) ? clientConfig : {}), caBundle } };
    }),
  };
}

/** The same for the conversion of a CustomResourceDefinition. */
export function conversionPatch(
  { resourceVersion, clientConfig }: ConvertedDefinition,
  caPem: string,
): unknown {
  const caBundle = btoa(caPem);
  if (clientConfig === null || bundleOf(clientConfig) === caBundle) return null;
  return {
    metadata: { resourceVersion },
    spec: { conversion: { webhook: { clientConfig: { caBundle } } } },
  };
}

function bundleOf(clientConfig: unknown): unknown {
  return isMapping(clientConfig) ? clientConfig["caBundle"] : undefined;
}
