/** This node's share of all decisions: what it announces because of them, and what it says about that, each once. */
import type { Service } from "../core/service.ts";
import { speakerLog } from "./catalogue.ts";
import type { Announcement } from "./dataplane.ts";
import { type Effect, logEffect } from "./effects.ts";
import { announcementsOn, type Layer2Decision, reasonOn } from "./l2/decision.ts";
import { unionOf } from "./l2/field.ts";
import { Wish } from "./l2/wish.ts";
import type { Decided } from "./world.ts";

/** What was last said of a Service that this node announces. */
interface Announced {
  readonly uid: string;
  readonly ips: string;
  /** Addresses that find none of their interfaces here, with these interfaces. */
  readonly failed: string;
}

/** Remembers what this node announces, and what it last said about each Service. */
export class NodeShare {
  readonly #node: string;
  readonly #wish = new Wish();
  readonly #announced = new Map<string, Announced>();
  /** The last word on each Service that this node doesn't announce. */
  readonly #silent = new Map<string, string>();
  /** Services with an announcement that names interfaces. */
  readonly #choosy = new Set<string>();
  #interfaces: ReadonlySet<string> = new Set();

  /** `node` is this node's name. */
  constructor(node: string) {
    this.#node = node;
  }

  /** The interfaces of this node that may be announced on; tells the Services to decide again because of it. */
  setInterfaces(names: ReadonlySet<string>): readonly string[] {
    const same = names.size === this.#interfaces.size && names.isSubsetOf(this.#interfaces);
    this.#interfaces = names;
    return same ? [] : [...this.#choosy];
  }

  /** The Services that this node announces, by `namespace/name`, and their addresses. */
  *announced(): Iterable<readonly [service: string, ips: readonly string[]]> {
    for (const [service, { ips }] of this.#announced) if (ips !== "") yield [service, ips.split(",")];
  }

  /** How many Services this node doesn't announce, by the word that says why. */
  silent(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const word of this.#silent.values()) {
      const reason = word.split(" ", 1)[0] ?? "";
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
    return counts;
  }

  /** Takes decisions in, and says what follows for the data plane, for the Services and for the log. */
  take(decided: readonly Decided[]): readonly Effect[] {
    const effects = decided.flatMap((each) =>
      "gone" in each ? this.#gone(each.key, each.gone) : this.#one(each.key, each.service, each.decision)
    );
    const { announce, withdraw } = this.#wish.take();
    const commands: Effect[] = [];
    if (withdraw.length > 0) commands.push({ type: "command", command: { type: "withdraw", ips: withdraw } });
    if (announce.length > 0) {
      commands.push({ type: "command", command: { type: "announce", announcements: announce } });
    }
    return [...commands, ...effects];
  }

  #gone(service: string, reason: "serviceDeleted" | "notLoadBalancer"): Effect[] {
    this.#wish.set(service, []);
    this.#choosy.delete(service);
    this.#silent.delete(service);
    if (!this.#announced.delete(service)) return [];
    return [logEffect(speakerLog.withdrawn, { service, reason, owner: null, message: null })];
  }

  #one(key: string, service: Service, decision: Layer2Decision): Effect[] {
    return decision.owner === this.#node
      ? this.#announce(key, service, decision)
      : this.#keepSilent(key, decision);
  }

  #announce(key: string, service: Service, decision: Layer2Decision): Effect[] {
    const wanted = announcementsOn(decision, this.#node);
    const failed = wanted.filter((announcement) => !this.#hasInterfaceFor(announcement));
    this.#wish.set(key, failed.length === 0 ? wanted : wanted.filter((each) => this.#hasInterfaceFor(each)));
    this.#silent.delete(key);
    if (wanted.some(({ interfaces }) => interfaces !== "all")) this.#choosy.add(key);
    else this.#choosy.delete(key);

    const before = this.#announced.get(key);
    const now: Announced = {
      uid: service.uid,
      ips: wanted.map(({ ip }) => ip).join(),
      failed: JSON.stringify(failed),
    };
    this.#announced.set(key, now);
    const effects: Effect[] = [];
    if (before?.uid !== now.uid || before.ips !== now.ips) {
      effects.push(this.#assigned(service), announcingLine(key, wanted));
    }
    if (before?.uid !== now.uid || before.failed !== now.failed) {
      effects.push(...failed.flatMap((announcement) => this.#failed(key, service, announcement)));
    }
    return effects;
  }

  #hasInterfaceFor({ interfaces }: Announcement): boolean {
    return interfaces === "all" || interfaces.some((name) => this.#interfaces.has(name));
  }

  #keepSilent(service: string, decision: Layer2Decision): Effect[] {
    this.#wish.set(service, []);
    this.#choosy.delete(service);
    const { owner, refusal } = decision;
    const reason = reasonOn(decision, this.#node);
    const word = `${reason} ${owner}`;
    const withdrawn = this.#announced.delete(service);
    const said = this.#silent.get(service) === word;
    this.#silent.set(service, word);
    if (said && !withdrawn) return [];
    const message = refusal?.message ?? null;
    if (withdrawn) return [logEffect(speakerLog.withdrawn, { service, reason, owner, message })];
    // Addresses that nobody announces are worth a line; the rest is business as usual.
    return owner === null && decision.ips.length > 0
      ? [logEffect(speakerLog.unannounced, { service, reason: refusal?.reason ?? null, message })]
      : [logEffect(speakerLog.notAnnounced, { service, reason, owner, message })];
  }

  #assigned(service: Service): Effect {
    const message = `announcing from node "${this.#node}" with protocol "layer2"`;
    return { type: "event", service, severity: "Normal", reason: "nodeAssigned", message };
  }

  #failed(key: string, service: Service, { ip, interfaces }: Announcement): Effect[] {
    const names = interfaces === "all" ? [] : interfaces;
    const message = `can't announce "${ip}" from node "${this.#node}" with protocol "layer2": ` +
      `the node has none of the interfaces ${names.map((name) => `"${name}"`).join(", ")}`;
    return [
      { type: "event", service, severity: "Warning", reason: "announceFailed", message },
      logEffect(speakerLog.interfacesMissing, { service: key, ip, interfaces: names }),
    ];
  }
}

function announcingLine(service: string, announcements: readonly Announcement[]): Effect {
  const interfaces = unionOf(announcements.map((each) => each.interfaces));
  const ips = announcements.map(({ ip }) => ip);
  return logEffect(speakerLog.announcing, { service, ips, interfaces });
}
