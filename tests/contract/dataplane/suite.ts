/** What every data plane does, whether its node is real or fake. */
import { assertEquals } from "@std/assert";
import { parseIp } from "../../../core/ip.ts";
import type { Announcement, Fact, Link } from "../../../speaker/dataplane.ts";
import {
  advertisementHex,
  arpReplyHex,
  arpRequestHex,
  conflictHex,
  probeHex,
  solicitationHex,
} from "../../golden/speaker/frames.ts";
import { fromHex, toHex, withBytes } from "../../support/hex.ts";
import { withChecksum } from "../../support/icmpv6checksum.ts";
import { skippable } from "../../support/skip.ts";
import type { Harness } from "./harness.ts";

const mac = "02:00:00:00:00:01";
const v4 = "192.0.2.10";
const v6 = "2001:db8::a";
const group = parseIp("ff02::1:ff00:a")?.value ?? -1n;

const request = fromHex(arpRequestHex);
const reply = toHex(fromHex(arpReplyHex));
const solicitation = fromHex(solicitationHex);
const advertisement = toHex(fromHex(advertisementHex));
const conflict = toHex(fromHex(conflictHex));
const unicastSolicitation = withChecksum(
  withBytes(toHex(withBytes(solicitationHex, 0, "020000000001")), 38, "20010db800000000000000000000000a"),
);

const isArp = (frame: string) => frame.slice(24, 28) === "0806";
const isAdvertisement = (frame: string) => frame.slice(24, 28) === "86dd" && frame.slice(108, 110) === "88";
const isBroadcast = (frame: string) => frame.startsWith("ffffffffffff");

/** The ARP frames and advertisements seen on an interface, as hex. */
function frames(harness: Harness, name: string): string[] {
  return harness.seen(name).map(toHex).filter((frame) => isArp(frame) || isAdvertisement(frame));
}

function latestLinks(harness: Harness): readonly Link[] {
  const fact = harness.facts.findLast(({ type }) => type === "links");
  return fact?.type === "links" ? fact.links : [];
}

function answers(harness: Harness, name: string): boolean {
  return latestLinks(harness).some((link) => link.name === name && link.arp && link.ndp);
}

function count(harness: Harness, matches: (fact: Fact) => boolean): number {
  return harness.facts.filter(matches).length;
}

const announcedFact = (ip: string) => (fact: Fact) => fact.type === "announced" && fact.ip === ip;

function announce(harness: Harness, ips: string[], interfaces: Announcement["interfaces"] = "all"): void {
  harness.dataplane.send({ type: "announce", announcements: ips.map((ip) => ({ ip, interfaces })) });
}

/** Started with eth0, which answers. */
async function started(harness: Harness, excludeInterfaces: readonly string[] = ["^lo$"]): Promise<void> {
  await harness.addLink("eth0", mac);
  harness.dataplane.send({ type: "start", excludeInterfaces });
  await harness.until("eth0 answers", () => answers(harness, "eth0"));
}

/** Both VIPs announced, and said at least once. */
async function announced(harness: Harness, interfaces: Announcement["interfaces"] = "all"): Promise<void> {
  announce(harness, [v4, v6], interfaces);
  for (const ip of [v4, v6]) {
    await harness.until(`${ip} is announced`, () => count(harness, announcedFact(ip)) > 0);
  }
}

async function answered(harness: Harness, name: string, frame: Uint8Array, expected: string): Promise<void> {
  const before = frames(harness, name).filter((seen) => seen === expected).length;
  harness.put(name, frame);
  await harness.until(
    `the answer ${expected}`,
    () => frames(harness, name).filter((seen) => seen === expected).length > before,
  );
}

type Case = (harness: Harness) => Promise<void>;

const cases: Readonly<Record<string, Case>> = {
  "start: first the fact started, then the links, sorted and described": async (harness) => {
    await started(harness);
    assertEquals(harness.facts.filter(({ type }) => type !== "log")[0]?.type, "started");
    assertEquals(harness.facts.filter(({ type }) => type !== "log")[1]?.type, "links");
    const links = latestLinks(harness);
    assertEquals(links.map(({ index }) => index), links.map(({ index }) => index).sort((a, b) => a - b));
    const { index: _, addresses, ...eth0 } = links.find(({ name }) => name === "eth0") ?? { addresses: [] };
    assertEquals(eth0, {
      name: "eth0",
      mac,
      up: true,
      running: true,
      loopback: false,
      broadcast: true,
      noArp: false,
      master: null,
      excluded: false,
      arp: true,
      ndp: true,
    });
    assertEquals(addresses.map((address) => address.startsWith("fe80::")), [true]);
  },

  "ARP: the request for a VIP is answered, byte for byte": async (harness) => {
    await started(harness);
    await announced(harness);
    await answered(harness, "eth0", request, reply);
  },

  "NDP: solicitations by group, by unicast and without a source are answered, byte for byte": async (
    harness,
  ) => {
    await started(harness);
    await announced(harness);
    await answered(harness, "eth0", solicitation, advertisement);
    await answered(harness, "eth0", unicastSolicitation, advertisement);
    await answered(harness, "eth0", fromHex(probeHex), conflict);
  },

  "what isn't announced, and what no longer is, is not answered": async (harness) => {
    await started(harness);
    await announced(harness);
    harness.dataplane.send({ type: "withdraw", ips: [v4] });
    harness.dataplane.send({ type: "readCounters", id: 1 });
    await harness.until("the withdrawal", () => count(harness, ({ type }) => type === "counters") === 1);
    const before = frames(harness, "eth0").length;
    harness.put("eth0", request);
    harness.put("eth0", withBytes(arpRequestHex, 38, "c000020b"));
    announce(harness, ["192.0.2.12"]);
    await harness.until("192.0.2.12 is announced", () => count(harness, announcedFact("192.0.2.12")) > 0);
    await answered(
      harness,
      "eth0",
      withBytes(arpRequestHex, 38, "c000020c"),
      reply.replace("c000020a", "c000020c"),
    );
    const unicast = frames(harness, "eth0").slice(before).filter((frame) =>
      isArp(frame) && !isBroadcast(frame)
    );
    assertEquals(unicast, [reply.replace("c000020a", "c000020c")]);
  },

  "gratuitous frames: five rounds, of two ARP frames and of one advertisement": async (harness) => {
    await started(harness);
    await announced(harness);
    await harness.until("five rounds", () => frames(harness, "eth0").length >= 15);
    const seen = frames(harness, "eth0");
    const [first, second] = seen.filter(isArp);
    const body = "00010800060400";
    const addresses = "020000000001c000020affffffffffffc000020a" + "00".repeat(18);
    assertEquals(first, `ffffffffffff0200000000010806${body}01${addresses}`);
    assertEquals(second, `ffffffffffff0200000000010806${body}02${addresses}`);
    assertEquals(seen.filter((frame) => frame === first).length, 5);
    assertEquals(seen.filter((frame) => frame === second).length, 5);
    assertEquals(seen.filter((frame) => frame === conflict).length, 5);
    assertEquals(count(harness, announcedFact(v4)), 1);
  },

  "solicited-node groups are joined and left": async (harness) => {
    await started(harness);
    await announced(harness);
    await harness.until("the group is joined", async () => (await harness.groups("eth0")).has(group));
    harness.dataplane.send({ type: "withdraw", ips: [v6] });
    await harness.until("the group is left", async () => !(await harness.groups("eth0")).has(group));
  },

  "named interfaces: the others neither answer, nor say, nor join": async (harness) => {
    await harness.addLink("eth1", "02:00:00:00:00:11");
    await started(harness);
    await harness.until("eth1 answers", () => answers(harness, "eth1"));
    await announced(harness, ["eth0"]);
    harness.put("eth1", request);
    await answered(harness, "eth0", request, reply);
    harness.dataplane.send({ type: "readCounters", id: 7 });
    await harness.until("counters", () => count(harness, ({ type }) => type === "counters") === 1);
    assertEquals(frames(harness, "eth1"), []);
    assertEquals((await harness.groups("eth1")).has(group), false);
    announce(harness, [v4, v6], ["eth1"]);
    await harness.until("gratuitous frames on eth1", () => frames(harness, "eth1").length >= 3);
    await answered(harness, "eth1", request, reply.replaceAll("020000000001", "020000000011"));
  },

  "an interface that appears later hears of the VIPs, answers, and has joined their groups": async (
    harness,
  ) => {
    await started(harness);
    await announced(harness);
    await harness.addLink("eth1", "02:00:00:00:00:11");
    await harness.until(
      "gratuitous frames on eth1",
      () => frames(harness, "eth1").some(isArp) && frames(harness, "eth1").some(isAdvertisement),
    );
    await harness.until("the group is joined", async () => (await harness.groups("eth1")).has(group));
    await answered(harness, "eth1", request, reply.replaceAll("020000000001", "020000000011"));
    await answered(harness, "eth0", request, reply);
  },

  "announced before any interface is there: said and reported when one comes": async (harness) => {
    harness.dataplane.send({ type: "start", excludeInterfaces: ["^lo$"] });
    announce(harness, [v4, v6]);
    await harness.until("started", () => count(harness, ({ type }) => type === "started") === 1);
    await harness.addLink("eth0", mac);
    for (const ip of [v4, v6]) {
      await harness.until(`${ip} is announced`, () => count(harness, announcedFact(ip)) === 1);
    }
    await answered(harness, "eth0", request, reply);
    await answered(harness, "eth0", solicitation, advertisement);
  },

  "an interface that goes down and comes back answers again, and says all again": async (harness) => {
    await started(harness);
    await announced(harness);
    await harness.until("all rounds", () => frames(harness, "eth0").length >= 15);
    await harness.setUp("eth0", false);
    await harness.until(
      "eth0 is down",
      () => latestLinks(harness).some(({ name, up }) => name === "eth0" && !up),
    );
    const before = frames(harness, "eth0").length;
    await harness.setUp("eth0", true);
    await harness.until("eth0 answers", () => answers(harness, "eth0"));
    await harness.until(
      "gratuitous frames",
      () => frames(harness, "eth0").slice(before).filter(isArp).length >= 2,
    );
    await harness.until("the group is joined", async () => (await harness.groups("eth0")).has(group));
    await answered(harness, "eth0", request, reply);
    await answered(harness, "eth0", solicitation, advertisement);
  },

  "an interface that is removed leaves the links, and the others go on": async (harness) => {
    await harness.addLink("eth1", "02:00:00:00:00:11");
    await started(harness);
    await announced(harness);
    await harness.removeLink("eth1");
    await harness.until("eth1 is gone", () => !latestLinks(harness).some(({ name }) => name === "eth1"));
    await answered(harness, "eth0", request, reply);
  },

  "excluded interfaces are listed, and left alone": async (harness) => {
    await harness.addLink("cali0", "02:00:00:00:00:11");
    await started(harness, ["^lo$", "cal"]);
    await announced(harness);
    await harness.until(
      "cali0 is described",
      () =>
        latestLinks(harness).some(({ name, excluded, arp, ndp }) =>
          name === "cali0" && excluded && !arp && !ndp
        ),
    );
    harness.put("cali0", request);
    await answered(harness, "eth0", request, reply);
    assertEquals(frames(harness, "cali0"), []);
  },

  "counters: for each VIP, and frames ignored by reason": async (harness) => {
    await started(harness);
    await announced(harness);
    await harness.until("all rounds", () => frames(harness, "eth0").length >= 15);
    await answered(harness, "eth0", request, reply);
    await answered(harness, "eth0", solicitation, advertisement);
    harness.put("eth0", withBytes(arpRequestHex, 38, "c000020b"));
    harness.put("eth0", withBytes(solicitationHex, 21, "fe"));
    await answered(harness, "eth0", request, reply);
    await answered(harness, "eth0", solicitation, advertisement);
    harness.dataplane.send({ type: "readCounters", id: 42 });
    await harness.until("counters", () => count(harness, ({ type }) => type === "counters") === 1);
    assertEquals(harness.facts.find(({ type }) => type === "counters"), {
      type: "counters",
      id: 42,
      vips: [
        { ip: v4, requestsReceived: 2, responsesSent: 2, gratuitousSent: 10 },
        { ip: v6, requestsReceived: 2, responsesSent: 2, gratuitousSent: 5 },
      ],
      ignored: { hopLimitNot255: 1, notAnnounced: 1 },
    });
  },

  "stop: stopped is the last fact, and nobody answers any more": async (harness) => {
    await started(harness);
    await announced(harness);
    harness.dataplane.send({ type: "stop" });
    await harness.until("stopped", () => harness.facts.at(-1)?.type === "stopped");
    await harness.until("the group is left", async () => !(await harness.groups("eth0")).has(group));
    const [facts, seen] = [harness.facts.length, frames(harness, "eth0").length];
    harness.put("eth0", request);
    announce(harness, ["192.0.2.11"]);
    // The node's own link going down is the proof that time has passed for the request.
    await harness.setUp("eth0", false);
    assertEquals([harness.facts.length, frames(harness, "eth0").length], [facts, seen]);
  },

  "an exclude list that can't be read: failed is the last fact": async (harness) => {
    harness.dataplane.send({ type: "start", excludeInterfaces: ["("] });
    await harness.until("failed", () => harness.facts.length > 0);
    assertEquals(harness.facts.map((fact) => [fact.type, fact.type === "failed" ? fact.errno : ""]), [
      ["failed", null],
    ]);
  },
};

/** Registers the suite; `open` gives a node without interfaces besides the loopback, and a data plane not started. */
export function dataplaneContract(kind: string, open: () => Promise<Harness>, skip: string | null): void {
  for (const [name, run] of Object.entries(cases)) {
    Deno.test({
      ...skippable(`data plane, ${kind}: ${name}`, skip),
      fn: async () => {
        const harness = await open();
        try {
          await run(harness);
        } finally {
          await harness.close();
        }
      },
    });
  }
}
