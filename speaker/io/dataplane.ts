/** The inside of the data-plane Worker: commands and sockets in, facts and frames out, the decisions being pure. */
import type { Timer } from "../../core/clock.ts";
import type { LogEvent } from "../../core/log.ts";
import { Errno, errnoCodes } from "../../ffi/errno.ts";
import type { Command, Fact, Link } from "../dataplane.ts";
import { dataplaneLog } from "../dataplanecatalogue.ts";
import { Announcer, type AnnouncerEffect, type Protocol, protocolOf } from "../l2/announcer.ts";
import { Counters } from "../l2/counters.ts";
import { compileExcludeList, describeLinks, type ExcludeInterface } from "../l2/interfaces.ts";
import { ipFromValue } from "../../core/ip.ts";
import { answersOn, type Vip } from "../l2/vips.ts";
import type { DataplanePorts, LinkMonitor } from "./ports.ts";
import { FrameBuffers, InterfaceResponder } from "./responder.ts";

/** How many VIPs are said on an interface before waiting requests get their turn. */
const gratuitousBurst = 64;

/** How long to wait before an interface that couldn't be opened is tried again. */
const retryMs = 10_000;

/** What waits to be said: a round's part, or that a first round has left. */
type Outgoing = Extract<AnnouncerEffect, { type: "advertise" | "announced" }>;

/** What main hears of an error that ends the data plane. */
export function failedFact(error: unknown): Fact {
  const message = error instanceof Error ? error.message : String(error);
  return { type: "failed", errno: error instanceof Errno ? error.errno : null, message };
}

export class DataplaneLoop {
  readonly #ports: DataplanePorts;
  readonly #emit: (fact: Fact) => void;
  readonly #counters = new Counters();
  readonly #announcer = new Announcer(this.#counters);
  readonly #buffers = new FrameBuffers();
  readonly #responders = new Map<string, InterfaceResponder>();
  readonly #outgoing: Outgoing[] = [];
  #sending = false;
  #exclude: ExcludeInterface = () => false;
  #monitor: LinkMonitor | null = null;
  #links: readonly Link[] | null = null;
  #tick: { readonly dueMs: number; readonly timer: Timer } | null = null;
  #retry: Timer | null = null;
  #ended = false;

  /** `emit` receives every fact, in order; the last one is `stopped` or `failed`. */
  constructor(ports: DataplanePorts, emit: (fact: Fact) => void) {
    this.#ports = ports;
    this.#emit = emit;
  }

  /** Carries out one command. What goes wrong becomes a fact. */
  command(command: Command): void {
    this.guard(() => this.#command(command));
  }

  /** Does `work`; an error ends the data plane with a `failed` fact. */
  guard(work: () => void): void {
    if (this.#ended) return;
    try {
      work();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Ends the data plane, as it can't go on. */
  fail(error: unknown): void {
    if (this.#ended) return;
    this.#close(failedFact(error));
  }

  #command(command: Command): void {
    switch (command.type) {
      case "start":
        this.#exclude = compileExcludeList(command.excludeInterfaces);
        return this.#start();
      case "announce":
        this.#apply(
          command.announcements.flatMap((announcement) =>
            this.#understood(() => this.#announcer.announce([announcement], this.#ports.clock.nowMs()))
          ),
        );
        return this.#setTick();
      case "withdraw":
        this.#apply(command.ips.flatMap((ip) => this.#understood(() => this.#announcer.withdraw([ip]))));
        return this.#setTick();
      case "readCounters":
        return this.#emit({ type: "counters", id: command.id, ...this.#counters.read() });
      case "stop":
        return this.#close({ type: "stopped" });
    }
  }

  #start(): void {
    if (this.#monitor !== null) return;
    this.#ports.checkPermitted();
    this.#monitor = this.#ports.watchLinks({
      onLinks: (links, addresses) =>
        this.guard(() => this.#setLinks(describeLinks(links, addresses, this.#exclude))),
      onOverrun: (dropped) => this.#log(dataplaneLog.netlinkOverrun, { dropped }),
      onUndecodable: (error) => this.#log(dataplaneLog.netlinkUndecodable, { error: String(error) }),
    });
  }

  #setLinks(links: readonly Link[]): void {
    if (this.#links === null) this.#emit({ type: "started" });
    else if (JSON.stringify(links) === JSON.stringify(this.#links)) return;
    this.#links = links;
    this.#emit({ type: "links", links });
    this.#apply(this.#announcer.setLinks(links, this.#ports.clock.nowMs()));
    this.#setTick();
  }

  /** One address that can't be read doesn't keep the others from being announced. */
  #understood(decide: () => AnnouncerEffect[]): AnnouncerEffect[] {
    try {
      return decide();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#log(dataplaneLog.addressNotUnderstood, { error: error.message });
      return [];
    }
  }

  #apply(effects: readonly AnnouncerEffect[]): void {
    for (const effect of effects) {
      switch (effect.type) {
        case "open":
          this.#open(effect.protocol, effect.link);
          break;
        case "close":
          this.#closeResponder(effect.protocol, effect.link);
          break;
        case "join":
          this.#join(effect.link, effect.group);
          break;
        case "leave":
          this.#ports.memberships.leave(effect.link, effect.group);
          break;
        case "advertise":
        case "announced":
          this.#outgoing.push(effect);
      }
    }
    if (!this.#sending) this.#sendOutgoing();
  }

  #open(protocol: Protocol, link: Link): void {
    const key = keyOf(protocol, link.index);
    try {
      const socket = this.#ports.openPacketSocket(
        link.index,
        protocol,
        () => this.guard(() => this.#responders.get(key)?.answer()),
      );
      const { vips } = this.#announcer;
      this.#responders.set(key, new InterfaceResponder(link, socket, vips, this.#counters, this.#buffers));
      this.#log(dataplaneLog.responderOpened, { interface: link.name, protocol, mac: link.mac });
    } catch (error) {
      if (!(error instanceof Errno) || error.errno === "EPERM") throw error;
      this.#announcer.abandon(link.index, protocol);
      // It is gone, and netlink will say so.
      if (error.code === errnoCodes.ENODEV || error.code === errnoCodes.ENXIO) return;
      const fields = { interface: link.name, protocol, error: error.message };
      this.#log(dataplaneLog.responderNotOpened, fields);
      this.#retry ??= this.#ports.clock.timer(retryMs, () => this.guard(() => this.#openAgain()));
    }
  }

  #openAgain(): void {
    this.#retry = null;
    this.#apply(this.#announcer.setLinks(this.#links ?? [], this.#ports.clock.nowMs()));
    this.#setTick();
  }

  #closeResponder(protocol: Protocol, link: number): void {
    const key = keyOf(protocol, link);
    const responder = this.#responders.get(key);
    if (responder === undefined) return;
    this.#responders.delete(key);
    responder.close();
    this.#log(dataplaneLog.responderClosed, { interface: responder.name, protocol });
  }

  #join(link: number, group: bigint): void {
    if (this.#ports.memberships.join(link, group)) return;
    const name = this.#links?.find(({ index }) => index === link)?.name ?? String(link);
    this.#log(dataplaneLog.groupNotJoined, { interface: name, group: ipFromValue("ipv6", group).text });
  }

  /** Says what waits, in portions, so that thousands of VIPs don't keep requests waiting. */
  #sendOutgoing(): void {
    for (const effect of this.#outgoing.splice(0, gratuitousBurst)) {
      if (effect.type === "announced") this.#emit({ type: "announced", ip: effect.vip.ip.text });
      else this.#advertise(effect.link, effect.vip);
    }
    this.#sending = this.#outgoing.length > 0;
    if (this.#sending) this.#ports.defer(() => this.guard(() => this.#sendOutgoing()));
  }

  /** Nothing is said about a VIP that was withdrawn, or moved off the interface, since it was put in line. */
  #advertise(link: number, { ip }: Vip): void {
    const vip = this.#announcer.vips.find(ip.text);
    if (vip === undefined) return;
    const responder = this.#responders.get(keyOf(protocolOf(vip), link));
    if (responder !== undefined && answersOn(vip, responder.name)) responder.advertise(vip);
  }

  #setTick(): void {
    const dueMs = this.#announcer.nextTickMs;
    if (dueMs === (this.#tick?.dueMs ?? null)) return;
    this.#tick?.timer.cancel();
    this.#tick = null;
    if (dueMs === null) return;
    const inMs = Math.max(0, dueMs - this.#ports.clock.nowMs());
    const timer = this.#ports.clock.timer(inMs, () =>
      this.guard(() => {
        this.#tick = null;
        this.#apply(this.#announcer.tick(this.#ports.clock.nowMs()));
        this.#setTick();
      }));
    this.#tick = { dueMs, timer };
  }

  #close(last: Fact): void {
    this.#ended = true;
    this.#tick?.timer.cancel();
    this.#retry?.cancel();
    this.#outgoing.length = 0;
    for (const responder of this.#responders.values()) responder.close();
    this.#responders.clear();
    this.#monitor?.close();
    void this.#ports.close().then(() => this.#emit(last));
  }

  #log<Key extends string>(event: LogEvent<Key>, fields: Readonly<Record<Key, string | number>>): void {
    this.#emit({ type: "log", event: event.name, fields });
  }
}

function keyOf(protocol: Protocol, link: number): string {
  return `${protocol} ${link}`;
}
