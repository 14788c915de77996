/** RTM_NEWLINK and RTM_DELLINK: a network interface (`struct ifinfomsg`, linux/if_link.h). */
import { type Reader, Writer } from "../../core/bytes.ts";
import { alignedLength, decodeAttributes, encodeAttribute } from "./message.ts";

/** Bits of `flags` (linux/if.h). */
export const linkFlags = {
  up: 0x1,
  broadcast: 0x2,
  loopback: 0x8,
  noArp: 0x80,
  lowerUp: 0x1_0000,
} as const;

/** RFC 2863's ifOperStatus as Linux numbers it. */
export const operStates = { unknown: 0, down: 2, lowerLayerDown: 3, dormant: 5, up: 6 } as const;

/** ARPHRD_ETHER */
export const hardwareEthernet = 1;

const attributes = { address: 1, name: 3, master: 10, operState: 16 } as const;
const headerLength = 16;

export interface LinkMessage {
  /** AF_UNSPEC (0) for the link itself; AF_BRIDGE (7) for its part in a bridge, which says nothing about the link. */
  readonly family: number;
  /** ARPHRD_*. */
  readonly hardwareType: number;
  readonly index: number;
  readonly flags: number;
  readonly name: string;
  /** Lower-case colon form; "" without one. */
  readonly mac: string;
  /** Index of the bridge, bond or VRF above it. */
  readonly master: number | null;
  /** One of {@link operStates}, or another. */
  readonly operState: number;
}

/** Throws ShortInputError and NetlinkError. */
export function decodeLink(body: Reader): LinkMessage {
  const family = body.u8("link.family");
  body.skip(1, "link.padding");
  const hardwareType = body.hostU16("link.type");
  const index = body.hostI32("link.index");
  const flags = body.hostU32("link.flags");
  body.skip(4, "link.change");
  let [name, mac, operState]: [string, string, number] = ["", "", operStates.unknown];
  let master: number | null = null;
  for (const { type, value } of decodeAttributes(body)) {
    if (type === attributes.name) name = decodeText(value);
    else if (type === attributes.address) mac = decodeHardwareAddress(value);
    else if (type === attributes.master) master = value.hostU32("link.master");
    else if (type === attributes.operState) operState = value.u8("link.operState");
  }
  return { family, hardwareType, index, flags, name, mac, master: master === 0 ? null : master, operState };
}

/** The body of such a message, for tests and for a fake kernel. */
export function encodeLink(link: LinkMessage): Uint8Array {
  const name = new TextEncoder().encode(link.name + "\0");
  const mac = Uint8Array.from(
    link.mac === "" ? [] : link.mac.split(":"),
    (part) => Number.parseInt(part, 16),
  );
  const writer = new Writer(
    headerLength + 4 * 4 + alignedLength(name.length) + alignedLength(mac.length) + 4 + 4,
  );
  writer.u8(link.family).u8(0).hostU16(link.hardwareType).hostU32(link.index).hostU32(link.flags).hostU32(0);
  encodeAttribute(writer, attributes.name, name);
  encodeAttribute(writer, attributes.address, mac);
  encodeAttribute(writer, attributes.master, new Writer(4).hostU32(link.master ?? 0).finish());
  encodeAttribute(writer, attributes.operState, Uint8Array.of(link.operState));
  return writer.finish();
}

/** A C string: what stands before the first zero. */
function decodeText(value: Reader): string {
  const [text = ""] = new TextDecoder().decode(value.copy(value.left, "link.name")).split("\0");
  return text;
}

/** All zeros, as the loopback interface has it, is none. */
function decodeHardwareAddress(value: Reader): string {
  const bytes = Array.from(value.copy(value.left, "link.address"));
  if (bytes.every((byte) => byte === 0)) return "";
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}
