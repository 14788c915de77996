import { assertEquals, assertRejects } from "@std/assert";
import { EventFd } from "../../../ffi/eventfd.ts";
import { Libc } from "../../../ffi/libc.ts";
import { Reactor } from "../../../speaker/io/reactor.ts";

function openFiles(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

async function withReactor(run: (libc: Libc, reactor: Reactor) => Promise<void>): Promise<void> {
  const libc = new Libc();
  const before = openFiles();
  await run(libc, new Reactor(libc));
  assertEquals(openFiles(), before);
  libc.close();
}

Deno.test("reactor: calls who watches, until it is stopped; then nothing is open", () =>
  withReactor(async (libc, reactor) => {
    const event = new EventFd(libc);
    let calls = 0;
    reactor.watch(event.fd, () => {
      calls++;
      reactor.unwatch(event.fd);
      event.close();
      reactor.stop();
    });
    const running = reactor.run();
    event.signal();
    await running;
    await reactor.ended;
    assertEquals(calls, 1);
  }));

Deno.test("reactor: is stopped while it waits for nothing", () =>
  withReactor(async (_libc, reactor) => {
    const running = reactor.run();
    reactor.stop();
    reactor.stop();
    await running;
  }));

Deno.test("reactor: timers and messages have their turn while a descriptor is always ready", () =>
  withReactor(async (libc, reactor) => {
    const event = new EventFd(libc);
    event.signal();
    reactor.watch(event.fd, () => {});
    const running = reactor.run();
    // Without a turn, this timer would never fire.
    await new Promise((resolve) => setTimeout(resolve, 1));
    reactor.stop();
    await running;
    event.close();
  }));

Deno.test("reactor: a handler that throws ends it, and it can be cleaned up after", () =>
  withReactor(async (libc, reactor) => {
    const event = new EventFd(libc);
    reactor.watch(event.fd, () => {
      throw new RangeError("broken");
    });
    event.signal();
    await assertRejects(() => reactor.run(), RangeError, "broken");
    reactor.unwatch(event.fd);
    reactor.stop();
    await reactor.ended;
    event.close();
  }));
