/** Builds the lab's namespaces, bridges, veths, addresses and routes with as few commands as possible. */
import { inNamespace, run } from "./command.ts";
import { allHosts, type Host, mainInterface, type NodeHost, switchName, type Topology } from "./topology.ts";

const podBridge = "cni0";

/** No address checks that take seconds, no surprises from router advertisements, asymmetric ways allowed. */
const hostSysctls = [
  ["net/ipv6/conf/default/accept_dad", "0"],
  ["net/ipv6/conf/all/accept_dad", "0"],
  ["net/ipv6/conf/default/accept_ra", "0"],
  ["net/ipv6/conf/default/disable_ipv6", "0"],
  ["net/ipv6/conf/all/disable_ipv6", "0"],
  ["net/ipv4/conf/default/rp_filter", "0"],
  ["net/ipv4/conf/all/rp_filter", "0"],
] as const;

/** Nodes and routers forward. */
const forwarderSysctls = [
  ...hostSysctls,
  ["net/ipv4/ip_forward", "1"],
  ["net/ipv6/conf/all/forwarding", "1"],
  ["net/ipv6/conf/default/forwarding", "1"],
] as const;

/** Makes everything but Pods. The driver's own namespace becomes a host of the first LAN. */
export async function buildNetwork(topology: Topology): Promise<void> {
  const hosts = allHosts(topology).filter((host) => host !== topology.control);
  await ipBatch(null, [switchName, ...hosts.map((host) => host.name)].map((name) => `netns add ${name}`));
  const forwarding: readonly Host[] = [topology.router, ...topology.nodes];
  await Promise.all([
    setSysctls("control", hostSysctls),
    setSysctls(switchName, hostSysctls),
    ...hosts.map((host) => setSysctls(host.name, forwarding.includes(host) ? forwarderSysctls : hostSysctls)),
  ]);
  await ipBatch(null, allHosts(topology).flatMap(cables));
  await ipBatch(switchName, bridges(topology));
  await Promise.all([
    ipBatch(null, [...addresses(topology.control), ...routesToPods(topology.nodes)]),
    ipBatch(topology.controller.name, [...addresses(topology.controller), ...routesToPods(topology.nodes)]),
    ipBatch(topology.client.name, [...addresses(topology.client), ...everythingOnLink(topology.client)]),
    ipBatch(topology.router.name, [...addresses(topology.router), ...everythingOnLink(topology.router)]),
    ipBatch(topology.far.name, [...addresses(topology.far), ...defaultVia(topology.router, 1)]),
    ...topology.nodes.map((node) => ipBatch(node.name, nodeSetup(topology, node))),
  ]);
}

/** veth pairs, one end in the host, the other in the switch. */
function cables(host: Host): readonly string[] {
  const place = host.name === "control" ? "" : ` netns ${host.name}`;
  return host.interfaces.map((leg) =>
    `link add name ${leg.name}${place} address ${leg.mac} type veth peer name ${
      switchPort(host, leg.lan)
    } netns ${switchName}`
  );
}

function switchPort(host: Host, lan: number): string {
  return `${host.name}-${lan}`;
}

function bridges(topology: Topology): readonly string[] {
  const lans = Array.from({ length: topology.lanCount + 1 }, (_, lan) => lan);
  return [
    ...lans.flatMap((lan) => [`link add lan${lan} type bridge mcast_snooping 0`, `link set lan${lan} up`]),
    ...allHosts(topology).flatMap((host) =>
      host.interfaces.map(({ lan }) => `link set ${switchPort(host, lan)} master lan${lan} up`)
    ),
  ];
}

function addresses(host: Host): readonly string[] {
  return [
    "link set lo up",
    ...host.interfaces.flatMap((leg) => [
      `link set ${leg.name} up`,
      `address add ${leg.ipv4}/24 dev ${leg.name}`,
      `address add ${leg.ipv6}/64 dev ${leg.name} nodad`,
    ]),
  ];
}

/** The client asks with ARP and NDP for any address, so that Services may have addresses of every example. */
function everythingOnLink(client: Host): readonly string[] {
  const leg = mainInterface(client);
  return [`route add default dev ${leg.name} scope link`, `route add ::/0 dev ${leg.name}`];
}

/** A router's leg as the default gateway. */
function defaultVia(router: Host, index: number): readonly string[] {
  const leg = router.interfaces[index];
  if (leg === undefined) throw new Error(`${router.name} has no interface ${index}`);
  return [`route add default via ${leg.ipv4}`, `route add ::/0 via ${leg.ipv6}`];
}

/** A node's static routes. */
function nodeRoutes(topology: Topology, node: Host): readonly string[] {
  const others = topology.nodes.filter((other) => other !== node);
  return [...routesToPods(others), ...defaultVia(topology.router, 0)];
}

function routesToPods(nodes: readonly NodeHost[]): readonly string[] {
  return nodes.flatMap((node) => [
    `route add ${node.podCidr.ipv4} via ${mainInterface(node).ipv4}`,
    `route add ${node.podCidr.ipv6} via ${mainInterface(node).ipv6}`,
  ]);
}

function nodeSetup(topology: Topology, node: NodeHost): readonly string[] {
  return [
    ...addresses(node),
    `link add ${podBridge} type bridge mcast_snooping 0`,
    `link set ${podBridge} up`,
    `address add ${node.podGateway.ipv4}/24 dev ${podBridge}`,
    `address add ${node.podGateway.ipv6}/64 dev ${podBridge} nodad`,
    ...nodeRoutes(topology, node),
  ];
}

/** Where a Pod is in the network. */
export interface PodNetwork {
  readonly namespace: string;
  readonly node: NodeHost;
  readonly ipv4: string;
  readonly ipv6: string;
}

/** Makes a Pod's namespace with a veth to its node's bridge. `number` (2 to 250) is unique on the node. */
export async function addPodNetwork(node: NodeHost, number: number): Promise<PodNetwork> {
  const namespace = `pod-${node.number}-${number}`;
  const port = `veth${number}`;
  const pod: PodNetwork = {
    namespace,
    node,
    ipv4: `10.244.${node.number}.${number}`,
    ipv6: `fd00:244:${node.number}::${number.toString(16)}`,
  };
  await ipBatch(null, [`netns add ${namespace}`]);
  await setSysctls(namespace, hostSysctls);
  await ipBatch(null, [
    `link add name eth0 netns ${namespace} type veth peer name ${port} netns ${node.name}`,
  ]);
  await ipBatch(node.name, [`link set ${port} master ${podBridge} up`]);
  await ipBatch(namespace, [
    "link set lo up",
    "link set eth0 up",
    `address add ${pod.ipv4}/24 dev eth0`,
    `address add ${pod.ipv6}/64 dev eth0 nodad`,
    `route add default via ${node.podGateway.ipv4}`,
    `route add default via ${node.podGateway.ipv6}`,
  ]);
  return pod;
}

/** Removes it; its veth goes with it. */
export async function removePodNetwork(pod: PodNetwork): Promise<void> {
  await ipBatch(pod.node.name, [`link del ${"veth" + pod.namespace.split("-")[2]}`]);
  await ipBatch(null, [`netns del ${pod.namespace}`]);
}

/** Takes all LAN interfaces of a node down or up; IPv6 addresses, which the kernel drops on the way, come back. */
export async function setLinks(host: NodeHost, topology: Topology, up: boolean): Promise<void> {
  if (!up) return await ipBatch(host.name, host.interfaces.map((leg) => `link set ${leg.name} down`));
  await ipBatch(host.name, [
    ...host.interfaces.flatMap((leg) => [
      `link set ${leg.name} up`,
      `address replace ${leg.ipv6}/64 dev ${leg.name} nodad`,
    ]),
    ...nodeRoutes(topology, host).map((line) => line.replace("add", "replace")),
  ]);
}

/** Runs one `ip -batch` in a namespace (null: the driver's). */
async function ipBatch(namespace: string | null, lines: readonly string[]): Promise<void> {
  const where = namespace === null ? [] : ["-n", namespace];
  await run(["ip", ...where, "-batch", "-"], { input: lines.join("\n") + "\n" });
}

async function setSysctls(
  namespace: string,
  settings: readonly (readonly [string, string])[],
): Promise<void> {
  const script = settings.map(([path, value]) => `echo ${value} > /proc/sys/${path}`).join("\n");
  await run(inNamespace(namespace, ["sh", "-e", "-c", script]));
}
