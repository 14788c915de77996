/** Leases under chance: crashes, outages, hanging API servers, late writes. Who lives is never taken for dead. */
import { assert, assertEquals } from "@std/assert";
import { Liveness, type LivenessInput } from "../../../speaker/liveness.ts";
import { pick, seededRandom } from "../../support/seededrandom.ts";

const durationMs = 3000;
const renewMs = 1000;
/** The longest that a healthy API server takes for a renewal and for telling of it. */
const latencyMs = 200;
const names = ["a", "b", "c", "d"];
const own = "a";

interface Speaker {
  nextMs: number;
  version: number;
  crashedMs: number | null;
}

/** A cluster as node a's speaker sees it, in steps of 10 ms. */
class Simulation {
  readonly liveness = new Liveness({
    ownLease: own,
    leaseDurationMs: durationMs,
    renewIntervalMs: renewMs,
  });
  readonly #random: () => number;
  readonly #speakers = new Map<string, Speaker>();
  readonly #deliveries: { readonly atMs: number; readonly input: LivenessInput }[] = [];
  nowMs = 0;
  /** Until when the API server answers nobody. */
  outageUntilMs = 0;
  lastOutageMs = -Infinity;

  constructor(random: () => number) {
    this.#random = random;
    for (const name of names) {
      this.#speakers.set(name, { nextMs: random() * renewMs, version: 1, crashedMs: null });
    }
    const items = names.map((name) => this.#lease(name));
    this.liveness.observe({ type: "synced", items }, 0);
  }

  crash(name: string): void {
    const speaker = this.#speakers.get(name);
    if (speaker !== undefined && name !== own) speaker.crashedMs ??= this.nowMs;
  }

  revive(name: string): void {
    const speaker = this.#speakers.get(name);
    if (speaker !== undefined) speaker.crashedMs = null;
  }

  outage(ms: number): void {
    this.outageUntilMs = this.nowMs + ms;
  }

  get down(): boolean {
    return this.nowMs < this.outageUntilMs;
  }

  crashedMs(name: string): number | null {
    return this.#speakers.get(name)?.crashedMs ?? null;
  }

  /** Those taken for alive. */
  live(): readonly string[] {
    return [...this.liveness.verdict(this.nowMs).leases].sort();
  }

  step(): void {
    this.nowMs += 10;
    if (this.down) this.lastOutageMs = this.nowMs;
    for (const [name, speaker] of this.#speakers) {
      if (speaker.crashedMs !== null || this.nowMs < speaker.nextMs) continue;
      speaker.nextMs = this.nowMs + renewMs;
      if (this.down) {
        // It tries again soon, as a client does.
        speaker.nextMs = this.nowMs + 200 + this.#random() * 300;
        continue;
      }
      speaker.version++;
      const atMs = this.nowMs + this.#random() * latencyMs;
      this.#deliveries.push({ atMs, input: { type: "changed", object: this.#lease(name) } });
    }
    const due = this.#deliveries.filter(({ atMs }) => atMs <= this.nowMs && !this.down);
    for (const each of due) {
      this.#deliveries.splice(this.#deliveries.indexOf(each), 1);
      this.liveness.observe(each.input, this.nowMs);
    }
    this.liveness.judge(this.nowMs);
  }

  #lease(name: string) {
    const version = this.#speakers.get(name)?.version ?? 1;
    return { name, holder: name, durationMs, resourceVersion: String(version) };
  }
}

Deno.test("a speaker that lives is never taken for dead, whatever the API server does", () => {
  let outages = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const random = seededRandom(seed);
    const simulation = new Simulation(random);
    while (simulation.nowMs < 120_000) {
      // Within 2 s everyone who lives gets a renewal through; one who doesn't for a whole duration is dead by definition.
      if (simulation.nowMs > simulation.outageUntilMs + 2000 && random() < 0.003) {
        simulation.outage(pick(random, [100, 500, 900, 1500, 2500, 4000, 10_000, 30_000]));
        outages++;
      }
      simulation.step();
      assertEquals(simulation.live(), names, `seed ${seed}, ${simulation.nowMs} ms`);
    }
  }
  assert(outages > 200);
});

Deno.test("one that crashed is dead 3 to 4.5 s after its last renewal, once the API server is in reach", () => {
  let judged = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const random = seededRandom(seed);
    const simulation = new Simulation(random);
    while (simulation.nowMs < 60_000) {
      if (random() < 0.0005) simulation.crash(pick(random, names));
      if (random() < 0.0005) simulation.revive(pick(random, names));
      if (!simulation.down && random() < 0.0003) simulation.outage(random() * 20_000);
      simulation.step();
      const live = simulation.live();
      for (const name of names) {
        const crashedMs = simulation.crashedMs(name);
        if (crashedMs === null) continue;
        const sinceMs = simulation.nowMs - Math.max(crashedMs, simulation.lastOutageMs);
        if (sinceMs > durationMs + 1500 + latencyMs) {
          assert(!live.includes(name), `seed ${seed}: ${name} has been silent for ${sinceMs} ms`);
          judged++;
        }
      }
    }
  }
  assert(judged > 1000);
});

Deno.test("while the API server is out of reach, nobody's standing changes", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = seededRandom(seed);
    const simulation = new Simulation(random);
    for (let step = 0; step < 500; step++) simulation.step();
    simulation.crash(pick(random, names));
    for (let step = 0; step < random() * 600; step++) simulation.step();
    simulation.outage(60_000);
    // What was due when it began may still be judged: it was seen that no renewal came.
    for (let step = 0; step < 300; step++) simulation.step();
    const before = simulation.live();
    while (simulation.down) {
      simulation.step();
      assertEquals(simulation.live(), before, `seed ${seed}, ${simulation.nowMs} ms`);
    }
  }
});

Deno.test("judging at the time that it names, and at no other, is enough", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = seededRandom(seed);
    const options = { ownLease: own, leaseDurationMs: durationMs, renewIntervalMs: renewMs };
    const often = new Liveness(options), seldom = new Liveness(options);
    let nextMs = 0;
    for (let nowMs = 0; nowMs < 30_000; nowMs += 10) {
      if (nowMs >= nextMs) {
        nextMs = nowMs + random() * 800;
        const object = { name: pick(random, names), holder: "x", durationMs, resourceVersion: String(nowMs) };
        const input: LivenessInput = nowMs === 0
          ? { type: "synced", items: [object] }
          : { type: "changed", object };
        for (const each of [often, seldom]) each.observe(input, nowMs);
        seldom.judge(nowMs);
      } else if (nowMs >= seldom.nextDueMs(nowMs - 10)) seldom.judge(nowMs);
      often.judge(nowMs);
      assertEquals([...seldom.verdict(nowMs).leases].sort(), [...often.verdict(nowMs).leases].sort());
    }
  }
});
