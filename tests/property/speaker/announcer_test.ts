/** However commands and links change, what is open and joined is what the present state asks for. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseIp } from "../../../core/ip.ts";
import type { Announcement, Link } from "../../../speaker/dataplane.ts";
import { Announcer, type AnnouncerEffect } from "../../../speaker/l2/announcer.ts";
import { Counters } from "../../../speaker/l2/counters.ts";
import { solicitedNodeGroup } from "../../../speaker/l2/ipv6.ts";

const ips = ["192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8:1::1", "2001:db8::2"];
const names = ["eth1", "eth2", "eth3"];

type Step =
  | { readonly type: "announce"; readonly announcement: Announcement }
  | { readonly type: "withdraw"; readonly ip: string }
  | { readonly type: "links"; readonly links: readonly Link[] }
  | { readonly type: "tick" };

const link = (index: number): fc.Arbitrary<Link> =>
  fc.record({
    arp: fc.boolean(),
    ndp: fc.boolean(),
    running: fc.boolean(),
    mac: fc.constantFrom("02:00:00:00:00:01", "02:00:00:00:00:02"),
  }).map((change) => ({
    index,
    name: `eth${index}`,
    up: true,
    loopback: false,
    broadcast: true,
    noArp: false,
    master: null,
    addresses: [],
    excluded: false,
    ...change,
  }));

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    ip: fc.constantFrom(...ips),
    interfaces: fc.oneof(fc.constant("all" as const), fc.subarray(names)),
  }).map((announcement): Step => ({ type: "announce", announcement })),
  fc.constantFrom(...ips).map((ip): Step => ({ type: "withdraw", ip })),
  fc.tuple(...[1, 2, 3].map((index) => fc.option(link(index)))).map((links): Step => ({
    type: "links",
    links: links.filter((link) => link !== null),
  })),
  fc.constant<Step>({ type: "tick" }),
);

/** Carries effects out on sets, and refuses those that make no sense. */
class World {
  readonly open = new Set<string>();
  readonly joined = new Set<string>();

  apply(effects: readonly AnnouncerEffect[]): void {
    for (const effect of effects) {
      if (effect.type === "open") change(this.open, `${effect.protocol} ${effect.link.index}`, true);
      else if (effect.type === "close") change(this.open, `${effect.protocol} ${effect.link}`, false);
      else if (effect.type === "join") change(this.joined, `${effect.link} ${effect.group}`, true);
      else if (effect.type === "leave") change(this.joined, `${effect.link} ${effect.group}`, false);
      else if (effect.type === "advertise") {
        const protocol = effect.vip.ip.family === "ipv4" ? "arp" : "ndp";
        assertEquals(this.open.has(`${protocol} ${effect.link}`), true, "said where nobody answers");
      }
    }
  }
}

function change(set: Set<string>, key: string, present: boolean): void {
  assertEquals(set.has(key), !present, `${key} ${present ? "twice" : "without having been there"}`);
  if (present) set.add(key);
  else set.delete(key);
}

/** What the present state asks for, computed anew. */
function wanted(announced: ReadonlyMap<string, Announcement>, links: readonly Link[]): [string[], string[]] {
  const open = links.flatMap(({ index, arp, ndp }) =>
    [arp ? [`arp ${index}`] : [], ndp ? [`ndp ${index}`] : []].flat()
  );
  const joined = links.filter(({ ndp }) => ndp).flatMap(({ index, name }) =>
    [...announced.values()]
      .filter(({ ip, interfaces }) => ip.includes(":") && (interfaces === "all" || interfaces.includes(name)))
      .map(({ ip }) => `${index} ${solicitedNodeGroup(parseIp(ip)?.value ?? 0n)}`)
  );
  return [open.sort(), [...new Set(joined)].sort()];
}

Deno.test("open sockets and joined groups follow from the present state alone", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const announcer = new Announcer(new Counters());
      const world = new World();
      const announced = new Map<string, Announcement>();
      let links: readonly Link[] = [];
      steps.forEach((step, index) => {
        const nowMs = index * 700;
        if (step.type === "announce") {
          announced.set(step.announcement.ip, step.announcement);
          world.apply(announcer.announce([step.announcement], nowMs));
        } else if (step.type === "withdraw") {
          announced.delete(step.ip);
          world.apply(announcer.withdraw([step.ip]));
        } else if (step.type === "links") {
          links = step.links;
          world.apply(announcer.setLinks(links, nowMs));
        } else world.apply(announcer.tick(nowMs));
        assertEquals([[...world.open].sort(), [...world.joined].sort()], wanted(announced, links));
      });
    }),
    { seed: 20300102, numRuns: 500 },
  );
});
