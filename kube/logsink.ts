/** Where log lines go: standard output. */
import type { LogSink } from "../core/log.ts";
import { jsonLine, readableLine } from "../core/logformat.ts";

export interface SinkOptions {
  /** Readable lines instead of JSON; by default when standard output is a terminal. */
  readonly readable?: boolean;
  /** Colours in readable lines; by default unless NO_COLOR is set and not empty (no-color.org). */
  readonly coloured?: boolean;
  /** Instead of standard output. */
  readonly write?: (line: Uint8Array) => number;
}

/** Lines are written before the call returns, so that the last ones before a crash are there. */
export function standardOutputSink(options: SinkOptions = {}): LogSink {
  const readable = options.readable ?? Deno.stdout.isTerminal();
  const coloured = options.coloured ?? (readable && !Deno.noColor);
  const write = options.write ?? ((line) => Deno.stdout.writeSync(line));
  const encoder = new TextEncoder();
  return (record) =>
    writeAll(write, encoder.encode(`${readable ? readableLine(record, coloured) : jsonLine(record)}\n`));
}

function writeAll(write: (part: Uint8Array) => number, line: Uint8Array): void {
  try {
    for (let at = 0; at < line.length;) at += write(line.subarray(at));
  } catch {
    // Whoever read the lines is gone or has no room: a process must not die of its own log.
  }
}
