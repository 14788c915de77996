/** What admission and its certificates say in the log. */
import { logCatalogue } from "../../core/log.ts";

export const admissionLog = logCatalogue({
  serving: ["info", "webhooks are served", "port"],
  cannotServe: ["error", "webhooks can't be served; it is tried again", "error", "retryInMs"],
  refused: ["info", "a change was refused", "object", "operation", "field", "message"],
  notCompared: ["warn", "a change was judged without the other objects", "object", "error"],
  failed: ["error", "a request could not be answered; the API server goes on without this webhook", "error"],
  certificatesMade: ["info", "the webhooks have new certificates", "secret", "why", "what"],
  certificatesFailed: [
    "error",
    "the webhooks' certificates are not in order; it is tried again",
    "error",
    "retryInMs",
  ],
  secretMissing: [
    "warn",
    "webhooks are not served: there is no Secret for their certificates; create it, empty",
    "secret",
  ],
  authorityInjected: ["info", "the API server is told whom to trust", "object"],
  certificateFilesMissing: ["warn", "webhooks are not served until their certificate is there", "error"],
});
