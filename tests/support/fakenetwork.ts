/** A node's interfaces and what passes over them, in memory: the data plane's ports without a kernel. */
import type { Clock } from "../../core/clock.ts";
import { type Ip, parseIp } from "../../core/ip.ts";
import { parsePrefix } from "../../core/prefix.ts";
import { Errno } from "../../ffi/errno.ts";
import type { DataplanePorts, LinkListener, LinkMonitor, PacketSocket } from "../../speaker/io/ports.ts";
import type { Protocol } from "../../speaker/l2/announcer.ts";
import type { AddressMessage } from "../../speaker/netlink/address.ts";
import { hardwareEthernet, linkFlags, type LinkMessage, operStates } from "../../speaker/netlink/link.ts";

/** What a test says about an interface; the rest is that of an Ethernet interface which is up. */
export interface FakeLink {
  readonly name: string;
  readonly mac?: string;
  readonly up?: boolean;
  /** Has a carrier; as `up` unless given. */
  readonly running?: boolean;
  readonly noArp?: boolean;
  readonly broadcast?: boolean;
  readonly loopback?: boolean;
  readonly master?: number | null;
  /** `ip/length`; a link-local one makes it answer NDP. */
  readonly addresses?: readonly string[];
}

const etherTypes: Readonly<Record<Protocol, number>> = { arp: 0x0806, ndp: 0x86dd };

/** One interface of the node, as whoever is on the same wire sees it. */
class FakeWire {
  readonly sent: Uint8Array[] = [];
  readonly groups = new Set<bigint>();
  readonly sockets = new Map<Protocol, FakePacketSocket>();
  constructor(readonly index: number, public link: FakeLink) {}
}

class FakePacketSocket implements PacketSocket {
  readonly #waiting: Uint8Array[] = [];
  readonly #wire: FakeWire;
  readonly #protocol: Protocol;
  readonly #onReadable: () => void;

  constructor(wire: FakeWire, protocol: Protocol, onReadable: () => void) {
    this.#wire = wire;
    this.#protocol = protocol;
    this.#onReadable = onReadable;
    wire.sockets.set(protocol, this);
  }

  deliver(frame: Uint8Array): void {
    this.#waiting.push(frame);
    this.#onReadable();
  }

  receive(into: Uint8Array<ArrayBuffer>): number {
    const frame = this.#waiting.shift();
    if (frame === undefined) return -1;
    into.set(frame.subarray(0, into.length));
    return frame.length;
  }

  send(frame: Uint8Array<ArrayBuffer>, length: number): boolean {
    if (this.#wire.link.up === false) return false;
    this.#wire.sent.push(frame.slice(0, length));
    return true;
  }

  close(): void {
    this.#wire.sockets.delete(this.#protocol);
  }
}

export class FakeNetwork implements DataplanePorts {
  readonly clock: Clock;
  readonly #wires = new Map<string, FakeWire>();
  readonly #failures = new Map<string, number>();
  #listener: LinkListener | null = null;
  #nextIndex = 1;
  #permitted = true;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Adds an interface, or changes the one of this name; it keeps its index. */
  setLink(link: FakeLink): void {
    const wire = this.#wires.get(link.name);
    if (wire === undefined) this.#wires.set(link.name, new FakeWire(this.#nextIndex++, link));
    else wire.link = { ...wire.link, ...link };
    this.#tell();
  }

  removeLink(name: string): void {
    this.#wires.delete(name);
    this.#tell();
  }

  /** A frame arrives on an interface. */
  deliver(name: string, frame: Uint8Array): void {
    const etherType = (frame[12] ?? 0) * 256 + (frame[13] ?? 0);
    for (const [protocol, socket] of this.#wire(name).sockets) {
      if (etherTypes[protocol] === etherType) socket.deliver(frame);
    }
  }

  /** Takes all frames that have left an interface since the last call. */
  takeSent(name: string): Uint8Array[] {
    return this.#wire(name).sent.splice(0);
  }

  /** The groups that were joined on an interface. */
  groups(name: string): ReadonlySet<bigint> {
    return this.#wire(name).groups;
  }

  /** How many sockets are open. */
  get openSockets(): number {
    return [...this.#wires.values()].reduce((sum, { sockets }) => sum + sockets.size, 0);
  }

  /** From now on, packet sockets fail with EPERM. */
  forbid(): void {
    this.#permitted = false;
  }

  /** The next opening of a socket on the interface fails with this errno. */
  failOpening(name: string, code: number): void {
    this.#failures.set(name, code);
  }

  /** The kernel lost news; what is true now is told again. */
  overrun(): void {
    this.#listener?.onOverrun(1);
    this.#tell();
  }

  readonly memberships = {
    join: (link: number, group: bigint): boolean => this.#byIndex(link)?.groups.add(group) !== undefined,
    leave: (link: number, group: bigint): void => void this.#byIndex(link)?.groups.delete(group),
  };

  checkPermitted(): void {
    if (!this.#permitted) throw new Errno(1, "socket(AF_PACKET)");
  }

  openPacketSocket(link: number, protocol: Protocol, onReadable: () => void): PacketSocket {
    const wire = this.#byIndex(link);
    if (wire === undefined) throw new Errno(19, "bind(AF_PACKET)");
    const failure = this.#failures.get(wire.link.name);
    this.#failures.delete(wire.link.name);
    if (failure !== undefined) throw new Errno(failure, "socket(AF_PACKET)");
    return new FakePacketSocket(wire, protocol, onReadable);
  }

  watchLinks(listener: LinkListener): LinkMonitor {
    this.#listener = listener;
    this.defer(() => this.#tell());
    return { close: () => void (this.#listener = null) };
  }

  defer(fn: () => void): void {
    queueMicrotask(fn);
  }

  close(): Promise<void> {
    for (const { groups } of this.#wires.values()) groups.clear();
    return Promise.resolve();
  }

  #tell(): void {
    const wires = [...this.#wires.values()];
    this.#listener?.onLinks(wires.map(linkMessage), wires.flatMap(addressMessages));
  }

  #wire(name: string): FakeWire {
    const wire = this.#wires.get(name);
    if (wire === undefined) throw new Error(`the fake network has no interface ${name}`);
    return wire;
  }

  #byIndex(index: number): FakeWire | undefined {
    return [...this.#wires.values()].find((wire) => wire.index === index);
  }
}

function linkMessage({ index, link }: FakeWire): LinkMessage {
  const { up = true, broadcast = true, noArp = false, loopback = false } = link;
  const running = link.running ?? up;
  const flags = (up ? linkFlags.up : 0) | (broadcast ? linkFlags.broadcast : 0) |
    (noArp ? linkFlags.noArp : 0) |
    (loopback ? linkFlags.loopback : 0) | (running ? linkFlags.lowerUp : 0);
  return {
    family: 0,
    hardwareType: hardwareEthernet,
    index,
    flags,
    name: link.name,
    mac: link.mac ?? `02:00:00:00:00:${index.toString(16).padStart(2, "0")}`,
    master: link.master ?? null,
    operState: running ? operStates.up : operStates.down,
  };
}

function addressMessages({ index, link }: FakeWire): AddressMessage[] {
  return (link.addresses ?? []).map((text) => {
    const [address = "", length = ""] = text.split("/");
    const ip: Ip | null = parseIp(address);
    if (ip === null || parsePrefix(text) === null) {
      throw new Error(`${text} is not an address with its length`);
    }
    return { link: index, ip, prefixLength: Number(length), flags: 0 };
  });
}
