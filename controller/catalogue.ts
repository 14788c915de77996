/** What the controller says in its log. */
import { logCatalogue } from "../core/log.ts";

export const controllerLog = logCatalogue({
  starting: ["info", "controller starts", "version", "namespace", "apiServer", "loadBalancerClass"],
  flagsWithoutEffect: ["info", "these settings are accepted and change nothing here", "flags"],
  waitingForLeadership: ["info", "another replica may be acting; waiting for the Lease", "lease", "identity"],
  elected: ["info", "this replica acts from now on", "identity"],
  leadershipEnded: ["info", "this replica no longer acts", "identity"],
  caughtUp: ["info", "everything is listed and the first pass is done", "services", "pools", "tookMs"],
  assigned: ["info", "service has its addresses", "service", "ips", "pool"],
  cleared: ["info", "service has no addresses any more", "service"],
  refused: ["warn", "service gets no address, or not the one it asks for", "service", "reason", "message"],
  problem: ["warn", "invalid configuration", "severity", "object", "field", "message"],
  problemSolved: ["info", "invalid configuration is gone", "object", "field", "message"],
  writePostponed: ["warn", "a status write that was refused will be tried again", "object", "retryInMs"],
  webhooksOnly: ["info", "webhook mode onlywebhook: no addresses are assigned"],
  stopping: ["info", "controller stops", "signal"],
});
