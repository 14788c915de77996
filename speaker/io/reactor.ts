/**
 * Tells when descriptors are ready. One wait is in flight on another thread; bursts are worked off synchronously on
 * this one, with a turn for timers and messages in between.
 */
import { setImmediate } from "node:timers";
import { Epoll, epollIn } from "../../ffi/epoll.ts";
import { EventFd } from "../../ffi/eventfd.ts";
import type { Libc } from "../../ffi/libc.ts";

/** How many rounds of ready descriptors before timers and messages get their turn. */
const roundsPerTurn = 16;

export class Reactor {
  readonly #epoll: Epoll;
  readonly #wake: EventFd;
  readonly #handlers = new Map<number, () => void>();
  readonly #ended = Promise.withResolvers<void>();
  #stopping = false;
  #closed = false;

  constructor(libc: Libc) {
    this.#epoll = new Epoll(libc);
    this.#wake = new EventFd(libc);
    this.#epoll.add(this.#wake.fd, epollIn);
  }

  /** Calls `onReadable` whenever something waits to be read from `fd`, or it has an error to tell. */
  watch(fd: number, onReadable: () => void): void {
    this.#epoll.add(fd, epollIn);
    this.#handlers.set(fd, onReadable);
  }

  /** To be called before `fd` is closed. */
  unwatch(fd: number): void {
    if (this.#handlers.delete(fd) && !this.#closed) this.#epoll.remove(fd);
  }

  /** Runs until {@link Reactor.stop}, then closes what is its own. Rejects with what a handler or epoll throws. */
  async run(): Promise<void> {
    try {
      for (let rounds = 1; !this.#stopping; rounds++) {
        const count = this.#epoll.poll((fd) => this.#handlers.get(fd)?.());
        if (this.#stopping) break;
        if (count === 0) await this.#epoll.ready();
        else if (rounds % roundsPerTurn === 0) await turn();
      }
    } finally {
      this.#closed = true;
      this.#epoll.close();
      this.#wake.close();
      this.#ended.resolve();
    }
  }

  /** Resolves when {@link Reactor.run} has ended, well or badly. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Ends {@link Reactor.run} soon. */
  stop(): void {
    if (this.#stopping || this.#closed) return;
    this.#stopping = true;
    this.#wake.signal();
  }
}

/** Resolves after timers and messages that wait now. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
