import { assertEquals } from "@std/assert";
import { parseIp } from "../../../core/ip.ts";
import { describeLinks } from "../../../speaker/l2/interfaces.ts";
import type { AddressMessage } from "../../../speaker/netlink/address.ts";
import { linkFlags, type LinkMessage, operStates } from "../../../speaker/netlink/link.ts";

const { up, broadcast, loopback, noArp, lowerUp } = linkFlags;

const eth0: LinkMessage = {
  family: 0,
  hardwareType: 1,
  index: 2,
  flags: up | broadcast | lowerUp,
  name: "eth0",
  mac: "02:00:00:00:00:01",
  master: null,
  operState: operStates.up,
};

function address(text: string, flags = 0x80): AddressMessage {
  const ip = parseIp(text);
  if (ip === null) throw new Error(text);
  return { link: 2, ip, prefixLength: 64, flags };
}

const linkLocal = address("fe80::1");

function answers(change: Partial<LinkMessage>, addresses = [linkLocal], exclude = false): string {
  const [link] = describeLinks([{ ...eth0, ...change }], addresses, () => exclude);
  return [link?.arp ? "arp" : "", link?.ndp ? "ndp" : ""].filter((part) => part !== "").join("+");
}

Deno.test("an Ethernet interface that is up answers ARP, and NDP with a link-local address", () => {
  assertEquals(answers({}), "arp+ndp");
  assertEquals(answers({}, []), "arp");
  assertEquals(answers({}, [address("192.0.2.1"), address("2001:db8::1")]), "arp");
});

Deno.test("what isn't usable answers nothing", () => {
  assertEquals(answers({ flags: broadcast | lowerUp }), "");
  assertEquals(answers({ master: 7 }), "");
  assertEquals(answers({ flags: eth0.flags | noArp }), "");
  assertEquals(answers({}, [linkLocal], true), "");
});

Deno.test("the loopback, tunnels and InfiniBand answer nothing", () => {
  assertEquals(answers({ flags: up | loopback | lowerUp, hardwareType: 772, mac: "" }), "");
  assertEquals(answers({ flags: up | lowerUp, hardwareType: 65534, mac: "" }), "");
  assertEquals(
    answers({ hardwareType: 32, mac: "80:00:02:08:fe:80:00:00:00:00:00:00:00:02:c9:03:00:00:00:01" }),
    "",
  );
});

Deno.test("a point-to-point Ethernet interface answers NDP only", () => {
  assertEquals(answers({ flags: up | lowerUp }), "ndp");
});

Deno.test("no carrier doesn't close the responder, but the link isn't running", () => {
  const down = { flags: up | broadcast, operState: operStates.down };
  assertEquals(answers(down), "arp+ndp");
  const running = (change: Partial<LinkMessage>) =>
    describeLinks([{ ...eth0, ...change }], [], () => false)[0]?.running;
  assertEquals(running({}), true);
  assertEquals(running(down), false);
  assertEquals(running({ operState: operStates.unknown }), true);
  assertEquals(running({ operState: operStates.dormant }), false);
  assertEquals(running({ operState: operStates.lowerLayerDown }), false);
  assertEquals(running({ flags: broadcast | lowerUp }), false);
});

Deno.test("tentative and failed addresses don't count", () => {
  const [tentative, failed] = [address("fe80::1", 0x40 | 0x80), address("fe80::1", 0x08 | 0x80)];
  assertEquals(answers({}, [tentative]), "arp");
  assertEquals(answers({}, [failed]), "arp");
  const [link] = describeLinks(
    [eth0],
    [tentative, failed, address("2001:db8::1"), address("192.0.2.1")],
    () => false,
  );
  assertEquals(link?.addresses, ["192.0.2.1/64", "2001:db8::1/64"]);
});

Deno.test("addresses belong to their own link, and those of unknown links to none", () => {
  const links = describeLinks([eth0, { ...eth0, index: 3, name: "eth1" }], [linkLocal, {
    ...linkLocal,
    link: 9,
  }], () => false);
  assertEquals(links.map(({ name, addresses, ndp }) => [name, addresses, ndp]), [
    ["eth0", ["fe80::1/64"], true],
    ["eth1", [], false],
  ]);
});

Deno.test("febf:: is still link-local, fec0:: is not", () => {
  assertEquals(answers({}, [address("febf::1")]), "arp+ndp");
  assertEquals(answers({}, [address("fec0::1")]), "arp");
});
