/**
 * What the processes say is data: each package lists its log events in a `catalogue.ts`, with a constant message and
 * fixed keys, and documents are generated from there. Where a line goes is the business of a {@link LogSink}.
 */

/** Severities in ascending order. */
export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = typeof logLevels[number];

/** One entry of a catalogue. */
export interface LogEvent<Key extends string = string> {
  readonly name: string;
  readonly level: LogLevel;
  readonly message: string;
  readonly keys: readonly Key[];
}

/** What may stand in a field; an Error is written as its message. */
export type LogValue = string | number | bigint | boolean | null | undefined | Error | readonly string[];

/** The keys that every line has, in the order in which they are written. */
export interface LogRecord {
  readonly wallMs: number;
  readonly event: LogEvent;
  readonly fields: Readonly<Record<string, LogValue>>;
}

/** Receives what passed the level; writes it somewhere. */
export type LogSink = (record: LogRecord) => void;

type Definition = readonly [level: LogLevel, message: string, ...keys: string[]];
type Catalogue<D extends Record<string, Definition>> = {
  readonly [Name in keyof D]: D[Name] extends readonly [LogLevel, string, ...infer Keys extends string[]]
    ? LogEvent<Keys[number]>
    : never;
};

/** Turns `{ name: [level, message, ...keys] }` into a catalogue whose entries know their names and keys. */
export function logCatalogue<const D extends Record<string, Definition>>(definitions: D): Catalogue<D> {
  const entries = Object.entries(definitions).map(([name, [level, message, ...keys]]) =>
    [name, { name, level, message, keys }] as const
  );
  return Object.fromEntries(entries) as unknown as Catalogue<D>;
}

/** Writes catalogue events at or above a level that can be changed while the process runs. */
export class Logger {
  #least: number;
  readonly #sink: LogSink;
  readonly #wallMs: () => number;

  /** `level` "none" writes nothing; `wallMs` gives the time of each line. */
  constructor(level: LogLevel | "none", sink: LogSink, wallMs: () => number) {
    this.#least = rank(level);
    this.#sink = sink;
    this.#wallMs = wallMs;
  }

  setLevel(level: LogLevel | "none"): void {
    this.#least = rank(level);
  }

  /** Writes one event; every key of its catalogue entry must be given, so that a line's shape never varies. */
  write<Key extends string>(event: LogEvent<Key>, fields: Readonly<Record<Key, LogValue>>): void {
    if (rank(event.level) < this.#least) return;
    this.#sink({ wallMs: this.#wallMs(), event, fields });
  }
}

function rank(level: LogLevel | "none"): number {
  return level === "none" ? logLevels.length : logLevels.indexOf(level);
}
