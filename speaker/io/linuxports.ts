/** The data plane's ports on Linux: real sockets through libc, watched by one reactor. */
import { PacketSocket as LibcPacketSocket } from "../../ffi/packet.ts";
import type { Libc } from "../../ffi/libc.ts";
import { GroupMemberships } from "../../ffi/multicast.ts";
import { systemClock } from "../../kube/clock.ts";
import type { Protocol } from "../l2/announcer.ts";
import { arpRequestFilter, neighborSolicitationFilter } from "../l2/bpf.ts";
import { etherTypeArp, etherTypeIpv6 } from "../l2/ethernet.ts";
import { NetlinkLinkMonitor } from "./linkmonitor.ts";
import type { DataplanePorts, LinkListener, LinkMonitor, PacketSocket } from "./ports.ts";
import { type Reactor, turn } from "./reactor.ts";

/** Room for the news of some thousands of interfaces that change at once. */
const netlinkReceiveBuffer = 1 << 20;

const what = {
  arp: { etherType: etherTypeArp, filter: arpRequestFilter },
  ndp: { etherType: etherTypeIpv6, filter: neighborSolicitationFilter },
} as const;

export class LinuxPorts implements DataplanePorts {
  readonly clock = systemClock;
  readonly memberships: GroupMemberships;
  readonly #libc: Libc;
  readonly #reactor: Reactor;

  constructor(libc: Libc, reactor: Reactor) {
    this.#libc = libc;
    this.#reactor = reactor;
    this.memberships = new GroupMemberships(libc);
  }

  checkPermitted(): void {
    LibcPacketSocket.checkPermitted(this.#libc);
  }

  openPacketSocket(link: number, protocol: Protocol, onReadable: () => void): PacketSocket {
    const { etherType, filter } = what[protocol];
    const socket = new LibcPacketSocket(this.#libc, link, etherType, filter);
    this.#reactor.watch(socket.fd, onReadable);
    return {
      receive: (into) => socket.receive(into),
      send: (frame, length) => socket.send(frame, length),
      close: () => {
        this.#reactor.unwatch(socket.fd);
        socket.close();
      },
    };
  }

  watchLinks(listener: LinkListener): LinkMonitor {
    return new NetlinkLinkMonitor(this.#libc, this.#reactor, this.clock, listener, netlinkReceiveBuffer);
  }

  defer(fn: () => void): void {
    void turn().then(fn);
  }

  close(): Promise<void> {
    this.memberships.close();
    this.#reactor.stop();
    return this.#reactor.ended;
  }
}
