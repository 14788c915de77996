/** What the machine says of the configuration: of which kinds, when, and how often. */
import { assert, assertEquals } from "@std/assert";
import type { ConfigurationInput } from "../../../controller/configurationobjects.ts";
import { Machine } from "../../../controller/machine.ts";
import type { Meta } from "../../../core/meta.ts";
import {
  bfdProfileObject,
  bgpAdvertisementObject,
  communityObject,
  peerObject,
} from "../../support/bgpobjects.ts";
import { testPool, testService } from "../../support/controllerobjects.ts";
import { l2AdvertisementObject, nodeObject } from "../../support/poolobjects.ts";

const version = <T extends Meta>(object: T, resourceVersion: string): T => ({
  ...object,
  resourceVersion,
  uid: `uid-${object.name}`,
});

const kinds = ["l2Advertisement", "bgpAdvertisement", "bgpPeer", "bfdProfile", "community", "node"] as const;

/** A machine that has everything that decides about addresses, and one pool. */
function started(): Machine {
  const machine = new Machine({ namespace: "metallb-system", loadBalancerClass: "" });
  machine.step([
    { kind: "namespace", type: "synced", items: [] },
    { kind: "service", type: "synced", items: [] },
    { kind: "pool", type: "synced", items: [testPool("public", ["10.0.0.0/24"], undefined, 1)] },
  ]);
  return machine;
}

function complete(): Machine {
  const machine = started();
  for (const kind of kinds) machine.step([{ kind, type: "synced", items: [] }]);
  machine.judge();
  return machine;
}

/** As in `+ BGPPeer/router spec.bfdProfile` for what is reported, with - for what is solved. */
function said(machine: Machine): string[] {
  return machine.judge().map((effect) => {
    if (effect.type !== "reportProblem" && effect.type !== "problemSolved") return effect.type;
    const { kind, name, field } = effect.problem;
    const where = effect.type === "problemSolved" ? "-" : effect.object?.name === name ? "+" : "?";
    return `${where} ${kind}/${name} ${field}`;
  });
}

const peer = (name: string, spec: object, resourceVersion = "1", created = 1) =>
  version(peerObject(name, spec, { created }), resourceVersion);

Deno.test("problems: a pool's are told as soon as addresses are decided, whatever else is missing", () => {
  const machine = started();
  machine.step([{
    kind: "pool",
    type: "changed",
    object: testPool("double", ["10.0.0.0/25"], undefined, 2),
  }]);
  assert(machine.unjudged);
  assertEquals(machine.problems.map(({ name, field }) => [name, field]), [["double", "spec.addresses[0]"]]);
  assertEquals(said(machine), ["+ IPAddressPool/double spec.addresses[0]"]);
  assertEquals([machine.unjudged, said(machine)], [false, []]);
});

Deno.test("problems: other kinds are judged together, when all of them were listed", () => {
  const machine = started();
  const router = peer("router", { bfdProfile: "fast" });
  machine.step([{ kind: "bgpPeer", type: "synced", items: [router] }]);
  for (const kind of kinds) {
    assertEquals([kind, said(machine)], [kind, []]);
    if (kind !== "bgpPeer") machine.step([{ kind, type: "synced", items: [] }]);
  }
  // It was the last of them, so now it is known that there is no profile.
  assertEquals(machine.world.configuration.unread, []);
  assertEquals(said(machine), ["+ BGPPeer/router spec.bfdProfile"]);
  const profile = version(bfdProfileObject("fast"), "2");
  machine.step([{ kind: "bfdProfile", type: "changed", object: profile }]);
  assertEquals(said(machine), ["- BGPPeer/router spec.bfdProfile"]);
  machine.step([{ kind: "bfdProfile", type: "deleted", object: profile }]);
  assertEquals(said(machine), ["+ BGPPeer/router spec.bfdProfile"]);
});

Deno.test("problems: each kind's own and those between kinds are reported on the object that they are in", () => {
  const rows: readonly (readonly [ConfigurationInput, string])[] = [
    [
      { kind: "bgpPeer", type: "changed", object: peer("zero", { myASN: 0 }) },
      "+ BGPPeer/zero spec.myASN",
    ],
    [
      {
        kind: "bgpAdvertisement",
        type: "changed",
        object: version(bgpAdvertisementObject("alias", { communities: ["nobody"] }), "1"),
      },
      "+ BGPAdvertisement/alias spec.communities[0]",
    ],
    [
      {
        kind: "l2Advertisement",
        type: "changed",
        object: version(l2AdvertisementObject("typo", { ipAddressPools: ["publik"] }), "1"),
      },
      "+ L2Advertisement/typo spec.ipAddressPools[0]",
    ],
    [
      {
        kind: "bfdProfile",
        type: "changed",
        object: version(bfdProfileObject("slow", { detectMultiplier: 1 }), "1"),
      },
      "+ BFDProfile/slow spec.detectMultiplier",
    ],
    [
      { kind: "community", type: "changed", object: version(communityObject("bad", { a: "1:2:3" }), "1") },
      "+ Community/bad spec.communities[0].value",
    ],
  ];
  for (const [input, expected] of rows) {
    const machine = complete();
    machine.step([input]);
    assertEquals([input.kind, said(machine)], [input.kind, [expected]]);
  }
});

Deno.test("problems: nothing is judged again while no spec, label or node changes", () => {
  const machine = complete();
  const router = peer("router", { nodeSelectors: [{ matchLabels: { rack: "1" } }] });
  machine.step([
    { kind: "bgpPeer", type: "changed", object: router },
    { kind: "node", type: "changed", object: version(nodeObject("n1", { rack: "1" }), "1") },
  ]);
  machine.judge();
  const same: readonly ConfigurationInput[] = [
    { kind: "bgpPeer", type: "changed", object: { ...router, resourceVersion: "2" } },
    { kind: "node", type: "changed", object: version(nodeObject("n1", { rack: "1" }), "3") },
    { kind: "node", type: "synced", items: [version(nodeObject("n1", { rack: "1" }), "4")] },
  ];
  for (const input of same) {
    machine.step([input]);
    assertEquals([input.kind, machine.unjudged], [input.kind, false]);
  }
  machine.step([{ kind: "service", type: "changed", object: testService("default/web", {}, undefined, 5) }]);
  assertEquals(machine.unjudged, false);
  machine.step([{ kind: "node", type: "changed", object: version(nodeObject("n1", { rack: "2" }), "6") }]);
  assertEquals(machine.unjudged, true);
});

Deno.test("problems: two peers to one router contradict each other only on nodes that both select", () => {
  const machine = complete();
  const onRack = (rack: string) => ({ peerAddress: "192.0.2.1", nodeSelectors: [{ matchLabels: { rack } }] });
  machine.step([
    { kind: "node", type: "synced", items: [version(nodeObject("n1", { rack: "1" }), "1")] },
    { kind: "bgpPeer", type: "changed", object: peer("first", onRack("1"), "2", 1) },
    { kind: "bgpPeer", type: "changed", object: peer("second", onRack("2"), "3", 2) },
  ]);
  assertEquals(said(machine), []);
  machine.step([{ kind: "bgpPeer", type: "changed", object: peer("second", onRack("1"), "4", 2) }]);
  // The older one keeps the session, and is told so.
  assertEquals(said(machine).sort(), [
    "+ BGPPeer/first spec.peerAddress",
    "+ BGPPeer/second spec.peerAddress",
  ]);
});

Deno.test("problems: one that reads otherwise is told again, the others are not", () => {
  const machine = complete();
  machine.step([
    { kind: "bgpPeer", type: "changed", object: peer("a", { bfdProfile: "gone" }) },
    { kind: "bgpPeer", type: "changed", object: peer("b", { peerAddress: "192.0.2.9", bfdProfile: "gone" }) },
  ]);
  assertEquals(said(machine).length, 2);
  machine.step([{ kind: "bgpPeer", type: "changed", object: peer("a", { bfdProfile: "lost" }, "2") }]);
  assertEquals(said(machine).sort(), ["+ BGPPeer/a spec.bfdProfile", "- BGPPeer/a spec.bfdProfile"]);
});

Deno.test("problems: deciding about Services never waits for a judgement", () => {
  const machine = complete();
  machine.step([{ kind: "bgpPeer", type: "changed", object: peer("zero", { myASN: 0 }) }]);
  const effects = machine.step([
    { kind: "service", type: "changed", object: testService("default/web", {}, undefined, 9) },
  ]);
  assertEquals(effects.filter(({ type }) => type === "writeStatus").length, 1);
  assertEquals(effects.filter(({ type }) => type === "reportProblem"), []);
  assert(machine.unjudged);
});
