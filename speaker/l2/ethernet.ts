/** The Ethernet II header. */
import type { Reader, Writer } from "../../core/bytes.ts";
import type { Mac } from "./mac.ts";

export const etherTypeArp = 0x0806;
export const etherTypeIpv6 = 0x86dd;

/** The shortest frame without its check sequence, in bytes (IEEE 802.3 clause 4); shorter payloads are padded. */
export const minimumFrameLength = 60;

export interface EthernetHeader {
  readonly destination: Mac;
  readonly source: Mac;
  readonly etherType: number;
}

/** Reads the header and leaves the reader at the payload. Throws ShortInputError. */
export function decodeEthernet(reader: Reader): EthernetHeader {
  return {
    destination: reader.u48("ethernet.destination"),
    source: reader.u48("ethernet.source"),
    etherType: reader.u16("ethernet.type"),
  };
}

export function encodeEthernet(writer: Writer, header: EthernetHeader): void {
  writer.u48(header.destination).u48(header.source).u16(header.etherType);
}
