/** Two replicas: who takes over, how fast, and what a leader that was paused may still do. */
import { assert, assertEquals } from "@std/assert";
import { services } from "../../../kube/resources.ts";
import { kubernetesBinaries } from "../../lab/controlplane/binaries.ts";
import { until } from "../../lab/wait.ts";
import { skippable } from "../../support/skip.ts";
import { embeddedServer, realServer, type ServerUnderTest } from "../kube/servers.ts";
import { Bed, patienceMs } from "./bed.ts";
import { ProcessReplica } from "./processreplica.ts";
import { Witness } from "./witness.ts";

const binaries = await kubernetesBinaries();
const noReal = "unavailable" in binaries ? binaries.unavailable : null;

type Play = (bed: Bed, witness: Witness) => Promise<void>;

/** `play` with a witness, who must have seen no offence. */
async function watched(
  start: () => Promise<ServerUnderTest>,
  addresses: readonly string[],
  play: Play,
): Promise<void> {
  const server = await start();
  const bed = await Bed.make(server, addresses);
  const witness = await Witness.of(bed);
  try {
    await play(bed, witness);
    assertEquals(witness.offences, []);
  } finally {
    await witness.end();
    await bed.end();
    await server.stop();
  }
}

const servers:
  readonly (readonly [label: string, skip: string | null, start: () => Promise<ServerUnderTest>])[] = [
    ["the embedded API server", null, embeddedServer],
    ["a real API server", noReal, () => {
      if ("unavailable" in binaries) throw new Error(binaries.unavailable);
      return realServer(binaries);
    }],
  ];

for (const [label, skip, start] of servers) {
  Deno.test({
    ...skippable(
      `replicas on ${label}: after a graceful stop the standby takes over in less than a second`,
      skip,
    ),
    fn: () =>
      watched(start, ["10.0.0.0/24"], async (bed, witness) => {
        let leader = bed.replica("leader-0");
        await leader.caughtUp();
        for (let round = 1; round <= 3; round++) {
          const standby = bed.replica(`leader-${round}`);
          await until(
            "the standby waits",
            patienceMs,
            () => standby.said("leaderWaiting") > 0 || undefined,
            5,
          );
          await bed.service(`before-${round}`);
          await bed.served(2 * round - 1);
          const startMs = performance.now();
          await Promise.all([bed.stop(leader), bed.service(`after-${round}`)]);
          await bed.served(2 * round);
          const tookMs = (witness.firstMs.get(`after-${round}`) ?? Infinity) - startMs;
          assert(tookMs < 1_000, `round ${round}: the takeover took ${Math.round(tookMs)} ms`);
          assertEquals(await bed.holder(), `leader-${round}`);
          leader = standby;
        }
      }),
  });
}

Deno.test("replicas: after a crash the standby acts when the Lease has run out", () =>
  watched(embeddedServer, ["10.0.0.0/24"], async (bed, witness) => {
    const crashing = await ProcessReplica.acting(bed, "3s");
    try {
      const standby = bed.replica("standby", 3_000);
      await bed.service("before");
      await bed.served(1);
      await until("the standby waits", patienceMs, () => standby.said("leaderWaiting") > 0 || undefined, 5);
      const startMs = performance.now();
      crashing.signal("SIGKILL");
      await bed.service("after");
      await bed.served(2);
      const tookMs = (witness.firstMs.get("after") ?? Infinity) - startMs;
      // Half a second for a machine that is busy with other things.
      assert(tookMs < 3_500, `the takeover took ${Math.round(tookMs)} ms, and the Lease 3000`);
    } finally {
      await crashing.end();
    }
  }));

Deno.test("replicas: a leader that is paused amid its writes and wakes up after the takeover gives nothing twice", () =>
  watched(embeddedServer, ["10.0.0.0/25"], async (bed, witness) => {
    const { faults } = bed.server;
    assert(faults !== undefined);
    const paused = await ProcessReplica.acting(bed, "2s");
    try {
      const standby = bed.replica("standby", 2_000);
      await until("the standby waits", patienceMs, () => standby.said("leaderWaiting") > 0 || undefined, 5);
      const endSlowness = faults.slow(150, { verb: "patch", resource: "services/status" });
      const names = Array.from({ length: 128 }, (_, index) => `s${String(index).padStart(3, "0")}`);
      await Promise.all(names.map((name) => bed.service(name)));
      await until("some are served", patienceMs, () => witness.firstMs.size > 0 || undefined, 1);
      paused.signal("SIGSTOP");
      endSlowness();
      await until("the standby acts", patienceMs, () => standby.said("caughtUp") > 0 || undefined, 5);
      const early = witness.firstMs.size;
      assert(early < names.length, "the pause came too late to tell anything");
      await bed.served(names.length);
      paused.signal("SIGCONT");
      await until("the paused one knows", patienceMs, () => paused.said("leadershipEnded") || undefined, 5);
      // All of them are given; one more finds the pool empty, also for the one that comes back.
      await bed.service("late");
      await until("the late one waits", patienceMs, async () => {
        return (await bed.events()).some((event) => event.startsWith("late AllocationFailed")) || undefined;
      });
      await bed.stop(standby);
      await until("the other acts again", patienceMs, async () => (await bed.holder()) !== "" || undefined);
      await bed.api.delete(services, "default", "s000");
      await bed.served(names.length);
    } finally {
      await paused.end();
    }
  }));
