/** The password of a BGP session, which nothing prints. */

/** Logs, messages and JSON show that there is one, never which. */
export class Password {
  readonly #bytes: Uint8Array<ArrayBuffer>;

  private constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
  }

  static ofText(text: string): Password {
    return new Password(new TextEncoder().encode(text));
  }

  /** `data` of a Secret; null when it isn't base64. */
  static ofBase64(text: string): Password | null {
    try {
      return new Password(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));
    } catch {
      return null;
    }
  }

  /** In bytes. */
  get length(): number {
    return this.#bytes.length;
  }

  /** Whether its last byte ends a line: most often that of a file which it was read from. */
  get endsLine(): boolean {
    return this.#bytes.at(-1) === 0x0a;
  }

  /** The bytes themselves, for the kernel. */
  reveal(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice();
  }

  equals(other: Password): boolean {
    const bytes = other.#bytes;
    return bytes.length === this.#bytes.length && this.#bytes.every((byte, index) => byte === bytes[index]);
  }

  toString(): string {
    return "(hidden)";
  }

  toJSON(): string {
    return this.toString();
  }
}

/** The longest that the kernel takes, in bytes; Linux `TCP_MD5SIG_MAXKEYLEN` and `TCP_AO_MAXKEYLEN`. */
export const maxPasswordBytes = 80;
