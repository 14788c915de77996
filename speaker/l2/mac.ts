/** MAC addresses as numbers of 48 bits, which cost nothing to compare or to keep. */

/** Below 2^48. */
export type Mac = number;

export const broadcastMac: Mac = 0xffff_ffff_ffff;

/** Reads `02:00:00:00:00:01`; null for anything else, such as the 20 bytes of InfiniBand. */
export function parseMac(text: string): Mac | null {
  return /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text) ? Number.parseInt(text.replaceAll(":", ""), 16) : null;
}

/** Lower-case colon form. */
export function formatMac(mac: Mac): string {
  return mac.toString(16).padStart(12, "0").replace(/..(?!$)/g, "$&:");
}
