/**
 * SHA-256 (FIPS 180-4) of short texts. Here and not from `node:crypto`, since loading that module costs the speaker 9 MB
 * and the Web's digest is asynchronous, which decisions are not.
 */

const wordBits = 2 ** 32;

/** Computes digests one after the other; it keeps its working memory, and nothing of what it digested. */
export class Sha256 {
  readonly #roundConstants: Uint32Array;
  readonly #initial: Uint32Array;
  readonly #schedule = new Uint32Array(64);
  readonly #state = new Uint32Array(8);
  readonly #utf8 = new TextEncoder();

  constructor() {
    const primes = firstPrimes(64);
    // Section 4.2.2 and 5.3.3: the first 32 bits of the fractions of the primes' cube and square roots.
    this.#roundConstants = Uint32Array.from(primes, (prime) => fractionBits(Math.cbrt(prime)));
    this.#initial = Uint32Array.from(primes.slice(0, 8), (prime) => fractionBits(Math.sqrt(prime)));
  }

  /** The digest of the text's UTF-8 bytes, as eight words in order; the array is overwritten by the next call. */
  words(text: string): Readonly<Uint32Array> {
    const padded = pad(this.#utf8.encode(text));
    this.#state.set(this.#initial);
    for (let at = 0; at < padded.byteLength; at += 64) this.#compress(padded, at);
    return this.#state;
  }

  /** The digest of the text's UTF-8 bytes as 64 lower-case hexadecimal digits; they sort as the bytes do. */
  hex(text: string): string {
    return Array.from(this.words(text), (word) => word.toString(16).padStart(8, "0")).join("");
  }

  /** Section 6.2.2. */
  #compress(block: DataView, at: number): void {
    const w = this.#schedule;
    for (let t = 0; t < 16; t++) w[t] = block.getUint32(at + 4 * t);
    for (let t = 16; t < 64; t++) {
      const w15 = w[t - 15] as number, w2 = w[t - 2] as number;
      const small0 = rotr(w15, 7) ^ rotr(w15, 18) ^ (w15 >>> 3);
      const small1 = rotr(w2, 17) ^ rotr(w2, 19) ^ (w2 >>> 10);
      w[t] = (w[t - 16] as number) + small0 + (w[t - 7] as number) + small1;
    }
    const state = this.#state;
    let a = state[0] as number, b = state[1] as number, c = state[2] as number, d = state[3] as number;
    let e = state[4] as number, f = state[5] as number, g = state[6] as number, h = state[7] as number;
    for (let t = 0; t < 64; t++) {
      const big1 = rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25);
      const choice = (e & f) ^ (~e & g);
      const t1 = (h + big1 + choice + (this.#roundConstants[t] as number) + (w[t] as number)) | 0;
      const big0 = rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22);
      const majority = (a & b) ^ (a & c) ^ (b & c);
      h = g, g = f, f = e, e = (d + t1) | 0;
      d = c, c = b, b = a, a = (t1 + big0 + majority) | 0;
    }
    const sums = [a, b, c, d, e, f, g, h];
    for (let index = 0; index < 8; index++) state[index] = (state[index] as number) + (sums[index] as number);
  }
}

function rotr(word: number, count: number): number {
  return (word >>> count) | (word << (32 - count));
}

/** Section 5.1.1: a one bit, zeros, and the length in bits as 64 of them, up to a multiple of 64 bytes. */
function pad(bytes: Uint8Array): DataView {
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / (wordBits / 8)));
  view.setUint32(padded.length - 4, (bytes.length * 8) % wordBits);
  return view;
}

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) {
    if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  }
  return primes;
}

/** A double holds the whole part, below 2^5, and 32 bits of the fraction exactly. */
function fractionBits(root: number): number {
  return Math.floor((root - Math.floor(root)) * wordBits);
}
