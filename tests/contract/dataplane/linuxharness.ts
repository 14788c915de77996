/** The real Worker in a node made of namespaces, with only the permissions that it has in production. */
import type { Command, Fact } from "../../../speaker/dataplane.ts";
import { libcPaths } from "../../../ffi/libc.ts";
import { fromHex, toHex } from "../../support/hex.ts";
import { JsonLinesProcess } from "../../support/jsonlines.ts";
import { NetSandbox, poll } from "../../support/netsandbox.ts";
import type { Harness } from "./harness.ts";

const root = new URL("../../../", import.meta.url).pathname;
const env = { DENO_NO_UPDATE_CHECK: "1" };
/** The command line that runs a module of this repository. */
export const deno: readonly string[] = [
  Deno.execPath(),
  "run",
  "--no-prompt",
  "--cached-only",
  `--config=${root}deno.json`,
];

/** The module that runs a data plane. */
export const hostModule = `${root}tests/contract/dataplane/host.ts`;

/** What the Worker needs, and not more: libc, and under `deno run` its own code. */
export const workerPermissions = [
  `--allow-ffi=${Object.values(libcPaths).join(",")}`,
  `--allow-read=${root}`,
] as const;

export interface LinuxHarness extends Harness {
  readonly sandbox: NetSandbox;
  /** The process with the data plane. */
  readonly host: JsonLinesProcess<Fact>;
}

/** A node with the loopback alone. `wrapper` is put before the data plane's command line. */
export async function openLinuxHarness(wrapper: readonly string[] = []): Promise<LinuxHarness> {
  const sandbox = await NetSandbox.open();
  // Addresses are usable at once, so that no test waits for duplicate address detection.
  await sandbox.shell("echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad");
  await sandbox.peerShell("echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6");
  const facts: Fact[] = [];
  const listeners: ((fact: Fact) => void)[] = [];
  const onFact = (fact: Fact) => {
    facts.push(fact);
    listeners.forEach((listener) => listener(fact));
  };
  const host = new JsonLinesProcess<Fact>(
    sandbox.inNode(...wrapper, ...deno, ...workerPermissions, hostModule),
    onFact,
    env,
  );
  const seen = new Map<string, Uint8Array[]>();
  const wire = new JsonLinesProcess<{ link: string; frame: string }>(
    sandbox.inPeer(...deno, "-A", `${root}tests/contract/dataplane/wire.ts`),
    ({ link, frame }) => {
      const frames = seen.get(link) ?? [];
      seen.set(link, frames);
      if (frame !== "") frames.push(fromHex(frame));
    },
    env,
  );
  return {
    sandbox,
    host,
    facts,
    dataplane: {
      send: (command: Command) => host.send(command),
      onFact: (listener) => void listeners.push(listener),
    },
    addLink: async (name, mac) => {
      await sandbox.shell(
        `ip link add ${name} address ${mac} type veth peer name ${name} netns peer
         ip -n peer link set ${name} up`,
      );
      wire.send({ link: name, frame: "" });
      await poll(`the wire of ${name} is listened to`, () => seen.has(name));
      await sandbox.shell(`ip link set ${name} up`);
    },
    removeLink: async (name) => void await sandbox.shell(`ip link del ${name}`),
    setUp: async (name, up) => void await sandbox.shell(`ip link set ${name} ${up ? "up" : "down"}`),
    put: (name, frame) => wire.send({ link: name, frame: toHex(frame) }),
    seen: (name) => seen.get(name) ?? [],
    groups: (name) => joinedGroups(sandbox, name),
    until: poll,
    close: async () => {
      await sandbox.close();
      await Promise.all([host.kill(), wire.kill()]);
    },
  };
}

/** The groups of an interface, from the kernel's table. */
async function joinedGroups(sandbox: NetSandbox, name: string): Promise<ReadonlySet<bigint>> {
  const table = await sandbox.shell("cat /proc/self/net/igmp6");
  const rows = table.split("\n").map((line) => line.trim().split(/\s+/)).filter(([, link]) => link === name);
  return new Set(rows.map(([, , group]) => BigInt(`0x${group}`)));
}
