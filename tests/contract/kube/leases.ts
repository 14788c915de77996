/** Leases: as objects, and as what elections and speakers make of them. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { systemClock } from "../../../kube/clock.ts";
import { runLeaderElection } from "../../../kube/leaderelection.ts";
import { leaseTime, readLease, trimLease, writeLease } from "../../../kube/leases.ts";
import { keepNodeLease, speakerLeaseSelector } from "../../../kube/nodelease.ts";
import { leases } from "../../../kube/resources.ts";
import { type ContractCase, eventually, refusal, type World } from "./world.ts";

function candidate(world: World, identity: string) {
  const abort = new AbortController();
  const self = { acting: undefined as AbortSignal | undefined };
  const done = runLeaderElection({
    api: world.client(),
    clock: systemClock,
    random: Math.random,
    log: world.log,
    namespace: world.namespace,
    name: "pewter-controller",
    identity,
    leaseDurationMs: 2_000,
    renewDeadlineMs: 1_500,
    retryPeriodMs: 150,
    onElected: ({ acting }) => {
      self.acting = acting;
      return endOf(acting);
    },
  }, abort.signal);
  const stop = async () => {
    abort.abort();
    await done;
  };
  world.after(stop);
  return { identity, acts: () => self.acting !== undefined && !self.acting.aborted, stop };
}

/** A term in which nothing has to end. */
function endOf(acting: AbortSignal): Promise<string> {
  return new Promise((resolve) => acting.addEventListener("abort", () => resolve(""), { once: true }));
}

export const leaseCases: readonly ContractCase[] = [
  {
    name: "a Lease is made, read, renewed with the current resourceVersion only, and given back",
    run: async ({ api, namespace }) => {
      assertEquals(await readLease(api, namespace, "l"), undefined);
      const time = leaseTime(Date.now());
      const wish = {
        namespace,
        name: "l",
        holder: "me",
        durationMs: 1_500,
        acquireTime: time,
        renewTime: time,
        transitions: 0,
      };
      const made = await writeLease(api, wish, undefined);
      assertEquals([made.holder, made.durationMs, made.renewTime], ["me", 2_000, time]);
      assertEquals(await refusal(writeLease(api, wish, undefined)), "409 AlreadyExists");
      const later = leaseTime(Date.now() + 1_000);
      const renewed = await writeLease(api, { ...wish, renewTime: later }, made.resourceVersion);
      assertEquals([renewed.renewTime, renewed.acquireTime], [later, time]);
      assertEquals(await refusal(writeLease(api, wish, made.resourceVersion)), "409 Conflict");
      const released = await writeLease(api, { ...wish, holder: "" }, renewed.resourceVersion);
      assertEquals(released.holder, "");
      assertEquals(await readLease(api, namespace, "l"), released);
    },
  },
  {
    name: "a renewal of a Lease that was deleted makes it again, for one of those who try",
    run: async ({ api, namespace }) => {
      const time = leaseTime(Date.now());
      const wish = {
        namespace,
        name: "l",
        holder: "me",
        durationMs: 2_000,
        acquireTime: time,
        renewTime: time,
        transitions: 0,
      };
      const { resourceVersion } = await writeLease(api, wish, undefined);
      await api.delete(leases, namespace, "l");
      const made = await writeLease(api, wish, resourceVersion);
      assertEquals(made.holder, "me");
      assertEquals(
        await refusal(writeLease(api, { ...wish, holder: "other" }, resourceVersion)),
        "409 Conflict",
      );
    },
  },
  {
    name: "of two candidates one acts, and the other within a second of its leaving",
    run: async (world) => {
      const both = [candidate(world, "a"), candidate(world, "b")];
      await eventually("one acts", () => both.some(({ acts }) => acts()));
      const [leader, other] = both[0]?.acts() ? both : both.reverse();
      assert(leader !== undefined && other !== undefined);
      assert(!other.acts());
      const startedMs = performance.now();
      await leader.stop();
      await eventually("the other acts", () => other.acts());
      assert(performance.now() - startedMs < 1_500);
      const lease = await readLease(world.api, world.namespace, "pewter-controller");
      assertEquals([lease?.holder, lease?.transitions], [other.identity, 1]);
    },
  },
  {
    name: "a speaker's Lease is found by its label, renewed and released",
    run: async (world) => {
      const { api, namespace, log } = world;
      const abort = new AbortController();
      const options = { namespace, nodeName: "n1", leaseDurationMs: 3_000, renewIntervalMs: 100 };
      const done = keepNodeLease(
        { api, clock: systemClock, random: Math.random, log, ...options },
        abort.signal,
      );
      const list = async () =>
        (await api.list(leases, trimLease, { namespace, labelSelector: speakerLeaseSelector })).items;
      await eventually("a Lease", async () => (await list()).length === 1);
      const [first] = await list();
      assertEquals([first?.name, first?.holder], ["pewter-speaker-n1", "n1"]);
      assertMatch(first?.renewTime ?? "", /\.\d{6}Z$/);
      await eventually("a renewal", async () => (await list())[0]?.renewTime !== first?.renewTime);
      abort.abort();
      await done;
      assertEquals((await list()).map(({ holder }) => holder), [""]);
    },
  },
];
