/** Kubernetes objects as a test writes them: only what matters to it, in the form in which the speaker keeps them. */
import { type EndpointSlice, trimEndpointSlice } from "../../core/endpointslice.ts";
import { type Node, trimNode } from "../../core/node.ts";
import type { Labels } from "../../core/selector.ts";
import { type Service, trimService } from "../../core/service.ts";
import { type IPAddressPool, type IPAddressPoolSpec, trimIPAddressPool } from "../../crds/ipaddresspool.ts";
import {
  type L2Advertisement,
  type L2AdvertisementSpec,
  trimL2Advertisement,
} from "../../crds/l2advertisement.ts";

export const installNamespace = "metallb-system";

export interface ServiceWish {
  readonly name?: string;
  readonly uid?: string;
  readonly type?: string;
  readonly class?: string;
  readonly ips?: readonly string[];
  readonly hostname?: string;
  readonly policy?: "Cluster" | "Local";
  readonly labels?: Labels;
  readonly annotations?: Labels;
}

/** A LoadBalancer in namespace `default`. */
export function service(wish: ServiceWish = {}): Service {
  const name = wish.name ?? "web";
  const ingress = (wish.ips ?? []).map((ip) => ({ ip }));
  return trimService({
    metadata: {
      ...{ namespace: "default", name, uid: wish.uid ?? `uid-${name}` },
      labels: { ...wish.labels },
      annotations: { ...wish.annotations },
    },
    spec: {
      type: wish.type ?? "LoadBalancer",
      externalTrafficPolicy: wish.policy ?? "Cluster",
      ...(wish.class === undefined ? {} : { loadBalancerClass: wish.class }),
    },
    status: {
      loadBalancer: {
        ingress: wish.hostname === undefined ? ingress : [...ingress, { hostname: wish.hostname }],
      },
    },
  });
}

export interface EndpointWish {
  readonly node?: string;
  readonly ready?: boolean;
  readonly serving?: boolean;
  readonly terminating?: boolean;
}

/** An EndpointSlice of a Service in namespace `default`. */
export function slice(
  serviceName: string,
  endpoints: readonly EndpointWish[],
  name = `${serviceName}-1`,
): EndpointSlice {
  return trimEndpointSlice({
    metadata: { namespace: "default", name, labels: { "kubernetes.io/service-name": serviceName } },
    endpoints: endpoints.map(({ node, ...conditions }, index) => ({
      addresses: [`10.1.0.${index + 1}`],
      conditions,
      ...(node === undefined ? {} : { nodeName: node }),
    })),
  });
}

export interface NodeWish {
  readonly labels?: Labels;
  readonly networkUnavailable?: string;
}

export function node(name: string, wish: NodeWish = {}): Node {
  const conditions = wish.networkUnavailable === undefined
    ? []
    : [{ type: "NetworkUnavailable", status: wish.networkUnavailable }];
  return trimNode({
    metadata: { name, uid: `uid-${name}`, labels: { ...wish.labels } },
    status: { conditions },
  });
}

export const excludeLabel = "node.kubernetes.io/exclude-from-external-load-balancers";

export function pool(
  name: string,
  addresses: readonly string[],
  labels: Labels = {},
  spec: Partial<IPAddressPoolSpec> = {},
): IPAddressPool {
  const metadata = { namespace: installNamespace, name, labels: { ...labels } };
  return trimIPAddressPool({ metadata, spec: { addresses, ...spec } });
}

export function advertisement(name: string, spec: L2AdvertisementSpec = {}): L2Advertisement {
  return trimL2Advertisement({ metadata: { namespace: installNamespace, name }, spec });
}
