/**
 * SHA-256 (FIPS 180-4) of short texts. Here and not from `node:crypto`, since loading that module costs the speaker 9 MB
 * and the Web's digest is asynchronous, which decisions are not.
 */

const two32 = 2 ** 32;

/** Computes digests one after the other; it keeps its working memory, and nothing of what it digested. */
export class Sha256 {
  // Signed words: V8 calculates with them much faster than with unsigned ones, and the bits are the same.
  readonly #roundConstants: Int32Array;
  readonly #initial: Int32Array;
  readonly #schedule = new Int32Array(64);
  readonly #state = new Int32Array(8);
  readonly #digest = new Uint32Array(this.#state.buffer);
  readonly #utf8 = new TextEncoder();
  #padded = new Uint8Array(64);

  constructor() {
    const primes = firstPrimes(64);
    // Section 4.2.2 and 5.3.3: the first 32 bits of the fractions of the primes' cube and square roots.
    this.#roundConstants = Int32Array.from(primes, (prime) => fractionBits(Math.cbrt(prime)));
    this.#initial = Int32Array.from(primes.slice(0, 8), (prime) => fractionBits(Math.sqrt(prime)));
  }

  /** The digest of the text's UTF-8 bytes, as eight words in order; the array is overwritten by the next call. */
  words(text: string): Readonly<Uint32Array> {
    const length = this.#pad(text);
    this.#state.set(this.#initial);
    for (let at = 0; at < length; at += 64) this.#compress(at);
    return this.#digest;
  }

  /** The digest of the text's UTF-8 bytes as 64 lower-case hexadecimal digits; they sort as the bytes do. */
  hex(text: string): string {
    return Array.from(this.words(text), (word) => word.toString(16).padStart(8, "0")).join("");
  }

  /** Section 5.1.1: a one bit, zeros, and the length in bits as 64 of them, up to a multiple of 64 bytes. */
  #pad(text: string): number {
    // UTF-8 takes up to three bytes for each UTF-16 unit.
    const room = Math.ceil((3 * text.length + 9) / 64) * 64;
    if (this.#padded.length < room) this.#padded = new Uint8Array(room);
    const { written } = this.#utf8.encodeInto(text, this.#padded);
    const length = Math.ceil((written + 9) / 64) * 64;
    this.#padded.fill(0, written, length);
    this.#padded[written] = 0x80;
    for (let bits = written * 8, at = length - 1; bits > 0; bits = Math.floor(bits / 256), at--) {
      this.#padded[at] = bits % 256;
    }
    return length;
  }

  /** Section 6.2.2. */
  #compress(from: number): void {
    const w = this.#schedule, k = this.#roundConstants, state = this.#state, block = this.#padded;
    for (let t = 0, at = from; t < 16; t++, at += 4) {
      w[t] = (block[at] as number) << 24 | (block[at + 1] as number) << 16 |
        (block[at + 2] as number) << 8 | (block[at + 3] as number);
    }
    for (let t = 16; t < 64; t++) {
      const w15 = w[t - 15] as number, w2 = w[t - 2] as number;
      const small0 = rotr(w15, 7) ^ rotr(w15, 18) ^ (w15 >>> 3);
      const small1 = rotr(w2, 17) ^ rotr(w2, 19) ^ (w2 >>> 10);
      w[t] = ((w[t - 16] as number) + small0 | 0) + ((w[t - 7] as number) + small1 | 0) | 0;
    }
    let a = state[0] as number, b = state[1] as number, c = state[2] as number, d = state[3] as number;
    let e = state[4] as number, f = state[5] as number, g = state[6] as number, h = state[7] as number;
    for (let t = 0; t < 64; t++) {
      const big1 = rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25);
      const choice = (e & f) ^ (~e & g);
      const t1 = (h + big1 | 0) + (choice + (k[t] as number) | 0) + (w[t] as number) | 0;
      const big0 = rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22);
      const majority = (a & b) ^ (a & c) ^ (b & c);
      h = g, g = f, f = e, e = (d + t1) | 0;
      d = c, c = b, b = a, a = (t1 + big0 | 0) + majority | 0;
    }
    state[0] = (state[0] as number) + a;
    state[1] = (state[1] as number) + b;
    state[2] = (state[2] as number) + c;
    state[3] = (state[3] as number) + d;
    state[4] = (state[4] as number) + e;
    state[5] = (state[5] as number) + f;
    state[6] = (state[6] as number) + g;
    state[7] = (state[7] as number) + h;
  }
}

function rotr(word: number, count: number): number {
  return (word >>> count) | (word << (32 - count));
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
  return Math.floor((root - Math.floor(root)) * two32);
}
