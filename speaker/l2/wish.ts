/** What this node shall answer for, all Services together, and what of it the data plane has not been told yet. */
import type { Announcement } from "../dataplane.ts";
import { type Interfaces, unionOf } from "./field.ts";

/** What to tell the data plane; both sorted by address. */
export interface WishDifference {
  readonly announce: readonly Announcement[];
  readonly withdraw: readonly string[];
}

/**
 * Collects the Services' announcements. An address that several Services share is announced for as long as one of them
 * wants it, on the interfaces of all of them.
 */
export class Wish {
  readonly #byService = new Map<string, readonly Announcement[]>();
  readonly #byIp = new Map<string, Map<string, Interfaces>>();
  /** As told to the data plane, one text for each address. */
  readonly #told = new Map<string, string>();
  readonly #touched = new Set<string>();

  /** The Service wants these addresses, and no others any more. */
  set(service: string, announcements: readonly Announcement[]): void {
    for (const { ip } of this.#byService.get(service) ?? []) {
      const wanted = this.#byIp.get(ip);
      wanted?.delete(service);
      if (wanted?.size === 0) this.#byIp.delete(ip);
      this.#touched.add(ip);
    }
    if (announcements.length === 0) this.#byService.delete(service);
    else this.#byService.set(service, announcements);
    for (const { ip, interfaces } of announcements) {
      const wanted = this.#byIp.get(ip);
      if (wanted === undefined) this.#byIp.set(ip, new Map([[service, interfaces]]));
      else wanted.set(service, interfaces);
      this.#touched.add(ip);
    }
  }

  /** The whole wish, sorted by address. */
  all(): readonly Announcement[] {
    return [...this.#byIp.keys()].sort().flatMap((ip) => this.#announcement(ip) ?? []);
  }

  /** What changed since the last call; afterwards it counts as told. */
  take(): WishDifference {
    const announce: Announcement[] = [];
    const withdraw: string[] = [];
    for (const ip of [...this.#touched].sort()) {
      const announcement = this.#announcement(ip);
      if (announcement === undefined) {
        if (this.#told.delete(ip)) withdraw.push(ip);
        continue;
      }
      const text = JSON.stringify(announcement.interfaces);
      if (this.#told.get(ip) === text) continue;
      this.#told.set(ip, text);
      announce.push(announcement);
    }
    this.#touched.clear();
    return { announce, withdraw };
  }

  #announcement(ip: string): Announcement | undefined {
    const wanted = this.#byIp.get(ip);
    return wanted === undefined ? undefined : { ip, interfaces: unionOf([...wanted.values()]) };
  }
}
