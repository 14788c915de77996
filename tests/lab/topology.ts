/**
 * Who is in the lab, and by which addresses: plain data. Every host is a network namespace with a leg in one or more
 * LANs; a LAN is a bridge in the switch's namespace. The last octet of a host is the same everywhere, and its MACs
 * tell host and interface (02:00:00:00:<interface>:<host>).
 */

/** One leg of a host. */
export interface Interface {
  readonly name: string;
  readonly mac: string;
  readonly ipv4: string;
  readonly ipv6: string;
  /** Index of the LAN: 0 is the cluster's own network, the others are further networks of the same hosts. */
  readonly lan: number;
}

export interface Host {
  /** The name of the network namespace, and of the Node object where it is a node. */
  readonly name: string;
  readonly interfaces: readonly Interface[];
}

/** A node of the cluster. */
export interface NodeHost extends Host {
  /** 1, 2, ...: the third octet of its Pods' addresses. */
  readonly number: number;
  readonly podGateway: { readonly ipv4: string; readonly ipv6: string };
  readonly podCidr: { readonly ipv4: string; readonly ipv6: string };
}

export interface Topology {
  /** How many LANs the nodes and the client are in; the router's far side is one more. */
  readonly lanCount: number;
  /** The driver's own namespace: the API server is here. */
  readonly control: Host;
  readonly nodes: readonly NodeHost[];
  /** Where the controller runs. */
  readonly controller: Host;
  /** The machine on the LANs that uses Services; it takes every address for on-link, on the first LAN. */
  readonly client: Host;
  /** The nodes' default gateway, between the first LAN and the last, where only {@link far} is. */
  readonly router: Host;
  /** A client behind the router; it reaches addresses of the first LAN's networks through it. */
  readonly far: Host;
}

export const switchName = "switch";
export const podNetworks = { ipv4: "10.244.0.0/16", ipv6: "fd00:244::/32" } as const;
export const serviceNetworks = { ipv4: "10.96.0.0/16", ipv6: "fd00:10:96::/112" } as const;

/** Three nodes on three LANs, unless told otherwise. */
export function makeTopology(nodeCount = 3, lanCount = 3): Topology {
  return {
    lanCount,
    control: { name: "control", interfaces: legs(1, 1) },
    controller: { name: "controller", interfaces: legs(21, 1) },
    client: { name: "client", interfaces: legs(100, lanCount) },
    router: { name: "router", interfaces: [leg("eth0", 0, 254), leg("eth1", lanCount, 254)] },
    far: { name: "far", interfaces: [leg("eth0", lanCount, 101)] },
    nodes: Array.from({ length: nodeCount }, (_, index) => nodeHost(index + 1, lanCount)),
  };
}

function nodeHost(number: number, lanCount: number): NodeHost {
  return {
    name: `node-${number}`,
    number,
    interfaces: legs(10 + number, lanCount),
    podGateway: { ipv4: `10.244.${number}.1`, ipv6: `fd00:244:${number}::1` },
    podCidr: { ipv4: `10.244.${number}.0/24`, ipv6: `fd00:244:${number}::/64` },
  };
}

function legs(host: number, lanCount: number): readonly Interface[] {
  return Array.from({ length: lanCount }, (_, lan) => leg(`eth${lan}`, lan, host));
}

function leg(name: string, lan: number, host: number): Interface {
  return {
    name,
    mac: `02:00:00:00:${hexByte(lan)}:${hexByte(host)}`,
    ipv4: `10.${77 + lan}.0.${host}`,
    ipv6: `fd${77 + lan}::${host}`,
    lan,
  };
}

function hexByte(value: number): string {
  return value.toString(16).padStart(2, "0");
}

/** The first leg of a host: its address in the cluster's network. */
export function mainInterface(host: Host): Interface {
  const first = host.interfaces[0];
  if (first === undefined) throw new Error(`${host.name} has no interface`);
  return first;
}

/** Everybody with a leg in a LAN. */
export function allHosts(topology: Topology): readonly Host[] {
  const { control, controller, client, router, far, nodes } = topology;
  return [control, controller, client, router, far, ...nodes];
}

/** The host and interface that a MAC belongs to, as in `node-2 eth0`, or null. */
export function findByMac(topology: Topology, mac: string): { host: Host; interface: Interface } | null {
  for (const host of allHosts(topology)) {
    const leg = host.interfaces.find((candidate) => candidate.mac === mac);
    if (leg !== undefined) return { host, interface: leg };
  }
  return null;
}
