/** libc through FFI, on this machine's kernel; nothing here needs root. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Reader, Writer } from "../../../core/bytes.ts";
import { Epoll, epollIn } from "../../../ffi/epoll.ts";
import { Errno } from "../../../ffi/errno.ts";
import { EventFd } from "../../../ffi/eventfd.ts";
import { interfaceIndex, interfaceMac } from "../../../ffi/interface.ts";
import { Libc, libcPaths } from "../../../ffi/libc.ts";
import { groupLinks, NetlinkSocket } from "../../../ffi/netlink.ts";
import { decodeLink } from "../../../speaker/netlink/link.ts";
import { decodeMessages, encodeDumpRequest, messageTypes } from "../../../speaker/netlink/message.ts";

function withLibc(name: string, run: (libc: Libc) => void | Promise<void>): void {
  Deno.test(`ffi: ${name}`, async () => {
    const libc = new Libc();
    try {
      await run(libc);
    } finally {
      libc.close();
    }
  });
}

function openFiles(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

withLibc("errno is that of the last call", (libc) => {
  assertEquals(libc.calls.close(-1), -1);
  assertEquals(libc.errno(), 9);
  const error = assertThrows(
    () => libc.check(libc.calls.epoll_ctl(-1, 1, -1, new Uint8Array(16)), "epoll_ctl"),
    Errno,
  );
  assertEquals([error.errno, error.call], ["EBADF", "epoll_ctl"]);
});

withLibc("epoll reports what is ready, by descriptor, and no more after it was removed", (libc) => {
  const before = openFiles();
  const epoll = new Epoll(libc);
  const [first, second] = [new EventFd(libc), new EventFd(libc)];
  const ready = () => {
    const seen: [number, number][] = [];
    epoll.poll((fd, events) => seen.push([fd, events]));
    return seen;
  };
  epoll.add(first.fd, epollIn);
  epoll.add(second.fd, epollIn);
  assertEquals(ready(), []);
  second.signal();
  assertEquals(ready(), [[second.fd, epollIn]]);
  first.signal();
  assertEquals(new Set(ready().map(([fd]) => fd)), new Set([first.fd, second.fd]));
  epoll.modify(first.fd, 0);
  assertEquals(ready(), [[second.fd, epollIn]]);
  epoll.remove(second.fd);
  assertEquals(ready(), []);
  first.close();
  second.close();
  epoll.close();
  assertEquals(openFiles(), before);
});

withLibc("a wait in flight ends when something becomes ready", async (libc) => {
  const [epoll, wake] = [new Epoll(libc), new EventFd(libc)];
  epoll.add(wake.fd, epollIn);
  const waiting = epoll.ready();
  wake.signal();
  await waiting;
  assertEquals(epoll.poll(() => {}), 1);
  wake.close();
  epoll.close();
});

withLibc("interfaces by name: the loopback, and ENODEV for none", (libc) => {
  assert(interfaceIndex(libc, "lo") >= 1);
  assertEquals(interfaceMac(libc, "lo"), 0);
  const error = assertThrows(() => interfaceIndex(libc, "no-such-link"), Errno);
  assertEquals(error.message, "ENODEV: ioctl(SIOCGIFINDEX): no such device");
  assertThrows(() => interfaceIndex(libc, "a-name-that-is-too-long"), RangeError);
});

withLibc("netlink: a dump of links contains the loopback", (libc) => {
  const socket = new NetlinkSocket(libc, groupLinks, 1 << 16);
  const request = new Writer(64);
  encodeDumpRequest(request, messageTypes.getLink, 1);
  socket.send(request.finish());
  const buffer = new Uint8Array(new ArrayBuffer(65536));
  const received = socket.receive(buffer);
  assert(received.type === "datagram");
  const names = [...decodeMessages(new Reader(buffer, 0, received.length))]
    .filter(({ type }) => type === messageTypes.newLink)
    .map(({ body }) => decodeLink(body).name);
  assert(names.includes("lo"), names.join());
  socket.close();
});

Deno.test("ffi: a libc that isn't there is named, with where it should be", () => {
  const error = assertThrows(() => new Libc("/nowhere/libc.so.6"), Error);
  assertEquals(
    error.message,
    "/nowhere/libc.so.6 can't be opened: the speaker runs on glibc, at Debian's path",
  );
});

Deno.test("ffi: the paths are absolute, and one for each architecture", () => {
  assertEquals(libcPaths, {
    x86_64: "/lib/x86_64-linux-gnu/libc.so.6",
    aarch64: "/lib/aarch64-linux-gnu/libc.so.6",
  });
});
