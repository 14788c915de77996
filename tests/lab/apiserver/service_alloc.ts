/** Cluster IPs and node ports: which are taken, and the next free one. */
import type { ApiObject, JsonObject } from "./json.ts";
import { arrayOr, objectOr, textOr } from "./json.ts";

/** Node ports as Kubernetes has them by default. */
export const NODE_PORTS = { first: 30000, last: 32767 } as const;

/** "IPv4" or "IPv6", as in `spec.ipFamilies`. */
export type IpFamily = "IPv4" | "IPv6";

/** The family of an address by its look. */
export function familyOf(address: string): IpFamily {
  return address.includes(":") ? "IPv6" : "IPv4";
}

/** All cluster IPs of a Service that are addresses (not "None"). */
export function clusterIpsOf(spec: JsonObject): string[] {
  const listed = arrayOr(spec["clusterIPs"]).map(textOr);
  const all = listed.length > 0 ? listed : [textOr(spec["clusterIP"])];
  return all.filter((address) => address !== "" && address !== "None");
}

/** All node ports of a Service with its health check's; `port/protocol` for the first kind. */
export function nodePortsOf(spec: JsonObject): string[] {
  const ports = arrayOr(spec["ports"]).map(objectOr)
    .filter((port) => typeof port["nodePort"] === "number" && port["nodePort"] > 0)
    .map((port) => `${port["nodePort"]}/${textOr(port["protocol"]) || "TCP"}`);
  const health = spec["healthCheckNodePort"];
  if (typeof health === "number" && health > 0) ports.push(`${health}/TCP`);
  return ports;
}

/** Cluster IPs from 10.96.0.0/16 and fd00:10:96::/112, node ports from 30000–32767. */
export class ServiceAllocator {
  readonly #addresses = new Set<string>();
  readonly #ports = new Map<string, number>();
  readonly #next = { IPv4: 10, IPv6: 10 };
  #nextPort: number = NODE_PORTS.first;

  /** Follows what is stored: call it with the Service before and after each write. */
  committed(before: Readonly<ApiObject> | undefined, after: Readonly<ApiObject> | undefined): void {
    if (before !== undefined) {
      for (const address of clusterIpsOf(objectOr(before.spec))) this.#addresses.delete(address);
      for (const port of nodePortsOf(objectOr(before.spec))) this.#count(port, -1);
    }
    if (after !== undefined) {
      for (const address of clusterIpsOf(objectOr(after.spec))) this.#addresses.add(address);
      for (const port of nodePortsOf(objectOr(after.spec))) this.#count(port, 1);
    }
  }

  #count(port: string, by: number): void {
    const count = (this.#ports.get(port) ?? 0) + by;
    if (count > 0) this.#ports.set(port, count);
    else this.#ports.delete(port);
  }

  isAddressTaken(address: string): boolean {
    return this.#addresses.has(address);
  }

  isPortTaken(port: number, protocol: string): boolean {
    return this.#ports.has(`${port}/${protocol}`);
  }

  /** A free cluster IP; undefined when all 65,000 are taken. */
  freeAddress(family: IpFamily): string | undefined {
    for (let tries = 0; tries < 0xfffe; tries++) {
      const n = this.#next[family];
      this.#next[family] = n >= 0xfffe ? 1 : n + 1;
      const address = family === "IPv4" ? `10.96.${n >> 8}.${n & 255}` : `fd00:10:96::${n.toString(16)}`;
      if (!this.#addresses.has(address)) return address;
    }
    return undefined;
  }

  /** A node port that is free for all protocols and not in `alsoTaken`; undefined when none is. */
  freePort(alsoTaken: ReadonlySet<number>): number | undefined {
    for (let tries = NODE_PORTS.first; tries <= NODE_PORTS.last; tries++) {
      const port = this.#nextPort;
      this.#nextPort = port >= NODE_PORTS.last ? NODE_PORTS.first : port + 1;
      const taken = ["TCP", "UDP", "SCTP"].some((protocol) => this.isPortTaken(port, protocol));
      if (!taken && !alsoTaken.has(port)) return port;
    }
    return undefined;
  }
}
