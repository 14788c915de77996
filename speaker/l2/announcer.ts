/**
 * Which interfaces shall answer, belong to which groups and carry which gratuitous frames, given the links and what is
 * announced. It holds that state and asks for effects; a shell carries them out in order.
 */
import { type Ip, parseIp } from "../../core/ip.ts";
import type { Announcement, Link } from "../dataplane.ts";
import type { Counters } from "./counters.ts";
import { GratuitousSchedule, type RoundTarget } from "./gratuitous.ts";
import { solicitedNodeGroup } from "./ipv6.ts";
import { answersOn, type Vip, VipTable } from "./vips.ts";

export const protocols = ["arp", "ndp"] as const;
export type Protocol = typeof protocols[number];

export type AnnouncerEffect =
  /** Begin, or end, to answer on an interface. */
  | { readonly type: "open"; readonly protocol: Protocol; readonly link: Link }
  | { readonly type: "close"; readonly protocol: Protocol; readonly link: number }
  /** Join, or leave, a multicast group on an interface. */
  | { readonly type: "join" | "leave"; readonly link: number; readonly group: bigint }
  /** Say unasked, on one interface, where the VIP is. */
  | { readonly type: "advertise"; readonly link: number; readonly vip: Vip }
  /** All frames of the first round for the VIP were asked for. */
  | { readonly type: "announced"; readonly vip: Vip };

export class Announcer {
  readonly vips = new VipTable();
  readonly #counters: Counters;
  readonly #schedule = new GratuitousSchedule();
  /** How many VIPs need a group, by interface. */
  readonly #groups = new Map<number, Map<bigint, number>>();
  /** VIPs whose first round is still to come, since no interface answers for them. */
  readonly #unheard = new Set<Vip["ip"]["text"]>();
  #links: ReadonlyMap<number, Link> = new Map();
  #stations: Readonly<Record<Protocol, readonly Link[]>> = { arp: [], ndp: [] };

  constructor(counters: Counters) {
    this.#counters = counters;
  }

  /** When {@link Announcer.tick} is to be called; null while nothing waits for it. */
  get nextTickMs(): number | null {
    return this.#schedule.nextTickMs;
  }

  /** Begins or goes on answering. Throws RangeError for a text that is no address; what stands before it counts. */
  announce(announcements: readonly Announcement[], nowMs: number): AnnouncerEffect[] {
    const effects: AnnouncerEffect[] = [];
    for (const { ip: text, interfaces } of announcements) {
      const ip = readIp(text);
      const before = this.vips.find(ip.text);
      const vip: Vip = {
        ip,
        interfaces: interfaces === "all" ? "all" : new Set(interfaces),
        count: this.#counters.vip(ip.text),
      };
      this.vips.set(vip);
      if (before === undefined) this.#unheard.add(ip.text);
      const changed = before === undefined || !sameInterfaces(before, vip);
      if (changed) effects.push(...this.#changeGroups(before, vip));
      const isNew = this.#schedule.start({ ip: ip.text, link: null }, nowMs);
      if (isNew || changed) effects.push(...this.#round({ ip: ip.text, link: null }));
    }
    return effects;
  }

  /** Falls silent at once; what isn't announced is passed over. */
  withdraw(ips: readonly string[]): AnnouncerEffect[] {
    const effects: AnnouncerEffect[] = [];
    for (const text of ips) {
      const vip = this.vips.find(readIp(text).text);
      if (vip === undefined) continue;
      this.vips.delete(vip.ip);
      this.#unheard.delete(vip.ip.text);
      this.#schedule.withdraw(vip.ip.text);
      effects.push(...this.#changeGroups(vip, undefined));
    }
    return effects;
  }

  /** Takes over the node's links. One that begins to answer, or runs again, gets its gratuitous frames. */
  setLinks(links: readonly Link[], nowMs: number): AnnouncerEffect[] {
    const before = this.#links;
    this.#know(links);
    const effects: AnnouncerEffect[] = [];
    for (const link of before.values()) {
      for (const protocol of protocols) {
        if (!link[protocol] || !changesStation(link, this.#links.get(link.index), protocol)) continue;
        if (protocol === "ndp") effects.push(...this.#leaveAll(link));
        effects.push({ type: "close", protocol, link: link.index });
      }
    }
    for (const link of links) {
      const old = before.get(link.index);
      for (const protocol of protocols) {
        if (!link[protocol]) continue;
        const opens = changesStation(link, old, protocol);
        if (opens) effects.push({ type: "open", protocol, link });
        if (opens && protocol === "ndp") effects.push(...this.#joinAll(link));
        if (opens || (link.running && old?.running === false)) {
          effects.push(...this.#greet(link, protocol, nowMs));
        }
      }
    }
    return effects;
  }

  /** The gratuitous rounds that are due. */
  tick(nowMs: number): AnnouncerEffect[] {
    return this.#schedule.tick(nowMs).flatMap((target) => this.#round(target));
  }

  /** Nobody is to answer on this interface any more, as it can't be opened; links that change are tried again. */
  abandon(link: number, protocol: Protocol): void {
    this.#know(
      [...this.#links.values()].map((known) =>
        known.index === link ? { ...known, [protocol]: false } : known
      ),
    );
    if (protocol === "ndp") this.#groups.delete(link);
  }

  #know(links: readonly Link[]): void {
    this.#links = new Map(links.map((link) => [link.index, link]));
    this.#stations = { arp: links.filter(({ arp }) => arp), ndp: links.filter(({ ndp }) => ndp) };
  }

  #answering(vip: Vip): Link[] {
    return this.#stations[protocolOf(vip)].filter(({ name }) => answersOn(vip, name));
  }

  /** Every VIP that the link answers for is said on it, now and for a while. */
  #greet(link: Link, protocol: Protocol, nowMs: number): AnnouncerEffect[] {
    const effects: AnnouncerEffect[] = [];
    for (const vip of this.vips.all(protocol === "arp" ? "ipv4" : "ipv6")) {
      if (!answersOn(vip, link.name)) continue;
      const target = { ip: vip.ip.text, link: link.index };
      this.#schedule.start(target, nowMs);
      effects.push(...this.#round(target));
    }
    return effects;
  }

  #round(target: RoundTarget): AnnouncerEffect[] {
    const vip = this.vips.find(target.ip);
    if (vip === undefined) return [];
    const effects: AnnouncerEffect[] = this.#answering(vip)
      .filter(({ index }) => target.link === null || target.link === index)
      .map(({ index }) => ({ type: "advertise", link: index, vip }));
    if (effects.length > 0 && this.#unheard.delete(target.ip)) effects.push({ type: "announced", vip });
    return effects;
  }

  #changeGroups(before: Vip | undefined, after: Vip | undefined): AnnouncerEffect[] {
    const effects: AnnouncerEffect[] = [];
    for (const link of after?.ip.family === "ipv6" ? this.#answering(after) : []) {
      effects.push(...this.#join(link, (after as Vip).ip));
    }
    for (const link of before?.ip.family === "ipv6" ? this.#answering(before) : []) {
      effects.push(...this.#leave(link, (before as Vip).ip));
    }
    return effects;
  }

  #joinAll(link: Link): AnnouncerEffect[] {
    return [...this.vips.all("ipv6")].filter((vip) => answersOn(vip, link.name))
      .flatMap(({ ip }) => this.#join(link, ip));
  }

  #leaveAll(link: Link): AnnouncerEffect[] {
    const groups = [...this.#groups.get(link.index)?.keys() ?? []];
    this.#groups.delete(link.index);
    return groups.map((group) => ({ type: "leave", link: link.index, group }));
  }

  #join(link: Link, ip: Ip): AnnouncerEffect[] {
    const counts = this.#groups.get(link.index) ?? new Map<bigint, number>();
    this.#groups.set(link.index, counts);
    const group = solicitedNodeGroup(ip.value);
    const count = counts.get(group) ?? 0;
    counts.set(group, count + 1);
    return count === 0 ? [{ type: "join", link: link.index, group }] : [];
  }

  #leave(link: Link, ip: Ip): AnnouncerEffect[] {
    const counts = this.#groups.get(link.index);
    const group = solicitedNodeGroup(ip.value);
    const count = counts?.get(group) ?? 0;
    if (count > 1) counts?.set(group, count - 1);
    else counts?.delete(group);
    return count === 1 ? [{ type: "leave", link: link.index, group }] : [];
  }
}

/** The protocol that finds the VIP. */
export function protocolOf({ ip }: Vip): Protocol {
  return ip.family === "ipv4" ? "arp" : "ndp";
}

/** The link's answers look different now, or there were none before. */
function changesStation(link: Link, other: Link | undefined, protocol: Protocol): boolean {
  return other === undefined || !other[protocol] || other.mac !== link.mac || other.name !== link.name;
}

function sameInterfaces(a: Vip, b: Vip): boolean {
  if (a.interfaces === "all" || b.interfaces === "all") return a.interfaces === b.interfaces;
  return a.interfaces.symmetricDifference(b.interfaces).size === 0;
}

function readIp(text: string): Ip {
  const ip = parseIp(text);
  if (ip === null) throw new RangeError(`${JSON.stringify(text)} is not an IP address`);
  return ip;
}
