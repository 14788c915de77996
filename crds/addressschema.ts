/** The schema of `spec.addresses`; the same rules as `addressentry.ts`, as far as CEL can say them. */
import { list, type Schema, text, withRules } from "./schema.ts";

/** Bounds that the API server needs to estimate what the rules cost; an entry is at most two IPv6 addresses. */
const maxEntries = 4096;
const maxEntryLength = 100;

const start = "self.split('-')[0].trim()";
const end = "self.split('-')[1].trim()";
const isRange = `size(self.split('-')) == 2 && isIP(${start}) && isIP(${end})`;
const ahead = (address: string) => `${address}.substring(0, ${address}.lastIndexOf(':'))`;
const lastGroup = (address: string) => `${address}.substring(${address}.lastIndexOf(':') + 1).lowerAscii()`;
/** Padded to four digits, so that text compares like numbers. */
const padded = (group: string) => `[${group}].map(group, ('0000' + group).substring(size(group)))[0]`;
const ipv4Range = "^[0-9]{1,3}([.][0-9]{1,3}){3}-[0-9]{1,3}([.][0-9]{1,3}){3}$";
const numberAt = (index: number) =>
  [0, 1, 2, 3].map((octet) => `int(octets[${index + octet}]) * ${256 ** (3 - octet)}`).join(" + ");

const entry = withRules(
  text("A CIDR prefix, of which all addresses count, or a range of two addresses of one family.", {
    maxLength: maxEntryLength,
  }),
  {
    rule: "self.contains('-') || isCIDR(self)",
    message: "each item of addresses must be a CIDR prefix such as 192.0.2.0/24, or a range such as " +
      "192.0.2.10-192.0.2.20",
  },
  {
    rule: `!self.contains('-') || (${isRange})`,
    message: "a range in addresses must be two IP addresses such as 192.0.2.10-192.0.2.20",
  },
  {
    rule: `!(${isRange}) || ip(${start}).family() == ip(${end}).family()`,
    message: "a range in addresses must not go from one address family to the other",
  },
  {
    // Addresses have no order in CEL. IPv4 ones are compared as numbers, IPv6 ones when only the last group differs;
    // of other IPv6 ranges the controller says it.
    // CEL has no variables either: `[value].all(name, …)` stands for one.
    rule: `[self.replace(' ', '')].all(range, !range.matches('${ipv4Range}') || ` +
      `[range.replace('-', '.').split('.')].all(octets, ${numberAt(0)} <= ${numberAt(4)}))`,
    message: "a range in addresses must not start after its end",
  },
  {
    rule:
      `!(${isRange}) || !self.contains(':') || self.contains('.') || ${ahead(start)} != ${ahead(end)} || ` +
      `${padded(lastGroup(start))} <= ${padded(lastGroup(end))}`,
    message: "a range in addresses must not start after its end",
  },
);

export function addressesSchema(description: string): Schema {
  return list(description, entry, { minItems: 1, maxItems: maxEntries });
}
