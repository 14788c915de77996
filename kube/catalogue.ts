/** What the edge to Kubernetes says in logs. */
import { logCatalogue } from "../core/log.ts";

export const kubeLog = logCatalogue({
  apiServerChosen: ["info", "talking to this API server", "server", "source", "namespace"],
  listed: ["debug", "complete list taken", "resource", "items", "resourceVersion"],
  listFailed: ["warn", "list failed; it is tried again", "resource", "error", "retryInMs"],
  watchEnded: ["debug", "the server ended the watch; it goes on from where it stopped", "resource"],
  watchFailed: ["warn", "watch failed; it goes on from where it stopped", "resource", "error", "retryInMs"],
  failsStill: ["debug", "list or watch failed again", "resource", "error", "retryInMs"],
  objectUnreadable: ["error", "object left out: it can't be read", "resource", "object", "error"],
  watchExpired: ["info", "the server no longer has what the watch missed; listing again", "resource"],
  contactLost: [
    "warn",
    "out of touch with the API server; what is known stays in force",
    "resource",
    "error",
  ],
  contactRegained: ["info", "in touch with the API server again", "resource", "afterMs"],
  writeRetried: ["warn", "write failed; it is tried again", "key", "error", "retryInMs"],
  writeConflict: ["debug", "the object changed meanwhile; deciding again", "key"],
  writeRefused: ["error", "write refused; it is not tried again until the state changes", "key", "error"],
  writesAbandoned: ["warn", "stopped before these writes went out", "count"],
  eventDropped: ["debug", "Kubernetes Event dropped", "object", "reason", "why"],
  eventRefused: ["warn", "the API server refused an Event; it is dropped", "object", "reason", "error"],
  leaderElected: ["info", "this replica acts now", "lease", "identity"],
  leaderWaiting: ["info", "another replica acts; waiting", "lease", "holder"],
  leaderLost: ["error", "this replica no longer acts", "lease", "why"],
  leaderReleased: ["info", "the Lease was given back", "lease"],
  nodeLeaseReleased: ["debug", "the node's Lease was given back", "lease"],
  leaseFailed: ["warn", "Lease not read or written; it is tried again", "lease", "error", "retryInMs"],
  leaseForbidden: [
    "error",
    "no permission for the Lease; other nodes can't see this one by it",
    "lease",
    "error",
  ],
  healthServing: ["info", "serving health checks", "address"],
});
