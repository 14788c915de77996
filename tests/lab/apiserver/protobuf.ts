/**
 * Reads Kubernetes' protobuf bodies (`application/vnd.kubernetes.protobuf`): four bytes of magic, a `runtime.Unknown`,
 * and in it the object. Only what MESSAGES lists is known; a field beyond that is refused, so nothing is lost unseen.
 */
import type { JsonObject } from "./json.ts";
import { MESSAGES } from "./protobuf_kinds.ts";

const MAGIC = [0x6b, 0x38, 0x73, 0x00] as const;

/** A body that can't be read: broken, or with a message or field that isn't known here. */
export class ProtobufError extends Error {
  override readonly name = "ProtobufError";
}

interface Field {
  readonly name: string;
  readonly type: string;
  readonly repeated: boolean;
  readonly keepsZero: boolean;
}

type Raw = { readonly number: number; readonly value: bigint | Uint8Array };

function varint(bytes: Uint8Array, at: number): [value: bigint, next: number] {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = bytes[at++];
    if (byte === undefined) throw new ProtobufError("protobuf body: a number is cut off");
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return [value, at];
  }
  throw new ProtobufError("protobuf body: a number is longer than ten bytes");
}

/** All fields of a message, in their order. Only varints and length-delimited values occur in Kubernetes' messages. */
function* rawFields(bytes: Uint8Array): Generator<Raw> {
  let at = 0;
  while (at < bytes.length) {
    const [tag, afterTag] = varint(bytes, at);
    const number = Number(tag >> 3n);
    const wire = Number(tag & 7n);
    const [value, afterValue] = varint(bytes, afterTag);
    if (wire === 0) {
      yield { number, value };
      at = afterValue;
    } else if (wire === 2) {
      const end = afterValue + Number(value);
      if (end > bytes.length) throw new ProtobufError(`protobuf body: field ${number} is cut off`);
      yield { number, value: bytes.subarray(afterValue, end) };
      at = end;
    } else throw new ProtobufError(`protobuf body: field ${number} has wire type ${wire}`);
  }
}

function fieldsOf(message: string): Map<number, Field> {
  const rows = MESSAGES[message];
  if (rows === undefined) {
    throw new ProtobufError(`protobuf bodies of ${message} aren't known here: send JSON`);
  }
  return new Map(
    rows.split(", ").map((row) => {
      const [number = "", name = "", kind = ""] = row.split(" ");
      const repeated = kind.startsWith("*");
      const keepsZero = kind.endsWith("?");
      return [Number(number), { name, type: kind.replace(/^\*|\?$/g, ""), repeated, keepsZero }];
    }),
  );
}

const decoder = new TextDecoder();

function text(value: bigint | Uint8Array): string {
  if (typeof value === "bigint") throw new ProtobufError("protobuf body: a number where text belongs");
  return decoder.decode(value);
}

function bytesOf(value: bigint | Uint8Array): Uint8Array {
  if (typeof value === "bigint") throw new ProtobufError("protobuf body: a number where a message belongs");
  return value;
}

function integer(value: bigint | Uint8Array): number {
  if (typeof value !== "bigint") throw new ProtobufError("protobuf body: bytes where a number belongs");
  return Number(BigInt.asIntN(64, value));
}

/** `metav1.Time` and `MicroTime`: seconds and nanoseconds; nothing for the zero time. */
function time(value: Uint8Array, fraction: boolean): string | undefined {
  let seconds = 0;
  let nanoseconds = 0;
  for (const { number, value: part } of rawFields(value)) {
    if (number === 1) seconds = integer(part);
    else nanoseconds = integer(part);
  }
  if (value.length === 0 || seconds <= -62_135_596_800) return undefined;
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  return fraction ? `${whole}.${String(Math.floor(nanoseconds / 1000)).padStart(6, "0")}Z` : `${whole}Z`;
}

function intOrString(value: Uint8Array): number | string | undefined {
  let kind = 0;
  let number = 0;
  let word = "";
  for (const field of rawFields(value)) {
    if (field.number === 1) kind = integer(field.value);
    else if (field.number === 2) number = integer(field.value);
    else word = text(field.value);
  }
  return kind === 0 ? number || undefined : word;
}

function mapEntry(value: Uint8Array, asBytes: boolean): [string, string] {
  let key = "";
  let entry = "";
  for (const field of rawFields(value)) {
    if (field.number === 1) key = text(field.value);
    else entry = asBytes ? bytesOf(field.value).toBase64() : text(field.value);
  }
  return [key, entry];
}

/** One value; undefined when it is a zero that doesn't count. */
function decodeValue({ type, keepsZero }: Field, value: bigint | Uint8Array): unknown {
  switch (type) {
    case "s":
      return text(value) || (keepsZero ? "" : undefined);
    case "i":
      return integer(value) || (keepsZero ? 0 : undefined);
    case "b":
      return integer(value) !== 0 || (keepsZero ? false : undefined);
    case "x":
      return bytesOf(value).toBase64();
    case "t":
    case "u":
      return time(bytesOf(value), type === "u");
    case "o":
      return intOrString(bytesOf(value));
    default: {
      const message = decodeMessage(type, bytesOf(value));
      return keepsZero || Object.keys(message).length > 0 ? message : undefined;
    }
  }
}

function decodeMessage(message: string, bytes: Uint8Array): JsonObject {
  const fields = fieldsOf(message);
  const result: JsonObject = {};
  for (const { number, value } of rawFields(bytes)) {
    const field = fields.get(number);
    if (field === undefined) {
      if (value === 0n || (typeof value !== "bigint" && value.length === 0)) continue;
      throw new ProtobufError(`protobuf field ${number} of ${message} isn't known here: send JSON`);
    }
    if (field.type === "-") continue;
    if (field.type === "m" || field.type === "y") {
      const [key, entry] = mapEntry(bytesOf(value), field.type === "y");
      result[field.name] = { ...(result[field.name] as JsonObject | undefined), [key]: entry };
      continue;
    }
    if (field.repeated) {
      const item = decodeValue({ ...field, keepsZero: true }, value);
      result[field.name] = [...(result[field.name] as unknown[] | undefined ?? []), item];
      continue;
    }
    const decoded = decodeValue(field, value);
    if (decoded !== undefined) result[field.name] = decoded;
  }
  return result;
}

/** Reads a body. @throws ProtobufError */
export function decodeProtobuf(body: Uint8Array): JsonObject {
  if (MAGIC.some((byte, i) => body[i] !== byte)) {
    throw new ProtobufError("protobuf body: it doesn't begin with k8s\\0");
  }
  let apiVersion = "";
  let kind = "";
  let raw: Uint8Array = new Uint8Array();
  for (const field of rawFields(body.subarray(MAGIC.length))) {
    if (field.number === 2) raw = bytesOf(field.value);
    if (field.number !== 1) continue;
    for (const part of rawFields(bytesOf(field.value))) {
      if (part.number === 1) apiVersion = text(part.value);
      else kind = text(part.value);
    }
  }
  return { apiVersion, kind, ...decodeMessage(kind, raw) };
}
