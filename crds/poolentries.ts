/** The entries of IPAddressPool `spec.addresses`, each with the addresses that it has for itself. */
import { parseAddressEntry } from "./addressentry.ts";
import { Claims } from "./claims.ts";
import type { FieldReader, ListItem, Report } from "./fieldreader.ts";
import { type AddressRange, rangeText } from "./ranges.ts";
import { quote } from "./values.ts";

/** A sound entry of spec.addresses. */
export interface PoolEntry {
  /** As written. */
  readonly text: string;
  readonly field: string;
  /** Ascending; several, or none, when earlier entries of the pool cut it. */
  readonly ranges: readonly AddressRange[];
}

/** Reads the sound entries; of addresses that two of them name, the earlier one has them. */
export function readEntries(spec: FieldReader, report: Report): PoolEntry[] {
  const texts = spec.texts("addresses");
  if (texts === undefined) {
    report("error", spec.pathOf("addresses"), "addresses must have at least one CIDR prefix or range");
    return [];
  }
  const claims = new Claims<ListItem<string>>();
  return texts.flatMap(({ value: text, field }) => {
    const entry = parseAddressEntry(text);
    if ("message" in entry) {
      report("error", field, entry.message);
      return [];
    }
    const { kept, disputes } = claims.claim(entry.range, { value: text, field });
    const [dispute] = disputes;
    if (dispute !== undefined) {
      report(
        "error",
        field,
        `${quote(text)} overlaps with already defined CIDR ${quote(dispute.owner.value)} of the same pool ` +
          `(${dispute.owner.field}), which keeps ${rangeText(dispute.range)}; ` +
          (kept.length === 0 ? "remove this entry" : "take the addresses out of one of the two entries"),
      );
    }
    return [{ text, field, ranges: kept }];
  });
}
