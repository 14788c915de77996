/** The controller against an oracle, under changes by chance. */
import { assert, assertEquals } from "@std/assert";
import type { Effect } from "../../../controller/effects.ts";
import type { Machine } from "../../../controller/machine.ts";
import { seededRandom } from "../../support/seededrandom.ts";
import { Chaos } from "./chaos.ts";
import { admits, familiesOf, Oracle, type OracleService, type OracleWorld } from "./oracle.ts";

const runs = 60;
const batches = 50;

for (let seed = 1; seed <= runs; seed++) {
  Deno.test(`controller against the oracle, seed ${seed}: ${batches} batches of changes`, () => {
    const random = seededRandom(seed);
    const chaos = new Chaos(random);
    const trial = new Trial(chaos, random);
    for (let batch = 0; batch < batches; batch++) {
      const before = chaos.world();
      chaos.batch();
      const restarted = random() < 0.15;
      if (restarted) trial.restart();
      const changed = chaos.world();
      // Sometimes the world goes on while writes are still on their way.
      const late = random() < 0.2 ? trial.step() : [];
      if (late.length > 0) chaos.batch();
      trial.settle(late);
      const after = chaos.world();
      assertLawful(after);
      if (late.length === 0) assertNobodyMoved(before, changed, after, restarted);
      assertCounters(chaos, after);
      trial.assertSettled();
    }
  });
}

/** The machine and the oracle, step by step side by side. */
class Trial {
  readonly #chaos: Chaos;
  readonly #random: () => number;
  #oracle = new Oracle();

  constructor(chaos: Chaos, random: () => number) {
    this.#chaos = chaos;
    this.#random = random;
    chaos.cluster.restart();
  }

  /** The controller ends, and comes back; the order in which it hears of things must not matter. */
  restart(): void {
    const { cluster } = this.#chaos;
    cluster.restart();
    this.#oracle = new Oracle();
    const [one, other] = [cluster.newMachine(), cluster.newMachine()];
    one.step(cluster.lists());
    other.step(cluster.lists((items) => this.#shuffled(items)));
    assertEquals(decided(other), decided(one), "the order of arrival matters");
  }

  step(): readonly Effect[] {
    const { cluster } = this.#chaos;
    const expected = this.#oracle.decide(this.#chaos.world());
    const effects = cluster.step();
    assertEquals(decided(cluster.machine), sorted(expected));
    return effects;
  }

  /** Until nothing is left to write. */
  settle(late: readonly Effect[]): void {
    const { cluster } = this.#chaos;
    cluster.carryOut(late);
    for (let round = 0; round < 10; round++) {
      if (cluster.carryOut(this.step()).length === 0) return;
    }
    throw new Error("the machine goes on writing");
  }

  /** What is decided is written, nothing is left to do, and a new process would change nothing. */
  assertSettled(): void {
    const { cluster } = this.#chaos;
    const world = this.#chaos.world();
    const written = world.services.filter(({ handled }) => handled).map(({ key, status }) =>
      [key, status] as const
    );
    assertEquals(sorted(new Map(written)), decided(cluster.machine), "the statuses are not as decided");
    for (const service of world.services) {
      assert(!this.#oracle.couldTakeMore(service, world), `${service.key} waits for what is free`);
    }
    assertEquals(writes(cluster.step()), [], "a second look writes");
    const fresh = cluster.newMachine();
    assertEquals(writes(fresh.step(cluster.lists((items) => this.#shuffled(items)))), [], "a restart writes");
    assertEquals(decided(fresh), decided(cluster.machine), "a restart moves an address");
  }

  #shuffled<T>(items: readonly T[]): readonly T[] {
    const keyed = items.map((item) => ({ item, at: this.#random() }));
    return keyed.sort((a, b) => a.at - b.at).map(({ item }) => item);
  }
}

/** Addresses by Service, as decided. */
function decided(machine: Machine): Map<string, readonly string[]> {
  const entries = [...machine.decisions].map(([key, { ips }]) => [key, ips.map(({ text }) => text)] as const);
  return sorted(new Map(entries));
}

function sorted<T>(map: ReadonlyMap<string, T>): Map<string, T> {
  return new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function writes(effects: readonly Effect[]): readonly Effect[] {
  return effects.filter(({ type }) => type === "writeStatus" || type === "writePoolStatus");
}

/** Every address is in a pool that admits its Service, and nobody has another's address but by the rules of sharing. */
function assertLawful({ services, pools }: OracleWorld): void {
  const handled = services.filter((service) => service.handled && service.status.length > 0);
  for (const service of handled) {
    for (const ip of service.status) {
      const pool = pools.find(({ addresses }) => addresses.includes(ip));
      assert(pool !== undefined, `${ip} of ${service.key} is in no pool`);
      assert(admits(pool, service), `${service.key} has ${ip} of a pool that doesn't admit it`);
      assert(!pool.avoidsBuggy || !/\.(0|255)$/.test(ip), `${service.key} has ${ip}, which is to be avoided`);
    }
    const partly = service.policy === "PreferDualStack" && service.families === "46";
    assert(
      partly || familiesOf(service.status) === service.families,
      `${service.key} has the wrong families`,
    );
  }
  for (const [index, a] of handled.entries()) {
    for (const b of handled.slice(index + 1)) {
      if (!a.status.some((ip) => b.status.includes(ip))) continue;
      const lawful = a.sharingKey !== "" && a.sharingKey === b.sharingKey && a.backend === b.backend &&
        !a.ports.some((port) => b.ports.includes(port));
      assert(lawful, `${a.key} and ${b.key} share an address and may not`);
    }
  }
}

/** A Service that nobody touched keeps its addresses, in their order, while their pool allows it. */
function assertNobodyMoved(
  before: OracleWorld,
  changed: OracleWorld,
  after: OracleWorld,
  restarted: boolean,
): void {
  for (const service of before.services) {
    const now = changed.services.find(({ key }) => key === service.key);
    const then = after.services.find(({ key }) => key === service.key);
    if (!service.handled || now === undefined || then === undefined || !same(service, now)) continue;
    const mayStay = service.status.every((ip) => {
      const pool = after.pools.find(({ addresses }) => addresses.includes(ip));
      return pool !== undefined && admits(pool, now) && !(pool.avoidsBuggy && /\.(0|255)$/.test(ip)) &&
        (now.wishedPool === null || now.wishedPool === pool.name);
    });
    // A new process can't tell which of two that no longer get on had the address to itself, or changed: the older has it.
    const disputed = restarted &&
      changed.services.some((other) =>
        other.status.some((ip) => service.status.includes(ip)) &&
        !before.services.some((former) => same(former, other))
      );
    if (!mayStay || disputed) continue;
    assertEquals(then.status.slice(0, service.status.length), service.status, "moved without cause");
  }
}

function same(a: OracleService, b: OracleService): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function assertCounters({ cluster }: Chaos, { services, pools }: OracleWorld): void {
  const used = new Set(services.filter(({ handled }) => handled).flatMap(({ status }) => status));
  for (const { name, addresses, avoidsBuggy } of pools) {
    const capacity = addresses.filter((ip) => !(avoidsBuggy && /\.(0|255)$/.test(ip)));
    const count = (family: string) => {
      const all = capacity.filter((ip) => familiesOf([ip]) === family);
      const assigned = all.filter((ip) => used.has(ip)).length;
      return `${family}: ${assigned}/${all.length - assigned}`;
    };
    assertEquals(cluster.counters(name), `${count("4")}, ${count("6")}`, `counters of ${name}`);
  }
}
