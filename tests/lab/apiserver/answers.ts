/** Requests and answers of HTTP, as far as the server looks at them. */
import type { ApiError } from "./status.ts";

/** A request. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** A header, whatever its case; null without it. */
  header(name: string): string | null;
  /** The body; empty when there is none. */
  bytes(): Promise<Uint8Array>;
}

/** Where a streaming body writes to. */
export interface Sink {
  write(text: string): void;
  /** Ends the body in order. */
  end(): void;
  /** Breaks the connection. */
  cut(): void;
}

/** A body that is written as things happen. */
export interface StreamingBody {
  start(sink: Sink): void;
  /** The connection is gone, or the body has ended. */
  closed(): void;
}

/** An answer. */
export interface Answer {
  readonly code: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | Uint8Array | StreamingBody;
}

/** JSON, from a value or (a string) as it is. */
export function json(body: unknown, code = 200, headers: Readonly<Record<string, string>> = {}): Answer {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { code, headers: { "Content-Type": "application/json", ...headers }, body: text };
}

/** A refusal. */
export function refusal(error: ApiError): Answer {
  return json(error.body(), error.code, error.headers);
}

/** `Warning:` headers as kubectl prints them (RFC 7234 section 5.5, code 299). */
export function withWarnings(answer: Answer, warnings: readonly string[]): Answer {
  if (warnings.length === 0) return answer;
  return {
    ...answer,
    headers: { ...answer.headers, Warning: warnings.map((text) => `299 - ${JSON.stringify(text)}`) },
  };
}
