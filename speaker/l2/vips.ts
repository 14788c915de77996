/** The VIPs that this node answers for, found by the number in a packet. */
import type { Ip } from "../../core/ip.ts";
import type { VipCount } from "./counters.ts";

export interface Vip {
  readonly ip: Ip;
  readonly interfaces: "all" | ReadonlySet<string>;
  readonly count: VipCount;
}

/** The VIP is answered for on the interface of this name. */
export function answersOn(vip: Vip, interfaceName: string): boolean {
  return vip.interfaces === "all" || vip.interfaces.has(interfaceName);
}

export class VipTable {
  readonly #byText = new Map<string, Vip>();
  readonly #ipv4 = new Map<number, Vip>();
  readonly #ipv6 = new Map<bigint, Vip>();

  findIpv4(address: number): Vip | undefined {
    return this.#ipv4.get(address);
  }

  findIpv6(address: bigint): Vip | undefined {
    return this.#ipv6.get(address);
  }

  /** By canonical text. */
  find(text: string): Vip | undefined {
    return this.#byText.get(text);
  }

  set(vip: Vip): void {
    this.#byText.set(vip.ip.text, vip);
    if (vip.ip.family === "ipv4") this.#ipv4.set(Number(vip.ip.value), vip);
    else this.#ipv6.set(vip.ip.value, vip);
  }

  delete(ip: Ip): void {
    this.#byText.delete(ip.text);
    if (ip.family === "ipv4") this.#ipv4.delete(Number(ip.value));
    else this.#ipv6.delete(ip.value);
  }

  /** All of one family, in the order in which they were first announced. */
  all(family: Ip["family"]): Iterable<Vip> {
    return family === "ipv4" ? this.#ipv4.values() : this.#ipv6.values();
  }
}
