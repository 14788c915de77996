import { assertEquals } from "@std/assert";
import { Errno } from "../../../ffi/errno.ts";

const messages: readonly [code: number, call: string, errno: string, message: string][] = [
  [
    1,
    "socket(AF_PACKET)",
    "EPERM",
    "EPERM: socket(AF_PACKET) needs CAP_NET_RAW: add NET_RAW to securityContext.capabilities of the container, " +
    "or run as root",
  ],
  [19, "bind(AF_PACKET)", "ENODEV", "ENODEV: bind(AF_PACKET): no such device"],
  [
    24,
    "epoll_create1",
    "EMFILE",
    "EMFILE: epoll_create1 has no file descriptor left: raise the limit on open files (ulimit -n, LimitNOFILE)",
  ],
  [
    97,
    "socket(AF_INET6)",
    "EAFNOSUPPORT",
    "EAFNOSUPPORT: socket(AF_INET6) needs IPv6 in the kernel: boot without ipv6.disable=1",
  ],
  [4095, "read", "errno 4095", "errno 4095: read: see errno(3)"],
];

for (const [code, call, errno, message] of messages) {
  Deno.test(`${errno} of ${call}`, () => {
    const error = new Errno(code, call);
    assertEquals([error.code, error.errno, error.call, error.message], [code, errno, call, message]);
    assertEquals(error.name, "Errno");
  });
}
