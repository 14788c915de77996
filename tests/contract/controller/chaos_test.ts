/** The whole controller under API faults: it ends in the state that a calm run reaches. */
import { assert, assertEquals } from "@std/assert";
import { trimIPAddressPool } from "../../../crds/ipaddresspool.ts";
import { bgpPeers, ipAddressPools, services } from "../../../kube/resources.ts";
import type { Faults } from "../../lab/apiserver/faults.ts";
import { sleep, until } from "../../lab/wait.ts";
import { seededRandom } from "../../support/seededrandom.ts";
import { embeddedServer } from "../kube/servers.ts";
import { allocatedFrom, Bed, installation, patienceMs } from "./bed.ts";
import { Witness } from "./witness.ts";

/** What is left at the end, without what depends on when it happened. */
interface EndState {
  readonly services: readonly string[];
  readonly counters: readonly string[];
  readonly result: string;
  readonly errorSummary: string;
  /** As in `s00 IPAllocated`. */
  readonly events: readonly string[];
}

const name = (index: number) => `s${String(index).padStart(2, "0")}`;

/** Phases of a small cluster's life; what is under way when one ends makes no difference to the end. */
const phases: readonly ((bed: Bed) => Promise<void>)[] = [
  async (bed) => {
    for (let index = 0; index < 20; index++) await bed.service(name(index));
  },
  async (bed) => {
    await bed.create(ipAddressPools, "z-double", { addresses: ["10.0.0.0/28", "10.0.1.0/30"] });
    await bed.create(bgpPeers, "router", {
      myASN: 1,
      peerASN: 2,
      peerAddress: "192.0.2.1",
      bfdProfile: "gone",
    });
  },
  async (bed) => {
    for (let index = 0; index < 5; index++) await bed.api.delete(services, "default", name(index));
  },
  async (bed) => {
    for (let index = 20; index < 40; index++) await bed.service(name(index));
    await bed.service("asks", { "metallb.io/loadBalancerIPs": "10.0.1.3" });
  },
  async (bed) => {
    await bed.patch(ipAddressPools, "public", { spec: { addresses: ["10.0.0.0/28"] } });
  },
  async (bed) => {
    await bed.api.patch(services, "default", name(7), { spec: { type: "ClusterIP" } }, { type: "merge" });
  },
  async (bed) => {
    await bed.patch(ipAddressPools, "public", { spec: { addresses: ["10.0.0.0/27", "10.0.2.0/28"] } });
    await bed.api.delete(bgpPeers, installation, "router");
  },
];

/** Waits until nothing changes any more. */
async function quiet(bed: Bed): Promise<void> {
  let before = "";
  let since = performance.now();
  await until("nothing changes any more", patienceMs, async () => {
    const now = JSON.stringify([await bed.services(), await bed.state()]);
    if (now !== before) [before, since] = [now, performance.now()];
    return performance.now() - since > 1_500 || undefined;
  }, 50);
}

async function live(faults: ((faults: Faults, phase: number) => Promise<void>) | null): Promise<EndState> {
  const server = await embeddedServer();
  const bed = await Bed.make(server, ["10.0.0.0/27"]);
  const witness = await Witness.of(bed);
  try {
    assert(server.faults !== undefined);
    await bed.replica("one", 3_000).caughtUp();
    for (const [index, phase] of phases.entries()) {
      const disturbed = faults?.(server.faults, index);
      await phase(bed);
      await disturbed;
      server.faults.clear();
      await quiet(bed);
    }
    const twice = witness.offences.filter((offence) => offence.includes("was given to"));
    assertEquals(twice, []);
    return await endState(bed);
  } finally {
    await witness.end();
    await bed.end();
    await server.stop();
  }
}

async function endState(bed: Bed): Promise<EndState> {
  const { items } = await bed.api.list(ipAddressPools, trimIPAddressPool, { namespace: installation });
  const state = await bed.state();
  return {
    services: (await bed.services()).map(({ name, ingress, annotations }) =>
      `${name} ${ingress.map(({ ip }) => ip).join()} ${annotations[allocatedFrom] ?? ""}`
    ).sort(),
    counters: items.map(({ name, status }) =>
      `${name} ${status?.assignedIPv4} ${status?.availableIPv4} ${status?.assignedIPv6} ${status?.availableIPv6}`
    ).sort(),
    result: state?.status?.result ?? "",
    errorSummary: state?.status?.errorSummary ?? "",
    events: [...new Set((await bed.events()).map((event) => event.replace(/ x\d+$/, "")))].sort(),
  };
}

/** A storm for one phase, by chance: refusals, cuts, silence, forgotten history, an outage. */
function storm(seed: number) {
  const random = seededRandom(seed);
  const below = (count: number) => Math.floor(random() * count);
  const writes = { verb: "patch", resource: "services/status" } as const;
  const statuses = {
    verb: "patch",
    resource: ["services/status", "ipaddresspools/status", "configurationstates/status"],
  } as const;
  const kinds: readonly ((faults: Faults) => Promise<void>)[] = [
    (faults) => Promise.resolve(void faults.refuse({ ...writes, code: 409, times: 30 })),
    (faults) =>
      Promise.resolve(void faults.refuse({ verb: "get", resource: "services", code: 503, times: 5 })),
    (faults) =>
      Promise.resolve(void faults.refuse({ ...statuses, code: 429, times: 10, retryAfterSeconds: 1 })),
    (faults) => Promise.resolve(void faults.refuse({ ...writes, code: 500, times: 10 })),
    async (faults) => {
      for (let cut = 0; cut < 3; cut++) {
        await sleep(below(60));
        faults.cut({ resource: ["services", "ipaddresspools"] });
      }
    },
    async (faults) => {
      faults.expireHistory();
      faults.refuse({ verb: "watch", code: 410, times: 3 });
      faults.cut({});
      await sleep(below(100));
    },
    async (faults) => {
      const end = faults.stall({ resource: ["services", "services/status"] });
      await sleep(200 + below(300));
      end();
    },
    async (faults) => {
      const end = faults.slow(40, statuses);
      await sleep(300);
      end();
    },
  ];
  return async (faults: Faults): Promise<void> => {
    const chosen = Array.from({ length: 3 }, () => kinds[below(kinds.length)]);
    await Promise.all(chosen.map((kind) => kind?.(faults)));
  };
}

/** At long intervals the leader's Lease can't be renewed, and all watches are cut. */
async function outage(faults: Faults, phase: number): Promise<void> {
  if (phase % 2 === 0) return;
  await sleep(30);
  faults.cut({});
  const end = faults.stall({ resource: "leases" });
  await sleep(100);
  end();
}

Deno.test("chaos: whatever the API server does, the end is that of a calm run, which one could work out by hand", async () => {
  const disturbances = [storm(1), storm(2), storm(3), outage];
  // Side by side: each has a server of its own, and waits most of the time.
  const [calm, ...disturbed] = await Promise.all([null, ...disturbances].map(live));
  assert(calm !== undefined);
  for (const [index, end] of disturbed.entries()) assertEquals([index, end], [index, calm]);
  // 40 were made, 5 deleted, 1 is no LoadBalancer any more, and one asks; the pools hold 52.
  assertEquals(calm.services.length, 35);
  const wellFormed = /^\S+ 10\.0\.[012]\.\d+ (public|z-double)$/;
  assert(calm.services.every((line) => wellFormed.test(line)), calm.services.join("\n"));
  assert(calm.services.includes("asks 10.0.1.3 z-double"), calm.services.join("\n"));
  assertEquals(calm.result, "Invalid");
  assert(calm.errorSummary.startsWith("configuration error: IPAddressPool z-double, spec.addresses[0]: "));
  assert(!calm.errorSummary.includes("\n"), calm.errorSummary);
});
