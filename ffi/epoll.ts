/** epoll: which of many descriptors are ready (epoll(7)). */
import { Reader, Writer } from "../core/bytes.ts";
import { errnoCodes } from "./errno.ts";
import { closeOnExec, type Libc } from "./libc.ts";

/** Event bits. */
export const epollIn = 0x1;
export const epollOut = 0x4;
export const epollError = 0x8;
export const epollHangUp = 0x10;

const controlAdd = 1;
const controlDelete = 2;
const controlModify = 3;

/** How many ready descriptors one wait reports. */
const capacity = 64;

/** `struct epoll_event` is packed on x86_64 only: its data follows at 4, else at 8 (linux/eventpoll.h). */
const packed = Deno.build.arch === "x86_64";
const eventLength = packed ? 12 : 16;
const paddingLength = packed ? 0 : 4;

/** What a wait found: a descriptor and its event bits. */
export type ReadyListener = (fd: number, events: number) => void;

export class Epoll {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #ready = new Uint8Array(new ArrayBuffer(capacity * eventLength));

  constructor(libc: Libc) {
    this.#libc = libc;
    this.#fd = libc.check(libc.calls.epoll_create1(closeOnExec), "epoll_create1");
  }

  /** Begins to watch for these event bits; errors and hang-ups are always reported. */
  add(fd: number, events: number): void {
    this.#control(controlAdd, fd, events);
  }

  modify(fd: number, events: number): void {
    this.#control(controlModify, fd, events);
  }

  remove(fd: number): void {
    this.#control(controlDelete, fd, 0);
  }

  /** Reports what is ready now, without waiting; gives their number. */
  poll(listener: ReadyListener): number {
    const count = this.#libc.calls.epoll_wait(this.#fd, this.#ready, capacity, 0);
    if (count < 0) {
      if (this.#libc.errno() === errnoCodes.EINTR) return 0;
      this.#libc.check(count, "epoll_wait");
    }
    const reader = new Reader(this.#ready, 0, count * eventLength);
    for (let index = 0; index < count; index++) {
      const events = reader.hostU32("epoll_event.events");
      reader.skip(paddingLength, "epoll_event.padding");
      const fd = reader.hostU32("epoll_event.data");
      reader.skip(4, "epoll_event.data");
      listener(fd, events);
    }
    return count;
  }

  /**
   * Resolves when something is ready, for {@link Epoll.poll} to report; one at a time. The thread that waits ends only
   * so, so that a descriptor must become ready before {@link Epoll.close}.
   */
  async ready(): Promise<void> {
    // Errors can't be read from here, as errno belongs to the other thread: the poll that follows meets them again.
    await this.#libc.calls.epoll_wait_async(this.#fd, this.#waited, 1, -1);
  }
  readonly #waited = new Uint8Array(new ArrayBuffer(eventLength));

  close(): void {
    this.#libc.closeFd(this.#fd);
  }

  #control(operation: number, fd: number, events: number): void {
    const event = new Writer(eventLength).hostU32(events).zeros(paddingLength).hostU32(fd).hostU32(0);
    this.#libc.check(this.#libc.calls.epoll_ctl(this.#fd, operation, fd, event.buffer), "epoll_ctl");
  }
}
