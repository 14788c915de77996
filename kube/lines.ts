/** Splits a byte stream into lines, as a watch sends its events. */

const newline = 10;

/** A line grew longer than any object can be. */
export class LineTooLongError extends Error {
  override readonly name = "LineTooLongError";
}

/** Keeps the part of a line that has arrived until the rest comes. */
export class LineSplitter {
  readonly #maxBytes: number;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  #parts: Uint8Array[] = [];
  #held = 0;

  /** @param maxBytes the longest line that is accepted, without its newline */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether a line has begun and not ended. */
  get unfinished(): boolean {
    return this.#held > 0;
  }

  /**
   * The lines that `chunk` completes, without their newlines; empty ones are left out.
   *
   * @throws {LineTooLongError}
   * @throws {TypeError} when a line isn't UTF-8
   */
  push(chunk: Uint8Array): string[] {
    const lines: string[] = [];
    let from = 0;
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, from)) {
      const line = this.#complete(chunk.subarray(from, at));
      if (line !== "") lines.push(line);
      from = at + 1;
    }
    this.#hold(chunk.subarray(from));
    return lines;
  }

  #complete(last: Uint8Array): string {
    this.#hold(last);
    const line = this.#parts.length === 1 ? this.#parts[0] : concat(this.#parts, this.#held);
    this.#parts = [];
    this.#held = 0;
    return line === undefined ? "" : this.#decoder.decode(line);
  }

  #hold(part: Uint8Array): void {
    if (part.length === 0) return;
    this.#held += part.length;
    if (this.#held > this.#maxBytes) {
      throw new LineTooLongError(`a line is longer than ${this.#maxBytes} bytes`);
    }
    this.#parts.push(part);
  }
}

function concat(parts: readonly Uint8Array[], total: number): Uint8Array {
  const whole = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
