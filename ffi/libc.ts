/**
 * The only `Deno.dlopen`: libc by its absolute path, so that `--allow-ffi=<that path>` is enough; a bare name would need
 * unrestricted FFI, and so would Deno's helpers for raw pointers, for which `memcpy` stands in.
 */
import { Reader } from "../core/bytes.ts";
import { Errno } from "./errno.ts";

/** By `Deno.build.arch`; the paths of Debian's multiarch. Both belong into `--allow-ffi`. */
export const libcPaths = {
  x86_64: "/lib/x86_64-linux-gnu/libc.so.6",
  aarch64: "/lib/aarch64-linux-gnu/libc.so.6",
} as const;

const symbols = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "i32" },
  recvfrom: { parameters: ["i32", "buffer", "usize", "i32", "buffer", "buffer"], result: "i32" },
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "i32" },
  sendto: { parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"], result: "i32" },
  epoll_create1: { parameters: ["i32"], result: "i32" },
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  epoll_wait: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32" },
  /** On a thread of its own; its errno is lost. */
  epoll_wait_async: {
    name: "epoll_wait",
    parameters: ["i32", "buffer", "i32", "i32"],
    result: "i32",
    nonblocking: true,
  },
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  ioctl: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  errnoLocation: { name: "__errno_location", parameters: [], result: "usize" },
  copyFrom: { name: "memcpy", parameters: ["buffer", "usize", "usize"], result: "usize" },
  copyOnto: { name: "memcpy", parameters: ["buffer", "buffer", "usize"], result: "usize" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Descriptors of this process are closed when another program is started in it. */
export const closeOnExec = 0x80000;
export const nonBlocking = 0x800;

/** libc's functions, by their own names, and what is needed around them. */
export class Libc {
  readonly #library: Deno.DynamicLibrary<typeof symbols>;
  readonly #scratch = new Uint8Array(new ArrayBuffer(4));
  readonly calls: Deno.DynamicLibrary<typeof symbols>["symbols"];

  /** Throws when the architecture isn't supported, or the file isn't there or not permitted. */
  constructor(path: string = libcPath(Deno.build.arch)) {
    try {
      this.#library = Deno.dlopen(path, symbols);
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      throw new Error(`${path} can't be opened: the speaker runs on glibc, at Debian's path`, {
        cause: error,
      });
    }
    this.calls = this.#library.symbols;
  }

  /** The last call's errno. To be read right after that call. */
  errno(): number {
    this.calls.copyFrom(this.#scratch, this.calls.errnoLocation(), 4n);
    return new Reader(this.#scratch).hostI32("errno");
  }

  /** Gives `result` back, or throws {@link Errno} when it is negative. To be called right after the call. */
  check(result: number, call: string): number {
    if (result < 0) throw new Errno(this.errno(), call);
    return result;
  }

  /**
   * Where a buffer lies. It doesn't keep the buffer alive: use the buffer itself once more after the call that reads
   * the address.
   */
  addressOf(buffer: Uint8Array<ArrayBuffer>): bigint {
    return this.calls.copyOnto(buffer, buffer, 0n);
  }

  /** Closes a descriptor, whatever the kernel says about what it still had to do. */
  closeFd(fd: number): void {
    this.calls.close(fd);
  }

  /** Unloads the library; nothing may be called afterwards. */
  close(): void {
    this.#library.close();
  }
}

function libcPath(arch: string): string {
  if (arch !== "x86_64" && arch !== "aarch64") {
    throw new Error(`the speaker runs on x86_64 and aarch64, not on ${arch}`);
  }
  return libcPaths[arch];
}
