/** How scenario files name objects, Services, processes and nodes, and how that becomes things of the lab. */
import type { Manifest } from "../api.ts";
import type { Lab } from "../lab.ts";
import type { ServiceObject } from "../standins/endpointslices.ts";
import { findByMac } from "../topology.ts";

/** Kinds that scenarios name, with the namespace where they are unless one is given. */
const kinds: Readonly<Record<string, readonly [apiVersion: string, namespace: string | null]>> = {
  Service: ["v1", "default"],
  Pod: ["v1", "default"],
  ConfigMap: ["v1", "default"],
  Secret: ["v1", "default"],
  Namespace: ["v1", null],
  Node: ["v1", null],
  IPAddressPool: ["metallb.io/v1beta1", "metallb-system"],
  L2Advertisement: ["metallb.io/v1beta1", "metallb-system"],
  ServiceL2Status: ["metallb.io/v1beta1", "metallb-system"],
  ConfigurationState: ["metallb.io/v1beta1", "metallb-system"],
  Lease: ["coordination.k8s.io/v1", "metallb-system"],
};

/** `Kind/name` or `Kind/namespace/name`. */
export function objectReference(reference: string): Manifest {
  const [kind = "", second = "", third] = reference.split("/");
  const place = kinds[kind];
  if (place === undefined || second === "") {
    throw new Error(
      `${reference}: an object is named Kind/name or Kind/namespace/name; kinds: ${
        Object.keys(kinds).join(", ")
      }`,
    );
  }
  const [apiVersion, defaultNamespace] = place;
  const namespace = third === undefined ? defaultNamespace : second;
  const metadata = { name: third ?? second, ...(namespace === null ? {} : { namespace }) };
  return { apiVersion, kind, metadata };
}

/** `name` or `namespace/name`. */
export function serviceReference(reference: string): Manifest {
  return objectReference(`Service/${reference}`);
}

export async function findObject(lab: Lab, reference: Manifest): Promise<Manifest | undefined> {
  const { apiVersion, kind, metadata: { namespace, name } } = reference;
  return await lab.api.find(apiVersion, kind, namespace, name);
}

export async function getService(lab: Lab, reference: string): Promise<ServiceObject> {
  const found = await findObject(lab, serviceReference(reference));
  if (found === undefined) throw new Error(`there is no Service ${reference}`);
  return found as ServiceObject;
}

/** The addresses in its status, in order. */
export function vipsOf(service: ServiceObject): readonly string[] {
  return (service.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip === undefined ? [] : [ip]);
}

/** An address, or all those of a Service; never none. */
export async function addressesOf(
  lab: Lab,
  reference: string,
  family?: "IPv4" | "IPv6",
): Promise<readonly string[]> {
  const all = isAddress(reference) ? [reference] : vipsOf(await getService(lab, reference));
  const chosen = all.filter((ip) => family === undefined || ip.includes(":") === (family === "IPv6"));
  if (chosen.length === 0) {
    throw new Error(`Service ${reference} has no ${family ?? ""} address`.replace("  ", " "));
  }
  return chosen;
}

function isAddress(text: string): boolean {
  return text.includes(":") || /^\d+(\.\d+){3}$/.test(text);
}

/** The node that answers ARP or NDP for an address or Service; throws unless it is exactly one. */
export async function ownerOf(lab: Lab, reference: string, onInterface = "eth0"): Promise<string> {
  const [ip = ""] = await addressesOf(lab, reference);
  const { macs } = await lab.client.neighbour(ip, onInterface);
  const owners = macs.map((mac) => nameOfMac(lab, mac));
  if (owners.length !== 1 || owners[0] === undefined) {
    throw new Error(`${ip} is answered for by ${owners.length === 0 ? "nobody" : owners.join(" and ")}`);
  }
  return owners[0];
}

/** The host that has this MAC, for people and for comparison. */
export function nameOfMac(lab: Lab, mac: string): string {
  return findByMac(lab.topology, mac)?.host.name ?? mac;
}

/** `node-2`, or `owner of web`. */
export async function nodeReference(lab: Lab, reference: string): Promise<string> {
  const owned = /^owner of (.+)$/.exec(reference)?.[1];
  return owned === undefined ? lab.cluster.node(reference).name : await ownerOf(lab, owned);
}

/** `controller`, `speaker on node-1`, `speaker on owner of web`, or `speakers` and `all`, which are several. */
export async function processReference(lab: Lab, reference: string): Promise<readonly string[]> {
  if (reference === "all") return lab.product.names;
  if (reference === "speakers") return lab.product.names.filter((name) => name !== "controller");
  const where = /^speaker on (.+)$/.exec(reference)?.[1];
  return [where === undefined ? reference : `speaker on ${await nodeReference(lab, where)}`];
}

/** Whether `actual` has all that `wanted` says: mappings by field (`null`: absent), lists and the rest exactly. */
export function matches(actual: unknown, wanted: unknown): boolean {
  if (wanted === null) return actual === undefined || actual === null;
  if (typeof wanted !== "object") return actual === wanted;
  if (Array.isArray(wanted)) {
    return Array.isArray(actual) && actual.length === wanted.length &&
      wanted.every((item, index) => matches(actual[index], item));
  }
  if (typeof actual !== "object" || actual === null) return false;
  return Object.entries(wanted).every(([key, value]) =>
    matches((actual as Record<string, unknown>)[key], value)
  );
}
