/** Netlink messages and their attributes (linux/netlink.h, RFC 3549 section 2.3.2): host byte order, 4-byte alignment. */
import type { Reader, Writer } from "../../core/bytes.ts";

export const messageTypes = {
  error: 2,
  done: 3,
  newLink: 16,
  deleteLink: 17,
  getLink: 18,
  newAddress: 20,
  deleteAddress: 21,
  getAddress: 22,
} as const;

export const flagRequest = 0x1;
/** The dump may lack something, as the tables changed under it. */
export const flagDumpInterrupted = 0x10;
/** NLM_F_ROOT and NLM_F_MATCH: all entries. */
const flagDump = 0x300;

const headerLength = 16;

/** The bytes can't be what the kernel sends. */
export class NetlinkError extends Error {
  constructor(readonly field: string, problem: string) {
    super(`${field}: ${problem}`);
    this.name = "NetlinkError";
  }
}

export interface NetlinkMessage {
  /** One of {@link messageTypes}, or another. */
  readonly type: number;
  readonly flags: number;
  /** That of the request it answers; 0 in notifications. */
  readonly sequence: number;
  readonly body: Reader;
}

/** The messages of one datagram, one after the other. Throws ShortInputError and NetlinkError, after those before. */
export function* decodeMessages(datagram: Reader): Generator<NetlinkMessage> {
  while (datagram.left > 0) {
    const length = datagram.hostU32("netlink.length");
    if (length < headerLength) throw new NetlinkError("netlink.length", `${length} is less than a header`);
    const type = datagram.hostU16("netlink.type");
    const flags = datagram.hostU16("netlink.flags");
    const sequence = datagram.hostU32("netlink.sequence");
    datagram.skip(4, "netlink.port");
    const body = datagram.part(length - headerLength, "netlink.body");
    datagram.skip(Math.min(datagram.left, padding(length)), "netlink.padding");
    yield { type, flags, sequence, body };
  }
}

/** Writes one message; `writeBody` appends its body. */
export function encodeMessage(
  writer: Writer,
  message: Omit<NetlinkMessage, "body">,
  bodyLength: number,
  writeBody: (writer: Writer) => void,
): void {
  const length = headerLength + bodyLength;
  writer.hostU32(length).hostU16(message.type).hostU16(message.flags).hostU32(message.sequence).hostU32(0);
  writeBody(writer);
  writer.zeros(padding(length));
}

/** Asks for all links, or all addresses: `struct rtgenmsg`, of any family, padded. */
export function encodeDumpRequest(
  writer: Writer,
  type: typeof messageTypes.getLink | typeof messageTypes.getAddress,
  sequence: number,
): void {
  // The body is as long as the answer's header, which strict checking in the kernel wants.
  const bodyLength = type === messageTypes.getLink ? 16 : 8;
  const flags = flagRequest + flagDump;
  encodeMessage(writer, { type, flags, sequence }, bodyLength, (body) => void body.zeros(bodyLength));
}

/** The errno, positive, of an error message or of the end of a dump; 0 when all is well. Throws ShortInputError. */
export function decodeErrno(body: Reader): number {
  return body.left === 0 ? 0 : 0 - body.hostI32("netlink.error");
}

export interface Attribute {
  /** Without the flags for nesting and byte order. */
  readonly type: number;
  readonly value: Reader;
}

/** The attributes that are left. Throws ShortInputError and NetlinkError. */
export function* decodeAttributes(reader: Reader): Generator<Attribute> {
  while (reader.left > 0) {
    const length = reader.hostU16("netlink.attribute.length");
    if (length < 4) throw new NetlinkError("netlink.attribute.length", `${length} is less than its header`);
    const type = reader.hostU16("netlink.attribute.type") & 0x3fff;
    const value = reader.part(length - 4, "netlink.attribute");
    reader.skip(Math.min(reader.left, padding(length)), "netlink.attribute.padding");
    yield { type, value };
  }
}

/** Writes one attribute with its padding. */
export function encodeAttribute(writer: Writer, type: number, value: Uint8Array): void {
  writer.hostU16(4 + value.length).hostU16(type).copy(value).zeros(padding(value.length));
}

/** How many bytes a field of `length` with padding takes up. */
export function alignedLength(length: number): number {
  return length + padding(length);
}

function padding(length: number): number {
  return (4 - length % 4) % 4;
}
