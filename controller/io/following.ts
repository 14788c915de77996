/** The watches of a controller: they feed one world for as long as the process lives, whether it acts or stands by. */
import type { Clock } from "../../core/clock.ts";
import type { Logger } from "../../core/log.ts";
import { trimNamespace } from "../../core/namespace.ts";
import { trimNode } from "../../core/node.ts";
import { isAtLeast, isNewer } from "../../core/resourceversion.ts";
import { trimService } from "../../core/service.ts";
import { trimBFDProfile } from "../../crds/bfdprofile.ts";
import { trimBGPAdvertisement } from "../../crds/bgpadvertisement.ts";
import { trimBGPPeer } from "../../crds/bgppeer.ts";
import { trimCommunity } from "../../crds/community.ts";
import { trimIPAddressPool } from "../../crds/ipaddresspool.ts";
import { trimL2Advertisement } from "../../crds/l2advertisement.ts";
import type { KubeApi, Resource, Trim } from "../../kube/api.ts";
import { reflect, type ReflectorInput } from "../../kube/reflector.ts";
import {
  bfdProfiles,
  bgpAdvertisements,
  bgpPeers,
  communities,
  ipAddressPools,
  l2Advertisements,
  namespaces,
  nodes,
  services,
} from "../../kube/resources.ts";
import { type Input, World } from "../world.ts";

export interface FollowingOptions {
  /** The installation's. */
  readonly namespace: string;
  readonly api: KubeApi;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
}

type Change<T> = Exclude<ReflectorInput<T>, { readonly type: "contact" }>;

export class Following {
  readonly world: World;
  readonly #options: FollowingOptions;
  /** The kinds that decide about addresses. */
  readonly #deciding: readonly Watch[];
  readonly #judged: readonly Watch[];
  /** Called when there is news; null: nobody decides. */
  #listener: (() => void) | null = null;
  /** Up to where nothing of the Services was missed. */
  #reached = "";
  readonly #arrivals = new Set<() => void>();

  constructor(options: FollowingOptions) {
    const { namespace } = options;
    this.#options = options;
    this.world = new World(namespace);
    const reached = (resourceVersion: string) => this.#reach(resourceVersion);
    this.#deciding = [
      this.#watch(services, trimService, (change) => this.take({ kind: "service", ...change }), { reached }),
      this.#watch(
        ipAddressPools,
        trimIPAddressPool,
        (change) => this.take({ kind: "pool", ...change }),
        { namespace },
      ),
      this.#watch(namespaces, trimNamespace, (change) => this.take({ kind: "namespace", ...change })),
    ];
    const own = { namespace };
    this.#judged = [
      this.#watch(nodes, trimNode, (change) => this.take({ kind: "node", ...change })),
      this.#watch(
        l2Advertisements,
        trimL2Advertisement,
        (change) => this.take({ kind: "l2Advertisement", ...change }),
        own,
      ),
      this.#watch(
        bgpAdvertisements,
        trimBGPAdvertisement,
        (change) => this.take({ kind: "bgpAdvertisement", ...change }),
        own,
      ),
      this.#watch(bgpPeers, trimBGPPeer, (change) => this.take({ kind: "bgpPeer", ...change }), own),
      this.#watch(bfdProfiles, trimBFDProfile, (change) => this.take({ kind: "bfdProfile", ...change }), own),
      this.#watch(communities, trimCommunity, (change) => this.take({ kind: "community", ...change }), own),
    ];
  }

  /** Follows until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([...this.#deciding, ...this.#judged].map((watch) => watch.run(signal)));
  }

  /** Takes in what was learnt, also outside of the watches. */
  readonly take = (input: Input): void => {
    this.world.take(input);
    if (this.#listener === null) this.world.forgetChanges();
    else this.#listener();
  };

  /** From now on `listener` hears that there is news; null: nobody decides any more. */
  listen(listener: (() => void) | null): void {
    this.#listener = listener;
  }

  /** The resourceVersion up to where nothing of the Services was missed; "" before the first list. */
  get reached(): string {
    return this.#reached;
  }

  /** Resolves when everything that decides about addresses was listed for the first time. */
  async listed(): Promise<void> {
    await Promise.all(this.#deciding.map((watch) => watch.listed));
  }

  /** Lists everything that decides about addresses again; resolves when that is taken in. */
  async listAgain(): Promise<void> {
    await Promise.all(this.#deciding.map((watch) => watch.listAgain()));
  }

  /** Whether the Services as of this resourceVersion are taken in, or are within the time. */
  async reaches(resourceVersion: string, withinMs: number): Promise<boolean> {
    const isThere = () => this.#reached !== "" && isAtLeast(this.#reached, resourceVersion);
    const ended = Promise.withResolvers<void>();
    const check = () => isThere() && ended.resolve();
    const late = this.#options.clock.timer(withinMs, ended.resolve);
    this.#arrivals.add(check);
    check();
    await ended.promise;
    this.#arrivals.delete(check);
    late.cancel();
    return isThere();
  }

  #reach(resourceVersion: string): void {
    if (isNewer(resourceVersion, this.#reached)) this.#reached = resourceVersion;
    for (const check of this.#arrivals) check();
  }

  #watch<T>(
    resource: Resource,
    trim: Trim<T>,
    take: (change: Change<T>) => void,
    scope: { readonly namespace?: string; readonly reached?: (resourceVersion: string) => void } = {},
  ): Watch {
    const { api, clock, random, log } = this.#options;
    return new Watch((listed, signal) =>
      reflect<T>({
        ...{ api, resource, trim, clock, random, log, ...scope },
        post: (input) => {
          if (input.type === "contact") return;
          take(input);
          if (input.type === "synced") listed();
        },
      }, signal)
    );
  }
}

/** One resource that is followed, and can be listed anew. */
class Watch {
  readonly #follow: (listed: () => void, signal: AbortSignal) => Promise<void>;
  #lap = new AbortController();
  #listed = Promise.withResolvers<void>();

  constructor(follow: (listed: () => void, signal: AbortSignal) => Promise<void>) {
    this.#follow = follow;
  }

  /** Resolves when it was listed; anew after {@link listAgain}. */
  get listed(): Promise<void> {
    return this.#listed.promise;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const lap = this.#lap;
      await this.#follow(() => this.#listed.resolve(), AbortSignal.any([signal, lap.signal]));
      if (lap === this.#lap) return;
    }
  }

  /** What was read before doesn't count as listed. */
  listAgain(): Promise<void> {
    const former = this.#lap;
    this.#lap = new AbortController();
    this.#listed = Promise.withResolvers();
    former.abort();
    return this.#listed.promise;
  }
}
