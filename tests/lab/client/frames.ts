/**
 * ARP and NDP as the lab's client writes and reads them, byte by byte and without the product's code, which it checks:
 * ARP of RFC 826, neighbour solicitations and advertisements of RFC 4861 over IPv6.
 */

/** A frame that says something about a neighbour. */
export interface NeighbourFrame {
  /** When it passed, in ms of the agent's `performance.now()`. */
  readonly atMs: number;
  readonly kind: "arp request" | "arp reply" | "solicitation" | "advertisement";
  readonly from: string;
  readonly to: string;
  /** The address that is asked for, or that the sender says it has. */
  readonly ip: string;
  /** The MAC that the sender says belongs to `ip`; null in a question. */
  readonly mac: string | null;
  /** The sender's own IP address; "" where it isn't said. */
  readonly senderIp: string;
}

const broadcast = "ff:ff:ff:ff:ff:ff";

/** Who-has `target`, asked by broadcast. */
export function arpRequest(mac: string, ip: string, target: string): Uint8Array {
  return Uint8Array.from([
    ...macBytes(broadcast),
    ...macBytes(mac),
    ...[0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1],
    ...macBytes(mac),
    ...ipv4Bytes(ip),
    ...[0, 0, 0, 0, 0, 0],
    ...ipv4Bytes(target),
    ...new Array<number>(18).fill(0),
  ]);
}

/** Neighbour solicitation to the solicited-node group of `target` (RFC 4861 section 4.3). */
export function neighbourSolicitation(mac: string, ip: string, target: string): Uint8Array {
  const targetBytes = ipv6Bytes(target);
  const tail = targetBytes.slice(13);
  const group = [0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, ...tail];
  const source = ipv6Bytes(ip);
  const body = [135, 0, 0, 0, 0, 0, 0, 0, ...targetBytes, 1, 1, ...macBytes(mac)];
  const sum = checksum([...source, ...group, 0, 0, 0, body.length, 0, 0, 0, 58, ...body]);
  body[2] = sum >> 8;
  body[3] = sum & 0xff;
  return Uint8Array.from([
    ...[0x33, 0x33, 0xff, ...tail],
    ...macBytes(mac),
    ...[0x86, 0xdd, 0x60, 0, 0, 0, 0, body.length, 58, 255],
    ...source,
    ...group,
    ...body,
  ]);
}

/** Reads an Ethernet frame; null when it is neither ARP nor neighbour discovery. */
export function readFrame(frame: Uint8Array, atMs: number): NeighbourFrame | null {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < 42) return null;
  const etherType = view.getUint16(12);
  const base = { atMs, from: macText(frame, 6), to: macText(frame, 0) };
  if (etherType === 0x0806) return readArp(frame, view, base);
  if (etherType === 0x86dd && frame.length >= 78 && frame[20] === 58) return readNdp(frame, base);
  return null;
}

type Base = Pick<NeighbourFrame, "atMs" | "from" | "to">;

function readArp(frame: Uint8Array, view: DataView, base: Base): NeighbourFrame | null {
  const operation = view.getUint16(20);
  const sender = ipv4Text(frame, 28);
  if (operation === 1) {
    return { ...base, kind: "arp request", ip: ipv4Text(frame, 38), mac: null, senderIp: sender };
  }
  if (operation !== 2) return null;
  return { ...base, kind: "arp reply", ip: sender, mac: macText(frame, 22), senderIp: sender };
}

function readNdp(frame: Uint8Array, base: Base): NeighbourFrame | null {
  const type = frame[54];
  const senderIp = ipv6Text(frame, 22);
  const ip = ipv6Text(frame, 62);
  if (type === 135) return { ...base, kind: "solicitation", ip, mac: null, senderIp };
  if (type !== 136) return null;
  return { ...base, kind: "advertisement", ip, mac: linkLayerOption(frame, 78) ?? base.from, senderIp };
}

/** The target link-layer address option (RFC 4861 section 4.6.1). */
function linkLayerOption(frame: Uint8Array, start: number): string | null {
  for (let at = start; at + 8 <= frame.length;) {
    if (frame[at] === 2) return macText(frame, at + 2);
    const length = frame[at + 1] ?? 0;
    if (length === 0) return null;
    at += 8 * length;
  }
  return null;
}

function checksum(bytes: readonly number[]): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) + (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function macBytes(mac: string): number[] {
  return mac.split(":").map((part) => parseInt(part, 16));
}

function macText(bytes: Uint8Array, at: number): string {
  return [...bytes.subarray(at, at + 6)].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}

export function ipv4Bytes(ip: string): number[] {
  return ip.split(".").map(Number);
}

function ipv4Text(bytes: Uint8Array, at: number): string {
  return bytes.subarray(at, at + 4).join(".");
}

/** The 16 bytes of an IPv6 address in text; without zone, and without dotted tail. */
export function ipv6Bytes(ip: string): number[] {
  const [head = "", tail] = ip.split("::");
  const words = (text: string) => text === "" ? [] : text.split(":").map((word) => parseInt(word, 16));
  const left = words(head);
  const right = tail === undefined ? [] : words(tail);
  const all = tail === undefined
    ? left
    : [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
  return all.flatMap((word) => [word >> 8, word & 0xff]);
}

/** Canonical text (RFC 5952): the longest run of zero words, the first of equals, becomes `::`. */
export function ipv6Text(bytes: Uint8Array, at = 0): string {
  const words = Array.from(
    { length: 8 },
    (_, index) => (bytes[at + 2 * index]! << 8) | bytes[at + 2 * index + 1]!,
  );
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && words[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const hex = (part: readonly number[]) => part.map((word) => word.toString(16)).join(":");
  if (best.start < 0) return hex(words);
  return `${hex(words.slice(0, best.start))}::${hex(words.slice(best.start + best.length))}`;
}

/** The canonical text of an address of either family. */
export function canonicalIp(ip: string): string {
  return ip.includes(":") ? ipv6Text(Uint8Array.from(ipv6Bytes(ip))) : ip;
}
