/** Follows the node's links and addresses through rtnetlink. */
import { Reader, Writer } from "../../core/bytes.ts";
import type { Clock, Timer } from "../../core/clock.ts";
import type { Libc } from "../../ffi/libc.ts";
import { groupIpv4Addresses, groupIpv6Addresses, groupLinks, NetlinkSocket } from "../../ffi/netlink.ts";
import { encodeDumpRequest } from "../netlink/message.ts";
import { type DumpRequest, NetlinkMirror } from "../netlink/mirror.ts";
import type { LinkListener, LinkMonitor } from "./ports.ts";
import type { Reactor } from "./reactor.ts";

const groups = groupLinks | groupIpv4Addresses | groupIpv6Addresses;

/** The kernel's datagrams have up to 32 KiB. */
const longestDatagram = 65536;

/** A change is told at once, those that follow it within so many ms together. */
const togetherMs = 50;

/** How many datagrams are taken in before the sockets with requests have their turn. */
const burst = 32;

export class NetlinkLinkMonitor implements LinkMonitor {
  readonly #reactor: Reactor;
  readonly #socket: NetlinkSocket;
  readonly #mirror = new NetlinkMirror();
  readonly #listener: LinkListener;
  readonly #clock: Clock;
  readonly #buffer = new Uint8Array(new ArrayBuffer(longestDatagram));
  readonly #request = new Writer(64);
  #overruns = 0;
  #toldMs = -Infinity;
  #telling: Timer | null = null;

  /** `receiveBuffer` in bytes; null leaves the kernel's default. Throws Errno. */
  constructor(
    libc: Libc,
    reactor: Reactor,
    clock: Clock,
    listener: LinkListener,
    receiveBuffer: number | null,
  ) {
    this.#reactor = reactor;
    this.#clock = clock;
    this.#listener = listener;
    this.#socket = new NetlinkSocket(libc, groups, receiveBuffer);
    reactor.watch(this.#socket.fd, () => this.#receive());
    this.#send(this.#mirror.resync());
  }

  close(): void {
    this.#telling?.cancel();
    this.#reactor.unwatch(this.#socket.fd);
    this.#socket.close();
  }

  #receive(): void {
    for (let count = 0; count < burst; count++) {
      const received = this.#socket.receive(this.#buffer);
      if (received.type === "nothing") break;
      if (received.type === "overrun") {
        this.#overruns++;
        this.#listener.onOverrun(this.#overruns);
        this.#send(this.#mirror.resync());
        continue;
      }
      const datagram = new Reader(this.#buffer, 0, received.length);
      this.#send(this.#mirror.receive(datagram, (error) => this.#listener.onUndecodable(error)));
    }
    if (this.#mirror.complete) this.#changed();
  }

  #changed(): void {
    const waitMs = this.#toldMs + togetherMs - this.#clock.nowMs();
    if (waitMs <= 0) this.#tell();
    else this.#telling ??= this.#clock.timer(waitMs, () => this.#tell());
  }

  #tell(): void {
    this.#telling?.cancel();
    this.#telling = null;
    this.#toldMs = this.#clock.nowMs();
    this.#listener.onLinks(this.#mirror.links, this.#mirror.addresses);
  }

  #send(request: DumpRequest | null): void {
    if (request === null) return;
    encodeDumpRequest(this.#request.reset(), request.type, request.sequence);
    this.#socket.send(this.#request.finish());
  }
}
