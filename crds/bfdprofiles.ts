/** BFDProfiles, compiled: what BGPPeers refer to by name. */
import type { Problem } from "../core/problem.ts";
import { type BFDProfile, type BFDSettings, readBFDProfile } from "./bfdprofile.ts";
import type { BGPPeer } from "./bgppeer.ts";
import { reportInto } from "./problems.ts";
import { oldestOfEachName } from "./seniority.ts";
import { quote } from "./values.ts";

export interface CompiledBFDProfiles {
  /** By name. */
  readonly profiles: ReadonlyMap<string, BFDSettings>;
  readonly problems: readonly Problem[];
}

/** Compiles all BFDProfiles; for a field that is wrong the default counts. */
export function compileBFDProfiles(objects: readonly BFDProfile[]): CompiledBFDProfiles {
  const problems: Problem[] = [];
  const profiles = new Map<string, BFDSettings>();
  for (const object of oldestOfEachName("BFDProfile", objects, problems)) {
    const reading = readBFDProfile(object);
    problems.push(...reading.problems);
    profiles.set(object.name, reading.settings);
  }
  return { profiles, problems };
}

/** Why the profile must not be deleted: a problem for each peer that refers to it. */
export function bfdProfileDeletionProblems(profile: BFDProfile, peers: readonly BGPPeer[]): Problem[] {
  const problems: Problem[] = [];
  const report = reportInto(problems, "BFDProfile", profile);
  for (const { namespace, name, spec } of peers) {
    if (namespace !== profile.namespace || spec?.bfdProfile !== profile.name) continue;
    report(
      "error",
      "metadata.name",
      `failed to delete BFDProfile ${quote(profile.name)}: BGPPeer ${
        quote(name)
      } refers to it in spec.bfdProfile ` +
        `and would lose its session; change the peer first`,
    );
  }
  return problems;
}
