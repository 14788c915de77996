/** The log lines of the data-plane Worker, which the main isolate writes. */
import { logCatalogue } from "../core/log.ts";

export const dataplaneLog = logCatalogue({
  responderOpened: ["info", "this interface answers for VIPs", "interface", "protocol", "mac"],
  responderClosed: ["info", "this interface no longer answers for VIPs", "interface", "protocol"],
  responderNotOpened: [
    "warn",
    "this interface cannot answer for VIPs; tried again in a while",
    "interface",
    "protocol",
    "error",
  ],
  groupNotJoined: [
    "warn",
    "the interface vanished before it could join the group of a VIP",
    "interface",
    "group",
  ],
  netlinkOverrun: ["warn", "the kernel dropped news about interfaces; all are read again", "dropped"],
  netlinkUndecodable: ["warn", "news about an interface could not be understood and was left out", "error"],
  addressNotUnderstood: ["error", "an announcement was left out, as its address cannot be read", "error"],
});
