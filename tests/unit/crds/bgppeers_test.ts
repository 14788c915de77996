/** With which routers a node keeps sessions, and how. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { bfdProfileDeletionProblems, compileBFDProfiles } from "../../../crds/bfdprofiles.ts";
import { type BGPPeer, bgpPeerChangeProblems, trimBGPPeer } from "../../../crds/bgppeer.ts";
import { compileBGPPeers, type PeerReferences, peersOfNode } from "../../../crds/bgppeers.ts";
import { trimPeerSecret } from "../../../crds/peersecret.ts";
import { bfdProfileObject, brief, peerObject, peerSecret } from "../../support/bgpobjects.ts";
import { nodeObject } from "../../support/poolobjects.ts";

const { profiles } = compileBFDProfiles([
  bfdProfileObject("fast", { receiveInterval: 50, transmitInterval: 50 }),
  bfdProfileObject("echo", { echoMode: true }),
]);
const secrets = new Map([["bgp", peerSecret("bgp", "s3cret")]]);
const nodes = [nodeObject("node-a", { rack: "1" }), nodeObject("node-b", { rack: "2" })];
const rack = (value: string) => ({ nodeSelectors: [{ matchLabels: { rack: value } }] });

const compile = (objects: readonly BGPPeer[], references: Partial<PeerReferences> = {}) =>
  compileBGPPeers(objects, { profiles, secrets, nodes, ...references });
const namesOn = (objects: readonly BGPPeer[], labels: Record<string, string>, known = nodes) =>
  peersOfNode(compile(objects, { nodes: known }), labels).map(({ name }) => name);

Deno.test("a peer with nothing but what is required", () => {
  const peer = compile([peerObject("tor")]).peers.get("tor");
  assert(peer !== undefined);
  assertEquals(
    { ...peer, endpoint: peer.endpoint.kind === "address" ? peer.endpoint.ip.text : peer.endpoint.name },
    {
      name: "tor",
      myAsn: 64512,
      peerAsn: 64513,
      localAsn: null,
      endpoint: "192.0.2.1",
      sourceAddress: null,
      port: 179,
      timers: { holdTimeMs: null, keepaliveTimeMs: null, connectTimeMs: null },
      routerId: null,
      password: null,
      bfd: null,
      nodeSelectors: undefined,
      gracefulRestart: false,
      ebgpMultiHop: false,
      vrf: null,
      dualStackAddressFamily: false,
    },
  );
});

Deno.test("timers: of hold and keepalive time one makes the other; fractions of a second are dropped", () => {
  const rows: [spec: Record<string, string>, holdMs: number | null, keepaliveMs: number | null][] = [
    [{}, null, null],
    [{ holdTime: "90s" }, 90_000, 30_000],
    [{ holdTime: "10.9s" }, 10_000, 10_000 / 3],
    [{ keepaliveTime: "20s" }, 60_000, 20_000],
    [{ keepaliveTime: "1.5s" }, 4_000, 1_500],
    [{ holdTime: "90s", keepaliveTime: "10s" }, 90_000, 10_000],
    [{ holdTime: "1m", keepaliveTime: "1500ms" }, 60_000, 1_500],
    [{ holdTime: "0s", keepaliveTime: "0s" }, 0, 0],
    [{ holdTime: "0s" }, 0, 0],
    [{ keepaliveTime: "0s" }, 0, 0],
    [{ holdTime: "90s", keepaliveTime: "0s" }, 90_000, 30_000],
  ];
  for (const [spec, holdTimeMs, keepaliveTimeMs] of rows) {
    const timers = compile([peerObject("tor", spec)]).peers.get("tor")?.timers;
    assertEquals(timers, { holdTimeMs, keepaliveTimeMs, connectTimeMs: null }, JSON.stringify(spec));
  }
  const connectTime = compile([peerObject("tor", { connectTime: "1m30s" })]).peers.get("tor")?.timers;
  assertEquals(connectTime?.connectTimeMs, 90_000);
});

Deno.test("a missing profile or Secret disables that peer and no other", () => {
  const { peers, problems } = compile([
    peerObject("a", { bfdProfile: "none" }),
    peerObject("b", { passwordSecret: { name: "none" }, peerAddress: "192.0.2.2" }),
    peerObject("c", { passwordSecret: { name: "bgp" }, bfdProfile: "fast", peerAddress: "192.0.2.3" }),
  ]);
  assertEquals([...peers.keys()], ["c"]);
  assertEquals(brief(problems), ["error BGPPeer/a spec.bfdProfile", "error BGPPeer/b spec.passwordSecret"]);
  assertEquals(peers.get("c")?.bfd?.receiveIntervalMs, 50);
  assertEquals(new TextDecoder().decode(peers.get("c")?.password?.reveal()), "s3cret");
});

Deno.test("who knows neither profiles nor Secrets finds no fault with them", () => {
  const objects = [
    peerObject("a", { bfdProfile: "none" }),
    peerObject("b", { passwordSecret: { name: "none" }, peerAddress: "192.0.2.2" }),
  ];
  const { peers, problems } = compile(objects, { profiles: "unknown", secrets: "unknown" });
  assertEquals([[...peers.keys()], problems], [["a", "b"], []]);
});

Deno.test("a Secret of another type, without a password or with one that is too long", () => {
  const metadata = { name: "bgp", namespace: "metallb-system" };
  const type = "kubernetes.io/basic-auth";
  const rows: [raw: Record<string, unknown>, word: string | null][] = [
    [{ type, data: { password: btoa("s3cret") } }, null],
    [{ type, stringData: { password: "s3cret" } }, null],
    [{ data: { password: btoa("s3cret") } }, "type kubernetes.io/basic-auth"],
    [{ type: "Opaque", data: { password: btoa("s3cret") } }, "type kubernetes.io/basic-auth"],
    [{ type, data: { username: btoa("bgp") } }, "under the key"],
    [{ type, data: { password: "" } }, "under the key"],
    [{ type, data: { password: "not base64" } }, "under the key"],
    [{ type, data: "text" }, "under the key"],
    [{ type, data: { password: btoa("p".repeat(81)) } }, "at most 80 bytes"],
  ];
  for (const [raw, word] of rows) {
    const { peers, problems } = compile([peerObject("tor", { passwordSecret: { name: "bgp" } })], {
      secrets: new Map([["bgp", trimPeerSecret({ metadata, ...raw })]]),
    });
    assertEquals(peers.size, word === null ? 1 : 0, JSON.stringify(raw));
    if (word === null) assertEquals(problems, []);
    else assertStringIncludes(problems[0]?.message ?? "", word);
  }
});

Deno.test("passwords are in no message, no JSON and no inspection", () => {
  const spec = {
    password: "hunter2-".repeat(11),
    peerAddress: "192.0.2.9",
  };
  const numeric = peerObject("b", { password: 31337, peerAddress: "192.0.2.8" });
  const { peers, problems } = compile([
    peerObject("a", spec),
    numeric,
    peerObject("c", { password: "hunter2" }),
    peerObject("d", { passwordSecret: { name: "bgp" }, peerAddress: "192.0.2.7" }),
  ]);
  assertEquals(problems.length, 2);
  const json = (value: unknown) =>
    JSON.stringify(value, (_, part) => typeof part === "bigint" ? `${part}` : part);
  const shown = [json(problems), json([...peers]), Deno.inspect(peers, { depth: 9 })]
    .concat([...peers.values()].map(({ password }) => `${password}`)).join();
  assertEquals([...peers.keys()], ["c", "d"]);
  for (const secret of ["hunter2", "31337", "s3cret"]) assert(!shown.includes(secret), secret);
});

Deno.test("the peers of a node: those whose selectors fit its labels; a bad selector only selects nothing", () => {
  const objects = [
    peerObject("z", { peerAddress: "192.0.2.1" }),
    peerObject("y", { peerAddress: "192.0.2.2", ...rack("1") }),
    peerObject("x", {
      peerAddress: "192.0.2.3",
      nodeSelectors: [{ matchLabels: { rack: 1 } }, { matchLabels: { rack: "2" } }],
    }),
  ];
  assertEquals(namesOn(objects, { rack: "1" }), ["y", "z"]);
  assertEquals(namesOn(objects, { rack: "2" }), ["x", "z"]);
  assertEquals(namesOn(objects, {}), ["z"]);
});

Deno.test("two peers for one router: the older one keeps it, where they meet", () => {
  const objects = [
    peerObject("old", { ...rack("1") }, { created: 1 }),
    peerObject("new", { myASN: 64600 }, { created: 2 }),
    peerObject("other", { peerAddress: "192.0.2.9" }, { created: 3 }),
  ];
  for (const order of [objects, [...objects].reverse()]) {
    const { problems } = compile(order);
    assertEquals(brief(problems), [
      "error BGPPeer/new spec.peerAddress",
      "warning BGPPeer/old spec.peerAddress",
    ]);
    for (const { message } of problems) {
      assertStringIncludes(message, '"new"');
      assertStringIncludes(message, "node-a");
    }
    assertStringIncludes(
      problems[0]?.message ?? "",
      'already exists on node "node-a": that of BGPPeer "old"',
    );
    assertEquals(namesOn(order, { rack: "1" }), ["old", "other"]);
    assertEquals(namesOn(order, { rack: "2" }), ["new", "other"]);
  }
});

Deno.test("no two peers for one router: other nodes, another port, another VRF, another address", () => {
  const rows: [a: Record<string, unknown>, b: Record<string, unknown>][] = [
    [rack("1"), rack("2")],
    [{}, { peerPort: 1790 }],
    [{}, { vrf: "red" }],
    [{ vrf: "blue" }, { vrf: "red" }],
    [{}, { peerAddress: "192.0.2.2" }],
    [{ interface: "eth0" }, { interface: "eth1" }],
    [{}, { interface: "192.0.2.1" }],
  ];
  for (const [a, b] of rows) {
    assertEquals(compile([peerObject("a", a), peerObject("b", b)]).problems, [], JSON.stringify([a, b]));
  }
});

Deno.test("two peers for one router: said in another way, by interface, and where no node is known", () => {
  const rows: [a: Record<string, unknown>, b: Record<string, unknown>, field: string][] = [
    [{ peerAddress: "2001:db8::1" }, { peerAddress: "2001:DB8:0::1", peerPort: 179 }, "spec.peerAddress"],
    [{ interface: "eth0" }, { interface: "eth0" }, "spec.interface"],
    [rack("1"), rack("2"), "spec.peerAddress"],
  ];
  for (const [a, b, field] of rows) {
    const { problems } = compile([peerObject("a", a), peerObject("b", b)], { nodes: [] });
    assertEquals(brief(problems), [`error BGPPeer/b ${field}`, `warning BGPPeer/a ${field}`]);
  }
});

Deno.test("peers of one node may have other AS numbers and router IDs: only FRR couldn't", () => {
  const objects = [
    peerObject("a", { myASN: 64512, routerID: "10.0.0.1" }),
    peerObject("b", { myASN: 64600, routerID: "10.0.0.2", peerAddress: "192.0.2.2" }),
    peerObject("c", { myASN: 64700, peerAddress: "192.0.2.3" }),
  ];
  assertEquals(compile(objects).problems, []);
  assertEquals(namesOn(objects, {}), ["a", "b", "c"]);
});

Deno.test("echo can't make more than one hop", () => {
  const { peers, problems } = compile([
    peerObject("far", { bfdProfile: "echo", ebgpMultiHop: true }),
    peerObject("near", { bfdProfile: "echo", peerAddress: "192.0.2.2" }),
  ]);
  assertEquals([peers.get("far")?.bfd?.echoMode, peers.get("near")?.bfd?.echoMode], [false, true]);
  assertEquals(brief(problems), ["warning BGPPeer/far spec.bfdProfile"]);
});

Deno.test("a profile that peers refer to must not be deleted", () => {
  const peers = [peerObject("a", { bfdProfile: "fast" }), peerObject("b"), peerObject("c", "text")];
  const problems = bfdProfileDeletionProblems(bfdProfileObject("fast"), peers);
  assertEquals(brief(problems), ["error BFDProfile/fast metadata.name"]);
  assertStringIncludes(problems[0]?.message ?? "", "failed to delete BFDProfile");
  assertEquals(bfdProfileDeletionProblems(bfdProfileObject("slow"), peers), []);
});

Deno.test("enableGracefulRestart can be set once", () => {
  const peer = (enableGracefulRestart?: boolean) => peerObject("a", { enableGracefulRestart });
  const rows: [before: boolean | undefined, after: boolean | undefined, count: number][] = [
    [true, false, 1],
    [false, true, 1],
    [true, true, 0],
    [undefined, true, 0],
    [true, undefined, 0],
  ];
  for (const [before, after, count] of rows) {
    assertEquals(bgpPeerChangeProblems(peer(before), peer(after)).length, count, `${before} ${after}`);
  }
});

Deno.test("a v1beta1 manifest is read as what it is converted to", () => {
  const spec = { myASN: 64512, peerASN: 64513, peerAddress: "192.0.2.1", connectTime: "5s" };
  const metadata = { name: "old", namespace: "metallb-system" };
  const peer = trimBGPPeer({ apiVersion: "metallb.io/v1beta1", metadata, spec });
  const { timers } = compile([peer]).peers.get("old") ?? {};
  assertEquals(timers, { holdTimeMs: 0, keepaliveTimeMs: 0, connectTimeMs: null });
});
