/** How a log line looks: JSON for machines, one readable line for people. */
import type { LogLevel, LogRecord, LogValue } from "./log.ts";

/** One JSON object without a newline: ts (RFC 3339), level, event, msg, then the event's keys in the catalogue's order. */
export function jsonLine(record: LogRecord): string {
  const { event, wallMs } = record;
  const line: Record<string, unknown> = {
    ts: new Date(wallMs).toISOString(),
    level: event.level,
    event: event.name,
    msg: event.message,
  };
  for (const [key, value] of entriesOf(record)) {
    line[Object.hasOwn(line, key) ? `${key}_` : key] = jsonValue(value);
  }
  return JSON.stringify(line);
}

/** `10:15:02.123 WARN  message key=value`, without a newline; control characters are escaped. */
export function readableLine(record: LogRecord, coloured: boolean): string {
  const { event, wallMs } = record;
  const paint = (code: number, text: string) => coloured ? `\x1b[${code}m${text}\x1b[0m` : text;
  const fields = entriesOf(record)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${paint(90, `${key}=`)}${readableValue(value)}`);
  const time = new Date(wallMs).toISOString().slice(11, 23);
  const level = event.level.toUpperCase().padEnd(5);
  return [paint(90, time), paint(colours[event.level], level), event.message, ...fields].join(" ");
}

const colours: Readonly<Record<LogLevel, number>> = { debug: 90, info: 36, warn: 33, error: 31 };

/** In the catalogue's order; what a caller gave beyond it comes last, so that nothing is lost. */
function entriesOf({ event, fields }: LogRecord): [string, LogValue][] {
  const keys = [...event.keys, ...Object.keys(fields).filter((key) => !event.keys.includes(key))];
  return keys.map((key) => [key, fields[key]]);
}

function jsonValue(value: LogValue): unknown {
  if (value instanceof Error) return errorText(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return value;
}

function readableValue(value: LogValue): string {
  const text = value instanceof Error
    ? errorText(value)
    : Array.isArray(value)
    ? `[${value.join(" ")}]`
    : String(value);
  return /^[^\s"=\p{Cc}]+$/u.test(text) ? text : JSON.stringify(text);
}

/** The message, or the class where there is none. */
function errorText(error: Error): string {
  return error.message === "" ? error.name : error.message;
}
