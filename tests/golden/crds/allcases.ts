/** The rules of all kinds. */
import { bfdProfileCases } from "./bfdprofilecases.ts";
import { bgpAdvertisementCases } from "./bgpadvertisementcases.ts";
import { type RuleCase, ruleCases } from "./cases.ts";
import { communityCases } from "./communitycases.ts";
import { bgpPeerCases } from "./peercases.ts";
import { v1beta1PeerCases } from "./v1beta1peercases.ts";

export const allRuleCases: readonly RuleCase[] = [
  ...ruleCases,
  ...bfdProfileCases,
  ...communityCases,
  ...bgpAdvertisementCases,
  ...bgpPeerCases,
  ...v1beta1PeerCases,
];
