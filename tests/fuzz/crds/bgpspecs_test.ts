/** Specs of the BGP kinds that hold anything: they are compiled, never thrown at, and a sound object goes on. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseIp } from "../../../core/ip.ts";
import type { Problem } from "../../../core/problem.ts";
import { compileBFDProfiles } from "../../../crds/bfdprofiles.ts";
import { trimBGPPeer } from "../../../crds/bgppeer.ts";
import { compileBGPAdvertisements } from "../../../crds/bgpadvertisements.ts";
import { compileBGPPeers, peersOfNode } from "../../../crds/bgppeers.ts";
import { compileCommunities } from "../../../crds/communities.ts";
import { announcedPrefix } from "../../../crds/compiledbgpadvertisement.ts";
import { passwordOf, trimPeerSecret } from "../../../crds/peersecret.ts";
import { compilePools } from "../../../crds/pools.ts";
import {
  bfdProfileObject,
  bgpAdvertisementObject,
  communityObject,
  peerObject,
} from "../../support/bgpobjects.ts";
import { nodeObject, poolObject } from "../../support/poolobjects.ts";

const anything = fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true });
const word = fc.constantFrom(
  ...[
    "",
    "tor",
    "team-a",
    "In",
    "a b",
    "192.0.2.1",
    "2001:db8::1",
    "0.0.0.0",
    "::ffff:192.0.2.1",
    "90s",
    "0s",
  ],
  ...["-1h", "1e3s", "999999999h", "64512:1", "large:1:2:3", "large:1", "70000:1", ":::", "internal", "fast"],
);
const number = fc.oneof(
  fc.integer(),
  fc.constantFrom(0, 1, 3, 32, 128, 179, 64512, 4294967295, 4294967296, -1, 1.5, NaN, Infinity),
);
const value = fc.oneof(
  { weight: 4, arbitrary: word },
  { weight: 4, arbitrary: number },
  { weight: 2, arbitrary: fc.boolean() },
  { weight: 1, arbitrary: anything },
);
const selector = fc.oneof(
  anything,
  fc.record({
    matchLabels: fc.dictionary(word, value),
    matchExpressions: fc.array(fc.record({ key: value, operator: value, values: fc.array(value) })),
  }, { requiredKeys: [] }),
);
const selectors = fc.oneof(fc.array(selector, { maxLength: 3 }), anything);
const texts = fc.oneof(fc.array(value, { maxLength: 5 }), anything);

const fields = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, value]));

const soundPeer = { myASN: 64512, peerASN: 64513, peerAddress: "192.0.2.1" };
const peerFields = [
  ...["myASN", "peerASN", "dynamicASN", "localASN", "peerAddress", "interface", "sourceAddress"],
  ...["peerPort", "holdTime", "keepaliveTime", "connectTime", "routerID", "password", "bfdProfile"],
  ...["enableGracefulRestart", "ebgpMultiHop", "vrf", "disableMP", "dualStackAddressFamily"],
];

const peerSpec = fc.oneof(
  anything,
  // One field that may be wrong in a peer that is sound.
  fc.tuple(fc.constantFrom(...peerFields), value).map(([name, value]) => ({ ...soundPeer, [name]: value })),
  fc.record({
    ...fields(peerFields),
    passwordSecret: fc.oneof(anything, fc.record(fields(["name", "namespace"]), { requiredKeys: [] })),
    nodeSelectors: selectors,
  }, { requiredKeys: [] }),
);

const advertisementSpec = fc.oneof(
  anything,
  fc.record({
    ...fields(["aggregationLength", "aggregationLengthV6", "localPref"]),
    communities: texts,
    ipAddressPools: texts,
    ipAddressPoolSelectors: selectors,
    nodeSelectors: selectors,
    peers: texts,
    serviceSelectors: selectors,
  }, { requiredKeys: [] }),
);

const profileSpec = fc.oneof(
  anything,
  fc.record(
    fields([
      ...[
        "receiveInterval",
        "transmitInterval",
        "detectMultiplier",
        "echoInterval",
        "echoMode",
        "passiveMode",
      ],
      "minimumTtl",
    ]),
    { requiredKeys: [] },
  ),
);

const parameters = { seed: 20261123, numRuns: 2000 };

/** Those of the bad object; others may only say that a good one is concerned. */
function checkProblems(problems: readonly Problem[]): void {
  for (const { name, field, message, severity } of problems) {
    assert(name === "bad" || severity === "warning", `${name} ${message}`);
    assert(field === "spec" || field.startsWith("spec."), field);
    assert(message.length > 0 && message.length < 1000, message);
  }
}

const { pools } = compilePools([poolObject("team-a", ["192.0.2.0/24", "2001:db8::/64"])], []);
const nodes = [nodeObject("node-a", { app: "In" })];
const { profiles } = compileBFDProfiles([bfdProfileObject("fast", { echoMode: true })]);
const addresses = ["192.0.2.7", "2001:db8::7"].map((text) => parseIp(text));

Deno.test("a BGPPeer's spec that holds anything, in both versions", () => {
  let usable = 0;
  const good = peerObject("good", { peerAddress: "198.51.100.1" }, { created: 1 });
  const metadata = { name: "bad", namespace: "metallb-system" };
  fc.assert(
    fc.property(peerSpec, fc.constantFrom("v1beta1", "v1beta2"), (spec, version) => {
      const bad = trimBGPPeer({ apiVersion: `metallb.io/${version}`, metadata, spec });
      const compiled = compileBGPPeers([bad, good], { profiles, secrets: new Map(), nodes });
      checkProblems(compiled.problems);
      assert(peersOfNode(compiled, { app: "In" }).some(({ name }) => name === "good"));
      const peer = compiled.peers.get("bad");
      if (peer === undefined) return;
      usable++;
      assert(peer.myAsn >= 1 && peer.port >= 1);
      const { holdTimeMs, keepaliveTimeMs } = peer.timers;
      assertEquals(holdTimeMs === null, keepaliveTimeMs === null);
      assert(holdTimeMs === null || holdTimeMs === 0 || (holdTimeMs >= 3000 && holdTimeMs <= 65_535_000));
      assert(keepaliveTimeMs === null || keepaliveTimeMs >= 0);
    }),
    parameters,
  );
  assert(usable > 100, `${usable} of the peers were usable`);
});

Deno.test("a BGPAdvertisement's spec that holds anything", () => {
  const peers = compileBGPPeers([peerObject("tor", { bfdProfile: "fast" })], {
    profiles,
    secrets: new Map(),
    nodes,
  });
  fc.assert(
    fc.property(advertisementSpec, (spec) => {
      const compiled = compileBGPAdvertisements(
        [bgpAdvertisementObject("bad", spec), bgpAdvertisementObject("good", {}, { created: 1 })],
        { pools, nodes, aliases: new Map(), peers },
      );
      checkProblems(compiled.problems.filter(({ name }) => name === "bad"));
      assert(compiled.advertisements.some(({ name }) => name === "good"));
      for (const advertisement of compiled.advertisements) {
        for (const ip of addresses) {
          assert(ip !== null);
          const prefix = announcedPrefix(advertisement, "team-a", ip);
          if (prefix !== null) assert(prefix.first <= ip.value && ip.value <= prefix.last);
        }
      }
    }),
    parameters,
  );
});

Deno.test("a BFDProfile's spec that holds anything", () => {
  fc.assert(
    fc.property(profileSpec, (spec) => {
      const { profiles, problems } = compileBFDProfiles([bfdProfileObject("bad", spec)]);
      checkProblems(problems);
      const settings = profiles.get("bad");
      assert(settings !== undefined);
      for (const ms of [settings.receiveIntervalMs, settings.transmitIntervalMs, settings.echoIntervalMs]) {
        assert(Number.isInteger(ms) && ms >= 10 && ms <= 60_000);
      }
    }),
    parameters,
  );
});

Deno.test("a Community's spec that holds anything", () => {
  const item = fc.oneof(anything, fc.record(fields(["name", "value"]), { requiredKeys: [] }));
  fc.assert(
    fc.property(fc.oneof(anything, fc.array(item, { maxLength: 5 })), (communities) => {
      const aliases = Array.isArray(communities) ? communities : [communities];
      const compiled = compileCommunities([
        communityObject("bad", aliases),
        communityObject("good", { "no-such-word": "64512:9" }, { created: 1 }),
      ]);
      checkProblems(compiled.problems);
      assertEquals(compiled.aliases.get("no-such-word")?.text, "64512:9");
    }),
    parameters,
  );
});

Deno.test("a Secret that holds anything", () => {
  const content = fc.oneof(anything, fc.record({ password: value }));
  fc.assert(
    fc.property(
      fc.oneof(fc.constant("kubernetes.io/basic-auth"), anything),
      content,
      content,
      (type, data, stringData) => {
        const secret = trimPeerSecret({ metadata: { name: "bgp" }, type, data, stringData });
        const found = passwordOf(secret, "bgp", "metallb-system");
        if ("password" in found) assert(found.password.length > 0 && found.password.length <= 80);
        else assert(found.message.length > 0);
      },
    ),
    parameters,
  );
});
