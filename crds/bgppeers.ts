/** BGPPeers, compiled: with which routers a node keeps sessions, and how. */
import type { Meta } from "../core/meta.ts";
import type { Node } from "../core/node.ts";
import type { Problem } from "../core/problem.ts";
import { anyMatches, type Labels, type Selector } from "../core/selector.ts";
import type { BFDSettings } from "./bfdprofile.ts";
import { type BGPPeer, readBGPPeer } from "./bgppeer.ts";
import type { Password } from "./password.ts";
import { passwordOf, type PeerSecret } from "./peersecret.ts";
import type { PeerSettings } from "./peersettings.ts";
import { reportInto } from "./problems.ts";
import { byName, oldestOfEachName } from "./seniority.ts";
import { quote } from "./values.ts";

/** A peer as decisions see it. */
export interface CompiledBGPPeer extends Omit<PeerSettings, "authentication" | "bfdProfile"> {
  readonly name: string;
  readonly password: Password | null;
  /** null: no BFD. */
  readonly bfd: BFDSettings | null;
  /** undefined: every node. */
  readonly nodeSelectors: readonly Selector[] | undefined;
}

export interface CompiledBGPPeers {
  /** The usable ones by name, ascending. */
  readonly peers: ReadonlyMap<string, CompiledBGPPeer>;
  /** The same, the oldest first. */
  readonly oldestFirst: readonly CompiledBGPPeer[];
  readonly problems: readonly Problem[];
}

/** What peers refer to. "unknown": whoever asks doesn't know them, so that nothing about them is a problem. */
export interface PeerReferences {
  /** By name. */
  readonly profiles: ReadonlyMap<string, BFDSettings> | "unknown";
  /** By name, those in the peers' namespace. */
  readonly secrets: ReadonlyMap<string, PeerSecret> | "unknown";
  /** Those of the cluster; none: nothing is known of them, so any two peers may meet on one. */
  readonly nodes: readonly Node[];
}

/** Compiles all BGPPeers; a peer with an error is left out, and the others work. */
export function compileBGPPeers(objects: readonly BGPPeer[], references: PeerReferences): CompiledBGPPeers {
  const problems: Problem[] = [];
  const usable: { readonly object: BGPPeer; readonly peer: CompiledBGPPeer }[] = [];
  for (const object of oldestOfEachName("BGPPeer", objects, problems)) {
    const { settings, nodeSelectors, problems: own } = readBGPPeer(object);
    problems.push(...own);
    const peer = settings && compile(object, settings, nodeSelectors, references, problems);
    if (peer !== null) usable.push({ object, peer });
  }
  problems.push(...collisions(usable, references.nodes));
  const oldestFirst = usable.map(({ peer }) => peer);
  return {
    peers: new Map([...oldestFirst].sort(byName).map((peer) => [peer.name, peer])),
    oldestFirst,
    problems,
  };
}

/** The peers of a node with these labels, ascending by name; of several to one router only the oldest. */
export function peersOfNode({ oldestFirst }: CompiledBGPPeers, labels: Labels): CompiledBGPPeer[] {
  const routers = new Set<string>();
  return oldestFirst.filter((peer) => {
    const router = routerOf(peer);
    if (!runsOn(peer, labels) || routers.has(router)) return false;
    routers.add(router);
    return true;
  }).sort(byName);
}

/** Whether nodes with these labels are to have a session with the peer. */
export function runsOn({ nodeSelectors }: CompiledBGPPeer, labels: Labels): boolean {
  return nodeSelectors === undefined || anyMatches(nodeSelectors, labels);
}

/** What two sessions of one node can't have in common: the other end. */
function routerOf({ endpoint, port, vrf }: CompiledBGPPeer): string {
  const place = endpoint.kind === "address" ? endpoint.ip.text : `%${endpoint.name}`;
  return JSON.stringify([place, port, vrf]);
}

function compile(
  object: BGPPeer,
  settings: PeerSettings,
  nodeSelectors: readonly Selector[] | undefined,
  references: PeerReferences,
  problems: Problem[],
): CompiledBGPPeer | null {
  const { authentication, bfdProfile, ...rest } = settings;
  const report = (field: string, message: string) =>
    reportInto(problems, "BGPPeer", object)("error", field, message);
  const password = findPassword(object, authentication, references, report);
  const bfd = findProfile(bfdProfile, references, report);
  if (password === undefined || bfd === undefined) return null;
  if (bfd?.echoMode && settings.ebgpMultiHop) {
    reportInto(problems, "BGPPeer", object)(
      "warning",
      "spec.bfdProfile",
      `echoMode of BFDProfile ${
        quote(bfdProfile ?? "")
      } has no effect on this peer: echo packets can't make more ` +
        `than one hop (ebgpMultiHop)`,
    );
  }
  const echoMode = bfd !== null && bfd.echoMode && !settings.ebgpMultiHop;
  return { name: object.name, ...rest, password, bfd: bfd && { ...bfd, echoMode }, nodeSelectors };
}

const noSession = "the peer has no session until there is";

/** undefined (reported) when it can't be had. */
function findPassword(
  { namespace }: Meta,
  authentication: PeerSettings["authentication"],
  { secrets }: PeerReferences,
  report: (field: string, message: string) => void,
): Password | null | undefined {
  if (authentication.kind === "none") return null;
  if (authentication.kind === "password") return authentication.password;
  if (secrets === "unknown") return null;
  const { name } = authentication;
  const found = passwordOf(secrets.get(name), name, namespace);
  if ("password" in found) return found.password;
  report("spec.passwordSecret", `${found.message}; the peer has no session until that is corrected`);
  return undefined;
}

/** undefined (reported) when there is none of this name. */
function findProfile(
  name: string | null,
  { profiles }: PeerReferences,
  report: (field: string, message: string) => void,
): BFDSettings | null | undefined {
  if (name === null || profiles === "unknown") return null;
  const profile = profiles.get(name);
  if (profile === undefined) report("spec.bfdProfile", `there is no BFDProfile ${quote(name)}; ${noSession}`);
  return profile;
}

/** A problem for each peer that an older one keeps from a router, on some nodes or on all. */
function collisions(
  usable: readonly { readonly object: BGPPeer; readonly peer: CompiledBGPPeer }[],
  nodes: readonly Node[],
): Problem[] {
  const problems: Problem[] = [];
  const byRouter = Map.groupBy(usable, ({ peer }) => routerOf(peer));
  for (const group of byRouter.values()) {
    group.forEach(({ object, peer }, index) => {
      for (const older of group.slice(0, index)) {
        const shared = nodes.filter(({ labels }) => runsOn(peer, labels) && runsOn(older.peer, labels));
        if (nodes.length > 0 && shared.length === 0) continue;
        reportCollision(object, older.object, peer, shared, problems);
        return;
      }
    });
  }
  return problems;
}

function reportCollision(
  object: BGPPeer,
  older: BGPPeer,
  { endpoint, port, vrf }: CompiledBGPPeer,
  shared: readonly Node[],
  problems: Problem[],
): void {
  const [field, place] = endpoint.kind === "address"
    ? ["spec.peerAddress", endpoint.ip.text]
    : ["spec.interface", endpoint.name];
  const router = `${place}, port ${port}${vrf === null ? "" : `, VRF ${vrf}`}`;
  const [first] = shared;
  const where = first === undefined ? "on nodes that have both" : `on ${nodesText(first, shared.length)}`;
  reportInto(problems, "BGPPeer", object)(
    "error",
    field,
    `a session with ${router} already exists ${where}: that of BGPPeer ${
      quote(older.name)
    }, which came first; ` +
      `there BGPPeer ${quote(object.name)} has none until one of the two is changed`,
  );
  reportInto(problems, "BGPPeer", older)(
    "warning",
    field,
    `BGPPeer ${
      quote(object.name)
    } is another one for ${router} ${where}; this one came first and keeps the session`,
  );
}

function nodesText({ name }: Node, count: number): string {
  return count === 1 ? `node ${quote(name)}` : `node ${quote(name)} and ${count - 1} more`;
}
