/** BFD's echo function is for IPv4 only: peers that are given IPv6 addresses do without it. */
import type { Problem } from "../core/problem.ts";
import {
  type AdvertisementOf,
  type AdvertisementReferences,
  type CompiledBGPAdvertisement,
  isForPeer,
} from "./compiledbgpadvertisement.ts";
import { type CompiledBGPPeer, runsOn } from "./bgppeers.ts";
import { reportInto } from "./problems.ts";
import { quote } from "./values.ts";

/** Which peers must not use echo, and a problem of the advertisement for each. */
export function echoProblems(
  usable: readonly AdvertisementOf[],
  references: AdvertisementReferences,
): { readonly peers: ReadonlySet<string>; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const peers = new Set<string>();
  if (references.peers === "unknown") return { peers, problems };
  const withEcho = [...references.peers.peers.values()].filter(({ bfd }) => bfd?.echoMode);
  for (const { object, advertisement } of usable) {
    const pool = [...advertisement.pools.keys()].find((name) => hasIpv6(references, name));
    if (pool === undefined) continue;
    for (const peer of withEcho) {
      if (!isForPeer(advertisement, peer.name) || !meet(advertisement, peer, references)) continue;
      peers.add(peer.name);
      reportInto(problems, "BGPAdvertisement", object)(
        "error",
        "spec",
        `it announces IPv6 addresses of IPAddressPool ${quote(pool)} to BGPPeer ${quote(peer.name)}, whose ` +
          `BFDProfile has echoMode, which works with IPv4 only; BFD of that peer goes on without echo; turn echoMode ` +
          `off, or name other pools or peers here`,
      );
    }
  }
  return { peers, problems };
}

function hasIpv6({ pools }: AdvertisementReferences, name: string): boolean {
  return (pools.get(name)?.index.ipv6.length ?? 0) > 0;
}

/** Whether a node has the session and announces; of nodes that nobody knows, one may. */
function meet(
  advertisement: CompiledBGPAdvertisement,
  peer: CompiledBGPPeer,
  { nodes }: AdvertisementReferences,
): boolean {
  return nodes.length === 0 ||
    nodes.some(({ name, labels }) => advertisement.nodes.has(name) && runsOn(peer, labels));
}
