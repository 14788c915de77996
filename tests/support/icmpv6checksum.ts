/** The checksum of ICMPv6 (RFC 4443 section 2.3), written for tests only, so that it can disagree with ours. */

/** A copy of an Ethernet frame with IPv6 whose ICMPv6 checksum is made right for what it contains. */
export function withChecksum(frame: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(frame);
  const view = new DataView(copy.buffer);
  const length = view.getUint16(18);
  view.setUint16(56, 0);
  let sum = length + 58;
  for (let at = 22; at < 54 + length; at++) sum += (copy[at] ?? 0) << (at % 2 === 0 ? 8 : 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  view.setUint16(56, ~sum & 0xffff);
  return copy;
}
