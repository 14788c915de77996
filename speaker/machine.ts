/** The speaker's decisions as one step: what came in together gives what is to be done about it. */
import { keyOf } from "../core/meta.ts";
import type { Node } from "../core/node.ts";
import type { Problem } from "../core/problem.ts";
import { NodeShare } from "./nodeshare.ts";
import { speakerLog } from "./catalogue.ts";
import type { Fact, Link } from "./dataplane.ts";
import { dataplaneLog } from "./dataplanecatalogue.ts";
import { type Effect, logEffect } from "./effects.ts";
import { Liveness, type LivenessInput, type LivenessVerdict } from "./liveness.ts";
import { World, type WorldInput } from "./world.ts";

/** All that enters the speaker's loop. */
export type Input =
  | WorldInput
  | { readonly source: "leases"; readonly input: LivenessInput }
  | { readonly source: "dataplane"; readonly fact: Fact };

export interface MachineOptions {
  /** This node. */
  readonly nodeName: string;
  /** Where Pewter is installed. */
  readonly namespace: string;
  readonly lbClass: string;
  readonly ignoreExcludeLabel: boolean;
  /** The name of the Lease by which a node's speaker is known to live. */
  readonly leaseNameOf: (node: string) => string;
  readonly leaseDurationMs: number;
  readonly renewIntervalMs: number;
}

/** What one step asks for. */
export interface Step {
  readonly effects: readonly Effect[];
  /** When to take the next step if nothing comes in before; on the monotonic clock, Infinity for never. */
  readonly dueMs: number;
}

/** Owns all that the speaker's main isolate knows. */
export class Machine {
  readonly #options: MachineOptions;
  readonly #world: World;
  readonly #liveness: Liveness;
  readonly #share: NodeShare;
  #links: readonly Link[] | null = null;
  #verdict: LivenessVerdict | null = null;
  #compiled: readonly Problem[] = [];
  #problems = new Map<string, Problem>();
  #startedMs: number | null = null;
  #ready = false;

  constructor(options: MachineOptions) {
    const { nodeName, leaseNameOf } = options;
    this.#options = options;
    this.#world = new World(options);
    this.#liveness = new Liveness({ ...options, ownLease: leaseNameOf(nodeName) });
    this.#share = new NodeShare(nodeName);
  }

  /** What has to arrive before anything is announced. */
  missing(): readonly string[] {
    if (this.#ready) return [];
    const leases = this.#verdict === null || this.#verdict.mode === "unknown" ? ["leases"] : [];
    const links = this.#links === null ? ["interfaces"] : [];
    return [...this.#world.missing(), ...leases, ...links];
  }

  /**
   * Everything that decisions rest on is there but the Leases: this node could announce, and may tell the others so. Not
   * before, or they would leave it what it can't announce yet.
   */
  get prepared(): boolean {
    return this.#links !== null && this.#world.missing().length === 0;
  }

  /** This node, when it is known. */
  get ownNode(): Node | undefined {
    return this.#world.node(this.#options.nodeName);
  }

  /** What this node announces, and why it doesn't announce the rest. */
  get share(): Pick<NodeShare, "announced" | "silent"> {
    return this.#share;
  }

  /** What is wrong with the configuration now. */
  get problems(): readonly Problem[] {
    return this.#compiled;
  }

  /** How many speakers are alive, or null while their Leases don't tell. */
  get liveSpeakers(): number | null {
    return this.#verdict?.mode === "leases" ? this.#verdict.leases.size : null;
  }

  /** Takes in what came together, and decides. */
  step(inputs: readonly Input[], nowMs: number): Step {
    this.#startedMs ??= nowMs;
    const effects = inputs.flatMap((input) => this.#takeIn(input, nowMs));
    if (this.prepared) this.#liveness.observe({ type: "joining" }, nowMs);
    this.#liveness.judge(nowMs);
    effects.push(...this.#hearLiveness(this.#liveness.verdict(nowMs)));
    if (!this.#ready && this.missing().length === 0) {
      this.#ready = true;
      effects.push(logEffect(speakerLog.caughtUp, { tookMs: Math.round(nowMs - this.#startedMs) }));
    }
    if (this.#ready) {
      effects.push(...this.#share.take(this.#world.decideTouched()));
      effects.push(...this.#reportProblems());
    }
    return { effects, dueMs: this.#liveness.nextDueMs(nowMs) };
  }

  #takeIn(input: Input, nowMs: number): Effect[] {
    if (input.source === "leases") this.#liveness.observe(input.input, nowMs);
    else if (input.source === "dataplane") return this.#hear(input.fact);
    else this.#world.apply(input);
    return [];
  }

  #hear(fact: Fact): Effect[] {
    switch (fact.type) {
      case "links": {
        this.#links = fact.links;
        const usable = fact.links.filter(({ excluded }) => !excluded).map(({ name }) => name);
        this.#world.touch(this.#share.setInterfaces(new Set(usable)));
        return [];
      }
      case "announced":
        return [logEffect(speakerLog.firstRoundSent, { ip: fact.ip })];
      case "log": {
        const event = Object.values(dataplaneLog).find(({ name }) => name === fact.event);
        if (event === undefined) return [logEffect(speakerLog.dataplaneUnknownLine, { event: fact.event })];
        return [{ type: "log", event, fields: fact.fields }];
      }
      case "started":
      case "counters":
      case "failed":
      case "stopped":
        return [];
    }
  }

  #hearLiveness(verdict: LivenessVerdict): Effect[] {
    const before = this.#verdict;
    if (verdict === before) return [];
    this.#verdict = verdict;
    const { leaseNameOf, namespace } = this.#options;
    const { mode, leases } = verdict;
    this.#world.setLive((node) => mode === "everyNode" || leases.has(leaseNameOf(node)));
    const live = leases.size;
    if (mode === "leases" && before?.mode === "leases") {
      const came = [...leases.difference(before.leases)].sort();
      const went = [...before.leases.difference(leases)].sort();
      return [logEffect(speakerLog.speakersChanged, { came, went, live })];
    }
    if (mode === "leases") return [logEffect(speakerLog.speakersKnown, { live })];
    if (mode === "unknown") return [];
    const why = this.#liveness.forbidden ? "reading them is not allowed" : "there are none";
    return [logEffect(speakerLog.speakersUnknown, { namespace, why })];
  }

  /** Those of L2Advertisements; what is wrong with pools the controller says. */
  #reportProblems(): Effect[] {
    if (this.#compiled === this.#world.problems) return [];
    this.#compiled = this.#world.problems;
    const now = new Map(
      this.#compiled
        .filter(({ kind }) => kind === "L2Advertisement")
        .map((problem) => [JSON.stringify(problem), problem] as const),
    );
    const before = this.#problems;
    this.#problems = now;
    const fresh = [...now].filter(([key]) => !before.has(key));
    const solved = [...before].filter(([key]) => !now.has(key));
    return [
      ...fresh.map(([, { severity, field, message, ...object }]) =>
        logEffect(speakerLog.problem, { severity, object: nameOf(object), field, message })
      ),
      ...solved.map(([, { field, message, ...object }]) =>
        logEffect(speakerLog.problemSolved, { object: nameOf(object), field, message })
      ),
    ];
  }
}

function nameOf(object: Pick<Problem, "kind" | "namespace" | "name">): string {
  return `${object.kind} ${keyOf(object)}`;
}
