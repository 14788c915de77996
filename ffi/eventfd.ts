/** A descriptor that becomes ready when told so (eventfd(2)), to wake up who waits in epoll. */
import { Writer } from "../core/bytes.ts";
import { closeOnExec, type Libc, nonBlocking } from "./libc.ts";

export class EventFd {
  readonly #libc: Libc;
  readonly fd: number;

  constructor(libc: Libc) {
    this.#libc = libc;
    this.fd = libc.check(libc.calls.eventfd(0, closeOnExec | nonBlocking), "eventfd");
  }

  /** Makes it ready, until it is closed. */
  signal(): void {
    const one = new Writer(8).hostU32(1).hostU32(1).buffer;
    this.#libc.check(this.#libc.calls.write(this.fd, one, 8n), "write(eventfd)");
  }

  close(): void {
    this.#libc.closeFd(this.fd);
  }
}
