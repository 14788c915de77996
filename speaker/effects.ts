/** What the speaker wants done: plain data, carried out by speaker/io. */
import type { LogEvent, LogValue } from "../core/log.ts";
import type { Service } from "../core/service.ts";
import type { Command } from "./dataplane.ts";

export type Effect =
  | { readonly type: "command"; readonly command: Command }
  /** Record a Kubernetes Event about the Service. */
  | {
    readonly type: "event";
    readonly service: Service;
    readonly severity: "Normal" | "Warning";
    readonly reason: "nodeAssigned" | "announceFailed";
    readonly message: string;
  }
  | {
    readonly type: "log";
    readonly event: LogEvent;
    readonly fields: Readonly<Record<string, LogValue>>;
  };

/** One line for the log, with every key of its catalogue entry. */
export function logEffect<Key extends string>(
  event: LogEvent<Key>,
  fields: Readonly<Record<Key, LogValue>>,
): Effect {
  return { type: "log", event, fields };
}
