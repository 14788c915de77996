/** Manifests for tables, each as short as it can be written. */

type Fields = Readonly<Record<string, unknown>>;
type Texts = Readonly<Record<string, string>>;

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Fields;
  readonly [field: string]: unknown;
}

export const installation = "metallb-system";

export function configuration(kind: string, name: string, spec: unknown, version = "v1beta1"): Manifest {
  const metadata = { name, namespace: installation };
  return { apiVersion: `metallb.io/${version}`, kind, metadata, ...(spec === undefined ? {} : { spec }) };
}

export const pool = (name: string, addresses: readonly string[], more: Fields = {}) =>
  configuration("IPAddressPool", name, { addresses, ...more });
export const l2 = (name: string, spec?: Fields) => configuration("L2Advertisement", name, spec);
export const bgp = (name: string, spec?: Fields) => configuration("BGPAdvertisement", name, spec);
export const bfd = (name: string, spec: Fields = {}) => configuration("BFDProfile", name, spec);
export const community = (name: string, aliases: Texts) =>
  configuration("Community", name, {
    communities: Object.entries(aliases).map(([alias, value]) => ({ name: alias, value })),
  });

/** Of AS 64513 where nothing else is said; ours is 64512. */
export const peer = (name: string, address: string, spec: Fields = {}) => {
  const peerAsn = "dynamicASN" in spec ? {} : { peerASN: 64513 };
  const place = address === "" ? {} : { peerAddress: address };
  return configuration("BGPPeer", name, { myASN: 64512, ...peerAsn, ...place, ...spec }, "v1beta2");
};

/** Another one of the same kind and spec. */
export function changed(manifest: Manifest, metadata: Fields, rest: Fields = {}): Manifest {
  return { ...manifest, ...rest, metadata: { ...manifest.metadata, ...metadata } };
}

export function secret(name: string, stringData: Texts, type = "kubernetes.io/basic-auth"): Manifest {
  return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace: installation }, type, stringData };
}

export function node(name: string, labels: Fields = {}, conditions: readonly Texts[] = []): Manifest {
  return { apiVersion: "v1", kind: "Node", metadata: { name, labels }, status: { conditions } };
}

export const nodes = [node("node-a"), node("node-b"), node("node-c")];

export function namespace(name: string, labels: Texts): Manifest {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

interface ServiceText {
  /** Names without a prefix get metallb.io's. */
  readonly annotations?: Texts;
  readonly labels?: Texts;
  readonly spec?: Fields;
  /** In status.loadBalancer.ingress. */
  readonly ips?: readonly string[];
  /** A day, as in `2024-02-01`. */
  readonly created?: string;
  readonly type?: string;
}

/** `namespace/name`, or the name of one whose namespace isn't given. */
export function service(key: string, text: ServiceText = {}): Manifest {
  const [name, namespace] = key.split("/").reverse();
  const { created, annotations = {}, labels = {}, spec, ips = [], type = "LoadBalancer" } = text;
  const prefixed = Object.entries(annotations).map(([one, value]) =>
    [one.includes("/") ? one : `metallb.io/${one}`, value] as const
  );
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(created === undefined ? {} : { creationTimestamp: `${created}T00:00:00Z` }),
      ...{ labels, annotations: Object.fromEntries(prefixed) },
    },
    spec: { type, ports: [{ port: 80 }], ...spec },
    ...(ips.length === 0 ? {} : { status: { loadBalancer: { ingress: ips.map((ip) => ({ ip })) } } }),
  };
}

/** The EndpointSlice of a Service. */
export function slice(key: string, endpoints: readonly Fields[]): Manifest {
  const [name = "", namespace = "default"] = key.split("/").reverse();
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: `${name}-1`, namespace, labels: { "kubernetes.io/service-name": name } },
    addressType: "IPv4",
    endpoints,
  };
}

/** A ready endpoint on a node. */
export const ready = (nodeName: string): Fields => ({
  nodeName,
  addresses: ["10.1.0.1"],
  conditions: { ready: true },
});
