/** The webhooks, as --webhook-mode and the flags about certificates want them. */
import { oldestTls } from "../../core/tlsflags.ts";
import type { ControllerOptions } from "../flags.ts";
import { serveWebhooks, type WebhookOptions } from "./admission/serve.ts";

/** What the webhooks share with the rest of the controller. */
export type WebhookParts = Pick<WebhookOptions, "api" | "clock" | "random" | "log" | "namespace">;

/** Until `stop` is aborted; at once in mode "disabled". */
export async function runWebhooks(
  options: ControllerOptions,
  parts: WebhookParts,
  stop: AbortSignal,
): Promise<void> {
  const { webhookMode, disableCertRotation, certDir, webhookSecret, certServiceName } = options;
  if (webhookMode === "disabled") return;
  const { api, clock, random, log, namespace } = parts;
  await serveWebhooks({
    ...{ api, clock, random, log, namespace },
    certificates: disableCertRotation
      ? { kind: "files", dir: certDir }
      : { kind: "secret", secretName: webhookSecret, serviceName: certServiceName },
    minVersion: `TLSv${oldestTls(options)}`,
  }, stop);
}
