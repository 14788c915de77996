/** What a component writes into its ConfigurationState, and whether what stands there is that already. */
import type { Problem } from "../core/problem.ts";
import {
  type Component,
  type Condition,
  conditionReasons,
  conditionTypes,
  configurationStateIdentity,
  summarizeConditions,
  trimConfigurationState,
} from "./configurationstate.ts";
import type { RawObject } from "./rawobject.ts";

/** What a component makes of the configuration. */
export interface Findings {
  readonly problems: readonly Problem[];
  /** Kinds that could not be read so far, by their plural names. */
  readonly unread: readonly string[];
}

/** See Kubernetes `metav1.OwnerReference`. */
export interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** One server-side apply, without apiVersion and kind. */
export interface Lacking {
  readonly subresource: "status" | null;
  readonly body: Readonly<Record<string, unknown>> & { readonly metadata: Readonly<Record<string, unknown>> };
}

/** Who owns the written fields in `metadata.managedFields`: MetalLB's names, so that its entries are taken over. */
export const fieldManagers = { controller: "poolReconciler", speaker: "configReconciler" } as const;

const messagePrefix = "configuration error: ";
/** `message` of Kubernetes `metav1.Condition` may have 32,768 characters; nobody reads that many. */
const longestMessage = 8_192;

/** What a component has to say in its condition. */
export type Statement = Omit<Condition, "lastTransitionTime">;

/** The condition, without its time. Warnings are told elsewhere: with them the configuration works. */
export function statementOf({ type }: Component, { problems, unread }: Findings): Statement {
  const said = { type: conditionTypes[type] };
  const errors = [...new Set(problems.filter(({ severity }) => severity === "error").map(lineOf))].sort();
  if (errors.length > 0) {
    const message = bounded(messagePrefix, errors);
    return { ...said, status: "False", reason: conditionReasons.invalid, message };
  }
  if (unread.length > 0) {
    const message = `could not be read yet: ${[...unread].sort().join(", ")}`;
    return { ...said, status: "False", reason: conditionReasons.unknown, message };
  }
  return { ...said, status: "True", reason: conditionReasons.valid, message: "" };
}

/**
 * What has to be applied, in this order, so that the object is as it shall be; nothing when it is. Conditions that others
 * wrote stay, and count in the result.
 *
 * @param owner with which the object goes; null: unknown
 * @param found null when there is no object
 * @param now RFC 3339, for a condition that changes
 */
export function lackingOfConfigurationState(
  { component, owner, findings, found, now }: {
    readonly component: Component;
    readonly owner: Owner | null;
    readonly findings: Findings;
    readonly found: RawObject | null;
    readonly now: string;
  },
): readonly Lacking[] {
  const { name, labels } = configurationStateIdentity(component);
  const lacking: Lacking[] = [];
  if (found === null || !isLabelled(found, labels) || !isOwned(found, owner)) {
    const ownerReferences = owner === null ? {} : { ownerReferences: [owner] };
    lacking.push({ subresource: null, body: { metadata: { name, labels, ...ownerReferences } } });
  }
  const status = found === null ? null : trimConfigurationState(found).status;
  const statement = statementOf(component, findings);
  const known = status?.conditions ?? [];
  const present = known.find(({ type }) => type === statement.type);
  const isSame = present !== undefined && sameStatement(present, statement) &&
    present.lastTransitionTime !== "";
  const condition = { ...statement, lastTransitionTime: isSame ? present.lastTransitionTime : now };
  const others = known.filter(({ type }) => type !== statement.type);
  const summary = summarizeConditions([condition, ...others]);
  const isRight = isSame && status?.result === summary.result && status.errorSummary === summary.errorSummary;
  if (!isRight) {
    const body = { metadata: { name }, status: { ...summary, conditions: [condition] } };
    lacking.push({ subresource: "status", body });
  }
  return lacking;
}

function sameStatement(a: Statement, b: Statement): boolean {
  return a.status === b.status && a.reason === b.reason && a.message === b.message;
}

function isLabelled({ metadata }: RawObject, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value);
}

function isOwned({ metadata }: RawObject, owner: Owner | null): boolean {
  return owner === null || (metadata.ownerReferences ?? []).some(({ uid }) => uid === owner.uid);
}

/** As in `IPAddressPool public, spec.addresses[0]: "x" is neither a CIDR nor a range`. */
function lineOf({ kind, name, field, message }: Problem): string {
  return `${kind} ${name}, ${field}: ${message}`;
}

/** As many lines as fit, and how many don't. */
function bounded(prefix: string, lines: readonly string[]): string {
  const text = prefix + lines.join("\n");
  if (text.length <= longestMessage) return text;
  const room = longestMessage - prefix.length - "\nand 1000000 more".length;
  const kept: string[] = [];
  let used = 0;
  for (const line of lines) {
    if (used + line.length + 1 > room) break;
    kept.push(line);
    used += line.length + 1;
  }
  const [first = ""] = lines;
  if (kept.length === 0) kept.push(`${first.slice(0, room - 3)}...`);
  const left = lines.length - kept.length;
  return prefix + [...kept, ...(left === 0 ? [] : [`and ${left} more`])].join("\n");
}
