/** Bytes as tests write them: hexadecimal with spaces between fields. */

/** Throws when `text` isn't hexadecimal. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  const digits = text.replace(/\s+/g, "");
  if (!/^([0-9a-f]{2})*$/i.test(digits)) throw new Error(`${JSON.stringify(text)} is not hexadecimal`);
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The same bytes with those from `at` on replaced. */
export function withBytes(hex: string, at: number, replacement: string): Uint8Array<ArrayBuffer> {
  const bytes = fromHex(hex);
  bytes.set(fromHex(replacement), at);
  return bytes;
}
