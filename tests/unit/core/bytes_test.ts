import { assertEquals, assertThrows } from "@std/assert";
import { Reader, ShortInputError, Writer } from "../../../core/bytes.ts";

const bytes = Uint8Array.from({ length: 20 }, (_, index) => 0xf0 + index % 16);

Deno.test("Reader: numbers are unsigned and in network order", () => {
  const reader = new Reader(bytes);
  assertEquals(reader.u8("a"), 0xf0);
  assertEquals(reader.u16("b"), 0xf1f2);
  assertEquals(reader.u32("c"), 0xf3f4f5f6);
  assertEquals(reader.u48("d"), 0xf7f8f9fafbfc);
  assertEquals(reader.left, 7);
  assertEquals(new Reader(bytes).u128("e"), 0xf0f1f2f3f4f5f6f7f8f9fafbfcfdfeffn);
});

Deno.test("Reader: every method names the field that doesn't fit, and how much is missing", () => {
  const reads: Readonly<Record<string, [number, (reader: Reader) => unknown]>> = {
    u8: [1, (reader) => reader.u8("field")],
    u16: [2, (reader) => reader.u16("field")],
    u32: [4, (reader) => reader.u32("field")],
    u48: [6, (reader) => reader.u48("field")],
    u128: [16, (reader) => reader.u128("field")],
    hostU16: [2, (reader) => reader.hostU16("field")],
    skip: [5, (reader) => reader.skip(5, "field")],
    part: [5, (reader) => reader.part(5, "field")],
    copy: [5, (reader) => reader.copy(5, "field")],
  };
  for (const [name, [size, read]] of Object.entries(reads)) {
    read(new Reader(bytes, 0, size));
    const error = assertThrows(() => read(new Reader(bytes, 1, size)), ShortInputError);
    assertEquals([error.field, error.needed, error.available], ["field", size, size - 1], name);
    assertEquals(error.message, `field: ${size} bytes needed, ${size - 1} left`);
  }
});

Deno.test("Reader: a part ends where it was said to, though the buffer goes on", () => {
  const part = new Reader(bytes).part(3, "part");
  part.skip(2, "part");
  assertThrows(() => part.u16("beyond"), ShortInputError, "beyond: 2 bytes needed, 1 left");
});

Deno.test("Reader: a fork reads the same again", () => {
  const reader = new Reader(bytes);
  reader.skip(1, "first");
  const fork = reader.fork();
  assertEquals(reader.u16("a"), fork.u16("a"));
  assertEquals(fork.left, reader.left);
});

Deno.test("Reader: bounds outside of the buffer, and negative counts, are our own mistake", () => {
  assertThrows(() => new Reader(bytes, 0, 21), RangeError);
  assertThrows(() => new Reader(bytes, -1), RangeError);
  assertThrows(() => new Reader(bytes, 5, 4), RangeError);
  assertThrows(() => new Reader(bytes).skip(-1, "field"), RangeError);
  assertThrows(() => new Reader(bytes).skip(Number.NaN, "field"), RangeError);
});

Deno.test("Reader: a copy doesn't follow the buffer", () => {
  const own = Uint8Array.of(1, 2);
  const copy = new Reader(own).copy(2, "copy");
  own.fill(9);
  assertEquals([...copy], [1, 2]);
});

Deno.test("Reader: the checksum's sum is RFC 1071's example, and takes an odd last byte as a high one", () => {
  const example = Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7);
  assertEquals(new Reader(example).onesComplementSum(), 0xddf2);
  assertEquals(new Reader(Uint8Array.of(0x12, 0x34, 0x56)).onesComplementSum(), 0x1234 + 0x5600);
  assertEquals(new Reader(Uint8Array.of(0xff, 0xff)).onesComplementSum(1), 1);
  assertEquals(new Reader(Uint8Array.of()).onesComplementSum(), 0);
});

Deno.test("Writer: what doesn't fit a field or the buffer is refused, and nothing is cut silently", () => {
  const bad: ((writer: Writer) => unknown)[] = [
    (writer) => writer.u8(256),
    (writer) => writer.u8(-1),
    (writer) => writer.u8(1.5),
    (writer) => writer.u16(0x1_0000),
    (writer) => writer.u32(2 ** 32),
    (writer) => writer.u48(2 ** 48),
    (writer) => writer.u128(1n << 128n),
    (writer) => writer.u128(-1n),
    (writer) => writer.hostU16(0x1_0000),
    (writer) => writer.hostU32(-1),
    (writer) => writer.u8(Number.NaN),
    (writer) => writer.zeros(33),
    (writer) => writer.copy(new Uint8Array(33)),
    (writer) => writer.setU16(0, 1),
  ];
  for (const write of bad) assertThrows(() => write(new Writer(32)), RangeError);
  assertThrows(() => new Writer(3).u32(1), RangeError);
});

Deno.test("Writer: reset begins anew, and padding overwrites what was there", () => {
  const writer = new Writer(4).u32(0xffffffff);
  assertEquals([...writer.reset().u8(1).padTo(4).finish()], [1, 0, 0, 0]);
  assertEquals([...writer.padTo(2).finish()], [1, 0, 0, 0]);
  assertEquals(writer.length, 4);
});

Deno.test("Writer: a field written before can be put right", () => {
  assertEquals([...new Writer(4).u32(0).setU16(1, 0xabcd).finish()], [0, 0xab, 0xcd, 0]);
});
