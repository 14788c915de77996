/** Services and pools for tests of the controller, written down as briefly as a table needs them. */
import { allocatedFromPoolAnnotation } from "../../controller/servicestatus.ts";
import type { Labels } from "../../core/selector.ts";
import { type Service, trimService } from "../../core/service.ts";
import { type IPAddressPool, type IPAddressPoolSpec, trimIPAddressPool } from "../../crds/ipaddresspool.ts";

/** `namespace/name`, or the name of one in `default`. */
export type ServiceText = string;

export interface ServiceWish {
  /** Seconds; without it Services are as old as they are first. */
  readonly created?: number;
  readonly uid?: string;
  readonly labels?: Labels;
  /** In place of those that people gave it; short names, as in `address-pool`, get the prefix metallb.io. */
  readonly annotations?: Labels;
  readonly type?: string;
  readonly class?: string;
  readonly loadBalancerIP?: string;
  readonly clusterIPs?: readonly string[];
  /** As in `PreferDualStack`. */
  readonly families?: string;
  readonly ipFamilies?: readonly string[];
  /** As in `TCP/80 UDP/53`. */
  readonly ports?: string;
  readonly local?: boolean;
  readonly selector?: Labels;
  /** status.loadBalancer.ingress */
  readonly ips?: readonly string[];
}

/** Entries of spec.addresses, or the spec; `created` in seconds. */
export type PoolSpec = readonly string[] | (IPAddressPoolSpec & { readonly created?: number });

export const ipv4 = ["10.96.0.1"];
export const ipv6 = ["fd00::1"];
export const dual = ["10.96.0.1", "fd00::1"];

/** A LoadBalancer on one IPv4 cluster IP with port TCP/80, or `former` with what the wish gives. */
export function testService(
  key: string,
  wish: ServiceWish,
  former: Service | undefined,
  revision: number,
): Service {
  const [namespace = "", name = ""] = key.split("/");
  const base = former ?? trimService({
    metadata: {
      ...{ namespace, name, uid: `uid-${revision}` },
      creationTimestamp: new Date(revision * 1000).toISOString(),
    },
    spec: { type: "LoadBalancer", clusterIPs: ipv4, ports: [{ port: 80 }] },
  });
  const { created, uid, annotations, ports, local, ips } = wish;
  return {
    ...base,
    ...defined({
      uid,
      createdMs: created === undefined ? undefined : created * 1000,
      labels: wish.labels,
      annotations: annotations === undefined
        ? undefined
        : { ...allocationOf(base), ...withPrefix(annotations) },
      type: wish.type,
      loadBalancerClass: wish.class,
      loadBalancerIP: wish.loadBalancerIP,
      clusterIPs: wish.clusterIPs,
      ipFamilyPolicy: wish.families,
      ipFamilies: wish.ipFamilies,
      ports: ports?.split(" ").filter((text) => text !== "").map(portOf),
      externalTrafficPolicy: local === undefined ? undefined : local ? "Local" : "Cluster",
      selector: wish.selector,
      ingress: ips?.map((ip) => ({ ip, hostname: "" })),
    }),
    resourceVersion: String(revision),
  };
}

/** A pool; its age is the one it had, or else what is given, or else the order of making. */
export function testPool(
  name: string,
  spec: PoolSpec,
  former: IPAddressPool | undefined,
  revision: number,
): IPAddressPool {
  const { created = revision, ...rest } = "addresses" in spec ? spec : { addresses: spec };
  const pool = trimIPAddressPool({
    metadata: {
      ...{ name, namespace: "metallb-system", uid: former?.uid ?? `uid-${revision}`, generation: revision },
      resourceVersion: String(revision),
      creationTimestamp: new Date(created * 1000).toISOString(),
    },
    spec: rest,
  });
  return former === undefined ? pool : { ...pool, createdMs: former.createdMs, status: former.status };
}

/** What the controller wrote; people who edit their annotations leave it alone. */
function allocationOf({ annotations }: Service): Labels {
  const pool = annotations[allocatedFromPoolAnnotation];
  return pool === undefined ? {} : { [allocatedFromPoolAnnotation]: pool };
}

function withPrefix(annotations: Labels): Labels {
  return Object.fromEntries(
    Object.entries(annotations).map(([key, value]) => [key.includes("/") ? key : `metallb.io/${key}`, value]),
  );
}

function portOf(text: string): { readonly protocol: string; readonly port: number } {
  const [protocol = "", port = ""] = text.split("/");
  return { protocol, port: Number(port) };
}

/** Without what is undefined. */
function defined<T extends object>(values: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof T]: Exclude<T[Key], undefined> };
}
