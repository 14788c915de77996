/** Membership in IPv6 multicast groups, which the kernel announces to snooping switches (MLD, RFC 3810). */
import { Writer } from "../core/bytes.ts";
import { Errno, errnoCodes } from "./errno.ts";
import { closeOnExec, type Libc } from "./libc.ts";

const familyIpv6 = 10;
const typeDatagram = 2;
const levelIpv6 = 41;
const optionAddMembership = 20;
const optionDropMembership = 21;

/** What says that this socket holds as many memberships as net.core.optmem_max allows. */
const full: readonly number[] = [errnoCodes.ENOMEM, errnoCodes.ENOBUFS];
/** The interface, or its IPv6, is gone, and the membership with it. */
const gone: readonly number[] = [errnoCodes.ENODEV, errnoCodes.ENXIO, errnoCodes.EADDRNOTAVAIL];

/** Sockets that are never bound, so that they receive nothing; they only hold memberships. */
export class GroupMemberships {
  readonly #libc: Libc;
  readonly #sockets: number[] = [];
  /** Which socket holds the membership. */
  readonly #holders = new Map<string, number>();

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** Joins on one interface; nothing when joined already. False when the interface is gone. */
  join(link: number, group: bigint): boolean {
    const key = `${link} ${group}`;
    if (this.#holders.has(key)) return true;
    const latest = this.#sockets.at(-1) ?? this.#open();
    let code = this.#change(latest, optionAddMembership, link, group);
    let holder = latest;
    if (full.includes(code)) {
      holder = this.#open();
      code = this.#change(holder, optionAddMembership, link, group);
    }
    if (gone.includes(code)) return false;
    if (code !== 0) throw new Errno(code, "setsockopt(IPV6_ADD_MEMBERSHIP)");
    this.#holders.set(key, holder);
    return true;
  }

  /** Leaves again; nothing when not joined. */
  leave(link: number, group: bigint): void {
    const key = `${link} ${group}`;
    const holder = this.#holders.get(key);
    if (holder === undefined) return;
    this.#holders.delete(key);
    const code = this.#change(holder, optionDropMembership, link, group);
    if (code !== 0 && !gone.includes(code)) throw new Errno(code, "setsockopt(IPV6_DROP_MEMBERSHIP)");
  }

  /** Leaves all. */
  close(): void {
    for (const fd of this.#sockets.splice(0)) this.#libc.closeFd(fd);
    this.#holders.clear();
  }

  #open(): number {
    const fd = this.#libc.check(
      this.#libc.calls.socket(familyIpv6, typeDatagram | closeOnExec, 0),
      "socket(AF_INET6)",
    );
    this.#sockets.push(fd);
    return fd;
  }

  /** `struct ipv6_mreq`. Gives the errno, or 0. */
  #change(fd: number, option: number, link: number, group: bigint): number {
    const request = new Writer(20).u128(group).hostU32(link);
    const result = this.#libc.calls.setsockopt(fd, levelIpv6, option, request.buffer, 20);
    return result < 0 ? this.#libc.errno() : 0;
  }
}
