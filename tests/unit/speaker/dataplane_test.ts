/** The data plane's failures and its end; the rest is in the contract suite. */
import { assertEquals } from "@std/assert";
import type { Fact } from "../../../speaker/dataplane.ts";
import { FakeClock, settle } from "../../support/fakeclock.ts";
import { FakeDataplane } from "../../support/fakedataplane.ts";
import { fromHex } from "../../support/hex.ts";
import { arpRequestHex } from "../../golden/speaker/frames.ts";

interface Fixture {
  readonly clock: FakeClock;
  readonly dataplane: FakeDataplane;
  readonly facts: Fact[];
}

function fixture(): Fixture {
  const clock = new FakeClock();
  const dataplane = new FakeDataplane(clock);
  const facts: Fact[] = [];
  dataplane.onFact((fact) => facts.push(fact));
  return { clock, dataplane, facts };
}

/** Log entries by name, and whatever isn't a list of links by type. */
function names(facts: readonly Fact[]): string[] {
  return facts.filter(({ type }) => type !== "links").map((fact) =>
    fact.type === "log" ? fact.event : fact.type
  );
}

const announceV4 = { type: "announce", announcements: [{ ip: "192.0.2.10", interfaces: "all" }] } as const;

Deno.test("without CAP_NET_RAW it fails at once, and says what to do", async () => {
  const { dataplane, facts } = fixture();
  dataplane.network.forbid();
  dataplane.send({ type: "start", excludeInterfaces: [] });
  await settle();
  assertEquals(facts, [{
    type: "failed",
    errno: "EPERM",
    message:
      "EPERM: socket(AF_PACKET) needs CAP_NET_RAW: add NET_RAW to securityContext.capabilities of the " +
      "container, or run as root",
  }]);
});

Deno.test("an exclude list that isn't one fails at once", async () => {
  const { dataplane, facts } = fixture();
  dataplane.send({ type: "start", excludeInterfaces: ["^eth", "("] });
  await settle();
  assertEquals(facts.length, 1);
  assertEquals(
    facts[0]?.type === "failed" && facts[0].message.slice(0, 37),
    '"(" is not a regular expression as Go',
  );
});

Deno.test("one interface that can't be opened: said, tried again, and the others answer meanwhile", async () => {
  const { clock, dataplane, facts } = fixture();
  dataplane.network.setLink({ name: "eth0" });
  dataplane.network.setLink({ name: "eth1" });
  dataplane.network.failOpening("eth0", 24);
  dataplane.send({ type: "start", excludeInterfaces: [] });
  dataplane.send(announceV4);
  await settle();
  assertEquals(names(facts), ["started", "responderNotOpened", "responderOpened", "announced"]);
  assertEquals(dataplane.network.takeSent("eth0").length, 0);
  assertEquals(dataplane.network.takeSent("eth1").length, 2);
  facts.length = 0;
  await clock.advance(10_000);
  assertEquals(names(facts), ["responderOpened"]);
  assertEquals(dataplane.network.takeSent("eth0").length > 0, true);
});

Deno.test("an interface that vanished in between is not worth a warning", async () => {
  const { dataplane, facts } = fixture();
  dataplane.network.setLink({ name: "eth0" });
  dataplane.network.failOpening("eth0", 19);
  dataplane.send({ type: "start", excludeInterfaces: [] });
  await settle();
  assertEquals(names(facts), ["started"]);
});

Deno.test("an address that can't be read is left out, and the others are announced", async () => {
  const { dataplane, facts } = fixture();
  dataplane.network.setLink({ name: "eth0" });
  dataplane.send({ type: "start", excludeInterfaces: [] });
  dataplane.send({
    type: "announce",
    announcements: [{ ip: "x", interfaces: "all" }, ...announceV4.announcements],
  });
  await settle();
  assertEquals(names(facts), ["addressNotUnderstood", "started", "responderOpened", "announced"]);
});

Deno.test("stop: everything is closed, the last fact is stopped, and nothing happens afterwards", async () => {
  const { clock, dataplane, facts } = fixture();
  dataplane.network.setLink({ name: "eth0", addresses: ["fe80::1/64"] });
  dataplane.send({ type: "start", excludeInterfaces: [] });
  dataplane.send({ type: "announce", announcements: [{ ip: "2001:db8::a", interfaces: "all" }] });
  await settle();
  assertEquals([dataplane.network.openSockets, clock.pending], [2, 1]);
  dataplane.send({ type: "stop" });
  await settle();
  assertEquals(facts.at(-1), { type: "stopped" });
  assertEquals([dataplane.network.openSockets, clock.pending], [0, 0]);
  assertEquals(dataplane.network.groups("eth0").size, 0);
  const before = facts.length;
  dataplane.send(announceV4);
  dataplane.network.setLink({ name: "eth1" });
  await clock.advance(10_000);
  assertEquals(facts.length, before);
});

Deno.test("thousands of VIPs are said in portions, and withdrawn ones among them not at all", async () => {
  const { dataplane, facts } = fixture();
  dataplane.network.setLink({ name: "eth0" });
  dataplane.send({ type: "start", excludeInterfaces: [] });
  await settle();
  const ips = Array.from({ length: 1000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
  dataplane.send({ type: "announce", announcements: ips.map((ip) => ({ ip, interfaces: "all" })) });
  dataplane.send({ type: "withdraw", ips: ips.slice(500) });
  await settle();
  const sent = dataplane.network.takeSent("eth0").length;
  assertEquals(sent >= 1000 && sent < 1200, true, `${sent} frames`);
  dataplane.send({ type: "readCounters", id: 1 });
  await settle();
  const counters = facts.at(-1);
  if (counters?.type !== "counters") throw new Error("no counters");
  assertEquals(counters.vips.reduce((sum, { gratuitousSent }) => sum + gratuitousSent, 0), sent);
});

Deno.test("a request that comes while thousands of VIPs are being said is answered in between", async () => {
  const { dataplane } = fixture();
  dataplane.network.setLink({ name: "eth0" });
  dataplane.send({ type: "start", excludeInterfaces: [] });
  await settle();
  const ips = [
    "192.0.2.10",
    ...Array.from({ length: 999 }, (_, index) => `10.0.${index >> 8}.${index & 255}`),
  ];
  dataplane.send({ type: "announce", announcements: ips.map((ip) => ({ ip, interfaces: "all" })) });
  queueMicrotask(() => queueMicrotask(() => dataplane.network.deliver("eth0", fromHex(arpRequestHex))));
  await settle();
  const frames = dataplane.network.takeSent("eth0");
  const reply = frames.findIndex((frame) => frame[0] !== 0xff);
  assertEquals(reply > 0 && reply < 500, true, `the reply was frame ${reply} of ${frames.length}`);
});
