/** A socket to the kernel's routing tables (rtnetlink(7)). It needs no capability. */
import { Reader, Writer } from "../core/bytes.ts";
import { Errno, errnoCodes } from "./errno.ts";
import { closeOnExec, type Libc, nonBlocking } from "./libc.ts";

const familyNetlink = 16;
const typeRaw = 3;
const protocolRoute = 0;
const levelSocket = 1;
const optionReceiveBuffer = 8;
const addressLength = 12;

/** Bits for RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV6_IFADDR. */
export const groupLinks = 0x1;
export const groupIpv4Addresses = 0x10;
export const groupIpv6Addresses = 0x100;

/** What a receive brought. */
export type Received =
  | { readonly type: "datagram"; readonly length: number }
  | { readonly type: "nothing" }
  /** ENOBUFS: the kernel had to drop notifications. */
  | { readonly type: "overrun" };

export class NetlinkSocket {
  readonly #libc: Libc;
  readonly fd: number;
  readonly #sender = new Uint8Array(new ArrayBuffer(addressLength));
  readonly #senderLength = new Writer(4);

  /** Joins the groups of these bits. `receiveBuffer` in bytes, bounded by net.core.rmem_max; null leaves the default. */
  constructor(libc: Libc, groups: number, receiveBuffer: number | null) {
    this.#libc = libc;
    const type = typeRaw | closeOnExec | nonBlocking;
    this.fd = libc.check(libc.calls.socket(familyNetlink, type, protocolRoute), "socket(AF_NETLINK)");
    try {
      if (receiveBuffer !== null) {
        const size = new Writer(4).hostU32(receiveBuffer).buffer;
        libc.check(
          libc.calls.setsockopt(this.fd, levelSocket, optionReceiveBuffer, size, 4),
          "setsockopt(SO_RCVBUF)",
        );
      }
      const address = new Writer(addressLength).hostU16(familyNetlink).zeros(6).hostU32(groups);
      libc.check(libc.calls.bind(this.fd, address.buffer, addressLength), "bind(AF_NETLINK)");
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Puts the next datagram of the kernel at the beginning of `into`; those of other processes are passed over. */
  receive(into: Uint8Array<ArrayBuffer>): Received {
    for (;;) {
      this.#senderLength.reset().hostU32(addressLength);
      const length = this.#libc.calls.recvfrom(
        this.fd,
        into,
        BigInt(into.length),
        0,
        this.#sender,
        this.#senderLength.buffer,
      );
      if (length < 0) {
        const code = this.#libc.errno();
        if (code === errnoCodes.EAGAIN || code === errnoCodes.EINTR) return { type: "nothing" };
        if (code === errnoCodes.ENOBUFS) return { type: "overrun" };
        throw new Errno(code, "recvfrom(AF_NETLINK)");
      }
      if (new Reader(this.#sender, 4).hostU32("sockaddr_nl.pid") === 0) return { type: "datagram", length };
    }
  }

  /** Sends a request to the kernel. */
  send(message: Uint8Array<ArrayBuffer>): void {
    const sent = this.#libc.calls.send(this.fd, message, BigInt(message.length), 0);
    this.#libc.check(sent, "send(AF_NETLINK)");
  }

  close(): void {
    this.#libc.closeFd(this.fd);
  }
}
