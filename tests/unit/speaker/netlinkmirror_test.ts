import { assertEquals } from "@std/assert";
import { Reader, Writer } from "../../../core/bytes.ts";
import { parseIp } from "../../../core/ip.ts";
import { encodeAddress } from "../../../speaker/netlink/address.ts";
import { encodeLink, type LinkMessage } from "../../../speaker/netlink/link.ts";
import { encodeMessage, messageTypes } from "../../../speaker/netlink/message.ts";
import { type DumpRequest, NetlinkMirror } from "../../../speaker/netlink/mirror.ts";

interface Message {
  readonly type: number;
  readonly sequence?: number;
  readonly flags?: number;
  readonly body?: Uint8Array;
}

function link(index: number, name: string, change: Partial<LinkMessage> = {}): Uint8Array {
  return encodeLink({
    family: 0,
    hardwareType: 1,
    index,
    flags: 1,
    name,
    mac: "02:00:00:00:00:01",
    master: null,
    operState: 6,
    ...change,
  });
}

function address(linkIndex: number, text: string): Uint8Array {
  const ip = parseIp(text);
  if (ip === null) throw new Error(text);
  return encodeAddress({ link: linkIndex, ip, prefixLength: 24, flags: 0x80 });
}

/** A mirror, and a kernel that answers as the test says. */
class Fixture {
  readonly mirror = new NetlinkMirror();
  readonly errors: string[] = [];

  receive(...messages: Message[]): DumpRequest | null {
    const writer = new Writer(4096);
    for (const { type, sequence = 0, flags = 0, body = new Uint8Array() } of messages) {
      encodeMessage(writer, { type, flags, sequence }, body.length, (into) => void into.copy(body));
    }
    return this.mirror.receive(new Reader(writer.finish()), (error) => this.errors.push(String(error)));
  }

  /** Answers both dumps; gives what is asked after them. */
  dump(request: DumpRequest | null, links: Uint8Array[], addresses: Uint8Array[]): DumpRequest | null {
    const part = (asked: DumpRequest | null, type: number, bodies: Uint8Array[]) => {
      const sequence = asked?.sequence ?? -1;
      return this.receive(
        ...bodies.map((body) => ({ type, sequence, flags: 2, body })),
        { type: messageTypes.done, sequence, flags: 2, body: new Uint8Array(4) },
      );
    };
    return part(part(request, messageTypes.newLink, links), messageTypes.newAddress, addresses);
  }

  get links(): string[] {
    return this.mirror.links.map(({ index, name }) => `${index} ${name}`);
  }

  get addresses(): string[] {
    return this.mirror.addresses.map(({ link, ip }) => `${link} ${ip.text}`).sort();
  }
}

function synced(): Fixture {
  const fixture = new Fixture();
  fixture.dump(fixture.mirror.resync(), [link(2, "eth1"), link(1, "eth0")], [address(1, "192.0.2.1")]);
  return fixture;
}

Deno.test("links are asked for first, then addresses; then it is complete", () => {
  const fixture = new Fixture();
  const first = fixture.mirror.resync();
  assertEquals(first?.type, messageTypes.getLink);
  assertEquals(fixture.mirror.complete, false);
  const second = fixture.receive({ type: messageTypes.done, sequence: first?.sequence ?? 0 });
  assertEquals(second?.type, messageTypes.getAddress);
  assertEquals(fixture.mirror.complete, false);
  assertEquals(fixture.receive({ type: messageTypes.done, sequence: second?.sequence ?? 0 }), null);
  assertEquals(fixture.mirror.complete, true);
});

Deno.test("a dump is shown, sorted by index", () => {
  const fixture = synced();
  assertEquals(fixture.links, ["1 eth0", "2 eth1"]);
  assertEquals(fixture.addresses, ["1 192.0.2.1"]);
});

Deno.test("news add, change and remove", () => {
  const fixture = synced();
  fixture.receive(
    { type: messageTypes.newLink, body: link(3, "eth2") },
    { type: messageTypes.newLink, body: link(1, "lan0") },
    { type: messageTypes.deleteLink, body: link(2, "eth1") },
    { type: messageTypes.newAddress, body: address(3, "192.0.2.3") },
    { type: messageTypes.deleteAddress, body: address(1, "192.0.2.1") },
  );
  assertEquals(fixture.links, ["1 lan0", "3 eth2"]);
  assertEquals(fixture.addresses, ["3 192.0.2.3"]);
});

Deno.test("a port that leaves its bridge is not a link that is gone", () => {
  const fixture = synced();
  fixture.receive({ type: messageTypes.deleteLink, body: link(1, "eth0", { family: 7 }) });
  assertEquals(fixture.links, ["1 eth0", "2 eth1"]);
});

Deno.test("after lost news all is read again; what is gone vanishes, and until then the former state is shown", () => {
  const fixture = synced();
  const request = fixture.mirror.resync();
  fixture.receive({
    type: messageTypes.newLink,
    sequence: request?.sequence ?? 0,
    flags: 2,
    body: link(5, "eth5"),
  });
  assertEquals(fixture.links, ["1 eth0", "2 eth1"]);
  const next = fixture.receive({ type: messageTypes.done, sequence: request?.sequence ?? 0 });
  fixture.receive({ type: messageTypes.done, sequence: next?.sequence ?? 0 });
  assertEquals(fixture.links, ["5 eth5"]);
  assertEquals(fixture.addresses, []);
});

Deno.test("news that come during a dump are shown at once, and stay", () => {
  const fixture = synced();
  const request = fixture.mirror.resync();
  fixture.receive(
    { type: messageTypes.newLink, sequence: request?.sequence ?? 0, flags: 2, body: link(1, "eth0") },
    { type: messageTypes.newLink, body: link(7, "eth7") },
    { type: messageTypes.deleteLink, body: link(1, "eth0") },
  );
  assertEquals(fixture.links, ["2 eth1", "7 eth7"]);
  fixture.dump(request, [], []);
  assertEquals(fixture.links, ["7 eth7"]);
});

Deno.test("news lost during a dump: no second dump at once, but one after it", () => {
  const fixture = synced();
  const request = fixture.mirror.resync();
  assertEquals(fixture.mirror.resync(), null);
  const again = fixture.receive({ type: messageTypes.done, sequence: request?.sequence ?? 0 });
  assertEquals(again?.type, messageTypes.getLink);
  assertEquals(fixture.dump(again, [link(1, "eth0")], []), null);
  assertEquals(fixture.links, ["1 eth0"]);
});

Deno.test("an interrupted dump, and one that failed, begin again", () => {
  for (
    const spoilt of [
      { type: messageTypes.newLink, flags: 0x12, body: link(1, "eth0") },
      { type: messageTypes.error, flags: 0, body: Uint8Array.of(0xf0, 0xff, 0xff, 0xff) },
    ]
  ) {
    const fixture = new Fixture();
    const request = fixture.mirror.resync();
    const sequence = request?.sequence ?? 0;
    const next = fixture.receive({ ...spoilt, sequence }) ??
      fixture.receive({ type: messageTypes.done, sequence });
    assertEquals([next?.type, fixture.mirror.complete], [messageTypes.getLink, false]);
  }
});

Deno.test("what can't be decoded is told, and the rest of the datagram counts", () => {
  const fixture = synced();
  fixture.receive(
    { type: messageTypes.newLink, body: new Uint8Array(3) },
    { type: messageTypes.newLink, body: link(4, "eth4") },
  );
  assertEquals(fixture.errors, ["ShortInputError: link.type: 2 bytes needed, 1 left"]);
  assertEquals(fixture.links, ["1 eth0", "2 eth1", "4 eth4"]);
});

Deno.test("the end of another's dump changes nothing", () => {
  const fixture = new Fixture();
  fixture.mirror.resync();
  assertEquals(fixture.receive({ type: messageTypes.done, sequence: 999 }), null);
  assertEquals(fixture.mirror.complete, false);
});
