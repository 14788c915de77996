/**
 * A data plane for tests: the real decisions and codecs on a network in memory. Facts arrive as they would from the
 * Worker: never within `send`, always in order. The same contract suite holds for both.
 */
import type { Clock } from "../../core/clock.ts";
import type { Command, Dataplane, Fact } from "../../speaker/dataplane.ts";
import { DataplaneLoop } from "../../speaker/io/dataplane.ts";
import { FakeClock } from "./fakeclock.ts";
import { FakeNetwork } from "./fakenetwork.ts";

export class FakeDataplane implements Dataplane {
  /** What was sent so far. */
  readonly commands: Command[] = [];
  /** The node's interfaces, for a test to set, to put frames on and to look at. */
  readonly network: FakeNetwork;
  readonly #loop: DataplaneLoop;
  readonly #listeners: ((fact: Fact) => void)[] = [];
  readonly #early: Fact[] = [];
  #ended = false;

  constructor(clock: Clock = new FakeClock()) {
    this.network = new FakeNetwork(clock);
    this.#loop = new DataplaneLoop(this.network, (fact) => this.inject(fact));
  }

  send(command: Command): void {
    if (this.#ended) return;
    // As over postMessage, neither side sees later changes by the other.
    const copy = structuredClone(command);
    this.commands.push(copy);
    queueMicrotask(() => this.#loop.command(copy));
  }

  onFact(listener: (fact: Fact) => void): void {
    this.#listeners.push(listener);
    for (const fact of this.#early.splice(0)) listener(fact);
  }

  /** A fact that no command or frame has brought about, such as a failure. */
  inject(fact: Fact): void {
    const copy = structuredClone(fact);
    queueMicrotask(() => this.#deliver(copy));
  }

  /** The addresses that are announced now, by what was sent; sorted. */
  get announced(): string[] {
    const ips = new Set<string>();
    for (const command of this.commands) {
      if (command.type === "announce") command.announcements.forEach(({ ip }) => ips.add(ip));
      else if (command.type === "withdraw") command.ips.forEach((ip) => ips.delete(ip));
      else if (command.type === "stop") ips.clear();
    }
    return [...ips].sort();
  }

  #deliver(fact: Fact): void {
    if (this.#ended) return;
    this.#ended = fact.type === "stopped" || fact.type === "failed";
    if (this.#listeners.length === 0) this.#early.push(fact);
    for (const listener of this.#listeners) listener(fact);
  }
}
