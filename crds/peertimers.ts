/** The timers of a BGPPeer (RFC 4271 sections 4.2 and 10). */
import { durationSchema, isDuration, readDurationNs, secondNs } from "./durationfield.ts";
import type { FieldReader } from "./fieldreader.ts";
import type { Rule, Schema } from "./schema.ts";

/** What the session is configured with; null: not given. Hold and keepalive time are given both or neither. */
export interface PeerTimers {
  /** 0 (the hold timer is off) or 3000..65535000, whole seconds. */
  readonly holdTimeMs: number | null;
  /** 0..holdTimeMs */
  readonly keepaliveTimeMs: number | null;
  /** 1000..65535000, whole seconds. */
  readonly connectTimeMs: number | null;
}

/** The hold time is a field of 16 bits. */
const maxSeconds = 65_535n;

/** Reads holdTime, keepaliveTime and connectTime; what can't be read counts as not given. */
export function readTimers(spec: FieldReader): PeerTimers {
  const hold = readHoldTime(spec);
  const keepalive = readKeepaliveTime(spec);
  const connect = readConnectTime(spec);
  if (typeof hold === "bigint" && typeof keepalive === "bigint" && keepalive > hold) {
    spec.error("keepaliveTime", "keepaliveTime must not be longer than holdTime");
  }
  if (hold === undefined && typeof keepalive === "bigint" && !isHoldTime(3n * keepalive)) {
    spec.error(
      "keepaliveTime",
      "keepaliveTime without holdTime makes a holdTime of three times as much, which must be 0 or 3 to 65535 seconds",
    );
  }
  const timers = { ...derived(hold ?? null, keepalive ?? null), connectTimeMs: toMs(connect ?? null) };
  if (hold !== null && keepalive !== null) warnOfZero(spec, timers, keepalive);
  return timers;
}

function warnOfZero(
  spec: FieldReader,
  { holdTimeMs }: PeerTimers,
  keepalive: bigint | undefined,
): void {
  if (holdTimeMs === 0) {
    spec.warning(
      "holdTime",
      "holdTime 0 turns the hold timer off: a router that falls silent is only noticed by BFD; leave holdTime and " +
        "keepaliveTime out for the defaults",
    );
  } else if (keepalive === 0n) {
    spec.warning("keepaliveTime", "keepaliveTime 0 would end the session; a third of holdTime counts");
  }
}

/** Of one of them the other one is made: keepalive messages go out three times in a hold time (RFC 4271 section 4.4). */
function derived(
  hold: bigint | null,
  keepalive: bigint | null,
): Pick<PeerTimers, "holdTimeMs" | "keepaliveTimeMs"> {
  const holdNs = hold ?? (keepalive === null ? null : 3n * keepalive);
  const holdTimeMs = toMs(holdNs === null ? null : wholeSeconds(holdNs));
  // Without keepalives a session with a hold timer ends; so 0 is no interval of its own.
  const keepaliveTimeMs = keepalive === null || keepalive === 0n
    ? holdTimeMs && holdTimeMs / 3
    : toMs(keepalive);
  return { holdTimeMs, keepaliveTimeMs };
}

function readHoldTime(spec: FieldReader): bigint | null | undefined {
  const hold = readDurationNs(spec, "holdTime");
  if (typeof hold !== "bigint") return hold;
  if (!isHoldTime(hold)) {
    spec.error("holdTime", "holdTime must be 0 or 3 to 65535 seconds; fractions of a second are dropped");
    return null;
  }
  return hold;
}

function readKeepaliveTime(spec: FieldReader): bigint | null | undefined {
  const keepalive = readDurationNs(spec, "keepaliveTime");
  if (typeof keepalive !== "bigint" || (keepalive >= 0n && keepalive <= maxSeconds * secondNs)) {
    return keepalive;
  }
  spec.error("keepaliveTime", "keepaliveTime must be 0 to 65535 seconds");
  return null;
}

function readConnectTime(spec: FieldReader): bigint | null | undefined {
  const connect = readDurationNs(spec, "connectTime");
  if (typeof connect !== "bigint") return connect;
  const seconds = connect / secondNs;
  if (connect % secondNs === 0n && seconds >= 1n && seconds <= maxSeconds) return connect;
  spec.error("connectTime", "connectTime must be 1 to 65535 whole seconds");
  return null;
}

function isHoldTime(ns: bigint): boolean {
  const seconds = ns / secondNs;
  return seconds === 0n || (seconds >= 3n && seconds <= maxSeconds);
}

function wholeSeconds(ns: bigint): bigint {
  return ns / secondNs * secondNs;
}

function toMs(ns: bigint | null): number | null {
  return ns === null ? null : Number(ns) / 1e6;
}

const isHoldTimeRule = "[time.getSeconds()].all(seconds, seconds == 0 || (seconds >= 3 && seconds <= 65535))";

/** The schemas of the fields; the same rules as {@link readTimers}. */
export const timerSchemas: Readonly<Record<"holdTime" | "keepaliveTime" | "connectTime", Schema>> = {
  holdTime: durationSchema(
    "After how long without a message of the peer the session ends; the shorter one of both sides' counts. 0: " +
      "never. Fractions of a second are dropped. Not given: three times keepaliveTime, or else the default.",
    "holdTime",
    { rule: isHoldTimeRule, message: "holdTime must be 0 or 3 to 65535 seconds" },
  ),
  keepaliveTime: durationSchema(
    "How often a message is sent when there is no other; at most holdTime. Not given: a third of holdTime.",
    "keepaliveTime",
    {
      rule: "time >= duration('0s') && time <= duration('65535s')",
      message: "keepaliveTime must be 0 to 65535 seconds",
    },
  ),
  connectTime: durationSchema(
    "How long to wait between attempts to connect, 1 to 65535 whole seconds. Not given: it grows with each attempt.",
    "connectTime",
    {
      rule: "time >= duration('1s') && time <= duration('65535s') && " +
        "time.getMilliseconds() % 1000 == 0",
      message: "connectTime must be 1 to 65535 whole seconds",
    },
  ),
};

const given = (name: string) => `(has(self.${name}) && ${isDuration(`self.${name}`)})`;

/** The rules about two of the fields, for the spec that they are in. */
export const timerRules: readonly Rule[] = [
  {
    rule: `!${given("holdTime")} || !${given("keepaliveTime")} || ` +
      "duration(self.keepaliveTime) <= duration(self.holdTime)",
    message: "keepaliveTime must not be longer than holdTime",
    fieldPath: ".keepaliveTime",
  },
  {
    // CEL can't multiply a duration, so its third is compared.
    rule: `!${given("keepaliveTime")} || (has(self.holdTime) && self.holdTime != '') || ` +
      "[duration(self.keepaliveTime)].all(time, time <= duration('333333333ns') || " +
      "(time >= duration('1s') && time <= duration('21845333333333ns')))",
    message:
      "keepaliveTime without holdTime makes a holdTime of three times as much, which must be 0 or 3 to 65535 " +
      "seconds",
    fieldPath: ".keepaliveTime",
  },
];
