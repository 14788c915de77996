import { assertEquals, assertThrows } from "@std/assert";
import { ipFromValue } from "../../../core/ip.ts";
import type { Link } from "../../../speaker/dataplane.ts";
import { Announcer, type AnnouncerEffect } from "../../../speaker/l2/announcer.ts";
import { Counters } from "../../../speaker/l2/counters.ts";

function link(index: number, change: Partial<Link> = {}): Link {
  return {
    index,
    name: `eth${index}`,
    mac: `02:00:00:00:00:0${index}`,
    up: true,
    running: true,
    loopback: false,
    broadcast: true,
    noArp: false,
    master: null,
    addresses: [],
    excluded: false,
    arp: true,
    ndp: true,
    ...change,
  };
}

function describe(effect: AnnouncerEffect): string {
  switch (effect.type) {
    case "open":
      return `open ${effect.protocol} ${effect.link.name} ${effect.link.mac.slice(-2)}`;
    case "close":
      return `close ${effect.protocol} ${effect.link}`;
    case "join":
    case "leave":
      return `${effect.type} ${effect.link} ${ipFromValue("ipv6", effect.group).text}`;
    case "advertise":
      return `advertise ${effect.link} ${effect.vip.ip.text}`;
    case "announced":
      return `announced ${effect.vip.ip.text}`;
  }
}

/** An announcer whose effects can be compared. */
class Fixture {
  readonly announcer = new Announcer(new Counters());
  nowMs = 0;

  links(...links: Link[]): string[] {
    return this.announcer.setLinks(links, this.nowMs).map(describe);
  }

  announce(ip: string, interfaces: "all" | string[] = "all"): string[] {
    return this.announcer.announce([{ ip, interfaces }], this.nowMs).map(describe);
  }

  withdraw(...ips: string[]): string[] {
    return this.announcer.withdraw(ips).map(describe);
  }

  tick(): string[] {
    this.nowMs = this.announcer.nextTickMs ?? this.nowMs;
    return this.announcer.tick(this.nowMs).map(describe);
  }
}

const v4 = "192.0.2.10";
const v6 = "2001:db8::a";
const group = "ff02::1:ff00:a";

Deno.test("links open responders; nothing is said while nothing is announced", () => {
  const fixture = new Fixture();
  assertEquals(fixture.links(link(1), link(2, { arp: false })), [
    "open arp eth1 01",
    "open ndp eth1 01",
    "open ndp eth2 02",
  ]);
  assertEquals(fixture.announcer.nextTickMs, null);
});

Deno.test("an IPv4 VIP is said on every interface that answers ARP, then reported", () => {
  const fixture = new Fixture();
  fixture.links(link(1), link(2), link(3, { arp: false }));
  assertEquals(fixture.announce(v4), [`advertise 1 ${v4}`, `advertise 2 ${v4}`, `announced ${v4}`]);
  assertEquals(fixture.tick(), [`advertise 1 ${v4}`, `advertise 2 ${v4}`]);
});

Deno.test("an IPv6 VIP joins its group before it is said", () => {
  const fixture = new Fixture();
  fixture.links(link(1));
  assertEquals(fixture.announce(v6), [`join 1 ${group}`, `advertise 1 ${v6}`, `announced ${v6}`]);
  assertEquals(fixture.withdraw(v6), [`leave 1 ${group}`]);
});

Deno.test("VIPs with the same last 24 bits share a group, which is left with the last of them", () => {
  const fixture = new Fixture();
  fixture.links(link(1));
  fixture.announce(v6);
  const twin = "2001:db8:1::a";
  assertEquals(fixture.announce(twin), [`advertise 1 ${twin}`, `announced ${twin}`]);
  assertEquals(fixture.withdraw(v6), []);
  assertEquals(fixture.withdraw(twin), [`leave 1 ${group}`]);
});

Deno.test("an interface that appears later opens, joins the groups of what is announced, and hears of it", () => {
  const fixture = new Fixture();
  fixture.links(link(1));
  fixture.announce(v4);
  fixture.announce(v6);
  fixture.nowMs = 60_000;
  while (fixture.announcer.nextTickMs !== null) fixture.tick();
  fixture.nowMs = 120_000;
  assertEquals(fixture.links(link(1), link(2)), [
    "open arp eth2 02",
    `advertise 2 ${v4}`,
    "open ndp eth2 02",
    `join 2 ${group}`,
    `advertise 2 ${v6}`,
  ]);
  assertEquals(fixture.tick(), [`advertise 2 ${v4}`, `advertise 2 ${v6}`]);
});

Deno.test("announced before any interface is known: reported when the first round has left", () => {
  const fixture = new Fixture();
  assertEquals(fixture.announce(v4), []);
  assertEquals(fixture.links(link(1, { ndp: false })), [
    "open arp eth1 01",
    `advertise 1 ${v4}`,
    `announced ${v4}`,
  ]);
});

Deno.test("named interfaces only, also for groups", () => {
  const fixture = new Fixture();
  fixture.links(link(1), link(2));
  assertEquals(fixture.announce(v6, ["eth2"]), [`join 2 ${group}`, `advertise 2 ${v6}`, `announced ${v6}`]);
});

Deno.test("other interfaces than before: joined and said there, left elsewhere, not reported again", () => {
  const fixture = new Fixture();
  fixture.links(link(1), link(2));
  fixture.announce(v6, ["eth1"]);
  assertEquals(fixture.announce(v6, ["eth2"]), [`join 2 ${group}`, `leave 1 ${group}`, `advertise 2 ${v6}`]);
  assertEquals(fixture.announce(v6, "all"), [`join 1 ${group}`, `advertise 1 ${v6}`, `advertise 2 ${v6}`]);
});

Deno.test("announced again, unchanged: longer, but nothing at once", () => {
  const fixture = new Fixture();
  fixture.links(link(1));
  fixture.announce(v4);
  fixture.nowMs = 1000;
  assertEquals(fixture.announce(v4), []);
  let rounds = 0;
  while (fixture.announcer.nextTickMs !== null) rounds += fixture.tick().length;
  assertEquals(rounds, 5);
});

Deno.test("withdrawn: silent, found no more, and announced anew it is reported anew", () => {
  const fixture = new Fixture();
  fixture.links(link(1));
  fixture.announce(v4);
  assertEquals(fixture.withdraw(v4), []);
  assertEquals(fixture.announcer.nextTickMs, null);
  assertEquals(fixture.announcer.vips.findIpv4(0xc000020a), undefined);
  assertEquals(fixture.announce(v4), [`advertise 1 ${v4}`, `announced ${v4}`]);
});

Deno.test("what was never announced can be withdrawn", () => {
  assertEquals(new Fixture().withdraw(v4, v6), []);
});

Deno.test("an interface that goes down closes and leaves; up again, it opens, joins and says all", () => {
  const fixture = new Fixture();
  fixture.links(link(1));
  fixture.announce(v6);
  const down = link(1, { up: false, running: false, arp: false, ndp: false });
  assertEquals(fixture.links(down), ["close arp 1", `leave 1 ${group}`, "close ndp 1"]);
  assertEquals(fixture.links(link(1)), [
    "open arp eth1 01",
    "open ndp eth1 01",
    `join 1 ${group}`,
    `advertise 1 ${v6}`,
  ]);
});

Deno.test("an interface that is gone closes", () => {
  const fixture = new Fixture();
  fixture.links(link(1), link(2));
  assertEquals(fixture.links(link(2)), ["close arp 1", "close ndp 1"]);
});

Deno.test("a new MAC address, as after a bond's failover, is said at once", () => {
  const fixture = new Fixture();
  fixture.links(link(1, { ndp: false }));
  fixture.announce(v4);
  assertEquals(fixture.links(link(1, { ndp: false, mac: "02:00:00:00:00:99" })), [
    "close arp 1",
    "open arp eth1 99",
    `advertise 1 ${v4}`,
  ]);
});

Deno.test("a carrier that comes back: said again, as the switch may have forgotten", () => {
  const fixture = new Fixture();
  fixture.links(link(1, { ndp: false, running: false }));
  fixture.announce(v4);
  assertEquals(fixture.links(link(1, { ndp: false })), [`advertise 1 ${v4}`]);
  assertEquals(fixture.links(link(1, { ndp: false, running: false })), []);
});

Deno.test("an interface that couldn't be opened is tried with the next links, and holds no groups until then", () => {
  const fixture = new Fixture();
  fixture.announce(v6);
  fixture.links(link(1));
  fixture.announcer.abandon(1, "ndp");
  assertEquals(fixture.tick(), []);
  assertEquals(fixture.links(link(1)), ["open ndp eth1 01", `join 1 ${group}`, `advertise 1 ${v6}`]);
});

Deno.test("another spelling of an address is the same address", () => {
  const fixture = new Fixture();
  fixture.links(link(1));
  fixture.announce("2001:DB8:0::A");
  assertEquals(fixture.withdraw("2001:db8::a"), [`leave 1 ${group}`]);
});

Deno.test("what isn't an address is refused", () => {
  assertThrows(() => new Fixture().announce("example.com"), RangeError, '"example.com" is not an IP address');
  assertThrows(() => new Fixture().withdraw("192.0.2.300"), RangeError);
});
