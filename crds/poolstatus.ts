/** IPAddressPool `status`: the counters. */
import { integer, mapping, type Schema } from "./schema.ts";
import { isMapping } from "./values.ts";

/** `status`: distinct addresses in use and free ones, each at most 2^63 - 1. */
export interface IPAddressPoolStatus {
  readonly assignedIPv4: bigint;
  readonly assignedIPv6: bigint;
  readonly availableIPv4: bigint;
  readonly availableIPv6: bigint;
}

/** Null when there is none. */
export function readStatus(status: unknown): IPAddressPoolStatus | null {
  if (!isMapping(status)) return null;
  const { assignedIPv4, assignedIPv6, availableIPv4, availableIPv6 } = status;
  return {
    assignedIPv4: readCounter(assignedIPv4),
    assignedIPv6: readCounter(assignedIPv6),
    availableIPv4: readCounter(availableIPv4),
    availableIPv6: readCounter(availableIPv6),
  };
}

const maxCounter = 2n ** 63n - 1n;

/**
 * JSON numbers above 2^53 arrive rounded; one that was rounded to 2^63 is the largest counter. -1, which no counter
 * is, stands for anything else, so that it is written again.
 */
function readCounter(value: unknown): bigint {
  if (typeof value === "bigint") return value > maxCounter ? maxCounter : value;
  if (typeof value !== "number" || !Number.isInteger(value)) return -1n;
  const counter = BigInt(value);
  return counter > maxCounter ? maxCounter : counter;
}

export const poolStatusSchema: Schema = mapping("How much of the pool is in use; the controller writes it.", {
  assignedIPv4: integer("How many IPv4 addresses of the pool Services hold; a shared one counts once.", {
    format: "int64",
  }),
  assignedIPv6: integer("How many IPv6 addresses of the pool Services hold; a shared one counts once.", {
    format: "int64",
  }),
  availableIPv4: integer("How many IPv4 addresses of the pool are free.", { format: "int64" }),
  availableIPv6: integer("How many IPv6 addresses of the pool are free, at most 9223372036854775807.", {
    format: "int64",
  }),
}, { required: ["assignedIPv4", "assignedIPv6", "availableIPv4", "availableIPv6"] });
