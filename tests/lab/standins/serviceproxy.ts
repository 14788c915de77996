/**
 * In the place of kube-proxy, where there is none: DNAT rules for the addresses of Services, in each node's namespace.
 * Cluster: any ready endpoint, with masquerade. Local: only endpoints of the same node, else the packet is dropped.
 */
import type { LabApi } from "../api.ts";
import { inNamespace, run } from "../command.ts";
import type { Topology } from "../topology.ts";
import type { Endpoint, EndpointSliceObject, ServiceObject, ServicePort } from "./endpointslices.ts";
import { serially } from "./serially.ts";

const masqueradeMark = "0x4000";

/** The nftables ruleset of one node. */
export function rulesFor(
  node: string,
  services: readonly ServiceObject[],
  slices: readonly EndpointSliceObject[],
): string {
  const rules = services.flatMap((service) => {
    const own = slices.filter((slice) =>
      slice.metadata.namespace === service.metadata.namespace &&
      slice.metadata.labels?.["kubernetes.io/service-name"] === service.metadata.name
    );
    return addressesOf(service).flatMap(({ address, local }) =>
      (service.spec.ports ?? []).flatMap((port) => portRules(node, address, local, port, own))
    );
  });
  return [
    "table inet lab-service-proxy",
    "delete table inet lab-service-proxy",
    "table inet lab-service-proxy {",
    "  chain prerouting {",
    "    type nat hook prerouting priority dstnat;",
    ...rules.map((rule) => `    ${rule}`),
    "  }",
    "  chain postrouting {",
    "    type nat hook postrouting priority srcnat;",
    `    meta mark ${masqueradeMark} masquerade`,
    "  }",
    "}",
    "",
  ].join("\n");
}

function addressesOf(
  service: ServiceObject,
): readonly { readonly address: string; readonly local: boolean }[] {
  const local = service.spec.externalTrafficPolicy === "Local";
  const vips = (service.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) =>
    ip === undefined ? [] : [ip]
  );
  const clusterIps = (service.spec.clusterIPs ?? []).filter((ip) => ip !== "None");
  return [
    ...vips.map((address) => ({ address, local })),
    ...clusterIps.map((address) => ({ address, local: false })),
  ];
}

function portRules(
  node: string,
  address: string,
  local: boolean,
  port: ServicePort,
  slices: readonly EndpointSliceObject[],
): readonly string[] {
  const ipv6 = address.includes(":");
  const protocol = (port.protocol ?? "TCP").toLowerCase();
  const match = `${ipv6 ? "ip6" : "ip"} daddr ${address} ${protocol} dport ${port.port}`;
  const targets = slices.filter((slice) => (slice.addressType === "IPv6") === ipv6).flatMap((slice) => {
    const target = slice.ports?.find((candidate) => (candidate.name ?? "") === (port.name ?? ""));
    if (target === undefined) return [];
    return (slice.endpoints ?? []).filter((endpoint) => usable(endpoint, local ? node : null))
      .flatMap(({ addresses }) =>
        addresses.map((ip) => ipv6 ? `[${ip}]:${target.port}` : `${ip}:${target.port}`)
      );
  }).sort();
  if (targets.length === 0) return [`${match} drop`];
  const mark = local ? "" : `meta mark set ${masqueradeMark} `;
  return targets.map((target, index) => {
    const left = targets.length - index;
    const share = left === 1 ? "" : `numgen random mod ${left} == 0 `;
    return `${match} ${share}${mark}dnat ${ipv6 ? "ip6" : "ip"} to ${target}`;
  });
}

function usable(endpoint: Endpoint, onlyNode: string | null): boolean {
  return endpoint.conditions?.ready !== false && (onlyNode === null || endpoint.nodeName === onlyNode);
}

/** Keeps the rules of all nodes in step until aborted. */
export async function runServiceProxyStandIn(
  api: LabApi,
  topology: Topology,
  signal: AbortSignal,
): Promise<void> {
  let services: readonly ServiceObject[] | null = null;
  let slices: readonly EndpointSliceObject[] | null = null;
  const written = new Map<string, string>();
  const update = serially(async () => {
    if (services === null || slices === null) return;
    for (const { name } of topology.nodes) {
      const rules = rulesFor(name, services, slices);
      if (written.get(name) === rules) continue;
      await run(inNamespace(name, ["nft", "-f", "-"]), { input: rules });
      written.set(name, rules);
    }
  });
  await Promise.all([
    api.follow<ServiceObject>("v1", "Service", (all) => (services = all, update()), signal),
    api.follow<EndpointSliceObject>(
      "discovery.k8s.io/v1",
      "EndpointSlice",
      (all) => (slices = all, update()),
      signal,
    ),
  ]);
}
