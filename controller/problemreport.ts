/** What is wrong with the configuration, found anew when it changed, and what of it was told already. */
import { keyOf, type Meta } from "../core/meta.ts";
import type { Problem } from "../core/problem.ts";
import type { CompiledPools } from "../crds/pools.ts";
import { configurationProblems } from "./admission/configuration.ts";
import type { Effect } from "./effects.ts";
import type { World } from "./world.ts";

export class ProblemReport {
  readonly #world: World;
  #problems: readonly Problem[] = [];
  /** The configuration that they are of, see {@link World.configurationRevision}. */
  #revision = -1;
  /** Those that were told, by their text. */
  #told = new Map<string, Problem>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Whether the configuration changed since it was last looked at. */
  get outdated(): boolean {
    return this.#revision !== this.#world.configurationRevision;
  }

  /** All there are: of pools only, as long as the other kinds have not all been listed. */
  problems(pools: CompiledPools): readonly Problem[] {
    if (this.outdated) {
      this.#revision = this.#world.configurationRevision;
      this.#problems = this.#find(pools);
    }
    return this.#problems;
  }

  /** Tells what is new, and what is no longer so. */
  tell(pools: CompiledPools): readonly Effect[] {
    const before = this.#told;
    this.#told = new Map(this.problems(pools).map((problem) => [JSON.stringify(problem), problem]));
    const effects: Effect[] = [];
    for (const [key, problem] of this.#told) {
      if (!before.has(key)) effects.push({ type: "reportProblem", problem, object: this.#objectOf(problem) });
    }
    for (const [key, problem] of before) {
      if (!this.#told.has(key)) effects.push({ type: "problemSolved", problem });
    }
    return effects;
  }

  #find({ problems }: CompiledPools): readonly Problem[] {
    const { configuration, pools, namespaces } = this.#world;
    if (configuration.unread.length > 0) return problems;
    return configurationProblems({
      pools: [...pools.values()],
      l2Advertisements: [...configuration.l2Advertisements.values()],
      bgpAdvertisements: [...configuration.bgpAdvertisements.values()],
      bgpPeers: [...configuration.bgpPeers.values()],
      bfdProfiles: [...configuration.bfdProfiles.values()],
      communities: [...configuration.communities.values()],
      nodes: [...configuration.nodes.values()],
      namespaces: [...namespaces.values()],
      // Only speakers read them.
      secrets: "unknown",
    });
  }

  #objectOf(problem: Problem): Meta | null {
    const { pools, configuration } = this.#world;
    const object = problem.kind === "IPAddressPool"
      ? pools.get(keyOf(problem))
      : configuration.objectOf(problem);
    return object ?? null;
  }
}
