/** The data plane against the kernel's own neighbour tables and other people's tools. */
import { assert, assertEquals } from "@std/assert";
import type { Command, Fact, Link } from "../../../speaker/dataplane.ts";
import { arpRequestHex } from "../../golden/speaker/frames.ts";
import { fromHex, toHex } from "../../support/hex.ts";
import { enteredPid, poll, sandboxMissing, toolMissing } from "../../support/netsandbox.ts";
import { skippable } from "../../support/skip.ts";
import { type LinuxHarness, openLinuxHarness } from "./linuxharness.ts";

const mac = "02:00:00:00:00:01";
const v4 = "192.0.2.10";
const v6 = "2001:db8::a";
const start: Command = { type: "start", excludeInterfaces: ["^lo$"] };
const announceBoth: Command = {
  type: "announce",
  announcements: [v4, v6].map((ip) => ({ ip, interfaces: "all" })),
};

function kernelTest(
  name: string,
  run: (harness: LinuxHarness) => Promise<void>,
  tool: string | null = null,
): void {
  const reason = sandboxMissing() ?? (tool === null ? null : toolMissing(tool));
  Deno.test({
    ...skippable(`data plane and kernel: ${name}`, reason),
    fn: async () => {
      const harness = await openLinuxHarness();
      try {
        await harness.addLink("eth0", mac);
        await harness.sandbox.peerShell(
          `echo 0 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6
           echo 1 >/proc/sys/net/ipv6/conf/eth0/accept_dad
           ip addr add 192.0.2.1/24 dev eth0
           ip addr add 2001:db8::1/64 dev eth0 nodad`,
        );
        harness.dataplane.send(start);
        await run(harness);
      } finally {
        await harness.close();
      }
    },
  });
}

async function announced(harness: LinuxHarness): Promise<void> {
  harness.dataplane.send(announceBoth);
  for (const wanted of [v4, v6]) {
    await poll(
      `${wanted} is announced`,
      () => harness.facts.some((fact) => fact.type === "announced" && fact.ip === wanted),
    );
  }
}

function links(harness: LinuxHarness): readonly Link[] {
  const fact = harness.facts.findLast(({ type }) => type === "links");
  return fact?.type === "links" ? fact.links : [];
}

async function requestsReceived(harness: LinuxHarness, ip: string): Promise<number> {
  const id = harness.facts.length;
  harness.dataplane.send({ type: "readCounters", id });
  let fact: Fact | undefined;
  await poll(
    "counters",
    () => (fact = harness.facts.find((fact) => fact.type === "counters" && fact.id === id)) !== undefined,
  );
  return fact?.type === "counters" ? fact.vips.find((vip) => vip.ip === ip)?.requestsReceived ?? 0 : 0;
}

/** The peer's neighbour entry for an address comes to contain all these words. */
async function neighbour(harness: LinuxHarness, ip: string, ...words: string[]): Promise<void> {
  await poll(`the neighbour ${ip}: ${words.join(" ")}`, async () => {
    const entry = await harness.sandbox.peerShell(`ip neigh show ${ip} dev eth0`);
    return words.every((word) => entry.includes(word));
  });
}

kernelTest("arping gets its answers", async (harness) => {
  await announced(harness);
  const text = await harness.sandbox.peerShell(`arping -c 3 -w 5 -I eth0 ${v4}`);
  assert(text.includes(mac), text);
  assertEquals(await requestsReceived(harness, v4), 3);
}, "arping");

kernelTest("ndisc6 accepts the advertisement", async (harness) => {
  await announced(harness);
  const text = await harness.sandbox.peerShell(`ndisc6 -r 3 -w 1000 ${v6} eth0`);
  assert(text.toLowerCase().includes(mac), text);
}, "ndisc6");

kernelTest("the kernel resolves both VIPs", async (harness) => {
  await announced(harness);
  await harness.sandbox.peerShell("ip neigh flush dev eth0");
  for (const ip of [v4, v6]) {
    // Nobody answers the ping itself; it makes the kernel resolve.
    await harness.sandbox.peerShell(`ping -c 1 -W 1 ${ip} || true`);
    await neighbour(harness, ip, mac, "REACHABLE");
  }
}, "ping");

kernelTest("unicast probes for reachability are answered", async (harness) => {
  await announced(harness);
  for (const ip of [v4, v6]) {
    const before = await requestsReceived(harness, ip);
    await harness.sandbox.peerShell(`ip neigh replace ${ip} lladdr ${mac} dev eth0 nud probe`);
    await neighbour(harness, ip, mac, "REACHABLE");
    assert(await requestsReceived(harness, ip) > before, `${ip} was not asked`);
  }
});

kernelTest("gratuitous frames put a wrong neighbour entry right", async (harness) => {
  for (const ip of [v4, v6]) {
    await harness.sandbox.peerShell(`ip neigh replace ${ip} lladdr 02:00:00:00:00:99 dev eth0 nud reachable`);
  }
  await announced(harness);
  for (const ip of [v4, v6]) await neighbour(harness, ip, mac);
});

kernelTest(
  "who takes a VIP for itself learns of the conflict by duplicate address detection",
  async (harness) => {
    await announced(harness);
    await harness.sandbox.peerShell(`ip addr add ${v6}/64 dev eth0`);
    await poll(
      "the address failed",
      async () =>
        (await harness.sandbox.peerShell(`ip -6 addr show dev eth0 to ${v6}`)).includes("dadfailed"),
    );
  },
);

kernelTest("a part of a bridge leaves answering to the bridge", async (harness) => {
  await announced(harness);
  await harness.sandbox.shell(
    "ip link add br0 address 02:00:00:00:00:bb type bridge; ip link set eth0 master br0; ip link set br0 up",
  );
  await poll("the bridge answers", () => links(harness).some(({ name, arp }) => name === "br0" && arp));
  assertEquals(links(harness).filter(({ arp, ndp }) => arp || ndp).map(({ name }) => name), ["br0"]);
  await harness.sandbox.peerShell(`ip neigh flush dev eth0; ping -c 1 -W 1 ${v4} || true`);
  await neighbour(harness, v4, "02:00:00:00:00:bb", "REACHABLE");
  await harness.sandbox.shell("ip link set eth0 nomaster");
  await poll("eth0 answers again", () => links(harness).some(({ name, arp }) => name === "eth0" && arp));
}, "ping");

kernelTest("a request in a VLAN that the node isn't in is not answered", async (harness) => {
  await announced(harness);
  const hex = toHex(fromHex(arpRequestHex));
  harness.put("eth0", fromHex(hex.slice(0, 24) + "81000064" + hex.slice(24)));
  harness.put("eth0", fromHex(hex));
  await poll(
    "the answer",
    () => harness.seen("eth0").some((frame) => toHex(frame).startsWith("020000000002")),
  );
  assertEquals(await requestsReceived(harness, v4), 1);
});

kernelTest("news that the kernel had to drop: all links are read again", async (harness) => {
  await announced(harness);
  const pid = await enteredPid(harness.host.pid);
  Deno.kill(pid, "SIGSTOP");
  await harness.sandbox.shell(
    `for n in $(seq 250); do echo "link add many$n type bridge"; echo "link set many$n up"; done | ip -batch -
     ip link del many250`,
  );
  Deno.kill(pid, "SIGCONT");
  await poll(
    "the overrun",
    () => harness.facts.some((fact) => fact.type === "log" && fact.event === "netlinkOverrun"),
  );
  await poll(
    "249 bridges",
    () => links(harness).filter(({ name }) => name.startsWith("many")).length === 249,
  );
  await harness.sandbox.peerShell(`ip neigh flush dev eth0; ping -c 1 -W 1 ${v4} || true`);
  await neighbour(harness, v4, mac, "REACHABLE");
}, "ping");

kernelTest("started and stopped again and again, it leaves nothing open", async (harness) => {
  const pid = await enteredPid(harness.host.pid);
  const openFiles = async () => (await Array.fromAsync(Deno.readDir(`/proc/${pid}/fd`))).length;
  const counts: number[] = [];
  for (let cycle = 1; cycle <= 4; cycle++) {
    if (cycle > 1) harness.dataplane.send(start);
    harness.dataplane.send(announceBoth);
    await poll(
      "announced",
      () => harness.facts.filter((fact) => fact.type === "announced" && fact.ip === v6).length === cycle,
    );
    harness.dataplane.send({ type: "stop" });
    await poll("stopped", () => harness.facts.filter(({ type }) => type === "stopped").length === cycle);
    assertEquals((await harness.sandbox.shell("cat /proc/self/net/packet")).trim().split("\n").length, 1);
    // The Worker's own files are closed shortly after its last word.
    if (cycle > 1) {
      await poll("its files are closed", async () => await openFiles() <= (counts[0] ?? 0));
    }
    counts.push(await openFiles());
  }
  const status = await harness.host.finish();
  assertEquals(status.success, true);
});

const dropped = ["setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw", "--"];
const only = ["setpriv", "--bounding-set=-all,+net_raw", "--inh-caps=-all", "--"];

Deno.test({
  ...skippable(
    "data plane and kernel: without CAP_NET_RAW it says so",
    sandboxMissing() ?? toolMissing("setpriv"),
  ),
  fn: async () => {
    const harness = await openLinuxHarness(dropped);
    try {
      harness.dataplane.send(start);
      await poll("its end", () => harness.facts.length > 0);
      const [fact] = harness.facts;
      assertEquals([fact?.type, fact?.type === "failed" && fact.errno], ["failed", "EPERM"]);
      const message = fact?.type === "failed" ? fact.message : "";
      assert(message.startsWith("EPERM: socket(AF_PACKET) needs CAP_NET_RAW: "), message);
    } finally {
      await harness.close();
    }
  },
});

Deno.test({
  ...skippable(
    "data plane and kernel: CAP_NET_RAW is the only capability it needs",
    sandboxMissing() ?? toolMissing("setpriv"),
  ),
  fn: async () => {
    const harness = await openLinuxHarness(only);
    try {
      await harness.addLink("eth0", mac);
      harness.dataplane.send(start);
      await announced(harness);
      harness.put("eth0", fromHex(arpRequestHex));
      await poll(
        "the answer",
        () => harness.seen("eth0").some((frame) => toHex(frame).startsWith("020000000002")),
      );
    } finally {
      await harness.close();
    }
  },
});
