/**
 * The only place that indexes packet buffers: unsigned, bounds-checked, in network order unless the name says "host".
 * Input that ends too early throws {@link ShortInputError}, which names the field that didn't fit.
 */

/** The input ended inside `field`; the packet is to be dropped. */
export class ShortInputError extends Error {
  /** `needed` and `available` count bytes from the field's beginning. */
  constructor(readonly field: string, readonly needed: number, readonly available: number) {
    super(`${field}: ${needed} bytes needed, ${available} left`);
    this.name = "ShortInputError";
  }
}

const hostIsLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
const two16 = 2 ** 16;
const two32 = 2 ** 32;

/** Reads fields one after the other from part of a buffer; it copies nothing unless {@link Reader.copy} is called. */
export class Reader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;

  /** Reads `bytes` from `start` to before `end`, by default all. Throws RangeError when that isn't within it. */
  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    if (!(start >= 0 && start <= end && end <= bytes.length)) {
      throw new RangeError(`no bytes ${start} to ${end} in a buffer of ${bytes.length}`);
    }
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#end - this.#at;
  }

  u8(field: string): number {
    return this.#byte(this.#take(1, field));
  }

  u16(field: string): number {
    return this.#u16At(this.#take(2, field));
  }

  u32(field: string): number {
    const at = this.#take(4, field);
    return this.#u16At(at) * two16 + this.#u16At(at + 2);
  }

  /** 48 bits, as in a MAC address; a number holds them exactly. */
  u48(field: string): number {
    const at = this.#take(6, field);
    return this.#u16At(at) * two32 + this.#u16At(at + 2) * two16 + this.#u16At(at + 4);
  }

  /** 128 bits, as in an IPv6 address. */
  u128(field: string): bigint {
    const at = this.#take(16, field);
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + at, 16);
    return (view.getBigUint64(0) << 64n) | view.getBigUint64(8);
  }

  hostU16(field: string): number {
    const at = this.#take(2, field);
    return hostIsLittleEndian ? this.#byte(at) + this.#byte(at + 1) * 256 : this.#u16At(at);
  }

  hostU32(field: string): number {
    const first = this.hostU16(field);
    const second = this.hostU16(field);
    return hostIsLittleEndian ? first + second * two16 : first * two16 + second;
  }

  /** Two's complement, as a C `int`. */
  hostI32(field: string): number {
    return this.hostU32(field) | 0;
  }

  skip(count: number, field: string): void {
    this.#take(count, field);
  }

  /** A reader of the next `count` bytes, which are passed over here. */
  part(count: number, field: string): Reader {
    const at = this.#take(count, field);
    return new Reader(this.#bytes, at, at + count);
  }

  /** A second reader of what is left here; reading from one doesn't move the other. */
  fork(): Reader {
    return new Reader(this.#bytes, this.#at, this.#end);
  }

  /** The next `count` bytes, copied, so that they outlive the buffer. */
  copy(count: number, field: string): Uint8Array<ArrayBuffer> {
    const at = this.#take(count, field);
    return new Uint8Array(this.#bytes.subarray(at, at + count));
  }

  /**
   * The ones' complement sum of 16-bit words (RFC 1071) over all that is left, folded to 16 bits and not yet
   * complemented; an odd last byte counts as if a zero followed. `initial` is what was summed before. Moves nothing.
   */
  onesComplementSum(initial = 0): number {
    let sum = initial;
    let at = this.#at;
    for (; at + 1 < this.#end; at += 2) sum += this.#u16At(at);
    if (at < this.#end) sum += this.#byte(at) * 256;
    while (sum > 0xffff) sum = (sum % two16) + Math.floor(sum / two16);
    return sum;
  }

  #take(count: number, field: string): number {
    if (!(count >= 0)) throw new RangeError(`${field}: no ${count} bytes can be read`);
    const at = this.#at;
    if (count > this.#end - at) throw new ShortInputError(field, count, this.#end - at);
    this.#at = at + count;
    return at;
  }

  #u16At(at: number): number {
    return this.#byte(at) * 256 + this.#byte(at + 1);
  }

  #byte(at: number): number {
    return this.#bytes[at] as number;
  }
}

/**
 * Writes fields one after the other into a buffer of fixed size, which a caller may use again after {@link Writer.reset}.
 * A value that doesn't fit its field, or a field that doesn't fit the buffer, throws RangeError: it is our own mistake.
 */
export class Writer {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #at = 0;

  /** `size` in bytes. */
  constructor(size: number) {
    this.#bytes = new Uint8Array(new ArrayBuffer(size));
  }

  /** How many bytes have been written. */
  get length(): number {
    return this.#at;
  }

  /** The whole buffer, for a system call that takes a length beside it. */
  get buffer(): Uint8Array<ArrayBuffer> {
    return this.#bytes;
  }

  /** Begins anew; what was written before is gone. */
  reset(): this {
    this.#at = 0;
    return this;
  }

  /** A copy of what has been written. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#at);
  }

  u8(value: number): this {
    const at = this.#room(1, value, 0x100);
    this.#bytes[at] = value;
    return this;
  }

  u16(value: number): this {
    this.#u16At(this.#room(2, value, two16), value);
    return this;
  }

  u32(value: number): this {
    const at = this.#room(4, value, two32);
    this.#u16At(at, Math.floor(value / two16));
    this.#u16At(at + 2, value % two16);
    return this;
  }

  u48(value: number): this {
    const at = this.#room(6, value, 2 ** 48);
    this.#u16At(at, Math.floor(value / two32));
    this.#u16At(at + 2, Math.floor(value / two16) % two16);
    this.#u16At(at + 4, value % two16);
    return this;
  }

  u128(value: bigint): this {
    if (value < 0n || value >> 128n !== 0n) throw new RangeError(`${value} doesn't fit 128 bits`);
    const view = new DataView(this.#bytes.buffer, this.#room(16, 0, 1), 16);
    view.setBigUint64(0, value >> 64n);
    view.setBigUint64(8, BigInt.asUintN(64, value));
    return this;
  }

  hostU16(value: number): this {
    if (!hostIsLittleEndian) return this.u16(value);
    const at = this.#room(2, value, two16);
    this.#bytes[at] = value % 256;
    this.#bytes[at + 1] = value >>> 8;
    return this;
  }

  hostU32(value: number): this {
    if (!hostIsLittleEndian) return this.u32(value);
    this.#room(0, value, two32);
    return this.hostU16(value % two16).hostU16(Math.floor(value / two16));
  }

  zeros(count: number): this {
    const at = this.#room(count, 0, 1);
    this.#bytes.fill(0, at, at + count);
    return this;
  }

  /** Zeros up to `length` bytes in all; nothing when there are as many already. */
  padTo(length: number): this {
    return this.zeros(Math.max(0, length - this.#at));
  }

  copy(bytes: Uint8Array): this {
    this.#bytes.set(bytes, this.#room(bytes.length, 0, 1));
    return this;
  }

  /** Overwrites the two bytes at `at`, which have been written already: a checksum or a length known only later. */
  setU16(at: number, value: number): this {
    if (at < 0 || at + 2 > this.#at) throw new RangeError(`nothing is written at ${at} yet`);
    this.#u16At(at, value);
    return this;
  }

  /** A reader of what has been written from `start` on. */
  read(start = 0): Reader {
    return new Reader(this.#bytes, start, this.#at);
  }

  #room(count: number, value: number, limit: number): number {
    if (!(value >= 0 && value < limit && Number.isInteger(value))) {
      throw new RangeError(`${value} doesn't fit ${count} bytes`);
    }
    const at = this.#at;
    if (at + count > this.#bytes.length) {
      throw new RangeError(`${count} bytes don't fit the ${this.#bytes.length - at} that are left`);
    }
    this.#at = at + count;
    return at;
  }

  #u16At(at: number, value: number): void {
    this.#bytes[at] = value >>> 8;
    this.#bytes[at + 1] = value & 0xff;
  }
}
