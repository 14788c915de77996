/**
 * The controller as a machine: facts in, effects out. It only ever compares what shall be with what is, so a lost
 * effect or a repeated fact does no harm, and deciding twice changes nothing.
 */
import type { Problem } from "../core/problem.ts";
import { classIsOurs, type Service } from "../core/service.ts";
import { type CompiledPools, compilePools } from "../crds/pools.ts";
import { converge, extend, reserve } from "./converge.ts";
import { poolStatuses } from "./counters.ts";
import type { Decision } from "./decision.ts";
import type { Effect } from "./effects.ts";
import { Ledger } from "./ledger.ts";
import { ProblemReport } from "./problemreport.ts";
import { type Outcome, statusEffects } from "./servicestatus.ts";
import { type Input, World } from "./world.ts";

export interface MachineOptions {
  /** The installation's namespace. */
  readonly namespace: string;
  /** --lb-class */
  readonly loadBalancerClass: string;
}

export class Machine {
  readonly world: World;
  readonly #options: MachineOptions;
  #pools: CompiledPools = compilePools([], []);
  readonly #ledger = new Ledger(this.#pools);
  readonly #decisions = new Map<string, Decision>();
  /** Services that would take an address that somebody gives up. */
  readonly #waiting = new Set<string>();
  readonly #report: ProblemReport;
  #started = false;

  /** `world` may know something already: whoever starts to decide decides about everything in it. */
  constructor(options: MachineOptions, world: World = new World(options.namespace)) {
    this.#options = options;
    this.world = world;
    this.#report = new ProblemReport(world);
  }

  /** Decides about all that changed; nothing before every kind that decides about addresses was listed. */
  step(inputs: readonly Input[]): readonly Effect[] {
    for (const input of inputs) this.world.take(input);
    if (!this.world.complete) return [];
    const changes = this.world.takeChanges();
    const everything = changes.pools || !this.#started;
    if (everything) this.#compilePools();
    if (!this.#started) this.#reserveAll();
    this.#started = true;
    const outcomes = this.#decide(
      everything ? new Set([...this.world.services.keys(), ...changes.services]) : changes.services,
    );
    return [
      ...[...outcomes.values()].flatMap(statusEffects),
      ...poolStatuses(this.world.pools.values(), this.#ledger),
    ];
  }

  /** What was decided about each Service that is ours to serve, by `namespace/name`. */
  get decisions(): ReadonlyMap<string, Decision> {
    return this.#decisions;
  }

  /**
   * Says what is new about invalid configuration. It is a step of its own because nobody's address waits for it: problems
   * of pools have had their effect already, and the other kinds have none here.
   */
  judge(): readonly Effect[] {
    return this.#started ? this.#report.tell(this.#pools) : [];
  }

  /** Whether {@link judge} may have something new to say. */
  get unjudged(): boolean {
    return this.#started && this.#report.outdated;
  }

  /** Invalid configuration: of pools only, as long as the other kinds have not all been listed. */
  get problems(): readonly Problem[] {
    return this.#started ? this.#report.problems(this.#pools) : [];
  }

  get ledger(): Ledger {
    return this.#ledger;
  }

  /**
   * Decides about these Services, in this order and the older ones first: those that hold addresses keep or change
   * them; those with one of two families get the other; those that have nothing get something. What somebody gives up
   * may be what another waits for, so all who wait are asked then.
   */
  #decide(keys: Iterable<string>): ReadonlyMap<string, Outcome> {
    const outcomes = new Map<string, Outcome>();
    const { holding, waiting, released } = this.#partition(keys, outcomes);
    let freed = released;
    for (const key of holding) {
      const held = this.#ledger.assignmentOf(key);
      this.#decideOne(key, outcomes);
      if (held !== null && held !== this.#ledger.assignmentOf(key)) freed = true;
    }
    const hopeful = freed ? [...this.#waiting] : holding.filter((key) => this.#waiting.has(key));
    for (const key of this.#byAge(hopeful.filter((key) => this.#holds(key)))) this.#extendOne(key, outcomes);
    const empty = freed ? [...waiting, ...this.#waiting] : waiting;
    for (const key of this.#byAge(empty.filter((key) => !this.#holds(key)))) this.#decideOne(key, outcomes);
    return outcomes;
  }

  /** Who of these has addresses, and who has none; those that are gone are dealt with. */
  #partition(
    keys: Iterable<string>,
    outcomes: Map<string, Outcome>,
  ): {
    readonly holding: readonly string[];
    readonly waiting: readonly string[];
    readonly released: boolean;
  } {
    const holding: string[] = [];
    const waiting: string[] = [];
    let released = false;
    for (const key of keys) {
      const service = this.world.services.get(key);
      const known = this.#decisions.get(key)?.service;
      // One that came back under the same name is another one.
      if (known !== undefined && known.uid !== service?.uid) released = this.#forget(key) || released;
      if (service === undefined) outcomes.set(key, { type: "gone", key });
      else (service.ingress.length > 0 || this.#holds(key) ? holding : waiting).push(key);
    }
    return { holding: this.#byAge(holding), waiting, released };
  }

  #decideOne(key: string, outcomes: Map<string, Outcome>): void {
    const service = this.world.services.get(key);
    if (service === undefined) return;
    if (!this.#serves(service)) {
      const gave = this.#ledger.assignmentOf(key)?.ips ?? [];
      this.#forget(key);
      outcomes.set(key, { type: "left", service, gave });
      return;
    }
    this.#conclude(key, converge(service, this.#ledger, this.#decisions.get(key)), outcomes);
  }

  #extendOne(key: string, outcomes: Map<string, Outcome>): void {
    const decision = this.#decisions.get(key);
    if (decision !== undefined) this.#conclude(key, extend(decision, this.#ledger), outcomes);
  }

  /** Several answers of one step are one decision, and only the last failure counts. */
  #conclude(key: string, answer: Decision, outcomes: Map<string, Outcome>): void {
    const earlier = outcomes.get(key);
    const [before, said] = earlier?.type === "decided"
      ? [earlier.before, earlier.decision.events.filter(({ reason }) => reason !== "AllocationFailed")]
      : [this.#decisions.get(key), []];
    const decision = { ...answer, events: [...said, ...answer.events] };
    outcomes.set(key, { type: "decided", decision, before });
    this.#decisions.set(key, decision);
    if (decision.waits) this.#waiting.add(key);
    else this.#waiting.delete(key);
  }

  /** The older one first, then by namespace and name; without those that are gone, and each once. */
  #byAge(keys: Iterable<string>): readonly string[] {
    const queue: { readonly key: string; readonly service: Service }[] = [];
    for (const key of new Set(keys)) {
      const service = this.world.services.get(key);
      if (service !== undefined) queue.push({ key, service });
    }
    queue.sort(({ service: a }, { service: b }) => {
      if (a.createdMs !== b.createdMs) return a.createdMs - b.createdMs;
      if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1;
      return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
    });
    return queue.map(({ key }) => key);
  }

  #serves(service: Service): boolean {
    return service.type === "LoadBalancer" && classIsOurs(service, this.#options.loadBalancerClass);
  }

  /** Takes back what the Service has of us; whether it had anything. */
  #forget(key: string): boolean {
    this.#decisions.delete(key);
    this.#waiting.delete(key);
    return this.#ledger.release(key).length > 0;
  }

  #holds(key: string): boolean {
    return this.#ledger.assignmentOf(key) !== null;
  }

  /** Every Service keeps the addresses in its status before anybody is given one. */
  #reserveAll(): void {
    for (const key of this.#byAge(this.world.services.keys())) {
      const service = this.world.services.get(key);
      if (service !== undefined && this.#serves(service)) reserve(service, this.#ledger);
    }
  }

  #compilePools(): void {
    this.#pools = compilePools([...this.world.pools.values()], [...this.world.namespaces.values()]);
    this.#ledger.setPools(this.#pools);
  }
}
