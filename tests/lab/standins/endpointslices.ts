/** In the place of kube-controller-manager's EndpointSlice controller, where there is none: Services and Pods in, slices out. */
import type { LabApi, Manifest } from "../api.ts";
import { serially } from "./serially.ts";

export interface ServiceObject extends Manifest {
  readonly spec: {
    readonly type?: string;
    readonly selector?: Readonly<Record<string, string>>;
    readonly ipFamilies?: readonly ("IPv4" | "IPv6")[];
    readonly clusterIPs?: readonly string[];
    readonly externalTrafficPolicy?: "Cluster" | "Local";
    readonly publishNotReadyAddresses?: boolean;
    readonly ports?: readonly ServicePort[];
  };
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string }[] } };
}

export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: "TCP" | "UDP";
  readonly targetPort?: number | string;
}

export interface PodObject extends Manifest {
  readonly spec: { readonly nodeName?: string };
  readonly status?: {
    readonly podIPs?: readonly { readonly ip: string }[];
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

export interface EndpointSliceObject extends Manifest {
  readonly addressType: "IPv4" | "IPv6";
  readonly endpoints: readonly Endpoint[] | null;
  readonly ports:
    | readonly { readonly name?: string; readonly port: number; readonly protocol?: "TCP" | "UDP" }[]
    | null;
}

export interface Endpoint {
  readonly addresses: readonly string[];
  readonly nodeName?: string;
  readonly conditions?: {
    readonly ready?: boolean;
    readonly serving?: boolean;
    readonly terminating?: boolean;
  };
  readonly targetRef?: { readonly kind: string; readonly namespace?: string; readonly name: string };
}

const managedByLabel = "endpointslice.kubernetes.io/managed-by";
const managedBy = "pewter-lab";

/** One slice for each Service with a selector and each of its families; named target ports are not supported. */
export function endpointSlicesFor(
  services: readonly ServiceObject[],
  pods: readonly PodObject[],
): readonly EndpointSliceObject[] {
  return services.flatMap((service) => {
    const selector = Object.entries(service.spec.selector ?? {});
    if (selector.length === 0) return [];
    const chosen = pods.filter((pod) =>
      pod.metadata.namespace === service.metadata.namespace && pod.metadata.deletionTimestamp === undefined &&
      selector.every(([key, value]) => pod.metadata.labels?.[key] === value)
    );
    return (service.spec.ipFamilies ?? ["IPv4"]).map((family) => slice(service, family, chosen));
  });
}

function slice(
  service: ServiceObject,
  family: "IPv4" | "IPv6",
  pods: readonly PodObject[],
): EndpointSliceObject {
  const { name, namespace = "default" } = service.metadata;
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: `${name}-${family.toLowerCase()}`,
      namespace,
      labels: { "kubernetes.io/service-name": name, [managedByLabel]: managedBy },
    },
    addressType: family,
    endpoints: pods.flatMap((pod) => endpoint(service, family, pod)),
    ports: (service.spec.ports ?? []).map((port) => ({
      name: port.name ?? "",
      port: typeof port.targetPort === "number" ? port.targetPort : port.port,
      protocol: port.protocol ?? "TCP",
    })),
  };
}

function endpoint(service: ServiceObject, family: "IPv4" | "IPv6", pod: PodObject): readonly Endpoint[] {
  const address = pod.status?.podIPs?.find(({ ip }) => ip.includes(":") === (family === "IPv6"))?.ip;
  if (address === undefined) return [];
  const serving = pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ??
    false;
  return [{
    addresses: [address],
    conditions: {
      ready: serving || service.spec.publishNotReadyAddresses === true,
      serving,
      terminating: false,
    },
    ...(pod.spec.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
    targetRef: { kind: "Pod", namespace: pod.metadata.namespace ?? "default", name: pod.metadata.name },
  }];
}

/** Keeps the slices in step until aborted. */
export async function runEndpointSliceStandIn(api: LabApi, signal: AbortSignal): Promise<void> {
  let services: readonly ServiceObject[] | null = null;
  let pods: readonly PodObject[] | null = null;
  const written = new Map<string, { readonly text: string; readonly object: EndpointSliceObject }>();
  const update = serially(async () => {
    if (services === null || pods === null) return;
    const wanted = new Map(endpointSlicesFor(services, pods).map((each) => [key(each), each]));
    for (const [name, object] of wanted) {
      const text = JSON.stringify(object);
      if (written.get(name)?.text === text) continue;
      await api.apply(object);
      written.set(name, { text, object });
    }
    for (const [name, { object }] of written) {
      if (wanted.has(name)) continue;
      await api.delete(object);
      written.delete(name);
    }
  });
  await Promise.all([
    api.follow<ServiceObject>("v1", "Service", (all) => (services = all, update()), signal),
    api.follow<PodObject>("v1", "Pod", (all) => (pods = all, update()), signal),
  ]);
}

function key(object: Manifest): string {
  return `${object.metadata.namespace}/${object.metadata.name}`;
}
