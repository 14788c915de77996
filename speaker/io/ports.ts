/** What the data plane needs of the world: the ends of sockets, behind interfaces that a test can fill. */
import type { Clock } from "../../core/clock.ts";
import type { Protocol } from "../l2/announcer.ts";
import type { AddressMessage } from "../netlink/address.ts";
import type { LinkMessage } from "../netlink/link.ts";

/** Whole frames of one protocol on one interface. */
export interface PacketSocket {
  /** Puts the next frame at the beginning of `into`; gives its length, or -1 when none waits. */
  receive(into: Uint8Array<ArrayBuffer>): number;
  /** Sends the first `length` bytes. False when they couldn't leave, and are lost. */
  send(frame: Uint8Array<ArrayBuffer>, length: number): boolean;
  close(): void;
}

export interface LinkListener {
  /** All links and addresses, at first and after each change. */
  onLinks(links: readonly LinkMessage[], addresses: readonly AddressMessage[]): void;
  /** News was lost; all is being read again. `dropped` counts how often that happened. */
  onOverrun(dropped: number): void;
  onUndecodable(error: unknown): void;
}

/** Follows the node's interfaces until closed. */
export interface LinkMonitor {
  close(): void;
}

export interface Memberships {
  /** Joins a group on an interface. False when the interface is gone. */
  join(link: number, group: bigint): boolean;
  leave(link: number, group: bigint): void;
}

export interface DataplanePorts {
  readonly clock: Clock;
  readonly memberships: Memberships;
  /** Throws Errno when this process can't have such sockets at all. */
  checkPermitted(): void;
  /** `onReadable` is called while frames wait. Throws Errno. */
  openPacketSocket(link: number, protocol: Protocol, onReadable: () => void): PacketSocket;
  watchLinks(listener: LinkListener): LinkMonitor;
  /** Calls `fn` soon, after what waits in sockets had a turn. */
  defer(fn: () => void): void;
  /** Closes what is left; resolves when nothing waits any more. */
  close(): Promise<void>;
}
