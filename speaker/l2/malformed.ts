/** Why the bytes of a frame are not the message they claim to be. */
export const malformations = [
  /** It ends inside a field; the field is named. */
  "truncated",
  "unsupportedHardwareType",
  "unsupportedProtocolType",
  "unsupportedAddressLength",
  "unsupportedVersion",
  "unsupportedNextHeader",
  "hopLimitNot255",
  "badChecksum",
  "unsupportedType",
  "badCode",
  "zeroLengthOption",
  "badOptionLength",
  "multicastTarget",
  "unspecifiedToOtherThanSolicitedNode",
  "unspecifiedWithLinkLayerAddress",
] as const;
export type Malformation = typeof malformations[number];

/** The frame is to be ignored, and counted under `reason`. */
export class MalformedError extends Error {
  constructor(readonly reason: Malformation, readonly field: string, found: string | number | bigint) {
    super(`${field}: ${found} (${reason})`);
    this.name = "MalformedError";
  }
}
