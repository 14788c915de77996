/** The link-layer address options of NDP (RFC 4861 section 4.6.1, for Ethernet RFC 2464 section 6). */
import type { Reader, Writer } from "../../core/bytes.ts";
import { MalformedError } from "./malformed.ts";
import type { Mac } from "./mac.ts";

export const sourceLinkLayerAddress = 1;
export const targetLinkLayerAddress = 2;

/**
 * Walks through all options that are left and gives the first link-layer address of this type; null without one.
 * An option of length zero makes the whole message invalid (section 4.6). Throws ShortInputError and MalformedError.
 */
export function decodeLinkLayerAddress(reader: Reader, wanted: number): Mac | null {
  let found: Mac | null = null;
  while (reader.left > 0) {
    const type = reader.u8("ndp.option.type");
    const length = reader.u8("ndp.option.length");
    if (length === 0) throw new MalformedError("zeroLengthOption", "ndp.option.length", length);
    const body = reader.part(8 * length - 2, "ndp.option");
    if (type !== wanted) continue;
    if (length !== 1) throw new MalformedError("badOptionLength", "ndp.option.length", length);
    found ??= body.u48("ndp.option.linkLayerAddress");
  }
  return found;
}

export function encodeLinkLayerAddress(writer: Writer, type: number, address: Mac): void {
  writer.u8(type).u8(1).u48(address);
}
