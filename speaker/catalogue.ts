/** What the speaker says in its log; the data-plane Worker's lines are in {@link ./dataplanecatalogue.ts}. */
import { logCatalogue } from "../core/log.ts";

export const speakerLog = logCatalogue({
  starting: ["info", "speaker starts", "version", "node", "namespace", "apiServer", "loadBalancerClass"],
  flagsWithoutEffect: ["info", "these settings are accepted and change nothing here", "flags"],
  excludeListRead: ["info", "interfaces that match these expressions are left alone", "file", "expressions"],
  excludeListMissing: ["debug", "there is no list of interfaces to leave alone; all may be used", "file"],
  nodeUnknown: [
    "warn",
    "there is no Node of this speaker's name; nothing is announced until there is",
    "node",
  ],
  caughtUp: ["info", "everything is listed; announcing begins", "tookMs"],
  announcing: ["info", "this node answers for the Service's addresses", "service", "ips", "interfaces"],
  interfacesMissing: [
    "warn",
    "this node owns the address and has none of the interfaces to announce it on",
    "service",
    "ip",
    "interfaces",
  ],
  withdrawn: ["info", "this node no longer answers for the Service", "service", "reason", "owner", "message"],
  unannounced: ["info", "no node answers for the Service", "service", "reason", "message"],
  notAnnounced: [
    "debug",
    "this node doesn't answer for the Service",
    "service",
    "reason",
    "owner",
    "message",
  ],
  firstRoundSent: ["debug", "the address's first gratuitous round has left", "ip"],
  speakersChanged: ["info", "the nodes with a live speaker changed", "came", "went", "live"],
  speakersUnknown: [
    "warn",
    "the speakers' Leases can't be had; every Node is taken to have a live speaker",
    "namespace",
    "why",
  ],
  speakersKnown: ["info", "the speakers' Leases tell which nodes have a live speaker", "live"],
  problem: ["warn", "invalid configuration", "severity", "object", "field", "message"],
  problemSolved: ["info", "invalid configuration is gone", "object", "field", "message"],
  dataplaneUnknownLine: ["warn", "the data plane has said something that isn't in the catalogue", "event"],
  stopping: ["info", "speaker stops; another node takes over", "signal"],
  stopped: ["info", "speaker has stopped", "afterMs"],
});
