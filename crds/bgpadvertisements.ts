/** BGPAdvertisements, compiled: what the speakers' choice of routes asks. */
import type { Problem } from "../core/problem.ts";
import { anyMatches } from "../core/selector.ts";
import { refusedEntries } from "./aggregation.ts";
import {
  type BGPAdvertisement,
  type BGPAdvertisementReading,
  nothingAnnounced,
  readBGPAdvertisement,
} from "./bgpadvertisement.ts";
import { type Community, compareCommunities, parseCommunity } from "./communityvalue.ts";
import type {
  AdvertisementOf,
  AdvertisementReferences,
  CompiledBGPAdvertisement,
} from "./compiledbgpadvertisement.ts";
import { echoProblems } from "./echo.ts";
import { localPrefProblems } from "./localprefproblems.ts";
import { reachedPools, unknownPools } from "./poolreach.ts";
import { reportInto } from "./problems.ts";
import { byName, oldestOfEachName } from "./seniority.ts";
import { quote } from "./values.ts";

export interface CompiledBGPAdvertisements {
  /** The usable ones, ascending by name. */
  readonly advertisements: readonly CompiledBGPAdvertisement[];
  /** Peers that must not use BFD's echo, because they are given IPv6 addresses. */
  readonly peersWithoutEcho: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

/** Compiles all BGPAdvertisements; an invalid part is a problem and leaves the rest in force. */
export function compileBGPAdvertisements(
  objects: readonly BGPAdvertisement[],
  references: AdvertisementReferences,
): CompiledBGPAdvertisements {
  const problems: Problem[] = [];
  const usable: AdvertisementOf[] = [];
  for (const object of oldestOfEachName("BGPAdvertisement", objects, problems)) {
    const reading = readBGPAdvertisement(object);
    problems.push(...reading.problems);
    const advertisement = compile(object, reading, references, problems);
    if (advertisement !== null) usable.push({ object, advertisement });
  }
  problems.push(...localPrefProblems(usable, references));
  const echo = echoProblems(usable, references);
  problems.push(...echo.problems);
  return {
    advertisements: usable.map(({ advertisement }) => advertisement).sort(byName),
    peersWithoutEcho: echo.peers,
    problems,
  };
}

function compile(
  object: BGPAdvertisement,
  reading: BGPAdvertisementReading,
  references: AdvertisementReferences,
  problems: Problem[],
): CompiledBGPAdvertisement | null {
  const { pools, nodes } = references;
  problems.push(...unknownPools("BGPAdvertisement", object, reading, pools));
  problems.push(...unknownPeers(object, reading, references));
  const communities = resolve(object, reading, references, problems);
  if (communities === null || !reading.usable) return null;
  const { aggregationLength, localPref, nodeSelectors, peers, serviceSelectors = [] } = reading;
  const eligible = nodes.filter(({ labels }) =>
    nodeSelectors === undefined || anyMatches(nodeSelectors, labels)
  );
  const reached = [...reachedPools(reading, pools)].flatMap((name) => pools.get(name) ?? []);
  return {
    name: object.name,
    pools: new Map(reached.map((pool) => {
      const refused = refusedEntries(object, pool, aggregationLength);
      problems.push(...refused.problems);
      return [pool.name, refused.ranges];
    })),
    nodes: new Set(eligible.map(({ name }) => name)),
    peers: peers === undefined ? "all" : new Set(peers.map(({ value }) => value)),
    serviceSelectors,
    aggregationLength,
    localPref,
    communities,
  };
}

function unknownPeers(
  object: BGPAdvertisement,
  { peers = [] }: BGPAdvertisementReading,
  { peers: known }: AdvertisementReferences,
): Problem[] {
  const problems: Problem[] = [];
  if (known === "unknown") return problems;
  for (const { value, field } of peers) {
    if (known.peers.has(value)) continue;
    reportInto(problems, "BGPAdvertisement", object)(
      "warning",
      field,
      `there is no usable BGPPeer ${quote(value)}; the name has no effect until there is`,
    );
  }
  return problems;
}

/** The communities, values and aliases; null (reported) when an alias is missing. */
function resolve(
  object: BGPAdvertisement,
  { communities }: BGPAdvertisementReading,
  { aliases }: AdvertisementReferences,
  problems: Problem[],
): readonly Community[] | null {
  const resolved = new Map<string, Community>();
  let isComplete = true;
  for (const { value, field } of communities) {
    const reading = parseCommunity(value);
    if (aliases === "unknown" && "message" in reading) continue;
    const community = "community" in reading
      ? reading.community
      : aliases !== "unknown" && aliases.get(value);
    if (community) resolved.set(`${community.kind} ${community.text}`, community);
    else {
      isComplete = false;
      reportInto(problems, "BGPAdvertisement", object)(
        "error",
        field,
        `no Community defines the alias ${quote(value)}; ${nothingAnnounced}`,
      );
    }
  }
  return isComplete ? [...resolved.values()].sort(compareCommunities) : null;
}
