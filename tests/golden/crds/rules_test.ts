/** The pure functions' verdict on every row of the rules. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Problem } from "../../../core/problem.ts";
import { bfdProfileProblems, trimBFDProfile } from "../../../crds/bfdprofile.ts";
import { bgpAdvertisementProblems, trimBGPAdvertisement } from "../../../crds/bgpadvertisement.ts";
import { bgpPeerProblems, trimBGPPeer } from "../../../crds/bgppeer.ts";
import { communityProblems, trimCommunity } from "../../../crds/community.ts";
import { ipAddressPoolProblems, trimIPAddressPool } from "../../../crds/ipaddresspool.ts";
import { l2AdvertisementProblems, trimL2Advertisement } from "../../../crds/l2advertisement.ts";
import type { RawObject } from "../../../crds/rawobject.ts";
import { allRuleCases } from "./allcases.ts";
import type { RuleCase, RuleKind } from "./cases.ts";

const judges: Readonly<Record<RuleKind, (raw: RawObject) => readonly Problem[]>> = {
  IPAddressPool: (raw) => ipAddressPoolProblems(trimIPAddressPool(raw)),
  L2Advertisement: (raw) => l2AdvertisementProblems(trimL2Advertisement(raw)),
  BGPPeer: (raw) => bgpPeerProblems(trimBGPPeer(raw)),
  BGPAdvertisement: (raw) => bgpAdvertisementProblems(trimBGPAdvertisement(raw)),
  BFDProfile: (raw) => bfdProfileProblems(trimBFDProfile(raw)),
  Community: (raw) => communityProblems(trimCommunity(raw)),
};

function problemsOf({ kind, version, spec }: RuleCase): readonly Problem[] {
  return judges[kind]({
    ...(version === undefined ? {} : { apiVersion: `metallb.io/${version}` }),
    metadata: { name: "x", namespace: "metallb-system" },
    ...(spec === undefined ? {} : { spec }),
  });
}

Deno.test("every rule of every kind: problems name the field and say what is wrong", async (t) => {
  for (const rule of allRuleCases) {
    await t.step(`${rule.kind}: ${rule.what}`, () => {
      const problems = problemsOf(rule);
      assertEquals(problems.map(({ field }) => field), rule.problems.map(({ field }) => field));
      rule.problems.forEach(({ word }, index) => {
        const problem = problems[index];
        assert(problem !== undefined);
        assertStringIncludes(problem.message, word);
        assertEquals([problem.kind, problem.namespace, problem.name], [rule.kind, "metallb-system", "x"]);
      });
    });
  }
});

Deno.test("what the API server refuses is an error, not only a warning", () => {
  for (const rule of allRuleCases) {
    // Of what MetalLB's v1beta1 demands, v1beta2 demands less.
    if (rule.api === null || rule.version === "v1beta1") continue;
    assert(problemsOf(rule).some(({ severity }) => severity === "error"), `${rule.kind}: ${rule.what}`);
  }
});

Deno.test("no row is there twice", () => {
  const titles = allRuleCases.map(({ kind, what }) => `${kind}: ${what}`);
  assertEquals(titles.filter((title, index) => titles.indexOf(title) < index), []);
});
