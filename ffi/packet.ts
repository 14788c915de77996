/** A socket for whole frames of one protocol on one interface, with a filter in the kernel (packet(7)). */
import { Writer } from "../core/bytes.ts";
import { Errno, errnoCodes } from "./errno.ts";
import { closeOnExec, type Libc, nonBlocking } from "./libc.ts";

const familyPacket = 17;
const typeRaw = 3;
const levelSocket = 1;
const optionAttachFilter = 26;
const levelPacket = 263;
const optionIgnoreOutgoing = 23;

/** One instruction of classic BPF, `struct sock_filter`. */
export interface FilterInstruction {
  readonly code: number;
  readonly jumpTrue: number;
  readonly jumpFalse: number;
  readonly operand: number;
}

/** What says that a frame can't leave now: no carrier, a full queue, or the interface is gone. */
const cannotSend: readonly number[] = [
  errnoCodes.EAGAIN,
  errnoCodes.ENETDOWN,
  errnoCodes.ENOBUFS,
  errnoCodes.ENXIO,
  errnoCodes.ENODEV,
];

export class PacketSocket {
  readonly #libc: Libc;
  readonly fd: number;

  /**
   * Opens it on the interface of this index. No frame is queued before the filter is in place, as the socket listens
   * to no protocol until it is bound. Throws {@link Errno}: EPERM without CAP_NET_RAW, ENODEV when the interface went.
   */
  constructor(libc: Libc, link: number, etherType: number, filter: readonly FilterInstruction[]) {
    this.#libc = libc;
    const type = typeRaw | closeOnExec | nonBlocking;
    this.fd = libc.check(libc.calls.socket(familyPacket, type, 0), "socket(AF_PACKET)");
    try {
      this.#attach(filter);
      const on = new Writer(4).hostU32(1).buffer;
      // Saves a wake-up for each reply; kernels before 4.20 don't know it.
      libc.calls.setsockopt(this.fd, levelPacket, optionIgnoreOutgoing, on, 4);
      const address = new Writer(20).hostU16(familyPacket).u16(etherType).hostU32(link).zeros(12);
      libc.check(libc.calls.bind(this.fd, address.buffer, 20), "bind(AF_PACKET)");
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Throws {@link Errno}, EPERM, when this process may not have packet sockets. */
  static checkPermitted(libc: Libc): void {
    libc.closeFd(libc.check(libc.calls.socket(familyPacket, typeRaw | closeOnExec, 0), "socket(AF_PACKET)"));
  }

  /** Puts the next frame at the beginning of `into`; gives its length, cut to that of `into`, or -1 when there is none. */
  receive(into: Uint8Array<ArrayBuffer>): number {
    const length = this.#libc.calls.recv(this.fd, into, BigInt(into.length), 0);
    if (length >= 0) return length;
    const code = this.#libc.errno();
    if (code === errnoCodes.EAGAIN || code === errnoCodes.EINTR) return -1;
    // The interface went down: said once, and the socket goes on when it comes back.
    if (code === errnoCodes.ENETDOWN || code === errnoCodes.ENXIO || code === errnoCodes.ENODEV) return -1;
    throw new Errno(code, "recv(AF_PACKET)");
  }

  /** Sends the first `length` bytes as a frame. False when it can't leave now, and is lost. */
  send(frame: Uint8Array<ArrayBuffer>, length: number): boolean {
    if (this.#libc.calls.send(this.fd, frame, BigInt(length), 0) >= 0) return true;
    const code = this.#libc.errno();
    if (cannotSend.includes(code)) return false;
    throw new Errno(code, "send(AF_PACKET)");
  }

  close(): void {
    this.#libc.closeFd(this.fd);
  }

  #attach(filter: readonly FilterInstruction[]): void {
    const program = new Writer(8 * filter.length);
    for (const { code, jumpTrue, jumpFalse, operand } of filter) {
      program.hostU16(code).u8(jumpTrue).u8(jumpFalse).hostU32(operand);
    }
    const address = this.#libc.addressOf(program.buffer);
    const low = Number(address & 0xffff_ffffn);
    const high = Number(address >> 32n);
    // struct sock_fprog: the number of instructions, and after padding their address (both architectures: 64 bits,
    // little-endian).
    const fprog = new Writer(16).hostU16(filter.length).zeros(6).hostU32(low).hostU32(high);
    const result = this.#libc.calls.setsockopt(this.fd, levelSocket, optionAttachFilter, fprog.buffer, 16);
    this.#libc.check(result, "setsockopt(SO_ATTACH_FILTER)");
    // The kernel has copied the program by now. Touching it here keeps the collector from freeing it before.
    this.#libc.addressOf(program.buffer);
  }
}
